//! Whether the calls of this process' libraries still reach the wall first.
//!
//! Each library calls functions of others through slots, in which the loader writes where they are: here, where ours stand
//! in front. A slot that led here leads here for good.
//!
//! Sees:         slots that led here when the library was first looked at, or that were still to be written when the guard
//!               joined; that the loader does not list the wall
//! Does not see: addresses that are kept elsewhere, as in a table of a program's own; in which order the loader asks
//!               libraries that are loaded later; what is changed and changed back between two looks

use crate::library::{Library, Loaded, is_ours};
use crate::provenance;
use crate::slots::Slots;
use crate::wall::wall;
use std::ffi::{CStr, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

unsafe extern "C" {
    fn dl_iterate_phdr(
        each: unsafe extern "C" fn(*const Loaded, usize, *mut c_void) -> c_int,
        given: *mut c_void,
    ) -> c_int;
}

/// A slot, and the two values that may stand there: what was found, and our function.
struct Slot {
    at: usize,
    found: usize,
    ours: usize,
}

struct Seen {
    library: [usize; 5],
    slots: Vec<Slot>,
    /// When it was last listed.
    look: u64,
}

struct Look {
    ours: Library,
    here: std::ops::Range<usize>,
    all: Vec<Seen>,
    /// Where the next library of the loader's list stands among these, as a rule.
    next: usize,
    look: u64,
    is_listed: bool,
    is_whole: bool,
}

static KEPT: AtomicPtr<Look> = AtomicPtr::new(ptr::null_mut());

/// Remembers the slots of all libraries that are there; what was remembered before stays.
pub fn keep() {
    if !KEPT.load(Ordering::Acquire).is_null() {
        return;
    }
    let mut found: Option<(Library, std::ops::Range<usize>)> = None;
    // SAFETY: `find` gets what it is given here, and is not called later.
    unsafe { dl_iterate_phdr(find, (&raw mut found).cast()) };
    let Some((ours, here)) = found else { return };
    let mut look = Look {
        ours,
        here,
        all: Vec::new(),
        next: 0,
        look: 0,
        is_listed: false,
        is_whole: true,
    };
    look.again();
    KEPT.store(Box::into_raw(Box::new(look)), Ordering::Release);
}

/// Whether all that led here still does. True too where another thread is just looking.
pub fn is_kept() -> bool {
    let kept = KEPT.swap(ptr::null_mut(), Ordering::AcqRel);
    // SAFETY: whoever took it out is alone with it, until it is put back.
    let Some(look) = (unsafe { kept.as_mut() }) else {
        return true;
    };
    let is_kept = look.again();
    KEPT.store(kept, Ordering::Release);
    is_kept
}

impl Look {
    fn again(&mut self) -> bool {
        (self.next, self.is_listed, self.is_whole) = (0, false, true);
        self.look += 1;
        // SAFETY: `each` gets what it is given here, and is not called later.
        unsafe { dl_iterate_phdr(each, ptr::from_mut(self).cast()) };
        let look = self.look;
        self.all.retain(|seen| seen.look == look);
        self.is_listed && self.is_whole
    }

    /// # Safety
    /// The loader gives it, and waits.
    unsafe fn see(&mut self, loaded: &Loaded) {
        let library = loaded.identity();
        let known = (self.next..self.all.len())
            .chain(0..self.next)
            .find(|at| self.all[*at].library == library);
        let at = known.unwrap_or_else(|| {
            told_of(loaded);
            // SAFETY: what the caller vouches for.
            let slots = unsafe { self.slots(loaded) };
            let look = self.look;
            self.all.push(Seen {
                library,
                slots,
                look,
            });
            self.all.len() - 1
        });
        self.all[at].look = self.look;
        self.next = at + 1;
        // SAFETY: the slots of a library that the loader lists, and does not take away while it waits.
        self.is_whole &= self.all[at].slots.iter().all(|slot| {
            let value = unsafe { (slot.at as *const usize).read_volatile() };
            value == slot.found || value == slot.ours
        });
    }

    /// # Safety
    /// The loader gives it, and waits.
    unsafe fn slots(&self, loaded: &Loaded) -> Vec<Slot> {
        // What is loaded later may be asked to look elsewhere first.
        let is_at_start = self.look == 1;
        let own = loaded.range();
        // SAFETY: what the caller vouches for.
        let Some(slots) = (unsafe { Slots::read(loaded) }) else {
            return Vec::new();
        };
        let slot = |at: usize, name| {
            // SAFETY: a slot of a library that is loaded.
            let found = unsafe { (at as *const usize).read_volatile() };
            let ours = if self.here.contains(&found) {
                found
            } else if is_at_start && own.contains(&found) {
                // SAFETY: the name in the library's own table.
                unsafe { slots.find_in(&self.ours, name) }?
            } else {
                return None;
            };
            Some(Slot { at, found, ours })
        };
        slots
            .each()
            .filter_map(|(at, name)| slot(at, name))
            .collect()
    }
}

/// A library that another one needs was asked for by nobody.
fn told_of(loaded: &Loaded) {
    let name = loaded.name();
    if let (Some(wall), false) = (wall(), name.is_null()) {
        // SAFETY: the loader's own name of a library that it lists.
        provenance::lists(wall, unsafe { CStr::from_ptr(name) });
    }
}

/// # Safety
/// The loader gives what it has loaded, and where to put ours.
unsafe extern "C" fn find(loaded: *const Loaded, _: usize, given: *mut c_void) -> c_int {
    // SAFETY: what the caller vouches for.
    unsafe {
        let (loaded, found) = (
            &*loaded,
            &mut *given.cast::<Option<(Library, std::ops::Range<usize>)>>(),
        );
        if is_ours(loaded) {
            *found = Library::read(loaded).map(|library| (library, loaded.range()));
        }
        c_int::from(found.is_some())
    }
}

/// # Safety
/// The loader gives what it has loaded, and the look.
unsafe extern "C" fn each(loaded: *const Loaded, _: usize, given: *mut c_void) -> c_int {
    // SAFETY: what the caller vouches for.
    unsafe {
        let (loaded, look) = (&*loaded, &mut *given.cast::<Look>());
        if look.here.contains(&(loaded.range().start)) {
            look.is_listed = true;
        } else {
            look.see(loaded);
        }
    }
    0
}
