//! The addresses in the library's own tables, which the layer's build hides from the loader (`layer/late.py`).
//!
//! The loader would write all of them in each program that starts, to pages that most programs never look at. They are
//! written here when the first of them is needed: by whichever call comes first, in a signal handler too. Each is the
//! library's own place and a number from the file, so that two who write them at a time write the same.
//!
//! So are those of functions of libc that only Rust's standard library calls, which the loader would look for by their names.
//!
//! Until then nothing may be used that stands in such a table: a `dyn`, a list of texts, a format, `Real`'s names.

use crate::library::{Symbol, number_of};
use crate::{kernel, libraries};
use std::ffi::{CStr, c_char};
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the linker puts the program headers: the file itself names a copy of them at its end (`layer/headers_last.py`).
const HEADERS: usize = 64;
const PT_DYNAMIC: u32 = 2;
const PT_GNU_RELRO: u32 = 0x6474_E552;
const DT_STRTAB: usize = 5;
const DT_SYMTAB: usize = 6;
const DT_RELA: usize = 7;
const DT_JMPREL: usize = 23;
/// Tags of our own: how many addresses stand before those that the loader is told of, and how many of functions of others
/// behind them; in the upper half how many of these are in the second table.
const DT_LATE: usize = 0x6861_7562;
const DT_LATE_FUNCTIONS: usize = DT_LATE + 1;
const PAGE: usize = 4_096;

static ARE_WRITTEN: AtomicBool = AtomicBool::new(false);

/// `Elf64_Rela` of an address of the library's own, or of another library's function.
#[repr(C)]
struct Address {
    at: usize,
    /// The function's place in the list of names, in the upper half.
    kind: usize,
    value: usize,
}

/// What is to be written, and the pages that only the loader may write.
struct Late {
    base: usize,
    addresses: &'static [Address],
    functions: [&'static [Address]; 2],
    symbols: *const Symbol,
    strings: *const c_char,
    guarded: (usize, usize),
}

/// Writes them, if nobody has.
#[inline]
pub fn write() {
    if !ARE_WRITTEN.load(Ordering::Acquire) {
        write_all();
    }
}

#[cold]
fn write_all() {
    // SAFETY: the library's own headers and tables, as the layer's build and the linker wrote them.
    unsafe {
        if let Some(late) = late(base()) {
            late.write();
        }
    }
    ARE_WRITTEN.store(true, Ordering::Release);
}

impl Late {
    /// Puts pages with the addresses in the place of those without: at no time can others write to them, and whoever
    /// reads finds the one or the other.
    unsafe fn write(&self) {
        let (start, end) = self.guarded;
        let size = end - start;
        // SAFETY: the range is mapped, and what is mapped in its place holds the same and the addresses.
        unsafe {
            let Some(copy) = kernel::memory(size) else {
                return self.write_in_place();
            };
            std::ptr::copy_nonoverlapping(start as *const u8, copy, size);
            self.each(|at, value| {
                let place = if (start..end).contains(&at) {
                    copy as usize + (at - start)
                } else {
                    at
                };
                (place as *mut usize).write(value);
            });
            if !(kernel::protect(copy, size, false) && kernel::replace(start, copy, size)) {
                self.write_in_place();
            }
        }
    }

    /// Where the kernel gives no memory: the pages stay writable.
    unsafe fn write_in_place(&self) {
        let (start, end) = self.guarded;
        kernel::protect(start as *mut u8, end - start, true);
        // SAFETY: a place in the library's own tables, which can be written now.
        self.each(|at, value| unsafe { (at as *mut usize).write(value) });
    }

    /// Each place, and what is to stand there. A function that no library has stays null.
    fn each(&self, mut put: impl FnMut(usize, usize)) {
        for one in self.addresses {
            put(self.base + one.at, self.base + one.value);
        }
        for one in self.functions.iter().copied().flatten() {
            // SAFETY: the linker wrote the place in the list, and the name.
            let name = unsafe {
                let symbol = &*self.symbols.add(one.kind >> 32);
                CStr::from_ptr(self.strings.add(symbol.name as usize))
            };
            if let Some(found) = libraries::find_far(number_of(name), name) {
                put(self.base + one.at, found as usize);
            }
        }
    }
}

/// What the library's own headers say; none where nothing was hidden.
///
/// # Safety
/// The library is mapped from there.
unsafe fn late(base: usize) -> Option<Late> {
    // SAFETY: the library's own headers, and its own list, which ends with a tag of 0.
    unsafe {
        let headers = base + HEADERS;
        let count = *((base + 0x38) as *const u16);
        let (mut dynamic, mut guarded) = (0, (0, 0));
        for number in 0..usize::from(count) {
            let header = headers + 56 * number;
            let address = base + *((header + 16) as *const usize);
            let size = *((header + 40) as *const usize);
            match *(header as *const u32) {
                PT_DYNAMIC => dynamic = address,
                PT_GNU_RELRO => guarded = (address & !(PAGE - 1), (address + size) & !(PAGE - 1)),
                _ => {}
            }
        }
        let [mut strings, mut symbols, mut told, mut called] = [0; 4];
        let (mut hidden, mut functions) = (0, 0);
        // glibc writes the address over the offset.
        let address = |value| if value < base { base + value } else { value };
        let mut entry = dynamic as *const [usize; 2];
        while !entry.is_null() && (*entry)[0] != 0 {
            let [tag, value] = *entry;
            match tag {
                DT_STRTAB => strings = address(value),
                DT_SYMTAB => symbols = address(value),
                DT_RELA => told = address(value),
                DT_JMPREL => called = address(value),
                DT_LATE => hidden = value,
                DT_LATE_FUNCTIONS => functions = value,
                _ => {}
            }
            entry = entry.add(1);
        }
        if hidden == 0 || [strings, symbols, told, called].contains(&0) {
            return None;
        }
        let before = |end: usize, count: usize| {
            std::slice::from_raw_parts((end as *const Address).sub(count), count)
        };
        let (looked_up, calls) = (functions & 0xFFFF_FFFF, functions >> 32);
        let first_function = told - looked_up * size_of::<Address>();
        Some(Late {
            base,
            addresses: before(first_function, hidden),
            functions: [before(told, looked_up), before(called, calls)],
            symbols: symbols as *const Symbol,
            strings: strings as *const c_char,
            guarded,
        })
    }
}

/// Where the library is mapped.
#[cfg(not(test))]
fn base() -> usize {
    let base: usize;
    // SAFETY: the linker puts this name at the file's first byte.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        std::arch::asm!(".hidden __ehdr_start", "lea {}, [rip + __ehdr_start]", out(reg) base, options(nomem, nostack));
        #[cfg(target_arch = "aarch64")]
        std::arch::asm!(".hidden __ehdr_start", "adrp {0}, __ehdr_start", "add {0}, {0}, :lo12:__ehdr_start",
            out(reg) base, options(nomem, nostack));
    }
    base
}

/// The tests' own program hides nothing.
#[cfg(test)]
fn base() -> usize {
    unsafe extern "C" {
        static __ehdr_start: u8;
    }
    (&raw const __ehdr_start) as usize
}
