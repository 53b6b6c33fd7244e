//! Code objects that were seen to be the package's: each act asks for every call that led to it, and most of these are
//! the same ones again.

use super::held;
use pyo3::ffi::{self, PyObject};
use std::sync::Mutex;

/// As many are remembered; one that falls on another's place takes it.
const PLACES: usize = 256;

/// Held references, so that no other object comes to stand where one of these does.
static PACKAGED: Mutex<[usize; PLACES]> = Mutex::new([0; PLACES]);

fn place_of(code: *mut PyObject) -> usize {
    (code as usize >> 5) % PLACES // the lowest bits of addresses are the same
}

/// Whether a code object was remembered.
pub(super) fn is_known(code: *mut PyObject) -> bool {
    held(&PACKAGED)[place_of(code)] == code as usize
}

/// Remembers one whose file is the package's.
///
/// # Safety
/// The object is live, and the GIL of the main interpreter, whose it is, is held.
pub(super) unsafe fn remember(code: *mut PyObject) {
    unsafe { ffi::Py_IncRef(code) };
    let before = std::mem::replace(&mut held(&PACKAGED)[place_of(code)], code as usize);
    // Not while the lock is held: what goes may have something of its own to run.
    unsafe { ffi::Py_DecRef(before as *mut PyObject) };
}
