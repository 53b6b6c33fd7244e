//! Which code acts: that of the package, its layers and the runtime, or a library that was brought in.
//!
//! Nothing is looked at as long as no such library may be in this process (`doubt`). Then each act that leaves traces asks
//! for all calls that led to it; a walk that gets no further has found nothing. There is no lock in it: the table of what is
//! mapped is taken by the one that asks, and whoever comes meanwhile reads its own.
//!
//! Sees:         a frame of the library on the thread's stack, at a start, in a thread of it, in a callback, in a signal
//!               handler
//! Does not see: a function of it that ends with a jump to libc's; code in memory that is of no file; what is behind such
//!               code, and behind libraries without tables for exceptions; a library whose program was brought in as well
//!               (its start was judged)

mod code_folders;
mod doubt;
mod frame_rules;
mod frames;
mod mapped;
mod memory;
mod place;
mod registers;

use crate::path;
use crate::wall::Wall;
pub use code_folders::folders_of_code;
pub use doubt::{is_any as may_be_foreign, lists, loads, tell};
use frames::Frame;
use mapped::Mapped;
use memory::Memory;
use place::is_foreign;
use registers::Registers;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Frames that are looked at: more than Python lets calls be nested, unless it is asked to.
const MOST_FRAMES: usize = 20_000;
const DELETED: &[u8] = b" (deleted)";

static KEPT: AtomicPtr<Mapped> = AtomicPtr::new(ptr::null_mut());

/// The file of the innermost library on the stack that was brought in.
#[inline]
pub fn foreign(wall: &Wall) -> Option<Vec<u8>> {
    if may_be_foreign(wall) {
        on_stack(wall)
    } else {
        None
    }
}

/// The registers are of this function, which goes on as long as its callers are looked for.
#[inline(never)]
fn on_stack(wall: &Wall) -> Option<Vec<u8>> {
    let registers = registers::here();
    let mut mapped = taken(wall)?;
    let found = if mapped.is_apart {
        None
    } else {
        first_foreign(&mut mapped, registers, || read(wall))
    };
    give_back(mapped);
    found
}

/// What is mapped, as it was read last, unless libraries were asked for since.
fn taken(wall: &Wall) -> Option<Box<Mapped>> {
    let kept = KEPT.swap(ptr::null_mut(), Ordering::AcqRel);
    if !kept.is_null() {
        // SAFETY: whoever takes it out is alone with it.
        let kept = unsafe { Box::from_raw(kept) };
        if kept.loads == doubt::count_of_loads() {
            return Some(kept);
        }
    }
    read(wall).map(Box::new)
}

fn give_back(mapped: Box<Mapped>) {
    let before = KEPT.swap(Box::into_raw(mapped), Ordering::AcqRel);
    if !before.is_null() {
        // SAFETY: as above.
        drop(unsafe { Box::from_raw(before) });
    }
}

fn read(wall: &Wall) -> Option<Mapped> {
    let program = path::linked(c"/proc/self/exe").unwrap_or_default();
    let program = program.strip_suffix(DELETED).unwrap_or(&program);
    let is_apart = !wall.is_owner() && is_foreign(wall, program);
    let loads = doubt::count_of_loads();
    let mut mapped = Mapped::read(|file| file != program && is_foreign(wall, file))?;
    (mapped.loads, mapped.is_apart) = (loads, is_apart);
    Some(mapped)
}

/// What is mapped is read again where a call leads to an address that was not there.
fn first_foreign(
    mapped: &mut Mapped,
    registers: Registers,
    again: impl FnOnce() -> Option<Mapped>,
) -> Option<Vec<u8>> {
    let mut again = Some(again);
    let mut memory = Memory::new();
    let mut frame = Frame {
        registers,
        is_exact: true,
    };
    for _ in 0..MOST_FRAMES {
        let code = frame.code();
        if mapped.find(code).is_none()
            && let Some(again) = again.take()
        {
            *mapped = again()?;
        }
        let range = mapped.find(code)?;
        if let Some(file) = mapped.file(range, &mut memory) {
            return Some(file.to_vec());
        }
        let table = range.table(&mut memory);
        frame = frame.caller(&mut memory, table)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn qsort(
            items: *mut c_void,
            count: usize,
            size: usize,
            compare: extern "C" fn(*const c_void, *const c_void) -> c_int,
        );
    }

    fn of(name: &'static str) -> impl Fn(&[u8]) -> bool {
        move |file| String::from_utf8_lossy(file).contains(name)
    }

    #[inline(never)]
    fn found(name: &'static str) -> Option<String> {
        let registers = registers::here();
        let mut mapped = Mapped::read(of(name)).unwrap();
        let found = first_foreign(&mut mapped, registers, || None);
        found.map(|file| String::from_utf8(file).unwrap())
    }

    extern "C" fn compare(_: *const c_void, _: *const c_void) -> c_int {
        assert!(found("libc.").is_some());
        assert!(found("no-such-file").is_none());
        0
    }

    /// A thread begins in libc, below all that the tests' program calls.
    #[test]
    fn a_stack_is_followed_to_its_end() {
        let at_end = std::thread::spawn(|| found("libc.")).join().unwrap();
        assert!(at_end.is_some_and(|file| file.starts_with('/')));
        assert!(found("hauberk").is_some());
        assert_eq!(found("no-such-file"), None);
        let mut items = [2, 1];
        // SAFETY: two numbers, and a function that compares such.
        unsafe { qsort(items.as_mut_ptr().cast(), 2, 4, compare) };
    }

    #[inline(never)]
    fn deep(levels: usize) -> Option<String> {
        let found = if levels == 0 {
            found("libc.")
        } else {
            deep(levels - 1)
        };
        std::hint::black_box(found)
    }

    #[test]
    fn a_deep_stack_is_followed_too() {
        let deeply = || deep(15_000);
        let thread = std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(deeply);
        assert!(thread.unwrap().join().unwrap().is_some());
        let too_deeply = || deep(MOST_FRAMES);
        let thread = std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(too_deeply);
        assert_eq!(thread.unwrap().join().unwrap(), None);
    }

    #[test]
    fn what_is_mapped_later_is_read_when_a_call_leads_there() {
        let registers = registers::here();
        let mut nothing = Mapped::default();
        let again = || Mapped::read(of("hauberk"));
        assert!(first_foreign(&mut nothing, registers, again).is_some());
        assert!(nothing.find(found as *const () as usize).is_some());
        assert_eq!(
            first_foreign(&mut Mapped::default(), registers, || None),
            None
        );
    }

    #[test]
    fn a_stack_that_leads_nowhere_ends_without_a_finding() {
        let mut mapped = Mapped::read(of("no-such-file")).unwrap();
        let here = registers::here();
        for place in 0..here.len() {
            for value in [0, 1, usize::MAX, usize::MAX - 7, here[registers::CODE]] {
                let mut registers = here;
                registers[place] = value;
                assert_eq!(first_foreign(&mut mapped, registers, || None), None);
            }
        }
    }
}
