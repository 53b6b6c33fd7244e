//! `os.posix_spawn` and `os.posix_spawnp`: their event does not tell which descriptors become a program's standard streams.
//!
//! Does not see: numbers that are no `int`; they count as standard input

use crate::arguments;
use crate::method_table::{Redirect, original};
use crate::redirected::{WithNames, named};
use crate::sinks::process;
use pyo3::ffi::{self, PyObject};
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

static SPAWN: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SPAWN_SEARCHED: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// Kinds of actions on descriptors; of each the second word is a descriptor.
const DUPLICATE: i64 = 2;
/// CPython's own word for actions that are none.
const NO_ACTIONS: &std::ffi::CStr = c"file_actions must be a sequence or None";

pub(crate) fn redirects() -> [Redirect; 2] {
    let of = |name, original, ours: WithNames| Redirect {
        with_names: ours as *const c_void,
        ..Redirect::of(c"posix", name, original)
    };
    [
        of("posix_spawn", &SPAWN, spawn),
        of("posix_spawnp", &SPAWN_SEARCHED, spawn_searched),
    ]
}

/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe extern "C" fn spawn(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe { with_streams(&SPAWN, module, words, count, names) }
}

unsafe extern "C" fn spawn_searched(
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe { with_streams(&SPAWN_SEARCHED, module, words, count, names) }
}

/// Calls the original with the same actions, which are read once: they may be a generator's.
unsafe fn with_streams(
    place: &AtomicPtr<c_void>,
    module: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let call = original::<WithNames>(place);
        let actions = named(c"file_actions", words, count, names);
        if actions.is_null() || actions == ffi::Py_None() {
            return call(module, words, count, names);
        }
        let all = ffi::PySequence_Fast(actions, NO_ACTIONS.as_ptr());
        if all.is_null() {
            return null_mut();
        }
        let total = usize::try_from(count + ffi::PyTuple_Size(names)).unwrap_or(0);
        let mut given = std::slice::from_raw_parts(words, total).to_vec();
        let first = usize::try_from(count).unwrap_or(0);
        for one in given[first..].iter_mut().filter(|one| **one == actions) {
            *one = all;
        }
        let before = process::give_streams(streams(all));
        let answer = call(module, given.as_ptr(), count, names);
        process::give_streams(before);
        ffi::Py_DecRef(all);
        answer
    }
}

/// The descriptors that become the standard streams, as the actions are done one after the other; -1 is none of ours.
unsafe fn streams(actions: *mut PyObject) -> [i64; 3] {
    let mut changed: Vec<(i64, i64)> = Vec::new();
    let now = |changed: &[(i64, i64)], asked| {
        let last = changed.iter().rev().find(|(number, _)| *number == asked);
        last.map_or(asked, |(_, is)| *is)
    };
    for action in unsafe { arguments::items(actions) } {
        let word = |place| unsafe { arguments::integer(arguments::item(action, place)) };
        if unsafe { ffi::PyTuple_Check(action) } == 0 {
            continue;
        }
        if word(0) == DUPLICATE {
            let is = now(&changed, word(1));
            changed.push((word(2), is));
        } else {
            changed.push((word(1), -1));
        }
    }
    [0, 1, 2].map(|number| now(&changed, number))
}
