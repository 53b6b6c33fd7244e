//! Functions that look names up.

use super::{Real, named, set_errno};
use crate::real::ENOSYS;
use std::ffi::{c_char, c_int, c_uint, c_void};

type Text = *const c_char;
type Any = *const c_void;

reals! {
    []
    GETADDRINFO getaddrinfo(node: Text, service: Text, hints: Any, found: *mut *mut c_void) -> c_int, -4;
    GETHOSTBYNAME gethostbyname(name: Text) -> *mut c_void, std::ptr::null_mut();
    GETHOSTBYNAME2 gethostbyname2(name: Text, family: c_int) -> *mut c_void, std::ptr::null_mut();
    GETHOSTBYNAME_R gethostbyname_r(name: Text, entry: *mut c_void, buffer: *mut c_char, size: usize,
        found: *mut *mut c_void, error: *mut c_int) -> c_int, ENOSYS;
    GETHOSTBYNAME2_R gethostbyname2_r(name: Text, family: c_int, entry: *mut c_void, buffer: *mut c_char, size: usize,
        found: *mut *mut c_void, error: *mut c_int) -> c_int, ENOSYS;
    GETNAMEINFO getnameinfo(of: Any, length: c_uint, host: *mut c_char, host_size: c_uint, service: *mut c_char,
        service_size: c_uint, flags: c_int) -> c_int, -4;
    GETHOSTBYADDR gethostbyaddr(of: Any, length: c_uint, family: c_int) -> *mut c_void, std::ptr::null_mut();
    GETHOSTBYADDR_R gethostbyaddr_r(of: Any, length: c_uint, family: c_int, entry: *mut c_void, buffer: *mut c_char,
        size: usize, found: *mut *mut c_void, error: *mut c_int) -> c_int, ENOSYS;
}
