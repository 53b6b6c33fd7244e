//! Files and folders whose names are drawn at random when they are made. Each is judged by its template, `/tmp/x-XXXXXX`,
//! which is the same each time; what was made is remembered as written by its own name.

use super::{refused, text};
use crate::path::{At, named};
use crate::real::{self, EACCES};
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

type Template = *mut c_char;

/// What glibc makes where a program wants a file without a name.
const WITHOUT_NAME: &CStr = c"/tmp/tmpfXXXXXX";

/// # Safety
/// The template is null or a C string.
unsafe fn admits(template: *const c_char) -> bool {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path)) = (wall(), unsafe { text(template) }) else {
        return true;
    };
    wall.admits(&[Act::new(Kind::File, "write", &named(At::here(path)))])
}

/// Remembers a file that was made.
///
/// # Safety
/// The path is a C string.
unsafe fn note(path: *const c_char) {
    // SAFETY: what the caller vouches for.
    if let (Some(wall), Some(path)) = (wall(), unsafe { text(path) }) {
        wall.note_written(&named(At::here(path)));
    }
}

/// Calls that give a descriptor.
macro_rules! opens {
    ($($name:ident ($template:ident $(, $argument:ident)*);)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($template: Template $(, $argument: c_int)*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe {
                    if admits($template) {
                        let file = real::$name($template $(, $argument)*);
                        if file >= 0 {
                            note($template);
                        }
                        file
                    } else {
                        refused()
                    }
                }
            }
        )*
    };
}

opens! {
    mkstemp(template);
    mkstemp64(template);
    mkostemp(template, flags);
    mkostemp64(template, flags);
    mkstemps(template, length);
    mkstemps64(template, length);
    mkostemps(template, length, flags);
    mkostemps64(template, length, flags);
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mkdtemp(template: Template) -> Template {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits(template) {
            return real::mkdtemp(template);
        }
    }
    real::set_errno(EACCES);
    ptr::null_mut()
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tmpfile() -> *mut c_void {
    // SAFETY: a live C string; the call takes nothing.
    unsafe {
        if admits(WITHOUT_NAME.as_ptr()) {
            return real::tmpfile();
        }
    }
    real::set_errno(EACCES);
    ptr::null_mut()
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tmpfile64() -> *mut c_void {
    // SAFETY: as `tmpfile`.
    unsafe {
        if admits(WITHOUT_NAME.as_ptr()) {
            return real::tmpfile64();
        }
    }
    real::set_errno(EACCES);
    ptr::null_mut()
}
