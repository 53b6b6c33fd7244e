//! The functions that programs call instead of libc's: each judges what it would do, then calls the real one, or fails
//! as that one fails.
//!
//! A function that has further arguments in C is written here with as many as it reads: on both architectures these
//! are passed in the same registers.

mod aliases;
mod code;
mod file;
mod file_actions;
mod host;
mod lookup;
mod network;
mod opened;
mod paths;
mod process;
mod query;
mod raw;
mod received;
mod redirect;
mod shell;
mod spawn;
mod stream;
mod symbols;
mod target;
mod temporary;
mod variadic;

pub(crate) use self::process::environment;
use crate::real::{self, EACCES};
use std::ffi::{CStr, c_char, c_int};

/// A C string; none where there is none.
///
/// # Safety
/// The pointer is null or a C string, which stays as it is while it is used.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a CStr> {
    // SAFETY: what the caller vouches for.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) })
}

/// What a call answers that is not permitted.
fn refused() -> c_int {
    real::set_errno(EACCES);
    -1
}
