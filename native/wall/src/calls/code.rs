//! Libraries that are loaded.
//!
//! The loader looks at who calls it, so its calls are passed on without a frame of ours in between.

use super::{file, raw, text};
use crate::path::{At, followed};
use crate::provenance;
use crate::real;
use crate::wall::{Act, Wall, wall};
use hauberk_core::activity::Kind;
use std::arch::naked_asm;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};

type Text = *const c_char;

/// What is loaded in the place of what may not be: nothing is there, so the call fails as for a missing library.
const NOTHING: &CStr = c"/blocked by Hauberk";

/// Where a call goes on, and with which path.
#[repr(C)]
struct Onward {
    function: *mut c_void,
    path: Text,
}

/// # Safety
/// The path is null or a C string.
unsafe fn judged(path: Text) -> Text {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(written)) = (wall(), unsafe { text(path) }) else {
        return path;
    };
    if !admits(wall, written) {
        return NOTHING.as_ptr();
    }
    provenance::loads(wall, written);
    path
}

/// Whether a library may be loaded. A bare name is looked for in the system's own folders.
pub(super) fn admits(wall: &Wall, written: &CStr) -> bool {
    if !written.to_bytes().contains(&b'/') || file::is_free(wall, "load", written) {
        return true;
    }
    let target = followed(At::here(written));
    wall.admits(&[Act::new(Kind::Code, "load", &target)])
}

unsafe extern "C" fn loaded(path: Text) -> Onward {
    // SAFETY: the argument of `dlopen`.
    Onward {
        function: real::DLOPEN.address(),
        path: unsafe { judged(path) },
    }
}

/// Libraries apart from the program's call a libc of their own, in front of which nothing stands.
unsafe extern "C" fn loaded_apart(space: c_long, path: Text) -> Onward {
    const PROGRAMS: c_long = 0;
    let is_seen = space == PROGRAMS || raw::admits_unseen(b"dlmopen");
    Onward {
        function: real::DLMOPEN.address(),
        path: if is_seen {
            // SAFETY: the argument of `dlmopen`.
            unsafe { judged(path) }
        } else {
            NOTHING.as_ptr()
        },
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn dlopen(path: Text, flags: c_int) -> *mut c_void {
    naked_asm!(
        ".cfi_startproc",
        "push rdi", "push rsi", "push rdx", ".cfi_adjust_cfa_offset 24",
        "call {judge}",
        "mov rdi, rdx", "pop rdx", "pop rsi", "add rsp, 8", ".cfi_adjust_cfa_offset -24",
        "jmp rax",
        ".cfi_endproc",
        judge = sym loaded,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "x86_64")]
pub unsafe extern "C" fn dlmopen(space: c_long, path: Text, flags: c_int) -> *mut c_void {
    naked_asm!(
        ".cfi_startproc",
        "push rdi", "push rsi", "push rdx", ".cfi_adjust_cfa_offset 24",
        "call {judge}",
        "mov rsi, rdx", "pop rdx", "add rsp, 8", "pop rdi", ".cfi_adjust_cfa_offset -24",
        "jmp rax",
        ".cfi_endproc",
        judge = sym loaded_apart,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn dlopen(path: Text, flags: c_int) -> *mut c_void {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-48]!", ".cfi_def_cfa_offset 48", ".cfi_offset 29, -48", ".cfi_offset 30, -40",
        "mov x29, sp", "stp x0, x1, [sp, #16]", "bl {judge}", "mov x16, x0",
        "mov x9, x1", "ldp x0, x1, [sp, #16]", "ldp x29, x30, [sp], #48", "mov x0, x9", "br x16",
        ".cfi_endproc",
        judge = sym loaded,
    )
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
#[cfg(target_arch = "aarch64")]
pub unsafe extern "C" fn dlmopen(space: c_long, path: Text, flags: c_int) -> *mut c_void {
    naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-48]!", ".cfi_def_cfa_offset 48", ".cfi_offset 29, -48", ".cfi_offset 30, -40",
        "mov x29, sp", "stp x0, x1, [sp, #16]", "str x2, [sp, #32]", "bl {judge}",
        "mov x16, x0", "mov x9, x1", "ldp x0, x1, [sp, #16]", "ldr x2, [sp, #32]", "ldp x29, x30, [sp], #48",
        "mov x1, x9", "br x16",
        ".cfi_endproc",
        judge = sym loaded_apart,
    )
}
