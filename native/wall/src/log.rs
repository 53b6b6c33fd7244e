//! The function's log: what standard error was when the owner started, reached from each process below it.
//!
//! The wall never waits for room: a record that the log has no room for is lost, and counted.

use crate::kernel::{self, Identity};
use crate::setting::Setting;
use std::ffi::{CString, c_int};

const STANDARD_ERROR: c_int = 2;
/// The owner's copies have numbers of at least this, so that the function's own have those they always had.
const LOWEST: [c_int; 3] = [500, 100, 20];

/// The number of a copy of standard error, and which file that is.
pub fn keep() -> (c_int, Identity) {
    let copy = copy_of(STANDARD_ERROR).unwrap_or(STANDARD_ERROR);
    let identity = kernel::identity(copy).unwrap_or_default();
    if identity.is_ordinary {
        // What children write would else be overwritten by who holds another position in the file.
        kernel::append(copy);
    }
    (copy, identity)
}

/// A copy out of the way of the function's own descriptors.
pub fn copy_of(file: c_int) -> Option<c_int> {
    LOWEST
        .into_iter()
        .find_map(|lowest| kernel::copy_above(file, lowest))
}

/// Writes one line if there is room now; no other file gets it.
pub fn write(setting: &Setting, line: &[u8]) -> bool {
    for file in [STANDARD_ERROR, setting.log_file] {
        if kernel::identity(file) == Some(setting.log) {
            return put(file, line);
        }
    }
    let Some(file) = of_owner(setting) else {
        return false;
    };
    let is_written = kernel::identity(file) == Some(setting.log) && put(file, line);
    kernel::close(file);
    is_written
}

fn put(file: c_int, line: &[u8]) -> bool {
    kernel::has_room(file) && kernel::write(file, line)
}

/// The owner's copy; a socket cannot be opened by its name, but may be had from the kernel.
fn of_owner(setting: &Setting) -> Option<c_int> {
    let path = CString::new(format!("/proc/{}/fd/{}", setting.owner, setting.log_file)).ok()?;
    let appending = if setting.log.is_ordinary {
        kernel::O_APPEND
    } else {
        0
    };
    let flags = kernel::O_WRONLY | kernel::O_NONBLOCK | appending;
    let opened = kernel::open_at(kernel::AT_FDCWD, &path, flags);
    opened.or_else(|| kernel::descriptor_of(setting.owner, setting.log_file))
}
