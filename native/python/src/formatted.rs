//! Format strings, which no audit event tells of: the functions that read them are called through ours.
//!
//! Sees:         `str.format`, `str.format_map`, also of classes of their own, and `string.Formatter`
//! Does not see: `%`, f-strings and `string.Template`, whose syntax reads nothing of an object; `format(value, form)`

use crate::arguments;
use crate::guard;
use crate::method_table::{Redirect, original};
use crate::redirected::is_refused;
use crate::sinks::Sink;
use hauberk_core::act::{Act, Resource};
use hauberk_core::flow;
use pyo3::ffi::{self, PyObject};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

type WithMapping =
    unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;
type WithOne = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

static FORMAT: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static FORMAT_MAP: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static PARSE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Methods of `str`.
pub(crate) fn methods() -> [Redirect; 2] {
    [
        Redirect {
            with_mapping: format as WithMapping as *const c_void,
            ..Redirect::of(c"builtins", "format", &FORMAT)
        },
        Redirect {
            with_one: format_map as WithOne as *const c_void,
            ..Redirect::of(c"builtins", "format_map", &FORMAT_MAP)
        },
    ]
}

/// What `string.Formatter` reads format strings with.
pub(crate) fn functions() -> [Redirect; 1] {
    [Redirect {
        with_one: parse as WithOne as *const c_void,
        ..Redirect::of(c"_string", "formatter_parser", &PARSE)
    }]
}

/// Whether an input reaches into an object by a format string; an exception is then set.
///
/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe fn is_reaching(text: *mut PyObject) -> bool {
    unsafe {
        if !guard::has_inputs() || !has_marks(text) {
            return false;
        }
        let Some(format) = arguments::generalised(text) else {
            return false;
        };
        flow::reaches(&format)
            && is_refused(Sink::Format, || {
                guard::admit(&Act {
                    resource: Resource::Format(&format),
                    ..Act::nothing()
                })
            })
    }
}

/// Most format strings have no such signs: this looks at the text where it stands.
unsafe fn has_marks(text: *mut PyObject) -> bool {
    unsafe {
        if ffi::PyUnicode_Check(text) == 0 {
            return false;
        }
        let end = ffi::PyUnicode_GetLength(text);
        let has = |sign: char| ffi::PyUnicode_FindChar(text, sign.into(), 0, end, 1) >= 0;
        has('{') && (has('.') || has('['))
    }
}

unsafe extern "C" fn format(
    text: *mut PyObject,
    words: *mut PyObject,
    named: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if is_reaching(text) {
            return null_mut();
        }
        original::<WithMapping>(&FORMAT)(text, words, named)
    }
}

unsafe extern "C" fn format_map(text: *mut PyObject, mapping: *mut PyObject) -> *mut PyObject {
    unsafe {
        if is_reaching(text) {
            return null_mut();
        }
        original::<WithOne>(&FORMAT_MAP)(text, mapping)
    }
}

unsafe extern "C" fn parse(module: *mut PyObject, text: *mut PyObject) -> *mut PyObject {
    unsafe {
        if is_reaching(text) {
            return null_mut();
        }
        original::<WithOne>(&PARSE)(module, text)
    }
}
