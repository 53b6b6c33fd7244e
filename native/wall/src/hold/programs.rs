//! The files that the kernel opens to start a program: itself, and what it names to be run by.

use crate::kernel::{self, AT_FDCWD};
use std::collections::BTreeSet;
use std::ffi::CString;

/// How often a script may be for a script, as the kernel follows it.
const DEEPEST: usize = 5;
/// A program says near its beginning who runs it.
const BEGINNING: usize = 4_096;

/// These programs and all that the kernel needs to start them; none where a program cannot be read. What is not there
/// is left out.
pub fn with_interpreters(programs: &BTreeSet<Vec<u8>>) -> Option<BTreeSet<Vec<u8>>> {
    let mut all = BTreeSet::new();
    let mut next: Vec<Vec<u8>> = programs.iter().cloned().collect();
    for _ in 0..DEEPEST {
        let mut found = Vec::new();
        for path in next {
            let Ok(name) = CString::new(path.clone()) else {
                continue;
            };
            if kernel::found(&name) == hauberk_core::confine::Found::Nothing || !all.insert(path) {
                continue;
            }
            let file = kernel::open_at(AT_FDCWD, &name, 0)?;
            let mut beginning = vec![0; BEGINNING];
            let length = kernel::read(file, &mut beginning);
            kernel::close(file);
            match runner(&beginning[..length?]) {
                Runner::Unknown => return None,
                Runner::Nobody => {}
                Runner::Named(path) => found.push(path),
            }
        }
        next = found;
    }
    Some(all)
}

/// Who runs a program, by what it begins with.
#[derive(Debug, PartialEq, Eq)]
enum Runner {
    /// The kernel alone, or it is no program.
    Nobody,
    Named(Vec<u8>),
    Unknown,
}

fn runner(beginning: &[u8]) -> Runner {
    match beginning {
        [b'#', b'!', rest @ ..] => of_script(rest),
        [0x7F, b'E', b'L', b'F', 2, 1, ..] => {
            of_program(beginning, &WIDE).unwrap_or(Runner::Unknown)
        }
        [0x7F, b'E', b'L', b'F', 1, 1, ..] => {
            of_program(beginning, &NARROW).unwrap_or(Runner::Unknown)
        }
        [0x7F, b'E', b'L', b'F', ..] => Runner::Unknown,
        _ => Runner::Nobody,
    }
}

fn of_script(rest: &[u8]) -> Runner {
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t');
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
    let mut words = line.split(is_between).filter(|word| !word.is_empty());
    match words.next() {
        Some(path) if path.starts_with(b"/") => Runner::Named(path.to_vec()),
        Some(_) => Runner::Unknown, // from wherever it is started
        None => Runner::Nobody,
    }
}

/// Where an ELF file of one width says what (`man 5 elf`): offset and bytes of each number.
struct Layout {
    table: (usize, usize),
    entry_size: usize,
    entries: usize,
    offset: (usize, usize),
    size: (usize, usize),
}

const WIDE: Layout = Layout {
    table: (32, 8),
    entry_size: 54,
    entries: 56,
    offset: (8, 8),
    size: (32, 8),
};
const NARROW: Layout = Layout {
    table: (28, 4),
    entry_size: 42,
    entries: 44,
    offset: (4, 4),
    size: (16, 4),
};

/// None where that stands beyond the beginning.
fn of_program(file: &[u8], layout: &Layout) -> Option<Runner> {
    const INTERPRETER: usize = 3;
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let bytes = file.get(at..at.checked_add(bytes)?)?;
        let whole = bytes.iter().rev();
        Some(whole.fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    let table = number(layout.table.0, layout.table.1)?;
    let size = number(layout.entry_size, 2)?;
    for entry in 0..number(layout.entries, 2)? {
        let at = table.checked_add(entry.checked_mul(size)?)?;
        if number(at, 4)? == INTERPRETER {
            let start = number(at.checked_add(layout.offset.0)?, layout.offset.1)?;
            let length = number(at.checked_add(layout.size.0)?, layout.size.1)?;
            let name = file.get(start..start.checked_add(length)?)?;
            let name = name.strip_suffix(b"\0").unwrap_or(name);
            return Some(Runner::Named(name.to_vec()));
        }
    }
    Some(Runner::Nobody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_names_who_runs_it() {
        let named = |path: &str| Runner::Named(path.into());
        let rows: [(&[u8], Runner); 8] = [
            (b"#!/bin/sh\necho", named("/bin/sh")),
            (b"#! /usr/bin/env  python3 -I\n", named("/usr/bin/env")),
            (b"#!/bin/sh", named("/bin/sh")),
            (b"#!sh\n", Runner::Unknown),
            (b"#!\n", Runner::Nobody),
            (b"echo", Runner::Nobody),
            (b"", Runner::Nobody),
            (b"\x7fELF\x02\x01\x01", Runner::Unknown),
        ];
        for (beginning, expected) in rows {
            assert_eq!(runner(beginning), expected, "{beginning:?}");
        }
    }

    #[test]
    fn programs_of_this_machine_come_with_their_loader() {
        let sh = BTreeSet::from([b"/bin/sh".to_vec(), b"/no/such/program".to_vec()]);
        let all = with_interpreters(&sh).unwrap();
        assert_eq!(all.len(), 2, "{all:?}");
        let is_loader = |path: &Vec<u8>| String::from_utf8_lossy(path).contains("/ld-");
        assert!(all.iter().any(is_loader), "{all:?}");
    }

    #[test]
    fn nothing_that_a_program_begins_with_makes_it_panic() {
        let own = std::fs::read("/proc/self/exe").unwrap();
        for end in 0..BEGINNING.min(own.len()) {
            runner(&own[..end]);
        }
        for at in 0..200 {
            let mut broken = own[..1_000].to_vec();
            broken[at] ^= 0xFF;
            runner(&broken);
        }
    }
}
