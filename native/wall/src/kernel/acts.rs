//! What the kernel's own wall is made of, and acts that are tried to see whether it stands.

use super::{AT_FDCWD, O_PATH, call, close, descriptor, number, open_at, word};
use hauberk_core::confine::Found;
use std::ffi::{CStr, c_int};
use std::ptr;

/// What is at a path, links followed.
pub fn found(path: &CStr) -> Found {
    let mut found = [0_u64; 32]; // `struct statx` is 256 bytes
    let arguments = [
        word(AT_FDCWD),
        path.as_ptr() as usize,
        0,
        1, // the type
        found.as_mut_ptr() as usize,
        0,
    ];
    // SAFETY: a live C string, and the kernel writes one `struct statx` into live memory.
    let answer = unsafe { call(number::STATX, arguments) };
    match (answer, (found[3] >> 32) & 0o170_000) {
        (0, 0o040_000) => Found::Folder,
        (0, 0o100_000) => Found::File,
        (0, _) => Found::Other,
        _ => Found::Nothing,
    }
}

/// Whether this process could start a program of this path; else the number of the error.
///
/// # Errors
/// What the kernel answered.
pub fn executable(path: &CStr) -> Result<(), c_int> {
    const X_OK: usize = 1;
    match access(AT_FDCWD, path, X_OK) {
        0 => Ok(()),
        answer => Err(c_int::try_from(-answer).unwrap_or(0)),
    }
}

/// Whether a file's own rights let this process read or write it. The kernel's wall is not asked.
pub fn has_rights(folder: c_int, path: &CStr, is_write: bool) -> bool {
    const W_OK: usize = 2;
    const R_OK: usize = 4;
    access(folder, path, if is_write { W_OK } else { R_OK }) == 0
}

fn access(folder: c_int, path: &CStr, mode: usize) -> isize {
    let arguments = [word(folder), path.as_ptr() as usize, mode, 0, 0, 0];
    // SAFETY: the path is a live C string.
    unsafe { call(number::FACCESSAT, arguments) }
}

/// From now on no program that this process starts gets rights that it has not.
///
/// # Errors
/// What the kernel answered.
pub fn give_up_new_rights() -> Result<(), isize> {
    const SET_NO_NEW_PRIVS: usize = 38;
    // SAFETY: this touches no memory.
    match unsafe { call(number::PRCTL, [SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0]) } {
        0 => Ok(()),
        answer => Err(answer),
    }
}

/// Puts a filter in front of all system calls; it stays.
///
/// # Errors
/// What the kernel answered.
pub fn filter_calls<T>(program: &[T]) -> Result<(), isize> {
    const SET_MODE_FILTER: usize = 1;
    /// All threads, and without the slowness that older kernels put on filtered processes.
    const ALL_THREADS_AS_FAST: usize = 1 | 4;
    #[repr(C)]
    struct Program<T> {
        length: u16,
        at: *const T,
    }
    let program = Program {
        length: u16::try_from(program.len()).unwrap_or(0),
        at: program.as_ptr(),
    };
    // SAFETY: a live `struct sock_fprog` over live instructions.
    let answer = unsafe {
        call(
            number::SECCOMP,
            [
                SET_MODE_FILTER,
                ALL_THREADS_AS_FAST,
                &raw const program as usize,
                0,
                0,
                0,
            ],
        )
    };
    match answer {
        0 => Ok(()),
        answer => Err(answer),
    }
}

/// What the kernel answers to an open, which is closed again.
pub fn try_open(path: &CStr, flags: c_int) -> isize {
    let arguments = [word(AT_FDCWD), path.as_ptr() as usize, word(flags), 0, 0, 0];
    // SAFETY: the path is a live C string.
    let answer = unsafe { call(number::OPENAT, arguments) };
    descriptor(answer).map_or(answer, |file| {
        close(file);
        0
    })
}

/// What the kernel answers to a start of no program at all.
pub fn try_start_nothing() -> isize {
    // SAFETY: the kernel reads no path where there is none.
    unsafe { call(number::EXECVE, [0; 6]) }
}

/// What is answered to a start of a program: 0 where it may be started. None where that is not known.
pub fn try_start(path: &CStr) -> Option<isize> {
    /// Linux 6.14: asks, and starts nothing.
    const ONLY_ASK: usize = 1 << 16;
    const EINVAL: isize = 22;
    let words = [path.as_ptr(), ptr::null()];
    let arguments = [
        word(AT_FDCWD),
        path.as_ptr() as usize,
        words.as_ptr() as usize,
        words[1..].as_ptr() as usize,
        ONLY_ASK,
        0,
    ];
    // SAFETY: live C strings, in lists that a null ends.
    match unsafe { call(number::EXECVEAT, arguments) } {
        answer if answer == -EINVAL => try_start_in_child(path),
        answer => Some(answer),
    }
}

/// What a child was answered that tried to start a program: 0 where it ran.
fn try_start_in_child(path: &CStr) -> Option<isize> {
    /// Children of whose end no signal tells, too.
    const ALL: usize = 0x4000_0000;
    open_at(AT_FDCWD, path, O_PATH).map(close)?;
    let words = [path.as_ptr(), ptr::null()];
    let nothing = [ptr::null::<u8>()];
    // SAFETY: a child with a copy of this memory, which makes two calls with live arguments and ends.
    let child = unsafe { call(number::CLONE, [0; 6]) };
    if child == 0 {
        let arguments = [
            path.as_ptr() as usize,
            words.as_ptr() as usize,
            nothing.as_ptr() as usize,
            0,
            0,
            0,
        ];
        // SAFETY: as above.
        unsafe {
            let answer = call(number::EXECVE, arguments);
            loop {
                call(number::EXIT_GROUP, [answer.unsigned_abs(), 0, 0, 0, 0, 0]);
            }
        }
    }
    let mut status: c_int = 0;
    let child = usize::try_from(child).ok()?;
    // SAFETY: the kernel writes one number.
    let ended = unsafe {
        call(
            number::WAIT4,
            [child, &raw mut status as usize, ALL, 0, 0, 0],
        )
    };
    let is_told = ended == child.cast_signed() && status & 0x7F == 0;
    is_told.then_some(-((status as isize >> 8) & 0xFF))
}

/// What the kernel answers to a connection to a port of this machine; none where there is no such socket.
pub fn try_connect(port: u16) -> Option<isize> {
    const AF_INET: u16 = 2;
    const SOCK_STREAM: usize = 1;
    const NOT_WAITING: usize = 0o4000;
    let arguments = [usize::from(AF_INET), SOCK_STREAM | NOT_WAITING, 0, 0, 0, 0];
    // SAFETY: this touches no memory.
    let socket = descriptor(unsafe { call(number::SOCKET, arguments) })?;
    let mut address = [0_u8; 16];
    address[..2].copy_from_slice(&AF_INET.to_ne_bytes());
    address[2..4].copy_from_slice(&port.to_be_bytes());
    address[4..8].copy_from_slice(&[127, 0, 0, 1]);
    let arguments = [
        word(socket),
        address.as_ptr() as usize,
        address.len(),
        0,
        0,
        0,
    ];
    // SAFETY: a live `struct sockaddr_in`.
    let answer = unsafe { call(number::CONNECT, arguments) };
    close(socket);
    Some(answer)
}

/// What the kernel answers to a message without a socket, with these flags.
pub fn try_send_nowhere(flags: usize) -> isize {
    // SAFETY: the kernel finds no socket, and reads nothing.
    unsafe { call(number::SENDTO, [usize::MAX, 0, 0, flags, 0, 0]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_is_tried_is_answered_as_the_kernel_answers() {
        assert_eq!(try_start(c"/bin/true"), Some(0));
        assert_eq!(try_start_in_child(c"/bin/true"), Some(0));
        for path in [c"/etc/passwd", c"/etc"] {
            assert_eq!(try_start(path), Some(-13), "{path:?}");
            assert_eq!(try_start_in_child(path), Some(-13), "{path:?}");
        }
        assert_eq!(try_start_in_child(c"/no/such/program"), None);
    }

    #[test]
    fn what_is_at_a_path_is_told() {
        let rows = [
            (c"/etc", Found::Folder),
            (c"/etc/passwd", Found::File),
            (c"/dev/null", Found::Other),
            (c"/no/such/thing", Found::Nothing),
        ];
        for (path, expected) in rows {
            assert_eq!(found(path), expected, "{path:?}");
        }
    }
}
