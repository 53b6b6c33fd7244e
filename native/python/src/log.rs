//! The function's log: what standard error was when the guard was armed, whatever the function does with it since.
//!
//! A log that nobody reads is full, and a write into it waits. The function does not wait for ours: before each
//! write we ask whether there is room. The descriptor cannot be made non-blocking instead, since the function's own
//! writes go through the same open file. Where another writer takes the room between the question and the write,
//! the write waits as that writer's next one does.

use std::ffi::{c_int, c_short, c_ulong};
use std::fs::File;
use std::io::{Error, ErrorKind, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[repr(C)]
struct PollFd {
    descriptor: c_int,
    events: c_short,
    happened: c_short,
}

unsafe extern "C" {
    fn fcntl(descriptor: c_int, command: c_int, ...) -> c_int;
    fn poll(descriptors: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
}

/// Linux, `fcntl.h`.
const F_DUPFD_CLOEXEC: c_int = 1030;
/// The copy's number is at least this, so that the function's own descriptors have the numbers they always had.
const LOWEST: c_int = 500;
/// Linux, `poll.h`.
const POLLOUT: c_short = 0x004;
const POLLERR: c_short = 0x008;
/// Linux, `limits.h`: a pipe with room takes this much without waiting, and in one piece.
const PIPE_BUF: usize = 4_096;
const _: () = assert!(hauberk_core::record::MOST_BYTES <= PIPE_BUF);
/// So long an invocation waits in all for room in the log.
const LONGEST_WAIT: Duration = Duration::from_millis(50);

struct Log {
    /// A copy of the descriptor, for when the function closes or replaces its own.
    copy: File,
    device_and_inode: (u64, u64),
}

static LOG: OnceLock<Option<Log>> = OnceLock::new();
/// Microseconds that this invocation has waited.
static WAITED: AtomicU64 = AtomicU64::new(0);

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

/// An invocation begins, and with it the time that it may wait.
pub(crate) fn begin() {
    WAITED.store(0, Ordering::Relaxed);
}

/// Writes one line, after a wait for room if need be; false where there is none. No other file gets the line.
pub(crate) fn write(line: &[u8]) -> bool {
    with_log(|file| put(file, line, wait_for_room))
}

/// Writes one line if there is room now.
pub(crate) fn write_at_once(line: &[u8]) -> bool {
    with_log(|file| put(file, line, |file| has_room(file, Duration::ZERO)))
}

fn with_log(write: impl Fn(&File) -> bool) -> bool {
    let Some(Some(log)) = LOG.get() else {
        return false;
    };
    let is_it = |file: &File| identity(file) == Some(log.device_and_inode);
    let own = standard_error();
    if is_it(&own) {
        return write(&own);
    }
    is_it(&log.copy) && write(&log.copy)
}

/// Writes a line, which is no longer than `PIPE_BUF`, with one `write(2)`.
fn put(mut file: &File, line: &[u8], is_ready: impl Fn(&File) -> bool) -> bool {
    is_ready(file) && file.write_all(line).is_ok()
}

/// Whether a line can be written, now or within what is left of this invocation's time to wait.
fn wait_for_room(file: &File) -> bool {
    if has_room(file, Duration::ZERO) {
        return true;
    }
    let waited = Duration::from_micros(WAITED.load(Ordering::Relaxed));
    let started = Instant::now();
    let is_ready = has_room(file, LONGEST_WAIT.saturating_sub(waited));
    let waited = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    WAITED.fetch_add(waited, Ordering::Relaxed);
    is_ready
}

/// Whether a line can be written within `limit`. A log that nobody can read any more has no room.
fn has_room(file: &File, limit: Duration) -> bool {
    let until = Instant::now() + limit;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let mut asked = PollFd {
            descriptor: file.as_raw_fd(),
            events: POLLOUT,
            happened: 0,
        };
        let timeout_ms = c_int::try_from(left.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: `asked` is one live `struct pollfd`, and the count says so.
        let answers = unsafe { poll(&raw mut asked, 1, timeout_ms) };
        if answers >= 0 || Error::last_os_error().kind() != ErrorKind::Interrupted {
            return asked.happened & (POLLOUT | POLLERR) == POLLOUT;
        }
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
