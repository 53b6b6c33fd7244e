//! `sys.audit`: what code tells by it is told from what CPython itself tells. Most events of ours are CPython's alone: one that
//! code tells is of no act, and nothing comes of it.
//!
//! Does not see: events that native code tells

use crate::method_table::{Redirect, original};
use crate::redirected::WithWords;
use pyo3::ffi::PyObject;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

static AUDIT: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

thread_local! {
    /// Whether code tells the event that comes next. Ours is the first hook, so that it is the one that code names.
    static IS_TOLD: Cell<bool> = const { Cell::new(false) };
}

pub(crate) fn redirects() -> [Redirect; 1] {
    [Redirect {
        with_words: audit as WithWords as *const c_void,
        ..Redirect::of(c"sys", "audit", &AUDIT)
    }]
}

/// Whether code has told the event that is heard now; what other hooks do about it is their own again.
pub(crate) fn is_told_by_code() -> bool {
    IS_TOLD.replace(false)
}

/// SAFETY: CPython calls it as it would call the original, with the GIL held.
unsafe extern "C" fn audit(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    IS_TOLD.set(true);
    let answer = unsafe { original::<WithWords>(&AUDIT)(module, words, count) };
    IS_TOLD.set(false);
    answer
}
