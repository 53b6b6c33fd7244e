//! `execl` and its like, whose arguments stand where the caller put them: some in registers, the rest on the stack.

use super::process::{environment, execve, execvpe};
use std::arch::naked_asm;
use std::ffi::{c_char, c_int};
use std::ptr;

type Text = *const c_char;

/// Arguments behind the path that are passed in registers.
#[cfg(target_arch = "x86_64")]
const IN_REGISTERS: usize = 5;
#[cfg(target_arch = "aarch64")]
const IN_REGISTERS: usize = 7;
/// Arguments for which there is room without memory of our own, which would be lost in a child of `vfork`.
const USUAL: usize = 64;

/// The arguments behind a path.
struct Arguments {
    registers: *const Text,
    stack: *const Text,
}

impl Arguments {
    /// # Safety
    /// The caller looks at each place up to the last argument, in turn.
    unsafe fn get(&self, at: usize) -> Text {
        // SAFETY: what the caller vouches for.
        unsafe {
            match at.checked_sub(IN_REGISTERS) {
                None => *self.registers.add(at),
                Some(at) => *self.stack.add(at),
            }
        }
    }

    /// Calls `go` with the list up to its null, and what stands behind that.
    ///
    /// # Safety
    /// There is a null, and something behind it where `go` reads that.
    unsafe fn with(&self, go: impl FnOnce(*const Text, usize) -> c_int) -> c_int {
        // SAFETY: each place up to the null is there.
        let count = (0..)
            .take_while(|at| unsafe { !self.get(*at).is_null() })
            .count();
        let mut room = [ptr::null(); USUAL + 1];
        let mut more = Vec::new();
        let list = if count <= USUAL {
            &mut room[..=count]
        } else {
            more.resize(count + 1, ptr::null());
            &mut more[..]
        };
        for (at, place) in list.iter_mut().enumerate() {
            // SAFETY: the places up to the null, and it.
            *place = unsafe { self.get(at) };
        }
        go(list.as_ptr(), count)
    }
}

unsafe extern "C" fn with_list(path: Text, registers: *const Text, stack: *const Text) -> c_int {
    // SAFETY: the arguments of `execl`, as its caller put them.
    unsafe { Arguments { registers, stack }.with(|list, _| execve(path, list, environment())) }
}

unsafe extern "C" fn with_search(file: Text, registers: *const Text, stack: *const Text) -> c_int {
    // SAFETY: the arguments of `execlp`, as its caller put them.
    unsafe { Arguments { registers, stack }.with(|list, _| execvpe(file, list, environment())) }
}

unsafe extern "C" fn with_environment(
    path: Text,
    registers: *const Text,
    stack: *const Text,
) -> c_int {
    let arguments = Arguments { registers, stack };
    // SAFETY: the arguments of `execle`, as its caller put them: the environment stands behind the null.
    unsafe { arguments.with(|list, count| execve(path, list, arguments.get(count + 1).cast())) }
}

/// Puts the arguments in registers into a list, and says where the others stand.
macro_rules! variadic {
    ($($name:ident => $with:ident;)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[unsafe(naked)]
            #[cfg(target_arch = "x86_64")]
            pub unsafe extern "C" fn $name() -> c_int {
                naked_asm!(
                    ".cfi_startproc",
                    "sub rsp, 56",
                    ".cfi_adjust_cfa_offset 56",
                    "mov [rsp], rsi",
                    "mov [rsp + 8], rdx",
                    "mov [rsp + 16], rcx",
                    "mov [rsp + 24], r8",
                    "mov [rsp + 32], r9",
                    "mov rsi, rsp",
                    "lea rdx, [rsp + 64]",
                    "call {with}",
                    "add rsp, 56",
                    ".cfi_adjust_cfa_offset -56",
                    "ret",
                    ".cfi_endproc",
                    with = sym $with,
                )
            }

            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[unsafe(naked)]
            #[cfg(target_arch = "aarch64")]
            pub unsafe extern "C" fn $name() -> c_int {
                naked_asm!(
                    ".cfi_startproc",
                    "sub sp, sp, #80",
                    "stp x29, x30, [sp, #64]",
                    ".cfi_def_cfa_offset 80", ".cfi_offset 29, -16", ".cfi_offset 30, -8",
                    "add x29, sp, #64",
                    "stp x1, x2, [sp]",
                    "stp x3, x4, [sp, #16]",
                    "stp x5, x6, [sp, #32]",
                    "str x7, [sp, #48]",
                    "mov x1, sp",
                    "add x2, sp, #80",
                    "bl {with}",
                    "ldp x29, x30, [sp, #64]",
                    "add sp, sp, #80",
                    "ret",
                    ".cfi_endproc",
                    with = sym $with,
                )
            }
        )*
    };
}

variadic! {
    execl => with_list;
    execlp => with_search;
    execle => with_environment;
}
