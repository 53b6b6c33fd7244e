//! Functions of CPython's own modules that tell audit hooks nothing, or not all: they are called through ours.
//!
//! A module's table of functions is one for the process: it is changed for all threads, sub-interpreters and references
//! that were taken before, and no Python code can change it back.
//!
//! Sees:         `_posixsubprocess.fork_exec`, the `dir_fd` of `os.open`, `os.mkfifo`, `os.mknod`
//! Does not see: the same by native code

use crate::guard;
use crate::sinks::{Sink, file, process};
use crate::{arguments, refusal};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyMethodDef, PyObject};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_int, c_void};
use std::panic::catch_unwind;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

type WithTuple = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
type WithWords = unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize) -> *mut PyObject;
type WithNames = unsafe extern "C" fn(
    *mut PyObject,
    *const *mut PyObject,
    isize,
    *mut PyObject,
) -> *mut PyObject;

/// Of CPython since 3.7, in the limited API since 3.10.
const METH_FASTCALL: c_int = 0x80;

static FORK_EXEC: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static OPEN: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static MAKE_PIPE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static MAKE_NODE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// A function of a module, and what of ours is called in its place, by the way in which it takes its arguments.
struct Redirect {
    module: &'static str,
    name: &'static str,
    original: &'static AtomicPtr<c_void>,
    with_tuple: *const c_void,
    with_words: *const c_void,
    with_names: *const c_void,
}

fn redirects() -> [Redirect; 4] {
    let with_names = |name, original, ours: WithNames| Redirect {
        module: "posix",
        name,
        original,
        with_tuple: null(),
        with_words: null(),
        with_names: ours as *const c_void,
    };
    [
        Redirect {
            module: "_posixsubprocess",
            name: "fork_exec",
            original: &FORK_EXEC,
            with_tuple: fork_exec_with_tuple as WithTuple as *const c_void,
            with_words: fork_exec_with_words as WithWords as *const c_void,
            with_names: null(),
        },
        with_names("open", &OPEN, open),
        with_names("mkfifo", &MAKE_PIPE, make_pipe),
        with_names("mknod", &MAKE_NODE, make_node),
    ]
}

/// Puts ours in the place of the functions of `module`; raises where one is not as it is known to be.
#[pyfunction]
pub fn redirect(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let own = module.name()?;
    for one in redirects().iter().filter(|one| own == one.module) {
        let function = module.getattr(one.name)?;
        // SAFETY: the function is live, and the GIL is held.
        unsafe { put(one, function.as_ptr()) }.map_err(PyRuntimeError::new_err)?;
    }
    Ok(())
}

/// # Safety
/// `function` is live, and the GIL is held.
unsafe fn put(redirect: &Redirect, function: *mut PyObject) -> Result<(), String> {
    let name = redirect.name;
    unsafe {
        if ffi::PyCFunction_Check(function) == 0 {
            return Err(format!("{name} is no built-in function"));
        }
        // A built-in function is an object whose first field is its entry in its module's table, on each CPython; that it is
        // shows in what the API says of the same function.
        let entry = *function
            .byte_add(size_of::<PyObject>())
            .cast::<*mut PyMethodDef>();
        let Some(called) = ffi::PyCFunction_GetFunction(function) else {
            return Err(format!("{name} has no function"));
        };
        let called = called as *mut c_void;
        let meth = (&raw mut (*entry).ml_meth).cast::<*mut c_void>();
        let flags = ffi::PyCFunction_GetFlags(function);
        let is_known = *meth == called
            && (*entry).ml_flags == flags
            && CStr::from_ptr((*entry).ml_name).to_bytes() == name.as_bytes();
        let ours = match flags & !ffi::METH_STATIC {
            ffi::METH_VARARGS => redirect.with_tuple,
            METH_FASTCALL => redirect.with_words,
            flags if flags == METH_FASTCALL | ffi::METH_KEYWORDS => redirect.with_names,
            _ => null(),
        };
        if !is_known || ours.is_null() {
            return Err(format!("{name} is not as it is known to be"));
        }
        if called != ours.cast_mut() {
            redirect.original.store(called, Ordering::SeqCst);
            AtomicPtr::from_ptr(meth).store(ours.cast_mut(), Ordering::SeqCst);
        }
    }
    Ok(())
}

/// Whether a call is refused; its exception is then set. A fault of ours lets it pass.
unsafe fn is_refused(
    sink: Sink,
    decide: impl Fn() -> Option<String> + std::panic::UnwindSafe,
) -> bool {
    match catch_unwind(decide) {
        Ok(None) => false,
        Ok(Some(message)) => {
            unsafe { refusal::raise(sink, &message) };
            true
        }
        Err(_) => {
            let message = "a sink failed; the call was let pass";
            guard::report("fault", message, BTreeMap::new());
            false
        }
    }
}

/// The function that stood there before.
///
/// # Safety
/// `F` is its type, and it was stored: ours is called only once it is.
unsafe fn original<F: Copy>(place: &AtomicPtr<c_void>) -> F {
    let function = place.load(Ordering::SeqCst);
    unsafe { std::mem::transmute_copy(&function) }
}

/// Where `fork_exec` takes what: since Python 3.2 at the same places.
const WORDS: isize = 0;
const CANDIDATES: isize = 1;
const FOLDER: isize = 4;
const ENVIRONMENT: isize = 5;
/// The ends of pipes that become the standard streams; -1 where they are the parent's.
const STREAMS: [isize; 3] = [6, 9, 11];

/// Whether a start by `fork_exec` is refused.
///
/// # Safety
/// `item` gives the arguments of the call by their places, null where there is none, and the GIL is held.
unsafe fn is_start_refused(item: impl Fn(isize) -> *mut PyObject) -> bool {
    let [words, candidates, folder, environment] =
        [WORDS, CANDIDATES, FOLDER, ENVIRONMENT].map(&item);
    let mut streams = [0, 1, 2];
    for (stream, place) in streams.iter_mut().zip(STREAMS) {
        let given = item(place);
        if !given.is_null() {
            let end = unsafe { arguments::integer(given) };
            *stream = if end < 0 { *stream } else { end };
        }
    }
    let decide = || unsafe { process::fork_exec(words, candidates, folder, environment, streams) };
    unsafe { is_refused(Sink::Spawn, decide) }
}

/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe extern "C" fn fork_exec_with_tuple(
    module: *mut PyObject,
    tuple: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if is_start_refused(|index| arguments::item(tuple, index)) {
            return null_mut();
        }
        original::<WithTuple>(&FORK_EXEC)(module, tuple)
    }
}

unsafe extern "C" fn fork_exec_with_words(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
) -> *mut PyObject {
    let item = |index| {
        if index < count {
            unsafe { *words.offset(index) }
        } else {
            null_mut()
        }
    };
    unsafe {
        if is_start_refused(item) {
            return null_mut();
        }
        original::<WithWords>(&FORK_EXEC)(module, words, count)
    }
}

/// The argument of this name; null where there is none.
unsafe fn named(
    name: &CStr,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        if names.is_null() {
            return null_mut();
        }
        for index in 0..ffi::PyTuple_Size(names) {
            let one = ffi::PyTuple_GetItem(names, index);
            if ffi::PyUnicode_CompareWithASCIIString(one, name.as_ptr()) == 0 {
                return *words.offset(count + index);
            }
        }
        null_mut()
    }
}

unsafe extern "C" fn open(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let folder = named(c"dir_fd", words, count, names);
        let original = original::<WithNames>(&OPEN);
        if folder.is_null() || folder == ffi::Py_None() {
            // An open inside another, of a path object's own, is relative to no folder of the outer one.
            let before = file::relative_to(-1);
            let opened = original(module, words, count, names);
            file::relative_to(before);
            return opened;
        }
        let before = file::relative_to(arguments::integer(folder));
        let opened = original(module, words, count, names);
        file::relative_to(before);
        opened
    }
}

unsafe extern "C" fn make_pipe(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe { make(&MAKE_PIPE, module, words, count, names) }
}

unsafe extern "C" fn make_node(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe { make(&MAKE_NODE, module, words, count, names) }
}

unsafe fn make(
    place: &AtomicPtr<c_void>,
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let first = if count > 0 {
            *words
        } else {
            named(c"path", words, count, names)
        };
        let folder = named(c"dir_fd", words, count, names);
        if !first.is_null() && is_refused(Sink::Open, || file::make(first, folder)) {
            return null_mut();
        }
        original::<WithNames>(place)(module, words, count, names)
    }
}
