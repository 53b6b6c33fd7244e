//! Functions of a library, by its handle.

use super::{DLVSYM, Lookup, lookup};
use std::ffi::{c_char, c_void};

/// A function of another library by its handle.
///
/// # Safety
/// The arguments are those of `dlsym`, with a handle that `dlopen` gave.
pub unsafe fn look_up(handle: *mut c_void, name: *const c_char) -> *mut c_void {
    let lookup = lookup();
    if lookup.is_null() {
        return lookup;
    }
    // SAFETY: it is `dlsym`.
    unsafe { std::mem::transmute::<*mut c_void, Lookup>(lookup)(handle, name) }
}

/// An older version of one.
///
/// # Safety
/// The arguments are those of `dlvsym`, with a handle that `dlopen` gave.
pub unsafe fn look_up_version(
    handle: *mut c_void,
    name: *const c_char,
    version: *const c_char,
) -> *mut c_void {
    type OfVersion = unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char) -> *mut c_void;
    let lookup = DLVSYM.address();
    if lookup.is_null() {
        return lookup;
    }
    // SAFETY: it is `dlvsym`.
    unsafe { std::mem::transmute::<*mut c_void, OfVersion>(lookup)(handle, name, version) }
}
