//! Whether a library may be in this process that is no part of the package: as long as none may, no stack is looked at.
//!
//! Sees:         libraries that the program was started with, search paths that it was started with, each library that is
//!               asked for by its path; for a guard, at each invocation, whatever the loader lists
//! Does not see: code that is mapped by other means than the loader's, unless there is doubt for another reason

use super::place::{is_foreign, is_ordinary};
use crate::calls::environment;
use crate::libraries;
use crate::path::{At, followed};
use crate::wall::Wall;
use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

const NOT_LOOKED: u32 = 0;
const NONE: u32 = 1;
const SOME: u32 = 2;
static STATE: AtomicU32 = AtomicU32::new(NOT_LOOKED);
/// Libraries that were asked for by their paths.
static LOADS: AtomicU32 = AtomicU32::new(0);
/// Where a guard of this process wants to read it.
static OF_GUARD: AtomicPtr<AtomicU32> = AtomicPtr::new(ptr::null_mut());

/// Folders that libraries are looked for in: the loader's, and what libc itself loads to convert texts.
const SEARCH_PATHS: [&[u8]; 2] = [b"LD_LIBRARY_PATH=", b"GCONV_PATH="];

/// Whether there is doubt.
#[inline]
pub fn is_any(wall: &Wall) -> bool {
    match STATE.load(Ordering::Acquire) {
        NOT_LOOKED => look(wall),
        state => state == SOME,
    }
}

/// From now on there is.
pub fn raise() {
    STATE.store(SOME, Ordering::Release);
    // SAFETY: a guard's own number, which stays.
    if let Some(told) = unsafe { OF_GUARD.load(Ordering::Acquire).as_ref() } {
        told.store(1, Ordering::Release);
    }
}

/// Tells a guard by its own number, from now on.
pub fn tell(wall: &Wall, told: &'static AtomicU32) {
    OF_GUARD.store(ptr::from_ref(told).cast_mut(), Ordering::Release);
    if is_any(wall) {
        raise();
    }
}

#[cold]
fn look(wall: &Wall) -> bool {
    let are_ordinary = libraries::are_all(|name| is_ordinary(wall, name.to_bytes()));
    if !are_ordinary || searches_elsewhere(wall) {
        raise();
    } else {
        let _ = STATE.compare_exchange(NOT_LOOKED, NONE, Ordering::AcqRel, Ordering::Acquire);
    }
    STATE.load(Ordering::Acquire) == SOME
}

/// Whether a library that is asked for by its bare name may come from elsewhere.
fn searches_elsewhere(wall: &Wall) -> bool {
    let mut variables = environment();
    while !variables.is_null() {
        // SAFETY: the environment of this process, a list of C strings that a null ends.
        let one = unsafe { *variables };
        if one.is_null() {
            break;
        }
        // SAFETY: as above.
        let variable = unsafe { CStr::from_ptr(one) }.to_bytes();
        let is_searched = |name: &[u8]| variable.strip_prefix(name);
        if let Some(folders) = SEARCH_PATHS.into_iter().find_map(is_searched) {
            let mut folders = folders.split(|byte| matches!(byte, b':' | b';'));
            if !folders.all(|folder| is_ordinary(wall, &[folder, b"/"].concat())) {
                return true;
            }
        }
        // SAFETY: as above: the list goes on until its null.
        variables = unsafe { variables.add(1) };
    }
    false
}

/// A library is about to be loaded by this path.
pub fn loads(wall: &Wall, written: &CStr) {
    LOADS.fetch_add(1, Ordering::AcqRel);
    let name = written.to_bytes();
    if !is_ordinary(wall, name)
        && (name.contains(&b'$') || is_foreign(wall, &followed(At::here(written))))
    {
        raise();
    }
}

/// The loader lists a library of this name.
pub fn lists(wall: &Wall, name: &CStr) {
    if !is_ordinary(wall, name.to_bytes()) {
        raise();
    }
}

/// How many libraries were asked for.
pub fn count_of_loads() -> u32 {
    LOADS.load(Ordering::Acquire)
}
