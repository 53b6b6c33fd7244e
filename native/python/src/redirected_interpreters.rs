//! The function that makes a sub-interpreter: it leads to where sinks in Python are not, so that a list of `code` decides
//! about it, and a status says what is not judged there.
//!
//! Does not see: interpreters that native code makes

use crate::guard;
use crate::method_table::{Redirect, original};
use crate::redirected::is_refused;
use crate::sinks::{Sink, code};
use pyo3::ffi::{self, PyObject};
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

type WithMapping =
    unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;

static CREATE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
/// Whether it was said what is not judged in them, once an environment.
static IS_TOLD: AtomicBool = AtomicBool::new(false);
const UNARMED: &str = "sub-interpreters: statements, templates, documents and the calls of SDKs are not judged in them";

/// The module has the second name until Python 3.12.
pub(crate) fn functions() -> [Redirect; 2] {
    [c"_interpreters", c"_xxsubinterpreters"].map(|module| Redirect {
        with_mapping: create as WithMapping as *const c_void,
        ..Redirect::of(module, "create", &CREATE)
    })
}

/// SAFETY: CPython calls it as it would call the original, with the GIL held.
unsafe extern "C" fn create(
    module: *mut PyObject,
    words: *mut PyObject,
    named: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if is_refused(Sink::LoadLibrary, || {
            code::admit_code("load", b"_interpreters")
        }) {
            return null_mut();
        }
        if !IS_TOLD.swap(true, Ordering::Relaxed) {
            guard::report("gap", UNARMED, BTreeMap::new());
            load_senders();
        }
        original::<WithMapping>(&CREATE)(module, words, named)
    }
}

/// What is sent is seen by tables of methods that are one for the process: they are ours once these modules are loaded here,
/// whoever loads them in a sub-interpreter.
unsafe fn load_senders() {
    for name in [c"_socket", c"_ssl"] {
        // SAFETY: the GIL is held, and no exception is set.
        unsafe {
            let module = ffi::PyImport_ImportModule(name.as_ptr());
            if module.is_null() {
                ffi::PyErr_Clear(); // an interpreter without it
            }
            ffi::Py_DecRef(module);
        }
    }
}
