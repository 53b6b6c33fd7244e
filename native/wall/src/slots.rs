//! The slots of a library, in which the loader writes where the functions of others are that it calls.

use crate::library::{Library, Loaded, Symbol, entries, number_of};
use std::ffi::{CStr, c_char};
use std::ptr;

const DT_PLTRELSZ: i64 = 2;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_RELA: i64 = 7;
const DT_RELASZ: i64 = 8;
const DT_JMPREL: i64 = 23;
const DT_GNU_HASH: i64 = 0x6FFF_FEF5;
const DT_RELACOUNT: i64 = 0x6FFF_FFF9;
/// `R_…_GLOB_DAT` and `R_…_JUMP_SLOT`
const KINDS: [u32; 2] = if cfg!(target_arch = "x86_64") {
    [6, 7]
} else {
    [1025, 1026]
};

/// `Elf64_Rela`
#[repr(C)]
struct Place {
    at: usize,
    kind: u32,
    symbol: u32,
    value: usize,
}

/// Where a library tells of its slots.
pub struct Slots {
    base: usize,
    symbols: *const Symbol,
    strings: *const c_char,
    /// The first function in the table that is the library's own: those of others stand before.
    own: u32,
    tables: [(*const Place, usize); 2],
}

impl Slots {
    /// # Safety
    /// The loader gives it.
    pub unsafe fn read(loaded: &Loaded) -> Option<Slots> {
        let [mut strings, mut symbols, mut hashes, mut told, mut called] = [0; 5];
        let [mut told_size, mut called_size, mut relative] = [0; 3];
        // SAFETY: what the caller vouches for.
        for (tag, value, address) in unsafe { entries(loaded) }? {
            match tag {
                DT_STRTAB => strings = address,
                DT_SYMTAB => symbols = address,
                DT_GNU_HASH => hashes = address,
                DT_RELA => told = address,
                DT_RELASZ => told_size = value,
                DT_RELACOUNT => relative = value,
                DT_JMPREL => called = address,
                DT_PLTRELSZ => called_size = value,
                _ => {}
            }
        }
        // The first places are addresses of the library's own.
        let table = |start: usize, size: usize, relative: usize| {
            let count = size / size_of::<Place>();
            let first = start as *const Place;
            if start == 0 || count < relative {
                (ptr::null(), 0)
            } else {
                (first.wrapping_add(relative), count - relative)
            }
        };
        let own = if hashes == 0 {
            u32::MAX
        } else {
            // SAFETY: four numbers, of which the second is that.
            unsafe { *(hashes as *const u32).add(1) }
        };
        (strings != 0 && symbols != 0).then_some(Slots {
            base: loaded.base(),
            symbols: symbols as *const Symbol,
            strings: strings as *const c_char,
            own,
            tables: [
                table(told, told_size, relative),
                table(called, called_size, 0),
            ],
        })
    }

    /// Each slot, and the number of its function in the library's own table.
    pub fn each(&self) -> impl Iterator<Item = (usize, u32)> {
        let places = self.tables.iter().flat_map(|(first, count)| {
            // SAFETY: the library says that so many are there, and stays while the loader waits.
            (0..*count).map(move |at| unsafe { &*first.add(at) })
        });
        places
            .filter(move |place| place.symbol < self.own && KINDS.contains(&place.kind))
            .map(move |place| (self.base + place.at, place.symbol))
    }

    /// Where `other` has the function of this number.
    ///
    /// # Safety
    /// The number is one that [`Slots::each`] gave.
    pub unsafe fn find_in(&self, other: &Library, symbol: u32) -> Option<usize> {
        // SAFETY: the number is in the table, and names are C strings.
        let name = unsafe {
            let symbol = &*self.symbols.add(symbol as usize);
            CStr::from_ptr(self.strings.add(symbol.name as usize))
        };
        let found = other.find(number_of(name), name)?;
        (!found.is_null()).then_some(found as usize)
    }
}
