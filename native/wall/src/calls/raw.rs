//! System calls that programs make by their number, through libc's `syscall`: each is judged as the function of its name.
//!
//! What is judged goes on as it came, without a frame of ours in between: some calls return on another stack, or twice.
//! An open is made by the function of its name, since what only reads is judged by what was opened, and a program is
//! started by it, with the wall.
//!
//! Does not see: system calls that machine code makes by itself, what a ring of `io_uring` does (where anything is
//! blocked it is refused to be set up)

use super::{file, network, opened, paths, process, received, text};
use crate::path::At;
use crate::real::{self, EACCES, ECONNREFUSED, ENOSYS};
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::arch::naked_asm;
use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::ptr;

/// Where a call goes on; null where it is done, and with which answer.
#[repr(C)]
struct Onward {
    function: *mut c_void,
    answer: isize,
}

/// What is answered to a call.
enum Answer {
    /// It may be made.
    Onward,
    Made(isize),
    Refused(c_int),
}

/// A number; what an architecture does not have is no number.
macro_rules! number {
    (-) => {
        usize::MAX
    };
    ($number:literal) => {
        $number
    };
}

/// The table of what is judged: a name, its number on x86_64 and on arm64, and the function that makes it, or that answers
/// whether it may be made, with the error of one that may not.
macro_rules! numbered {
    ($words:tt $($name:ident $x86:tt $arm:tt $how:ident $given:tt;)*) => {
        /// The names that have a number here.
        #[cfg(test)]
        pub(super) const NUMBERED: &[&str] = &[$(stringify!($name)),*];

        /// # Safety
        /// The arguments are those of the call of this number, as its caller gave them.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_possible_wrap)] // as the kernel reads them
        unsafe fn answer(number: usize, words: [usize; 6]) -> Answer {
            const HERE: usize = if cfg!(target_arch = "x86_64") { 0 } else { 1 };
            $(
                if number == const { [number!($x86), number!($arm)][HERE] } {
                    return numbered!(@$how words $words $given);
                }
            )*
            Answer::Onward
        }
    };
    (@made $words:ident [$($all:ident)*] ($function:path, $($word:ident)*)) => {{
        #[allow(unused_variables)]
        let [$($all),*] = $words;
        // SAFETY: what the caller vouches for.
        Answer::Made(unsafe { $function($($word as _),*) } as isize)
    }};
    (@asked $words:ident [$($all:ident)*] ($function:path, $($word:ident)*; $errno:expr)) => {{
        #[allow(unused_variables)]
        let [$($all),*] = $words;
        #[allow(unused_unsafe)]
        // SAFETY: what the caller vouches for.
        if unsafe { $function($($word as _),*) } { Answer::Onward } else { Answer::Refused($errno) }
    }};
}

numbered! {
    [a b c d e f]
    open 2 - made(file::open, a b c);
    creat 85 - made(file::creat, a b);
    openat 257 56 made(file::openat, a b c d);
    openat2 437 437 asked(admits_openat2, a b c; EACCES);
    execve 59 221 made(process::execve, a b c);
    execveat 322 281 made(process::execveat, a b c d e);
    socket 41 198 made(network::socket, a b c);
    connect 42 203 asked(network::judge::connect, a b c; ECONNREFUSED);
    bind 49 200 asked(network::judge::bind, a b c; EACCES);
    listen 50 201 asked(network::judge::listen, a b; EACCES);
    sendto 44 206 asked(network::judge::sendto, a b c d e f; ECONNREFUSED);
    sendmsg 46 211 asked(network::judge::sendmsg, a b c; ECONNREFUSED);
    sendmmsg 307 269 asked(network::judge::sendmmsg, a b c d; ECONNREFUSED);
    recvmsg 47 212 made(received::recvmsg, a b c);
    recvmmsg 299 243 made(received::recvmmsg, a b c d e);
    unlink 87 - asked(paths::one::unlink, a; EACCES);
    unlinkat 263 35 asked(paths::one::unlinkat, a b c; EACCES);
    rmdir 84 - asked(paths::one::rmdir, a; EACCES);
    mkdir 83 - asked(paths::one::mkdir, a b; EACCES);
    mkdirat 258 34 asked(paths::one::mkdirat, a b c; EACCES);
    mknod 133 - asked(paths::one::mknod, a b c; EACCES);
    mknodat 259 33 asked(paths::one::mknodat, a b c d; EACCES);
    truncate 76 45 asked(paths::one::truncate, a b; EACCES);
    chmod 90 - asked(paths::one::chmod, a b; EACCES);
    fchmodat 268 53 asked(admits_fchmodat, a b c; EACCES);
    fchmodat2 452 452 asked(paths::one::fchmodat, a b c d; EACCES);
    fchmod 91 52 asked(opened::judge::fchmod, a b; EACCES);
    fchown 93 55 asked(opened::judge::fchown, a b c; EACCES);
    fsetxattr 190 7 asked(opened::judge::fsetxattr, a b c d e; EACCES);
    fremovexattr 199 16 asked(opened::judge::fremovexattr, a b; EACCES);
    chown 92 - asked(paths::one::chown, a b c; EACCES);
    lchown 94 - asked(paths::one::lchown, a b c; EACCES);
    fchownat 260 54 asked(paths::one::fchownat, a b c d e; EACCES);
    utime 132 - asked(paths::one::utime, a b; EACCES);
    utimes 235 - asked(paths::one::utimes, a b; EACCES);
    futimesat 261 - asked(paths::one::futimesat, a b c; EACCES);
    utimensat 280 88 asked(paths::one::utimensat, a b c d; EACCES);
    setxattr 188 5 asked(paths::one::setxattr, a b c d e; EACCES);
    lsetxattr 189 6 asked(paths::one::lsetxattr, a b c d e; EACCES);
    removexattr 197 14 asked(paths::one::removexattr, a b; EACCES);
    lremovexattr 198 15 asked(paths::one::lremovexattr, a b; EACCES);
    rename 82 - asked(paths::two::rename, a b; EACCES);
    renameat 264 38 asked(paths::two::renameat, a b c d; EACCES);
    renameat2 316 276 asked(paths::two::renameat2, a b c d e; EACCES);
    link 86 - asked(paths::two::link, a b; EACCES);
    linkat 265 37 asked(paths::two::linkat, a b c d e; EACCES);
    symlink 88 - asked(paths::two::symlink, a b; EACCES);
    symlinkat 266 36 asked(paths::two::symlinkat, a b c; EACCES);
    io_uring_setup 425 425 asked(sets_up_ring,; ENOSYS);
}

unsafe extern "C" fn judged(
    number: usize,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
    e: usize,
    f: usize,
) -> Onward {
    // SAFETY: the arguments of the call of this number, as its caller gave them.
    let answer = match wall() {
        Some(_) => unsafe { answer(number, [a, b, c, d, e, f]) },
        None => Answer::Onward,
    };
    match answer {
        Answer::Onward => Onward {
            function: real::SYSCALL.address(),
            answer: 0,
        },
        Answer::Made(answer) => Onward {
            function: ptr::null_mut(),
            answer,
        },
        Answer::Refused(errno) => {
            real::set_errno(errno);
            Onward {
                function: ptr::null_mut(),
                answer: -1,
            }
        }
    }
}

/// A ring does all of these without a call: where anything is blocked there is none, as on a kernel without it.
fn sets_up_ring() -> bool {
    admits_unseen(b"io_uring_setup")
}

/// Whether this may be called, after which something goes on past the wall: not where anything is blocked; else it is told of.
pub(super) fn admits_unseen(name: &[u8]) -> bool {
    wall().is_none_or(|wall| {
        !wall.policy().prevents() && wall.admits(&[Act::new(Kind::Code, "call", name)])
    })
}

/// The call has no flags, other than the function.
///
/// # Safety
/// The path is null or a C string.
unsafe fn admits_fchmodat(folder: c_int, path: *const c_char, mode: c_uint) -> bool {
    // SAFETY: what the caller vouches for.
    unsafe { paths::one::fchmodat(folder, path, mode, 0) }
}

/// # Safety
/// The path is null or a C string; `how` is null or a `struct open_how`, which begins with the flags.
#[allow(clippy::cast_possible_truncation)] // the flags that are looked at are in the lower half
unsafe fn admits_openat2(folder: c_int, path: *const c_char, how: *const u64) -> bool {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path), Some(flags)) =
        (wall(), unsafe { text(path) }, unsafe { how.as_ref() })
    else {
        return true;
    };
    file::admits_unopened(wall, At { folder, path }, *flags as c_int)
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn syscall(number: c_long) -> c_long {
    naked_asm!(
        ".cfi_startproc",
        "mov rax, [rsp + 8]", // the seventh argument
        "push rdi", "push rsi", "push rdx", "push rcx", "push r8", "push r9", "push rax",
        ".cfi_adjust_cfa_offset 56",
        "call {judge}",
        "mov r11, rdx",
        "add rsp, 8", "pop r9", "pop r8", "pop rcx", "pop rdx", "pop rsi", "pop rdi",
        ".cfi_adjust_cfa_offset -56",
        "test rax, rax",
        "jz 2f",
        "jmp rax",
        "2:",
        "mov rax, r11",
        "ret",
        ".cfi_endproc",
        judge = sym judged,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn syscall(number: c_long) -> c_long {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-80]!", ".cfi_def_cfa_offset 80", ".cfi_offset 29, -80", ".cfi_offset 30, -72",
        "mov x29, sp",
        "stp x0, x1, [sp, #16]", "stp x2, x3, [sp, #32]", "stp x4, x5, [sp, #48]", "str x6, [sp, #64]",
        "bl {judge}",
        "mov x16, x0",
        "mov x9, x1",
        "ldp x0, x1, [sp, #16]", "ldp x2, x3, [sp, #32]", "ldp x4, x5, [sp, #48]", "ldr x6, [sp, #64]",
        "ldp x29, x30, [sp], #80",
        "cbz x16, 2f",
        "br x16",
        "2:",
        "mov x0, x9",
        "ret",
        ".cfi_endproc",
        judge = sym judged,
    )
}
