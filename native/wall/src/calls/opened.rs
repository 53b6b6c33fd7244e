//! What is open already, and is given other rights, times or attributes: judged by its path.
//!
//! What has no name, and what stays as it is, is no act. Who has opened a file to write it may change its times.

use super::refused;
use crate::kernel::{self, Rights};
use crate::path;
use crate::real;
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::ffi::{c_char, c_int, c_uint, c_void};

type Text = *const c_char;
type Any = *const c_void;

/// Whether an act on what a descriptor holds may be done.
pub(super) fn on_open(operation: &'static str, file: c_int) -> bool {
    on_other(operation, file, |_| true)
}

/// The same where it changes something.
fn on_other(operation: &'static str, file: c_int, changes: impl Fn(Rights) -> bool) -> bool {
    let (Some(wall), Some(rights)) = (wall(), kernel::rights(file)) else {
        return true;
    };
    let is_judged = operation == "write" && rights.is_writable;
    if is_judged || !rights.has_name || !changes(rights) {
        return true;
    }
    // Pipes, sockets and their like have no path.
    let target = path::of_descriptor(file).filter(|target| target.starts_with(b"/"));
    target.is_none_or(|target| wall.admits(&[Act::new(Kind::File, operation, &target)]))
}

/// -1 leaves a number as it is.
fn is_other(given: c_uint, now: u32) -> bool {
    given != c_uint::MAX && given != now
}

/// Calls on a descriptor: the answer whether each may be made, and the call.
macro_rules! on_open {
    ($($name:ident ($file:ident: c_int $(, $argument:ident: $type:ty)*) $judged:expr;)*) => {
        pub(super) mod judge {
            use super::*;
            $(
                #[allow(unused_variables)]
                pub fn $name($file: c_int $(, $argument: $type)*) -> bool {
                    $judged
                }
            )*
        }
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($file: c_int $(, $argument: $type)*) -> c_int {
                if judge::$name($file $(, $argument)*) {
                    // SAFETY: the arguments are the caller's, passed on as they are.
                    unsafe { real::$name($file $(, $argument)*) }
                } else {
                    refused()
                }
            }
        )*
    };
}

on_open! {
    fchmod(file: c_int, mode: c_uint) on_other("chmod", file, |now| now.mode != mode & 0o7777);
    fchown(file: c_int, user: c_uint, group: c_uint)
        on_other("chmod", file, |now| is_other(user, now.user) || is_other(group, now.group));
    futimens(file: c_int, times: Any) on_open("write", file);
    futimes(file: c_int, times: Any) on_open("write", file);
    fsetxattr(file: c_int, name: Text, value: Any, size: usize, flags: c_int) on_open("write", file);
    fremovexattr(file: c_int, name: Text) on_open("write", file);
}
