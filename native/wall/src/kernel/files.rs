//! Files, asked of the kernel.

use super::{call, descriptor, number, word};
use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;

pub const AT_FDCWD: c_int = -100;
pub const O_ACCMODE: c_int = 3;
pub const O_WRONLY: c_int = 1;
pub const O_RDWR: c_int = 2;
pub const O_CREAT: c_int = 0o100;
pub const O_TRUNC: c_int = 0o1000;
pub const O_APPEND: c_int = 0o2000;
pub const O_NONBLOCK: c_int = 0o4000;
pub const O_CLOEXEC: c_int = 0o2_000_000;
pub const O_PATH: c_int = 0o10_000_000;
/// These two are numbered per architecture.
#[cfg(target_arch = "x86_64")]
pub const O_DIRECTORY: c_int = 0o200_000;
#[cfg(target_arch = "x86_64")]
pub const O_NOFOLLOW: c_int = 0o400_000;
#[cfg(target_arch = "aarch64")]
pub const O_DIRECTORY: c_int = 0o40_000;
#[cfg(target_arch = "aarch64")]
pub const O_NOFOLLOW: c_int = 0o100_000;

const F_GETFD: usize = 1;
const F_SETFD: usize = 2;
const F_GETFL: usize = 3;
const F_SETFL: usize = 4;
const F_DUPFD_CLOEXEC: usize = 1030;

/// Opens; the descriptor is closed on exec.
pub fn open_at(folder: c_int, path: &CStr, flags: c_int) -> Option<c_int> {
    let arguments = [
        word(folder),
        path.as_ptr() as usize,
        word(flags | O_CLOEXEC),
        0,
        0,
        0,
    ];
    // SAFETY: the path is a live C string.
    descriptor(unsafe { call(number::OPENAT, arguments) })
}

/// What a path without any link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Straight {
    /// Something is there, and the path is its name; or a part of the path is no folder, and nothing can be there.
    There,
    /// Nothing is.
    Missing,
    /// There is a link in the path, or this kernel cannot say.
    Unknown,
}

/// `flags`: `O_NOFOLLOW` where a link at the end is itself what is looked for.
pub fn straight(path: &CStr, flags: c_int) -> Straight {
    const OPENAT2: usize = 437; // the same number on both architectures
    const RESOLVE_NO_SYMLINKS: u64 = 4;
    const ENOENT: isize = -2;
    const ENOTDIR: isize = -20;
    // Asked for as a folder, a file is found and not opened, so that it need not be closed.
    let flags = O_PATH | O_CLOEXEC | O_DIRECTORY | flags;
    let how = [u64::from(flags.unsigned_abs()), 0, RESOLVE_NO_SYMLINKS];
    let arguments = [
        word(AT_FDCWD),
        path.as_ptr() as usize,
        how.as_ptr() as usize,
        size_of_val(&how),
        0,
        0,
    ];
    // SAFETY: the path is a live C string, `how` a live `struct open_how`.
    match unsafe { call(OPENAT2, arguments) } {
        ENOENT => Straight::Missing,
        ENOTDIR => Straight::There,
        answer => descriptor(answer).map_or(Straight::Unknown, |file| {
            close(file);
            Straight::There
        }),
    }
}

pub fn close(file: c_int) {
    // SAFETY: closing touches no memory.
    unsafe { call(number::CLOSE, [word(file), 0, 0, 0, 0, 0]) };
}

/// What a link says, into `buffer`; none where there is no link or it is longer.
pub fn read_link<'a>(path: &CStr, buffer: &'a mut [MaybeUninit<u8>]) -> Option<&'a [u8]> {
    let (at, length) = (buffer.as_mut_ptr(), buffer.len());
    let arguments = [
        word(AT_FDCWD),
        path.as_ptr() as usize,
        at as usize,
        length,
        0,
        0,
    ];
    // SAFETY: the kernel writes at most `length` bytes into the buffer, and says how many.
    let written = usize::try_from(unsafe { call(number::READLINKAT, arguments) }).ok()?;
    // SAFETY: so many bytes were written.
    (written < length).then(|| unsafe { std::slice::from_raw_parts(at.cast::<u8>(), written) })
}

/// Reads some bytes from where the file stands.
pub fn read(file: c_int, buffer: &mut [u8]) -> Option<usize> {
    let arguments = [
        word(file),
        buffer.as_mut_ptr() as usize,
        buffer.len(),
        0,
        0,
        0,
    ];
    // SAFETY: the kernel writes at most so many bytes.
    usize::try_from(unsafe { call(number::READ, arguments) }).ok()
}

/// Writes with one call; whether all was taken.
pub fn write(file: c_int, bytes: &[u8]) -> bool {
    let arguments = [word(file), bytes.as_ptr() as usize, bytes.len(), 0, 0, 0];
    // SAFETY: the kernel reads so many live bytes.
    usize::try_from(unsafe { call(number::WRITE, arguments) }) == Ok(bytes.len())
}

/// Whether there is room in a file now. One that nobody can read any more has none.
pub fn has_room(file: c_int) -> bool {
    #[repr(C)]
    struct Asked {
        file: c_int,
        events: i16,
        happened: i16,
    }
    const POLLOUT: i16 = 4;
    const POLLERR: i16 = 8;
    let mut asked = Asked {
        file,
        events: POLLOUT,
        happened: 0,
    };
    let at_once = [0_i64; 2];
    let arguments = [
        &raw mut asked as usize,
        1,
        at_once.as_ptr() as usize,
        0,
        8,
        0,
    ];
    // SAFETY: one live `struct pollfd`, one live `struct timespec`, no mask of signals.
    unsafe { call(number::PPOLL, arguments) };
    asked.happened & (POLLOUT | POLLERR) == POLLOUT
}

/// What tells a file from each other one, and whether it is an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity {
    pub device: u64,
    pub inode: u64,
    pub is_ordinary: bool,
}

pub fn identity(file: c_int) -> Option<Identity> {
    let stat = stat(file)?;
    let mode = if cfg!(target_arch = "x86_64") {
        stat[3]
    } else {
        stat[2]
    };
    Some(Identity {
        device: stat[0],
        inode: stat[1],
        is_ordinary: mode & 0o170_000 == 0o100_000,
    })
}

/// What an open file is.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub is_folder: bool,
    /// What tells it from each other file that ever was: where it is, and when it was made. None where the file system
    /// does not say that.
    pub birth: Option<[u8; 32]>,
}

pub fn opened(file: c_int) -> Opened {
    const AT_EMPTY_PATH: usize = 0x1000;
    const STATX_INO: usize = 0x100;
    const STATX_BTIME: usize = 0x800;
    let mut found = [0_u64; 32]; // `struct statx` is 256 bytes
    let path = c"";
    let wanted = STATX_INO | STATX_BTIME;
    let arguments = [
        word(file),
        path.as_ptr() as usize,
        AT_EMPTY_PATH,
        wanted,
        found.as_mut_ptr() as usize,
        0,
    ];
    // SAFETY: a live C string, and the kernel writes one `struct statx` into live memory.
    let answer = unsafe { call(number::STATX, arguments) };
    let is_known = answer == 0 && found[0] & STATX_BTIME as u64 != 0;
    let [inode, seconds, nanoseconds, device] = [found[4], found[10], found[11], found[17]];
    let mut birth = [0; 32];
    for (place, word) in birth
        .chunks_exact_mut(8)
        .zip([inode, seconds, nanoseconds, device])
    {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Opened {
        is_folder: answer == 0 && (found[3] >> 32) & 0o170_000 == 0o040_000,
        birth: is_known.then_some(birth),
    }
}

/// Whether a path names something, be it a link to nothing.
pub fn is_there(folder: c_int, path: &CStr) -> bool {
    const AT_SYMLINK_NOFOLLOW: usize = 0x100;
    const ENOENT: isize = -2;
    const ENOTDIR: isize = -20;
    let mut found = [0_u64; 32];
    let arguments = [
        word(folder),
        path.as_ptr() as usize,
        AT_SYMLINK_NOFOLLOW,
        0,
        found.as_mut_ptr() as usize,
        0,
    ];
    // SAFETY: a live C string, and the kernel writes one `struct statx` into live memory.
    let answer = unsafe { call(number::STATX, arguments) };
    !matches!(answer, ENOENT | ENOTDIR)
}

/// How many bytes a file has.
pub fn size(file: c_int) -> Option<usize> {
    usize::try_from(stat(file)?[6]).ok()
}

/// `struct stat` in words; it is 144 bytes or less.
fn stat(file: c_int) -> Option<[u64; 18]> {
    let mut stat = [0; 18];
    // SAFETY: the kernel writes one `struct stat` into live memory that is large enough.
    let answer = unsafe {
        call(
            number::FSTAT,
            [word(file), stat.as_mut_ptr() as usize, 0, 0, 0, 0],
        )
    };
    (answer == 0).then_some(stat)
}

/// A copy of another process's descriptor, where the kernel allows that.
pub fn descriptor_of(process: u32, file: c_int) -> Option<c_int> {
    const PIDFD_OPEN: usize = 434; // the same number on both architectures
    const PIDFD_GETFD: usize = 438;
    // SAFETY: neither call touches memory of ours.
    let handle = descriptor(unsafe { call(PIDFD_OPEN, [process as usize, 0, 0, 0, 0, 0]) })?;
    let copy = descriptor(unsafe { call(PIDFD_GETFD, [word(handle), word(file), 0, 0, 0, 0]) });
    close(handle);
    copy
}

pub(super) fn fcntl(file: c_int, command: usize, argument: usize) -> isize {
    // SAFETY: the commands of this module touch no memory.
    unsafe { call(number::FCNTL, [word(file), command, argument, 0, 0, 0]) }
}

/// A copy with a number of at least `lowest`, closed on exec.
pub fn copy_above(file: c_int, lowest: c_int) -> Option<c_int> {
    descriptor(fcntl(file, F_DUPFD_CLOEXEC, word(lowest)))
}

pub fn close_on_exec(file: c_int, is_closed: bool) {
    if fcntl(file, F_GETFD, 0) >= 0 {
        fcntl(file, F_SETFD, usize::from(is_closed));
    }
}

/// From now on all writes into the file go to its end, whoever holds it.
pub fn append(file: c_int) {
    if let Ok(flags) = usize::try_from(fcntl(file, F_GETFL, 0)) {
        fcntl(file, F_SETFL, flags | word(O_APPEND));
    }
}
