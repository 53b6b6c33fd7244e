//! The function's log: what standard error was when the guard was armed, whatever the function does with it since.
//!
//! A log that nobody reads is full, and a write into it waits. The function does not wait for ours: before each
//! write we ask whether there is room. The descriptor cannot be made non-blocking instead, since the function's own
//! writes go through the same open file. Where another writer takes the room between the question and the write,
//! the write waits as that writer's next one does.

use crate::tamper::deviation;
use hauberk_core::engine::Deviation;
use std::ffi::{c_int, c_short, c_ulong};
use std::fs::File;
use std::io::{Error, ErrorKind, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
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

/// The device and the inode of what standard error was; none where there was nothing.
static LOG: OnceLock<Option<(u64, u64)>> = OnceLock::new();
/// A copy of the descriptor, for when the function closes or replaces its own; -1 where there is none.
static COPY: AtomicI32 = AtomicI32::new(-1);
/// Descriptors among which another copy is looked for, where the function closed ours.
const MOST_LOOKED_AT: c_int = 1_024;
/// Microseconds that this invocation has waited.
static WAITED: AtomicU64 = AtomicU64::new(0);

/// Remembers standard error.
pub(crate) fn keep() {
    let _ = LOG.set(identity(2));
    COPY.store(copied(2, LOWEST), Ordering::SeqCst);
}

/// Copies a descriptor to a number of at least `lowest`; -1 where that cannot be.
fn copied(descriptor: c_int, lowest: c_int) -> c_int {
    // SAFETY: fcntl only copies a descriptor; the copy is ours.
    unsafe { fcntl(descriptor, F_DUPFD_CLOEXEC, lowest) }
}

/// The descriptors from `low` up to `high` are about to be closed or replaced: ours goes out of the way. Where it cannot,
/// since no number is left behind them, it is told which it is.
pub(crate) fn move_away(low: c_int, high: c_int) -> Option<c_int> {
    let copy = COPY.load(Ordering::SeqCst);
    if copy < low || copy >= high || !is_log(copy) {
        return None;
    }
    let moved = copied(copy, high.max(LOWEST));
    if moved < 0 {
        return Some(copy);
    }
    COPY.store(moved, Ordering::SeqCst);
    None
}

/// That the copy is not there any more; another is made where `puts_back`, of what is still open of the same file.
pub(crate) fn missing(puts_back: bool) -> Vec<Deviation> {
    let is_kept = LOG.get().is_none_or(Option::is_none) || is_log(COPY.load(Ordering::SeqCst));
    if is_kept {
        return Vec::new();
    }
    let is_put_back = puts_back && find_again();
    let found = "expected the descriptor of the log, found another file or none";
    vec![deviation("log", found, is_put_back)]
}

fn find_again() -> bool {
    let found = (0..MOST_LOOKED_AT).find(|descriptor| is_log(*descriptor));
    let copy = found.map_or(-1, |descriptor| copied(descriptor, LOWEST));
    COPY.store(copy, Ordering::SeqCst);
    copy >= 0
}

fn is_log(descriptor: c_int) -> bool {
    descriptor >= 0
        && LOG
            .get()
            .copied()
            .flatten()
            .is_some_and(|log| identity(descriptor) == Some(log))
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
    if is_log(2) {
        return write(&borrowed(2));
    }
    let is_there = is_log(COPY.load(Ordering::SeqCst)) || find_again();
    is_there && write(&borrowed(COPY.load(Ordering::SeqCst)))
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

fn borrowed(descriptor: c_int) -> ManuallyDrop<File> {
    // SAFETY: the descriptor is only borrowed: by ManuallyDrop it is never closed by us.
    ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) })
}

fn identity(descriptor: c_int) -> Option<(u64, u64)> {
    borrowed(descriptor)
        .metadata()
        .ok()
        .map(|metadata| (metadata.dev(), metadata.ino()))
}
