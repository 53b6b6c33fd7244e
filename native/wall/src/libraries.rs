//! Functions of the libraries behind ours, found in the loader's list by the tables that the libraries bring for that.
//!
//! The loader's own `dlsym` finds the same, but it takes a lock, so that all had to be found at the start of each process;
//! and it cannot be called without a further library where glibc is older than 2.34. What is not found here is left to it.

use crate::library::{Library, Loaded, NO_TABLES, Name, is_ours};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Libraries that are kept; libc is among them as a rule.
const MOST: usize = 24;
/// Names that are.
const MOST_NAMES: usize = 48;

unsafe extern "C" {
    fn dl_iterate_phdr(
        each: unsafe extern "C" fn(*const Loaded, usize, *mut c_void) -> c_int,
        given: *mut c_void,
    ) -> c_int;
}

/// The libraries behind ours, in the order in which the loader asks them, and the names of all.
struct Libraries {
    all: [Library; MOST],
    count: usize,
    is_behind: bool,
    names: [*const c_char; MOST_NAMES],
    name_count: usize,
}

const NONE: Libraries = Libraries {
    all: [NO_TABLES; MOST],
    count: 0,
    is_behind: false,
    names: [ptr::null(); MOST_NAMES],
    name_count: 0,
};

impl Libraries {
    fn find(&self, number: u32, text: &CStr) -> Option<*mut c_void> {
        let found = self.all[..self.count]
            .iter()
            .take_while(|library| library.has_tables())
            .find_map(|library| library.find(number, text));
        found.filter(|address| !address.is_null())
    }
}

struct Kept(UnsafeCell<Libraries>);

// SAFETY: it is written once, before `ARE_KEPT` says that it may be read.
unsafe impl Sync for Kept {}

#[unsafe(link_section = ".bss.start")]
static KEPT: Kept = Kept(UnsafeCell::new(NONE));
#[unsafe(link_section = ".bss.start")]
static ARE_KEPT: AtomicBool = AtomicBool::new(false);

/// Remembers the libraries, which the program needs and so stay; to be called once, while the loader waits.
pub fn keep() {
    // SAFETY: `each` gets what it is given here, and is not called later; nobody else writes it.
    unsafe { dl_iterate_phdr(each, KEPT.0.get().cast()) };
    ARE_KEPT.store(true, Ordering::Release);
}

/// The function that a call of this name reaches behind ours; none where the tables do not tell. There is no lock in it
/// once the libraries are kept.
pub fn find(name: &Name) -> Option<*mut c_void> {
    find_by(name.number(), name.text())
}

/// The same by the number of the name in the tables, and its text.
pub fn find_by(number: u32, text: &CStr) -> Option<*mut c_void> {
    if !ARE_KEPT.load(Ordering::Acquire) {
        return find_now(number, text);
    }
    // SAFETY: it was written, and is not again.
    unsafe { &*KEPT.0.get() }.find(number, text)
}

/// As [`find_by`]; where the libraries that are kept do not lead to libc, in all. That is so from the start on, and so who
/// asks first does it while the loader waits.
pub fn find_far(number: u32, text: &CStr) -> Option<*mut c_void> {
    let found = find_by(number, text);
    found.or_else(|| (!reach_libc()).then(|| find_now(number, text)).flatten())
}

/// Whether this is so of the names of all libraries that the program was started with; not where they are too many to be
/// kept.
pub fn are_all(mut is_so: impl FnMut(&CStr) -> bool) -> bool {
    // SAFETY: it was written, and is not again.
    let libraries = unsafe { &*KEPT.0.get() };
    let Some(names) = libraries.names.get(..libraries.name_count) else {
        return false;
    };
    names.iter().filter(|name| !name.is_null()).all(|name| {
        // SAFETY: the loader's own names of libraries that the program needs, which stay.
        is_so(unsafe { CStr::from_ptr(*name) })
    })
}

/// Whether the tables of the libraries that are kept lead to libc. No address out of a table of ours is used for that.
pub fn reach_libc() -> bool {
    const NUMBER: u32 = Name::new(c"openat").number();
    // SAFETY: it was written, and is not again.
    let libraries = unsafe { &*KEPT.0.get() };
    libraries.find(NUMBER, c"openat").is_some()
}

/// What is looked for in the libraries that are loaded now.
struct Search<'a> {
    number: u32,
    text: &'a CStr,
    is_behind: bool,
    found: Option<*mut c_void>,
}

/// As [`find_by`], in all libraries that are loaded now, however many.
pub fn find_now(number: u32, text: &CStr) -> Option<*mut c_void> {
    let mut search = Search {
        number,
        text,
        is_behind: false,
        found: None,
    };
    // SAFETY: `look` gets what it is given here, and is not called later.
    unsafe { dl_iterate_phdr(look, (&raw mut search).cast()) };
    search.found.filter(|address| !address.is_null())
}

/// # Safety
/// The loader gives what it has loaded, and the search.
unsafe extern "C" fn look(loaded: *const Loaded, _: usize, given: *mut c_void) -> c_int {
    // SAFETY: what the caller vouches for.
    let (loaded, search) = unsafe { (&*loaded, &mut *given.cast::<Search<'_>>()) };
    if !search.is_behind {
        // SAFETY: the loader gives it.
        search.is_behind = unsafe { is_ours(loaded) };
        return 0;
    }
    // SAFETY: the loader gives it, and it stays while the loader waits.
    let library = unsafe { Library::read(loaded) };
    search.found = library.and_then(|library| library.find(search.number, search.text));
    c_int::from(search.found.is_some())
}

/// # Safety
/// The loader gives what it has loaded, and the libraries.
unsafe extern "C" fn each(loaded: *const Loaded, _: usize, given: *mut c_void) -> c_int {
    // SAFETY: what the caller vouches for.
    let (loaded, libraries) = unsafe { (&*loaded, &mut *given.cast::<Libraries>()) };
    if let Some(name) = libraries.names.get_mut(libraries.name_count) {
        *name = loaded.name();
    }
    libraries.name_count += 1;
    if !libraries.is_behind {
        // SAFETY: the loader gives it.
        libraries.is_behind = unsafe { is_ours(loaded) };
    } else if libraries.count < MOST {
        // SAFETY: the loader gives it; what is loaded at the start stays.
        libraries.all[libraries.count] = unsafe { Library::read(loaded) }.unwrap_or(NO_TABLES);
        libraries.count += 1;
    }
    0
}
