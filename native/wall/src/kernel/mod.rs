//! System calls made directly: the wall never meets itself, and never touches `errno`.

mod acts;
mod files;
mod folder;
mod memory;
mod rights;

pub use self::acts::*;
pub use self::files::*;
pub use self::folder::*;
pub use self::memory::*;
pub use self::rights::*;
use std::ffi::c_int;

#[cfg(target_arch = "x86_64")]
pub mod number {
    pub const READ: usize = 0;
    pub const WRITE: usize = 1;
    pub const CLOSE: usize = 3;
    pub const FSTAT: usize = 5;
    pub const MMAP: usize = 9;
    pub const MPROTECT: usize = 10;
    pub const MUNMAP: usize = 11;
    pub const RT_SIGPROCMASK: usize = 14;
    pub const MREMAP: usize = 25;
    pub const MADVISE: usize = 28;
    pub const GETPID: usize = 39;
    pub const SOCKET: usize = 41;
    pub const CONNECT: usize = 42;
    pub const SENDTO: usize = 44;
    pub const GETSOCKNAME: usize = 51;
    pub const GETPEERNAME: usize = 52;
    pub const CLONE: usize = 56;
    pub const EXECVE: usize = 59;
    pub const WAIT4: usize = 61;
    pub const FCNTL: usize = 72;
    pub const FTRUNCATE: usize = 77;
    pub const STATFS: usize = 137;
    pub const PRCTL: usize = 157;
    pub const GETDENTS64: usize = 217;
    pub const CLOCK_GETTIME: usize = 228;
    pub const EXIT_GROUP: usize = 231;
    pub const OPENAT: usize = 257;
    pub const READLINKAT: usize = 267;
    pub const FACCESSAT: usize = 269;
    pub const PPOLL: usize = 271;
    pub const SECCOMP: usize = 317;
    pub const GETRANDOM: usize = 318;
    pub const MEMFD_CREATE: usize = 319;
    pub const EXECVEAT: usize = 322;
    pub const STATX: usize = 332;
    pub const LANDLOCK_CREATE_RULESET: usize = 444;
    pub const LANDLOCK_ADD_RULE: usize = 445;
    pub const LANDLOCK_RESTRICT_SELF: usize = 446;
}

#[cfg(target_arch = "aarch64")]
pub mod number {
    pub const FCNTL: usize = 25;
    pub const STATFS: usize = 43;
    pub const FTRUNCATE: usize = 46;
    pub const FACCESSAT: usize = 48;
    pub const OPENAT: usize = 56;
    pub const CLOSE: usize = 57;
    pub const GETDENTS64: usize = 61;
    pub const READ: usize = 63;
    pub const WRITE: usize = 64;
    pub const PPOLL: usize = 73;
    pub const READLINKAT: usize = 78;
    pub const FSTAT: usize = 80;
    pub const EXIT_GROUP: usize = 94;
    pub const CLOCK_GETTIME: usize = 113;
    pub const RT_SIGPROCMASK: usize = 135;
    pub const PRCTL: usize = 167;
    pub const GETPID: usize = 172;
    pub const SOCKET: usize = 198;
    pub const CONNECT: usize = 203;
    pub const GETSOCKNAME: usize = 204;
    pub const GETPEERNAME: usize = 205;
    pub const SENDTO: usize = 206;
    pub const MUNMAP: usize = 215;
    pub const MREMAP: usize = 216;
    pub const CLONE: usize = 220;
    pub const EXECVE: usize = 221;
    pub const MMAP: usize = 222;
    pub const MPROTECT: usize = 226;
    pub const MADVISE: usize = 233;
    pub const WAIT4: usize = 260;
    pub const SECCOMP: usize = 277;
    pub const GETRANDOM: usize = 278;
    pub const MEMFD_CREATE: usize = 279;
    pub const EXECVEAT: usize = 281;
    pub const STATX: usize = 291;
    pub const LANDLOCK_CREATE_RULESET: usize = 444;
    pub const LANDLOCK_ADD_RULE: usize = 445;
    pub const LANDLOCK_RESTRICT_SELF: usize = 446;
}

const CLOCK_REALTIME: usize = 0;

/// One system call: what the kernel answers, errors as negative numbers.
///
/// # Safety
/// The arguments are what the call asks for.
#[cfg(target_arch = "x86_64")]
#[inline]
pub unsafe fn call(number: usize, arguments: [usize; 6]) -> isize {
    let answer: isize;
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: the kernel keeps all registers but these three; what it does to memory is the caller's to answer for.
    unsafe {
        std::arch::asm!("syscall", inlateout("rax") number => answer, in("rdi") a, in("rsi") b, in("rdx") c,
            in("r10") d, in("r8") e, in("r9") f, lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    answer
}

/// One system call: what the kernel answers, errors as negative numbers.
///
/// # Safety
/// The arguments are what the call asks for.
#[cfg(target_arch = "aarch64")]
#[inline]
pub unsafe fn call(number: usize, arguments: [usize; 6]) -> isize {
    let answer: isize;
    let [a, b, c, d, e, f] = arguments;
    // SAFETY: the kernel keeps all registers but x0; what it does to memory is the caller's to answer for.
    unsafe {
        std::arch::asm!("svc 0", in("x8") number, inlateout("x0") a => answer, in("x1") b, in("x2") c, in("x3") d,
            in("x4") e, in("x5") f, options(nostack));
    }
    answer
}

fn descriptor(answer: isize) -> Option<c_int> {
    c_int::try_from(answer).ok().filter(|number| *number >= 0)
}

#[allow(clippy::cast_sign_loss)] // the kernel takes negative descriptors as they are
fn word(number: c_int) -> usize {
    number as isize as usize
}

/// The number of this process, as it is now.
pub fn process_id() -> u32 {
    // SAFETY: this touches no memory.
    u32::try_from(unsafe { call(number::GETPID, [0; 6]) }).unwrap_or(0)
}

/// Whether a process runs: it is there, and not one that has ended and waits to be asked for.
pub fn is_alive(process: u32) -> bool {
    let Ok(path) = std::ffi::CString::new(format!("/proc/{process}/stat")) else {
        return false;
    };
    let Some(file) = open_at(AT_FDCWD, &path, 0) else {
        return false;
    };
    let mut room = [0; 256];
    let length = read(file, &mut room).unwrap_or(0);
    close(file);
    // The state stands behind the name, which is in brackets and may hold any.
    let state = room[..length].iter().rposition(|byte| *byte == b')');
    let state = state.and_then(|at| room.get(at + 2)).copied();
    !matches!(state, None | Some(b'Z' | b'X'))
}

pub fn now_ms() -> u64 {
    let mut time = [0_i64; 2];
    // SAFETY: one live `struct timespec`.
    unsafe {
        call(
            number::CLOCK_GETTIME,
            [CLOCK_REALTIME, time.as_mut_ptr() as usize, 0, 0, 0, 0],
        )
    };
    let [seconds, nanoseconds] = time.map(|part| u64::try_from(part).unwrap_or(0));
    seconds * 1_000 + nanoseconds / 1_000_000
}

/// Ends this process.
pub fn exit(status: usize) {
    // SAFETY: this touches no memory of ours.
    unsafe { call(number::EXIT_GROUP, [status, 0, 0, 0, 0, 0]) };
}

/// Fills the buffer with random bytes; whether it could.
pub fn draw(buffer: &mut [u8]) -> bool {
    // SAFETY: the kernel writes at most so many bytes.
    let answer = unsafe {
        call(
            number::GETRANDOM,
            [buffer.as_mut_ptr() as usize, buffer.len(), 0, 0, 0, 0],
        )
    };
    usize::try_from(answer) == Ok(buffer.len())
}

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// Whether a standard stream of this process is a connection over the network; a pair of sockets between processes is
/// none.
pub fn is_commanded() -> bool {
    is_commanded_by([0, 1, 2])
}

/// The same of descriptors that become a program's standard streams.
pub fn is_commanded_by(streams: [c_int; 3]) -> bool {
    streams.into_iter().any(|descriptor| {
        let (mut family, mut size) = (0_u16, 2_u32);
        let room = [&raw mut family as usize, &raw mut size as usize];
        let arguments = [word(descriptor), room[0], room[1], 0, 0, 0];
        // SAFETY: the kernel writes at most so many bytes as `size` says.
        let answer = unsafe { call(number::GETPEERNAME, arguments) };
        answer == 0 && matches!(family, AF_INET | AF_INET6)
    })
}

/// Writes the address that a socket has into `room`; whether it has one that is known.
pub fn own_address(socket: c_int, room: &mut [u8]) -> bool {
    address(number::GETSOCKNAME, socket, room)
}

/// The same of the address that it is connected to.
pub fn peer_address(socket: c_int, room: &mut [u8]) -> bool {
    address(number::GETPEERNAME, socket, room)
}

fn address(of: usize, socket: c_int, room: &mut [u8]) -> bool {
    let mut size = u32::try_from(room.len()).unwrap_or(0);
    let arguments = [
        word(socket),
        room.as_mut_ptr() as usize,
        &raw mut size as usize,
        0,
        0,
        0,
    ];
    // SAFETY: the kernel writes at most so many bytes as `size` says.
    unsafe { call(of, arguments) == 0 }
}
