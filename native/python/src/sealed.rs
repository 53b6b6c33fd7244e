//! Classes of ours that no code can change: what they do when they are called decides for every watched call.
//!
//! On Python 3.9, which knows no such classes, they can be changed.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::ffi::c_ulong;

/// Since CPython 3.10: `setattr` on the class raises `TypeError`.
const IMMUTABLE: c_ulong = 1 << 8;
/// Where a class has its flags: behind the head of an object with a size and eighteen words, on each CPython so far.
const FLAGS: usize = size_of::<ffi::PyVarObject>() + 18 * size_of::<usize>();

/// Makes a class as unchangeable as those that are written in C.
pub(crate) fn seal(class: &Bound<'_, PyType>) {
    if class.py().version_info() < (3, 10) {
        return;
    }
    // SAFETY: the class is live and the GIL is held; that its flags are where they are taken to be is seen first.
    unsafe {
        let class = class.as_type_ptr();
        let flags = class.byte_add(FLAGS).cast::<c_ulong>();
        if *flags == ffi::PyType_GetFlags(class) {
            *flags |= IMMUTABLE;
        }
    }
}
