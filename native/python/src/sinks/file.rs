//! Files and folders: opened, listed, changed, removed; databases that SQLite opens.
//!
//! Does not see: paths relative to a `dir_fd`, `os.stat`

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_system::paths;
use pyo3::ffi::{self, PyObject};

const O_ACCMODE: i64 = 3;
const O_CREAT: i64 = 0o100;
const O_TRUNC: i64 = 0o1000;

pub(super) unsafe fn open(path: *mut PyObject, flags: *mut PyObject) -> Option<String> {
    let (path, flags) = unsafe { (arguments::text(path)?, arguments::integer(flags)) };
    let writes = flags & O_ACCMODE != 0 || flags & (O_CREAT | O_TRUNC) != 0;
    if !writes && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(if writes { "write" } else { "read" }, &path)
}

pub(super) unsafe fn act_on(operation: &'static str, path: *mut PyObject) -> Option<String> {
    // None is the working directory; a number is a descriptor, whose open was seen.
    let path = unsafe {
        if path == ffi::Py_None() {
            b".".to_vec()
        } else {
            arguments::text(path)?
        }
    };
    if operation == "list" && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(operation, &path)
}

pub(super) unsafe fn act_on_two(
    operation: &'static str,
    from: *mut PyObject,
    to: *mut PyObject,
) -> Option<String> {
    unsafe {
        let first = arguments::text(from).and_then(|path| admit_file(operation, &path));
        first.or_else(|| arguments::text(to).and_then(|path| admit_file(operation, &path)))
    }
}

fn admit_file(operation: &str, path: &[u8]) -> Option<String> {
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::File, operation, paths::absolute(path))],
        resource: Resource::Path(path),
        arguments: Vec::new(),
    })
}

/// A database that SQLite opens by itself, without an event of its own.
pub(super) unsafe fn database(path: *mut PyObject) -> Option<String> {
    let path = unsafe { arguments::text(path)? };
    if path.is_empty() || path == b":memory:" {
        return None;
    }
    admit_file("write", &paths::of_database(&path)?)
}
