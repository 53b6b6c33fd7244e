//! Files and folders: opened, listed, changed, removed; databases that SQLite opens.
//!
//! Does not see: `os.stat`, files that SQLite or OpenSSL open by themselves

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_system::paths;
use pyo3::ffi::{self, PyObject};
use std::cell::Cell;

const O_ACCMODE: i64 = 3;
const O_CREAT: i64 = 0o100;
const O_TRUNC: i64 = 0o1000;

thread_local! {
    /// The folder that the path of the `os.open` in progress is relative to; -1 is the working directory.
    static FOLDER: Cell<i64> = const { Cell::new(-1) };
}

/// Says what folder the next path of `os.open` is relative to; gives the one before.
pub(crate) fn relative_to(folder: i64) -> i64 {
    FOLDER.replace(folder)
}

/// Builtin `open` tells a mode, `os.open` none; the event tells neither's folder.
pub(super) unsafe fn open(
    path: *mut PyObject,
    mode: *mut PyObject,
    flags: *mut PyObject,
) -> Option<String> {
    let (mut path, flags) = unsafe { (arguments::text(path)?, arguments::integer(flags)) };
    if FOLDER.get() >= 0 && unsafe { mode == ffi::Py_None() } {
        path = paths::below_descriptor(FOLDER.get(), path);
    }
    let writes = flags & O_ACCMODE != 0
        || flags & (O_CREAT | O_TRUNC) != 0
        || flags == 0 && unsafe { says_write(mode) };
    if !writes && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(if writes { "write" } else { "read" }, &path)
}

/// Where CPython opens a file through C's `fopen`, the event tells a mode alone.
unsafe fn says_write(mode: *mut PyObject) -> bool {
    let mode = unsafe { arguments::bytes(mode) };
    mode.is_some_and(|mode| mode.iter().any(|letter| b"wax+".contains(letter)))
}

/// A path, below the folder that a descriptor holds where one is told.
unsafe fn below(path: *mut PyObject, folder: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        let path = arguments::text(path)?;
        let is_told = !folder.is_null() && folder != ffi::Py_None();
        Some(if is_told {
            paths::below_descriptor(arguments::integer(folder), path)
        } else {
            path
        })
    }
}

pub(super) unsafe fn act_on(
    operation: &'static str,
    path: *mut PyObject,
    folder: *mut PyObject,
) -> Option<String> {
    // None is the working directory; a number is a descriptor, whose open was seen.
    let path = unsafe {
        if path == ffi::Py_None() {
            b".".to_vec()
        } else {
            below(path, folder)?
        }
    };
    if operation == "list" && guard::platform_reads_are_free() && paths::is_in_roots(&path) {
        return None;
    }
    admit_file(operation, &path)
}

pub(super) unsafe fn act_on_two(
    operation: &'static str,
    [from, to]: [*mut PyObject; 2],
    [from_folder, to_folder]: [*mut PyObject; 2],
) -> Option<String> {
    unsafe {
        let first = below(from, from_folder).and_then(|path| admit_file(operation, &path));
        first.or_else(|| below(to, to_folder).and_then(|path| admit_file(operation, &path)))
    }
}

/// What a symbolic link names is relative to the link's own folder.
pub(super) unsafe fn symbolic_link(
    named: *mut PyObject,
    link: *mut PyObject,
    folder: *mut PyObject,
) -> Option<String> {
    let (named, link) = unsafe { (arguments::text(named)?, below(link, folder)?) };
    let reached = paths::beside(&link, &named);
    admit_file("link", &reached).or_else(|| admit_file("link", &link))
}

/// A file that is made without an event of its own: a pipe, a node.
pub(crate) unsafe fn make(path: *mut PyObject, folder: *mut PyObject) -> Option<String> {
    admit_file("write", &unsafe { below(path, folder)? })
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
    open_database(&unsafe { arguments::text(path)? })
}

/// The same by its name.
pub(crate) fn open_database(name: &[u8]) -> Option<String> {
    if name.is_empty() || name == b":memory:" {
        return None;
    }
    admit_file("write", &paths::of_database(name)?)
}
