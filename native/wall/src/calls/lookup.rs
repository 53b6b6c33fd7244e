//! Look-ups of several names at once, and of the names of addresses, which whoever the address belongs to is asked for.

use super::host::{Asked, EAI_FAIL, address, asked, fail, vouch_all};
use super::network::address_in;
use crate::real::{self, EACCES};
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use hauberk_core::asked_name::is_public;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::net::IpAddr;
use std::ptr;

const EAI_SYSTEM: c_int = -11;
const GAI_WAIT: c_int = 0;
/// The address itself is wanted, and no name.
const NI_NUMERICHOST: c_int = 1;

type Text = *const c_char;
type Any = *const c_void;

/// The beginning of `struct gaicb`.
#[repr(C)]
struct Request {
    name: Text,
    service: Text,
    hints: Any,
    found: Any,
}

/// # Safety
/// The list has so many requests, or nulls.
unsafe fn requests<'a>(
    list: *const *const c_void,
    count: c_int,
) -> impl Iterator<Item = &'a Request> {
    let count = if list.is_null() {
        0
    } else {
        usize::try_from(count).unwrap_or(0)
    };
    // SAFETY: what the caller vouches for.
    (0..count).filter_map(move |at| unsafe { (*list.add(at)).cast::<Request>().as_ref() })
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getaddrinfo_a(
    mode: c_int,
    list: *const Any,
    count: c_int,
    told: *mut c_void,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if requests(list, count).any(|one| matches!(asked(one.name), Asked::Refused)) {
            real::set_errno(EACCES);
            return EAI_SYSTEM;
        }
        let answer = real::getaddrinfo_a(mode, list, count, told);
        if let (Some(wall), GAI_WAIT, 0) = (wall(), mode, answer) {
            requests(list, count).for_each(|one| vouch_all(wall, one.found));
        }
        answer
    }
}

/// Where a look-up that was not waited for is done, its addresses are known.
///
/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gai_error(request: Any) -> c_int {
    // SAFETY: the argument is the caller's, passed on as it is.
    unsafe {
        let answer = real::gai_error(request);
        if let (Some(wall), Some(request), 0) = (wall(), request.cast::<Request>().as_ref(), answer)
        {
            vouch_all(wall, request.found);
        }
        answer
    }
}

/// Whether the name of an address may be asked for.
fn admits(address: Option<IpAddr>) -> bool {
    let (Some(wall), Some(address)) = (wall(), address.filter(|one| is_public(*one))) else {
        return true;
    };
    let name = address.to_string();
    wall.admits(&[Act::new(Kind::Host, "resolve", name.as_bytes())])
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(clippy::too_many_arguments)] // C's
pub unsafe extern "C" fn getnameinfo(
    of: Any,
    length: c_uint,
    host: *mut c_char,
    host_size: c_uint,
    service: *mut c_char,
    service_size: c_uint,
    flags: c_int,
) -> c_int {
    let is_asked = !host.is_null() && host_size > 0 && flags & NI_NUMERICHOST == 0;
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if is_asked && !admits(address_in(of, length)) {
            return EAI_FAIL;
        }
        real::getnameinfo(of, length, host, host_size, service, service_size, flags)
    }
}

/// # Safety
/// There are so many bytes.
unsafe fn address_of(bytes: Any, length: c_uint, family: c_int) -> Option<IpAddr> {
    let is_whole = !bytes.is_null() && matches!(length, 4 | 16);
    // SAFETY: what the caller vouches for.
    is_whole.then(|| unsafe { address(family, bytes.cast()) })?
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyaddr(of: Any, length: c_uint, family: c_int) -> *mut c_void {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits(address_of(of, length, family)) {
            return real::gethostbyaddr(of, length, family);
        }
    }
    fail();
    ptr::null_mut()
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(clippy::too_many_arguments)] // C's
pub unsafe extern "C" fn gethostbyaddr_r(
    of: Any,
    length: c_uint,
    family: c_int,
    entry: *mut c_void,
    buffer: *mut c_char,
    size: usize,
    found: *mut *mut c_void,
    error: *mut c_int,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits(address_of(of, length, family)) {
            return real::gethostbyaddr_r(of, length, family, entry, buffer, size, found, error);
        }
        *found = ptr::null_mut();
        *error = super::host::NO_RECOVERY;
    }
    EACCES
}
