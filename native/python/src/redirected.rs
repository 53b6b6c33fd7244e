//! Functions of CPython's own modules that tell audit hooks nothing, or not all: they are called through ours.
//!
//! A module's table of functions is one for the process: it is changed for all threads, sub-interpreters and references
//! that were taken before, and no Python code can change it back.
//!
//! Sees:         `_posixsubprocess.fork_exec`, the `dir_fd` of `os.open`, `os.mkfifo`, `os.mknod`; besides these what is in
//!               `redirected_audit`, `redirected_closing`, `redirected_interpreters`,
//!               `redirected_spawning`, `redirected_writing`
//! Does not see: the same by native code

use crate::guard;
use crate::lookup::is_compiled_as;
use crate::method_table::{Redirect, original, put};
use crate::sinks::{Sink, file, process};
use crate::{
    arguments, formatted, redirected_audit, redirected_closing, redirected_interpreters,
    redirected_marshal, redirected_spawning, redirected_writing, refusal,
};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_void};
use std::panic::catch_unwind;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

type WithTuple = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
pub(crate) type WithWords =
    unsafe extern "C" fn(*mut PyObject, *const *mut PyObject, isize) -> *mut PyObject;
pub(crate) type WithNames = unsafe extern "C" fn(
    *mut PyObject,
    *const *mut PyObject,
    isize,
    *mut PyObject,
) -> *mut PyObject;

static FORK_EXEC: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static OPEN: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static MAKE_PIPE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static MAKE_NODE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

fn redirects() -> [Redirect; 4] {
    let with_names = |name, original, ours: WithNames| Redirect {
        with_names: ours as *const c_void,
        ..Redirect::of(c"posix", name, original)
    };
    [
        Redirect {
            with_tuple: fork_exec_with_tuple as WithTuple as *const c_void,
            with_words: fork_exec_with_words as WithWords as *const c_void,
            ..Redirect::of(c"_posixsubprocess", "fork_exec", &FORK_EXEC)
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
    let all = redirects();
    let closing = redirected_closing::redirects();
    let formats = formatted::functions();
    let loading = redirected_marshal::functions();
    let spawning = redirected_spawning::redirects();
    let writing = redirected_writing::redirects();
    let audit = redirected_audit::redirects();
    let interpreters = redirected_interpreters::functions();
    let others = closing
        .iter()
        .chain(&formats)
        .chain(&loading)
        .chain(&spawning)
        .chain(&writing)
        .chain(&audit)
        .chain(&interpreters);
    let of_module = all.iter().chain(others);
    for one in of_module.filter(|one| own == *one.module.to_string_lossy()) {
        let function = module.getattr(one.name)?;
        if !is_compiled_as(&function, one.module) {
            let message = format!("{} is of another module", one.name);
            return Err(PyRuntimeError::new_err(message));
        }
        // SAFETY: the function is live, and the GIL is held.
        unsafe { put(one, function.as_ptr()) }.map_err(PyRuntimeError::new_err)?;
    }
    Ok(())
}

/// Whether each start that CPython's `subprocess` makes is judged as it is made, with all that it is given.
pub(crate) fn sees_starts() -> bool {
    !FORK_EXEC.load(Ordering::Relaxed).is_null()
}

/// Whether a call is refused; its exception is then set. A fault of ours lets it pass.
pub(crate) unsafe fn is_refused(
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
pub(crate) unsafe fn named(
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
