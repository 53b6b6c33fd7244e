//! System calls that programs make by their number, through libc's `syscall`.
//!
//! What is not judged goes on without a frame of ours in between: some calls return on another stack, or twice.
//!
//! Does not see: system calls that machine code makes by itself, `io_uring` (it is refused to be set up)

use super::{file, network, paths, process, refused, text};
use crate::path::At;
use crate::real::{self, ENOSYS};
use crate::wall::wall;
use std::arch::naked_asm;
use std::ffi::{c_int, c_long, c_uint, c_void};
use std::ptr;

/// The numbers that are judged.
#[cfg(target_arch = "x86_64")]
mod number {
    pub const OPEN: usize = 2;
    pub const CONNECT: usize = 42;
    pub const SENDTO: usize = 44;
    pub const BIND: usize = 49;
    pub const EXECVE: usize = 59;
    pub const RENAME: usize = 82;
    pub const CREAT: usize = 85;
    pub const UNLINK: usize = 87;
    pub const OPENAT: usize = 257;
    pub const UNLINKAT: usize = 263;
    pub const RENAMEAT: usize = 264;
    pub const RENAMEAT2: usize = 316;
    pub const EXECVEAT: usize = 322;
}
/// The numbers that are judged; what the architecture does not have is no number.
#[cfg(target_arch = "aarch64")]
mod number {
    pub const UNLINKAT: usize = 35;
    pub const RENAMEAT: usize = 38;
    pub const OPENAT: usize = 56;
    pub const BIND: usize = 200;
    pub const CONNECT: usize = 203;
    pub const SENDTO: usize = 206;
    pub const EXECVE: usize = 221;
    pub const RENAMEAT2: usize = 276;
    pub const EXECVEAT: usize = 281;
    pub const OPEN: usize = usize::MAX;
    pub const RENAME: usize = usize::MAX - 1;
    pub const CREAT: usize = usize::MAX - 2;
    pub const UNLINK: usize = usize::MAX - 3;
}
const IO_URING_SETUP: usize = 425;
const OPENAT2: usize = 437;

/// Where a call goes on; null where it is done, and with which answer.
#[repr(C)]
struct Onward {
    function: *mut c_void,
    answer: isize,
}

/// Judges a call by its number: it is made by the function of its name.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap
)] // as the kernel reads them
unsafe extern "C" fn judged(
    number: usize,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
    e: usize,
    f: usize,
) -> Onward {
    let onward = Onward {
        function: real::SYSCALL.address(),
        answer: 0,
    };
    if wall().is_none() {
        return onward;
    }
    let (file, other) = (a as c_int, c as c_int);
    // SAFETY: the arguments of the call of this number, as its caller gave them.
    let answer = unsafe {
        match number {
            number::OPEN => file::open(a as _, b as c_int, c as c_uint) as isize,
            number::CREAT => file::creat(a as _, b as c_uint) as isize,
            number::OPENAT => file::openat(file, b as _, other, d as c_uint) as isize,
            OPENAT2 if admits_openat2(file, b, c) => return onward,
            OPENAT2 => refused() as isize,
            number::CONNECT => network::connect(file, b as _, c as c_uint) as isize,
            number::BIND => network::bind(file, b as _, c as c_uint) as isize,
            number::SENDTO => network::sendto(file, b as _, c, d as c_int, e as _, f as c_uint),
            number::EXECVE => process::execve(a as _, b as _, c as _) as isize,
            number::EXECVEAT => {
                process::execveat(file, b as _, c as _, d as _, e as c_int) as isize
            }
            number::UNLINK => paths::unlink(a as _) as isize,
            number::UNLINKAT => paths::unlinkat(file, b as _, other) as isize,
            number::RENAME => paths::rename(a as _, b as _) as isize,
            number::RENAMEAT => paths::renameat(file, b as _, other, d as _) as isize,
            number::RENAMEAT2 => {
                paths::renameat2(file, b as _, other, d as _, e as c_uint) as isize
            }
            // A ring does all of these without a call: there is none, as on a kernel without it.
            IO_URING_SETUP => {
                real::set_errno(ENOSYS);
                -1
            }
            _ => return onward,
        }
    };
    Onward {
        function: ptr::null_mut(),
        answer,
    }
}

/// # Safety
/// The path is null or a C string; `how` is null or a `struct open_how`, which begins with the flags.
#[allow(clippy::cast_possible_truncation)] // the flags that are looked at are in the lower half
unsafe fn admits_openat2(folder: c_int, path: usize, how: usize) -> bool {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path), Some(flags)) = (wall(), unsafe { text(path as _) }, unsafe {
        (how as *const u64).as_ref()
    }) else {
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
        "mov rax, [rsp + 8]", // the seventh argument
        "push rdi", "push rsi", "push rdx", "push rcx", "push r8", "push r9", "push rax",
        "call {judge}",
        "mov r11, rdx",
        "add rsp, 8", "pop r9", "pop r8", "pop rcx", "pop rdx", "pop rsi", "pop rdi",
        "test rax, rax",
        "jz 2f",
        "jmp rax",
        "2:",
        "mov rax, r11",
        "ret",
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
        "stp x29, x30, [sp, #-80]!",
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
        judge = sym judged,
    )
}
