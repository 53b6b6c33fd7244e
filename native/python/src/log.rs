//! The function's log: what standard error was when the guard was armed, whatever the function does with it since.

use std::ffi::c_int;
use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::FromRawFd;
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;

unsafe extern "C" {
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
}

/// Linux, `fcntl.h`.
const F_DUPFD_CLOEXEC: c_int = 1030;
/// The copy's number is at least this, so that the function's own descriptors have the numbers they always had.
const LOWEST: c_int = 500;

struct Log {
    /// A copy of the descriptor, for when the function closes or replaces its own.
    copy: File,
    device_and_inode: (u64, u64),
}

static LOG: OnceLock<Option<Log>> = OnceLock::new();

/// Remembers standard error.
pub(crate) fn keep() {
    // SAFETY: fcntl only copies descriptor 2; the copy is ours, and the file that owns it.
    let copy = unsafe {
        let descriptor = fcntl(2, F_DUPFD_CLOEXEC, LOWEST);
        (descriptor >= 0).then(|| File::from_raw_fd(descriptor))
    };
    let _ = LOG.set(copy.and_then(|copy| {
        let device_and_inode = identity(&copy)?;
        Some(Log {
            copy,
            device_and_inode,
        })
    }));
}

/// Writes one line with one `write(2)`; a log that is gone has no one to tell, and no other file gets the line.
pub(crate) fn write(line: &[u8]) {
    let Some(Some(log)) = LOG.get() else { return };
    let is_it = |file: &File| identity(file) == Some(log.device_and_inode);
    let own = standard_error();
    if is_it(&own) {
        let _ = (&*own).write_all(line);
    } else if is_it(&log.copy) {
        let _ = (&log.copy).write_all(line);
    }
}

fn standard_error() -> ManuallyDrop<File> {
    // SAFETY: file descriptor 2 is only borrowed: by ManuallyDrop it is never closed by us.
    ManuallyDrop::new(unsafe { File::from_raw_fd(2) })
}

fn identity(file: &File) -> Option<(u64, u64)> {
    file.metadata()
        .ok()
        .map(|metadata| (metadata.dev(), metadata.ino()))
}
