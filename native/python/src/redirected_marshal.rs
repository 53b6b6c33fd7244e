//! `marshal.load`: its audit event tells nothing of what is read, so it is called through ours, which looks first.
//!
//! Sees:         buffers of `io` and regular files, from where they stand
//! Does not see: what else can be read (pipes, sockets, compressed files, objects of the function's own)

use crate::method_table::{Redirect, original};
use crate::redirected::{WithNames, is_refused};
use crate::sinks::{Sink, code};
use crate::{arguments, guard};
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_void};
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::{FromRawFd, RawFd};
use std::os::unix::fs::FileExt;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

type WithOne = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

/// No event carries more.
const LONGEST: u64 = 6 << 20;

static LOAD: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Up to Python 3.12 it takes one argument, since then names, too.
pub(crate) fn functions() -> [Redirect; 1] {
    [Redirect {
        with_one: load as WithOne as *const c_void,
        with_names: load_by_names as WithNames as *const c_void,
        ..Redirect::of(c"marshal", "load", &LOAD)
    }]
}

/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe fn is_load_refused(file: *mut PyObject) -> bool {
    unsafe {
        if !guard::has_inputs() {
            return false;
        }
        match rest_of(file) {
            Some(bytes) => is_refused(Sink::UnmarshalFile, || code::is_carried(&bytes)),
            None => false,
        }
    }
}

/// What is still to be read of a file, which stays where it stands.
unsafe fn rest_of(file: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        let start = u64::try_from(asked_number(file, c"tell")?).ok()?;
        let held = asked(file, c"getvalue");
        if !held.is_null() {
            let bytes = arguments::bytes(held);
            ffi::Py_DecRef(held);
            return Some(bytes?.get(usize::try_from(start).ok()?..)?.to_vec());
        }
        let descriptor = RawFd::try_from(asked_number(file, c"fileno")?).ok()?;
        // Its owner closes it.
        let file = ManuallyDrop::new(File::from_raw_fd(descriptor));
        let metadata = file.metadata().ok().filter(|it| it.is_file())?;
        let length = metadata.len().checked_sub(start)?.min(LONGEST);
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        file.read_exact_at(&mut bytes, start).ok()?;
        Some(bytes)
    }
}

unsafe fn asked_number(of: *mut PyObject, method: &CStr) -> Option<i64> {
    unsafe {
        let answer = asked(of, method);
        if answer.is_null() {
            return None;
        }
        let number = arguments::integer(answer);
        ffi::Py_DecRef(answer);
        (number >= 0).then_some(number)
    }
}

/// What a method without arguments answers; null where it fails or is not there.
unsafe fn asked(of: *mut PyObject, method: &CStr) -> *mut PyObject {
    unsafe {
        let bound = ffi::PyObject_GetAttrString(of, method.as_ptr());
        let answer = if bound.is_null() {
            bound
        } else {
            let answer = ffi::PyObject_CallObject(bound, null_mut());
            ffi::Py_DecRef(bound);
            answer
        };
        if answer.is_null() {
            ffi::PyErr_Clear();
        }
        answer
    }
}

unsafe extern "C" fn load(module: *mut PyObject, file: *mut PyObject) -> *mut PyObject {
    unsafe {
        if is_load_refused(file) {
            return null_mut();
        }
        original::<WithOne>(&LOAD)(module, file)
    }
}

unsafe extern "C" fn load_by_names(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if count > 0 && is_load_refused(*words) {
            return null_mut();
        }
        original::<WithNames>(&LOAD)(module, words, count, names)
    }
}
