//! A library that is loaded, and the tables by which its functions are found.

use std::ffi::{CStr, c_char, c_void};
use std::ops::Range;
use std::ptr;

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_STRTAB: i64 = 5;
const DT_SYMTAB: i64 = 6;
const DT_GNU_HASH: i64 = 0x6FFF_FEF5;
const DT_VERSYM: i64 = 0x6FFF_FFF0;
/// The bit of a version that is not the one for new programs.
const IS_HIDDEN: u16 = 0x8000;
const STT_NOTYPE: u8 = 0;
const STT_FUNC: u8 = 2;

/// `struct dl_phdr_info`, as far as it is read.
#[repr(C)]
pub struct Loaded {
    base: usize,
    name: *const c_char,
    headers: *const Header,
    count: u16,
}

impl Loaded {
    pub fn base(&self) -> usize {
        self.base
    }

    /// The path by which it was loaded; empty for the program.
    pub fn name(&self) -> *const c_char {
        self.name
    }

    /// All that is mapped of it.
    pub fn range(&self) -> Range<usize> {
        // SAFETY: the loader gave it.
        let headers = unsafe { headers(self) }.iter();
        let ends = headers
            .filter(|header| header.kind == PT_LOAD)
            .map(|header| (header.address, header.address + header.size));
        let whole = ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let (start, end) = whole.unwrap_or_default();
        self.base + start..self.base + end
    }

    /// What tells it from another that is mapped in its place later.
    pub fn identity(&self) -> [usize; 5] {
        let range = self.range();
        let headers = self.headers as usize;
        [
            range.start,
            range.end,
            headers,
            self.name as usize,
            usize::from(self.count),
        ]
    }
}

/// `Elf64_Phdr`
#[repr(C)]
pub struct Header {
    kind: u32,
    flags: u32,
    offset: u64,
    address: usize,
    physical: u64,
    size_in_file: u64,
    size: usize,
    alignment: u64,
}

/// `Elf64_Sym`
#[repr(C)]
pub struct Symbol {
    pub name: u32,
    kind: u8,
    visibility: u8,
    section: u16,
    address: usize,
    size: u64,
}

/// A name, and its number in the tables.
pub struct Name {
    text: &'static CStr,
    number: u32,
}

impl Name {
    pub const fn new(text: &'static CStr) -> Name {
        Name {
            text,
            number: number_of(text),
        }
    }

    pub fn text(&self) -> &'static CStr {
        self.text
    }

    pub const fn number(&self) -> u32 {
        self.number
    }
}

/// The number of a name in the tables.
pub const fn number_of(text: &CStr) -> u32 {
    let bytes = text.to_bytes();
    let mut number = 5_381_u32;
    let mut at = 0;
    while at < bytes.len() {
        number = number.wrapping_mul(33).wrapping_add(bytes[at] as u32);
        at += 1;
    }
    number
}

/// Where the tables of a library are; that of the numbers is null where it has none.
#[derive(Clone, Copy)]
pub struct Library {
    base: usize,
    symbols: *const Symbol,
    strings: *const c_char,
    versions: *const u16,
    hashes: *const u32,
}

pub const NO_TABLES: Library = Library {
    base: 0,
    symbols: ptr::null(),
    strings: ptr::null(),
    versions: ptr::null(),
    hashes: ptr::null(),
};

impl Library {
    pub fn has_tables(&self) -> bool {
        !self.hashes.is_null()
    }

    /// # Safety
    /// The loader gives it, and the library stays loaded.
    pub unsafe fn read(loaded: &Loaded) -> Option<Library> {
        let mut library = Library {
            base: loaded.base,
            ..NO_TABLES
        };
        // SAFETY: what the caller vouches for.
        for (tag, _, at) in unsafe { entries(loaded) }? {
            match tag {
                DT_SYMTAB => library.symbols = at as *const Symbol,
                DT_STRTAB => library.strings = at as *const c_char,
                DT_VERSYM => library.versions = at as *const u16,
                DT_GNU_HASH => library.hashes = at as *const u32,
                _ => {}
            }
        }
        let has_all =
            !library.hashes.is_null() && !library.symbols.is_null() && !library.strings.is_null();
        has_all.then_some(library)
    }

    /// The function of this name; null where only the loader can tell its address.
    pub fn find(&self, number: u32, text: &CStr) -> Option<*mut c_void> {
        // SAFETY: the tables are laid out as the loader reads them: four numbers, a filter of words of 64 bits, buckets,
        // and for each symbol from the first that is in a bucket the number of its name, odd where a bucket ends.
        unsafe {
            let [buckets, first, words, shift] = *self.hashes.cast::<[u32; 4]>();
            if buckets == 0 || words == 0 {
                return None;
            }
            let filter = self.hashes.add(4).cast::<u64>();
            let word = *filter.add((number / 64 % words) as usize);
            let is_in = |bit: u32| word >> (bit % 64) & 1 != 0;
            if !is_in(number) || !is_in(number >> shift) {
                return None;
            }
            let bucket = filter.add(words as usize).cast::<u32>();
            let chain = bucket.add(buckets as usize);
            let mut at = *bucket.add((number % buckets) as usize);
            while at >= first {
                let there = *chain.add((at - first) as usize);
                if there | 1 == number | 1
                    && let Some(found) = self.symbol(at as usize, text)
                {
                    return Some(found);
                }
                if there & 1 != 0 {
                    return None;
                }
                at += 1;
            }
            None
        }
    }

    /// The function at this place of the table, if it has this name and is the one for new programs; null where only the
    /// loader can tell its address.
    ///
    /// # Safety
    /// The place is in the table.
    unsafe fn symbol(&self, at: usize, text: &CStr) -> Option<*mut c_void> {
        // SAFETY: what the caller vouches for; names are C strings.
        unsafe {
            let symbol = &*self.symbols.add(at);
            let is_hidden = !self.versions.is_null() && *self.versions.add(at) & IS_HIDDEN != 0;
            let is_function = matches!(symbol.kind & 0xF, STT_NOTYPE | STT_FUNC);
            let is_it = symbol.section != 0
                && !is_hidden
                && CStr::from_ptr(self.strings.add(symbol.name as usize)) == text;
            let address = if is_function {
                self.base + symbol.address
            } else {
                0
            };
            is_it.then_some(address as *mut c_void)
        }
    }
}

/// What a library says of itself: tag, value, and the address that this is where it is one.
///
/// # Safety
/// The loader gives it, and the library stays loaded while this is read.
pub unsafe fn entries(loaded: &Loaded) -> Option<impl Iterator<Item = (i64, usize, usize)>> {
    let base = loaded.base;
    // SAFETY: what the caller vouches for.
    let header = unsafe { headers(loaded) }
        .iter()
        .find(|header| header.kind == PT_DYNAMIC)?;
    let first = (base + header.address) as *const (i64, usize);
    Some((0..).map_while(move |at| {
        // SAFETY: the library's own list, which ends with a tag of 0.
        let (tag, value) = unsafe { *first.add(at) };
        // glibc writes the address over the offset; where the list cannot be written it stays one.
        let address = if value < base { base + value } else { value };
        (tag != 0).then_some((tag, value, address))
    }))
}

/// # Safety
/// The loader gives it.
unsafe fn headers(loaded: &Loaded) -> &[Header] {
    // SAFETY: so many are there.
    unsafe { std::slice::from_raw_parts(loaded.headers, usize::from(loaded.count)) }
}

/// Whether it is the library that this function is of.
///
/// # Safety
/// The loader gives it.
pub unsafe fn is_ours(loaded: &Loaded) -> bool {
    let here = is_ours as *const () as usize;
    // SAFETY: what the caller vouches for.
    unsafe { headers(loaded) }.iter().any(|header| {
        let start = loaded.base + header.address;
        header.kind == PT_LOAD && (start..start + header.size).contains(&here)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_name_is_that_of_the_tables() {
        assert_eq!(Name::new(c"").number, 0x1505);
        assert_eq!(Name::new(c"printf").number, 0x156b_2bb8);
        assert_eq!(Name::new(c"syscall").number, 0xbac2_12a0);
    }
}
