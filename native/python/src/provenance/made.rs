//! Code objects that were made while the function runs, and whether the package made them.

use super::held;
use crate::arguments;
use crate::stack::Owned;
use pyo3::ffi::{self, PyObject};
use std::collections::HashMap;
use std::sync::Mutex;

/// How deep code stands in code.
const MOST_NESTED: u8 = 20;

unsafe extern "C" {
    /// Of CPython up to 3.14 at least; deprecated there.
    fn PyWeakref_GetObject(weak: *mut PyObject) -> *mut PyObject;
}

static MADE: Mutex<Option<HashMap<usize, Made>>> = Mutex::new(None);

/// A code object that was made while the function runs, and whether the package made it.
struct Made {
    /// Its weak reference, which tells whether it still lives: another one may come to stand in its place.
    weak: usize,
    is_own: bool,
}

/// Whether the package made a code object; none where nothing is known of it. The GIL of the main interpreter is held.
pub(super) fn made(code: *mut PyObject) -> Option<bool> {
    let made = held(&MADE);
    let one = made.as_ref()?.get(&(code as usize))?;
    one.is_of(code).then_some(one.is_own)
}

impl Made {
    fn is_of(&self, code: *mut PyObject) -> bool {
        // SAFETY: we hold the weak reference, and the GIL of the main interpreter, whose it is.
        unsafe { PyWeakref_GetObject(self.weak as *mut PyObject) == code }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { ffi::Py_DecRef(self.weak as *mut PyObject) };
    }
}

/// Remembers whose a code object is, and all code in it.
///
/// # Safety
/// The object is live and the GIL of the main interpreter is held.
pub(super) unsafe fn note(code: *mut PyObject, is_own: bool) {
    unsafe { note_below(code, is_own, 0) };
}

unsafe fn note_below(code: *mut PyObject, is_own: bool, depth: u8) {
    unsafe {
        if depth > MOST_NESTED || made(code) == Some(is_own) {
            return;
        }
        let weak = ffi::PyWeakref_NewRef(code, std::ptr::null_mut());
        if weak.is_null() {
            ffi::PyErr_Clear();
            return;
        }
        remember(
            code as usize,
            Made {
                weak: weak as usize,
                is_own,
            },
        );
        ffi::Py_IncRef(code);
        let constants = Owned::new(code).and_then(|code| code.attribute(c"co_consts"));
        let Some(constants) = constants else { return };
        for index in 0.. {
            let one = arguments::item(constants.pointer(), index);
            if one.is_null() {
                break;
            }
            if ffi::Py_TYPE(one) == ffi::Py_TYPE(code) {
                note_below(one, is_own, depth + 1);
            }
        }
    }
}

fn remember(at: usize, one: Made) {
    let mut made = held(&MADE);
    let made = made.get_or_insert_default();
    if made.len() == made.capacity() {
        made.retain(|at, one| one.is_of(*at as *mut PyObject)); // before it grows
    }
    made.insert(at, one);
}
