//! What of this process' memory can be run, and of which file it is, as the kernel tells: however it came there.

use super::memory::Memory;
use crate::kernel;
use std::cmp::Ordering;
use std::ffi::CStr;

const MAPS: &CStr = c"/proc/self/maps";
/// Of a file that is there no more.
const DELETED: &[u8] = b" (deleted)";
/// A file in memory, which only is a library where it looks like one: who makes code as it runs keeps it in such, too.
const IN_MEMORY: &[u8] = b"/memfd:";
/// What a name of memory begins with that no file is behind.
const NO_FILE: [&[u8]; 4] = [b"[", b"/dev/", b"/SYSV", b"anon_inode:"];
/// Where anyone makes files, which may be shared memory: judged as a file in memory.
const SHARED: &[u8] = b"/dev/shm/";

const MAGIC: [u8; 4] = *b"\x7fELF";
const PT_LOAD: usize = 1;
const PT_GNU_EH_FRAME: usize = 0x6474_E550;
const HEADER_SIZE: usize = 56;
/// Where program headers stand as a rule; a file may name a copy that is not mapped (`layer/headers_last.py`).
const HEADERS: usize = 64;
const MOST_HEADERS: usize = 64;

/// A range of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub start: usize,
    pub end: usize,
    /// Where the first byte of its file is mapped; 0 where it is of none.
    base: usize,
    /// Which of the foreign files it is of.
    foreign: Option<usize>,
    /// Whether that counts only where it looks like a library.
    is_in_memory: bool,
}

impl Range {
    /// Where the table of its library is by which callers are found; 0 where it has none. To be asked of code that is
    /// going on: a library that is not may be unmapped at any time.
    pub fn table(&self, memory: &mut Memory) -> usize {
        if is_library(memory, self.base) {
            table(memory, self.base).unwrap_or(0)
        } else {
            0
        }
    }
}

/// All of it.
#[derive(Debug, Default)]
pub struct Mapped {
    ranges: Vec<Range>,
    files: Vec<Vec<u8>>,
    /// How many libraries were asked for when it was read.
    pub loads: u32,
    /// Whether the program itself was brought in: all that it does is judged as that program's.
    pub is_apart: bool,
}

impl Mapped {
    /// As it is now; `is_foreign` is asked of each file. None where the kernel does not tell.
    pub fn read(mut is_foreign: impl FnMut(&[u8]) -> bool) -> Option<Mapped> {
        let text = kernel::whole(MAPS)?;
        let mut mapped = Mapped::default();
        let mut library: Option<Line<'_>> = None;
        for line in text.split(|byte| *byte == b'\n').filter_map(Line::read) {
            if line.offset == 0 && !line.name.is_empty() {
                library = Some(line);
            }
            if line.is_code {
                let base = library.filter(|first| first.name == line.name);
                mapped.add(&line, base.map(|first| first.start), &mut is_foreign);
            }
        }
        Some(mapped)
    }

    fn add(
        &mut self,
        line: &Line<'_>,
        base: Option<usize>,
        is_foreign: impl FnOnce(&[u8]) -> bool,
    ) {
        let is_in_memory = line.name.starts_with(IN_MEMORY) || line.name.starts_with(SHARED);
        let is_file = line.name.starts_with(b"/")
            && (is_in_memory || !NO_FILE.iter().any(|start| line.name.starts_with(start)));
        let foreign = if is_file {
            self.foreign(line.name, is_foreign)
        } else {
            None
        };
        self.ranges.push(Range {
            start: line.start,
            end: line.end,
            base: base.unwrap_or(0),
            foreign,
            is_in_memory,
        });
    }

    fn foreign(&mut self, name: &[u8], is_foreign: impl FnOnce(&[u8]) -> bool) -> Option<usize> {
        let name = name.strip_suffix(DELETED).unwrap_or(name);
        let known = self.files.iter().position(|file| file == name);
        known.or_else(|| {
            is_foreign(name).then(|| {
                self.files.push(name.to_vec());
                self.files.len() - 1
            })
        })
    }

    /// The range that an address is in. The kernel tells them in their order.
    pub fn find(&self, address: usize) -> Option<&Range> {
        let found = self.ranges.binary_search_by(|range| {
            if range.end <= address {
                Ordering::Less
            } else if range.start > address {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        });
        self.ranges.get(found.ok()?)
    }

    /// The foreign file that a range is of. To be asked of code that is going on.
    pub fn file(&self, range: &Range, memory: &mut Memory) -> Option<&[u8]> {
        let file = self.files.get(range.foreign?)?;
        (!range.is_in_memory || is_library(memory, range.base)).then_some(file)
    }
}

/// One line of the kernel's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'a> {
    start: usize,
    end: usize,
    is_code: bool,
    offset: usize,
    name: &'a [u8],
}

impl Line<'_> {
    fn read(line: &[u8]) -> Option<Line<'_>> {
        let mut parts = line.splitn(6, |byte| *byte == b' ');
        let mut range = parts.next()?.split(|byte| *byte == b'-');
        let (start, end) = (number(range.next()?)?, number(range.next()?)?);
        let is_code = parts.next()?.get(2) == Some(&b'x');
        let offset = number(parts.next()?)?;
        let rest = parts.nth(2).unwrap_or_default();
        Some(Line {
            start,
            end,
            is_code,
            offset,
            name: rest.trim_ascii_start(),
        })
    }
}

/// A number in hexadecimal.
fn number(digits: &[u8]) -> Option<usize> {
    usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether a library is mapped from there.
fn is_library(memory: &mut Memory, base: usize) -> bool {
    base != 0 && memory.bytes(base) == Some(MAGIC)
}

fn table(memory: &mut Memory, base: usize) -> Option<usize> {
    let told = memory.word(base + 0x20)?;
    let count: [u8; 2] = memory.bytes(base + 0x38)?;
    let count = usize::from(u16::from_ne_bytes(count)).min(MOST_HEADERS);
    // What is not in the first page is not sure to be there.
    let headers = if told < 4_096 { told } else { HEADERS };
    let (mut first, mut found) = (None, None);
    for number in 0..count {
        let header = base + headers + HEADER_SIZE * number;
        let kind: [u8; 4] = memory.bytes(header)?;
        let address = memory.word(header + 16)?;
        match usize::try_from(u32::from_ne_bytes(kind)) {
            Ok(PT_LOAD) if first.is_none() => first = Some(address),
            Ok(PT_GNU_EH_FRAME) => found = Some(address),
            _ => {}
        }
    }
    let shift = base.wrapping_sub(first? & !4_095);
    Some(shift.wrapping_add(found?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_the_kernel_writes_it() {
        let line = |start, end, is_code, offset, name| {
            Some(Line {
                start,
                end,
                is_code,
                offset,
                name,
            })
        };
        let rows: [(&[u8], Option<Line<'_>>); 5] = [
            (
                b"7f1000-7f2000 r-xp 00001000 08:01 42                 /tmp/a b.so (deleted)",
                line(0x7f_1000, 0x7f_2000, true, 0x1000, b"/tmp/a b.so (deleted)"),
            ),
            (
                b"7f1000-7f2000 rw-p 00000000 00:00 0 ",
                line(0x7f_1000, 0x7f_2000, false, 0, b""),
            ),
            (
                b"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]",
                line(0xffff_ffff_ff60_0000, 0xffff_ffff_ff60_1000, true, 0, b"[vsyscall]"),
            ),
            (b"", None),
            (b"7f1000 r-xp", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Line::read(text), expected);
        }
    }

    #[test]
    fn code_is_found_with_its_file_and_its_table() {
        let mapped = Mapped::read(|file| file.windows(5).any(|part| part == b"libc.")).unwrap();
        let own = mapped.find(code_is_found_with_its_file_and_its_table as *const () as usize);
        let own = own.unwrap();
        let memory = &mut Memory::new();
        assert!(own.table(memory) != 0 && mapped.file(own, memory).is_none());
        let of_libc = mapped
            .ranges
            .iter()
            .find_map(|one| mapped.file(one, memory))
            .unwrap();
        assert!(of_libc.starts_with(b"/"), "{of_libc:?}");
        assert_eq!(mapped.find(0), None);
    }
}
