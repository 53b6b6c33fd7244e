//! The calling code, for records.

use crate::arguments;
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_int};
use std::ptr::null_mut;

/// Calls that a record shows, and frames that are looked at to find them.
const MOST_SHOWN: usize = 6;
const MOST_FRAMES: usize = 40;

unsafe extern "C" {
    /// Exported since CPython 3.9; the first two are in later limited APIs only.
    fn PyFrame_GetBack(frame: *mut PyObject) -> *mut PyObject;
    fn PyFrame_GetCode(frame: *mut PyObject) -> *mut PyObject;
    fn PyFrame_GetLineNumber(frame: *mut PyObject) -> c_int;
    fn PyEval_GetFrame() -> *mut PyObject;
}

/// `file:line function` of each caller, innermost first, without the guard's and the import system's own.
pub(crate) fn calling() -> Vec<String> {
    let mut calls = Vec::new();
    // SAFETY: called with the GIL held; each frame but the first, which is borrowed and so taken once more, is owned.
    unsafe {
        let mut frame = PyEval_GetFrame();
        if frame.is_null() {
            return calls;
        }
        ffi::Py_IncRef(frame);
        for _ in 0..MOST_FRAMES {
            calls.extend(described(frame));
            let back = PyFrame_GetBack(frame);
            ffi::Py_DecRef(frame);
            frame = back;
            if frame.is_null() || calls.len() == MOST_SHOWN {
                break;
            }
        }
        if !frame.is_null() {
            ffi::Py_DecRef(frame);
        }
    }
    calls
}

/// Whether the innermost call is in a file whose path has one of these ends.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn is_calling(files: &[&[u8]]) -> bool {
    unsafe {
        let frame = PyEval_GetFrame();
        if frame.is_null() {
            return false;
        }
        let code = PyFrame_GetCode(frame);
        let path = attribute(code, c"co_filename");
        ffi::Py_DecRef(code);
        path.is_some_and(|path| files.iter().any(|file| path.as_bytes().ends_with(file)))
    }
}

/// The code of the innermost call of which `is_wanted` says so; only its address may be used, and compared with that of
/// code that lives.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn first_code(
    is_wanted: impl Fn(*mut PyObject) -> bool,
) -> Option<*mut PyObject> {
    unsafe {
        let mut frame = PyEval_GetFrame();
        if frame.is_null() {
            return None;
        }
        ffi::Py_IncRef(frame);
        let mut found = None;
        for _ in 0..MOST_FRAMES {
            let code = PyFrame_GetCode(frame);
            ffi::Py_DecRef(code);
            let back = if is_wanted(code) {
                found = Some(code);
                null_mut()
            } else {
                PyFrame_GetBack(frame)
            };
            ffi::Py_DecRef(frame);
            frame = back;
            if frame.is_null() {
                break;
            }
        }
        if !frame.is_null() {
            ffi::Py_DecRef(frame);
        }
        found
    }
}

unsafe fn described(frame: *mut PyObject) -> Option<String> {
    unsafe {
        let code = PyFrame_GetCode(frame);
        let file = attribute(code, c"co_filename");
        let function = attribute(code, c"co_name");
        ffi::Py_DecRef(code);
        let (file, function) = (file?, function?);
        let is_ours = file.contains("/hauberk/guard/") || file.starts_with("<frozen importlib");
        (!is_ours).then(|| format!("{file}:{} {function}", PyFrame_GetLineNumber(frame)))
    }
}

unsafe fn attribute(object: *mut PyObject, name: &CStr) -> Option<String> {
    unsafe {
        let value = ffi::PyObject_GetAttrString(object, name.as_ptr());
        if value.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let text = arguments::bytes(value);
        ffi::Py_DecRef(value);
        text.map(|text| String::from_utf8_lossy(&text).into_owned())
    }
}
