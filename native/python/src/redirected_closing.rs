//! Functions that close or replace descriptors: the guard's copy of the log goes out of their way, and they do what they
//! are asked to.
//!
//! Does not see: what a file object closes, native code

use crate::arguments;
use crate::log;
use crate::method_table::{Redirect, original};
use crate::redirected::{WithNames, WithWords, named};
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicPtr;

static CLOSE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static CLOSE_RANGE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static DUPLICATE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

pub(crate) fn redirects() -> [Redirect; 3] {
    let of = |name, original, with_words, with_names| Redirect {
        with_words,
        with_names,
        ..Redirect::of(c"posix", name, original)
    };
    let with_words = close_range as WithWords as *const c_void;
    [
        of("close", &CLOSE, null(), close as WithNames as *const c_void),
        of(
            "dup2",
            &DUPLICATE,
            null(),
            duplicate as WithNames as *const c_void,
        ),
        of("closerange", &CLOSE_RANGE, with_words, null()),
    ]
}

/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe fn descriptor(
    (place, name): (isize, &CStr),
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> Option<c_int> {
    unsafe {
        let given = if place < count {
            *words.offset(place)
        } else {
            named(name, words, count, names)
        };
        let number = arguments::integer(given);
        (!given.is_null()).then(|| c_int::try_from(number).ok())?
    }
}

unsafe extern "C" fn close(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if let Some(one) = descriptor((0, c"fd"), words, count, names) {
            log::move_away(one, one.saturating_add(1));
        }
        original::<WithNames>(&CLOSE)(module, words, count, names)
    }
}

unsafe extern "C" fn duplicate(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if let Some(one) = descriptor((1, c"fd2"), words, count, names) {
            log::move_away(one, one.saturating_add(1));
        }
        original::<WithNames>(&DUPLICATE)(module, words, count, names)
    }
}

unsafe extern "C" fn close_range(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    unsafe {
        let of = |place| descriptor((place, c""), words, count, null_mut());
        let (Some(low), Some(high)) = (of(0), of(1)) else {
            return original::<WithWords>(&CLOSE_RANGE)(module, words, count);
        };
        match log::move_away(low, high) {
            None => original::<WithWords>(&CLOSE_RANGE)(module, words, count),
            Some(copy) => {
                ffi::Py_DecRef(closed(module, low, copy));
                closed(module, copy.saturating_add(1), high)
            }
        }
    }
}

/// Closes some descriptors; it does not fail.
unsafe fn closed(module: *mut PyObject, low: c_int, high: c_int) -> *mut PyObject {
    unsafe {
        let words = [low, high].map(|one| ffi::PyLong_FromLong(one.into()));
        let answer = original::<WithWords>(&CLOSE_RANGE)(module, words.as_ptr(), 2);
        for one in words {
            ffi::Py_DecRef(one);
        }
        answer
    }
}
