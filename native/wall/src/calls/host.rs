//! Names that are looked up; the addresses they give are vouched for by the name's verdict.
//!
//! Does not see: look-ups that a program makes by itself, by sending to a name server (these are addresses)

use super::{redirect, text};
use crate::real;
use crate::wall::{Act, Wall, wall};
use hauberk_core::activity::Kind;
use hauberk_core::address::parse;
use std::ffi::{c_char, c_int, c_uint, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr;

pub(super) const EAI_FAIL: c_int = -4;
pub(super) const NO_RECOVERY: c_int = 3;
const AF_INET: c_int = 2;
const AF_INET6: c_int = 10;

type Text = *const c_char;

/// `struct addrinfo`.
#[repr(C)]
struct Found {
    flags: c_int,
    family: c_int,
    kind: c_int,
    protocol: c_int,
    length: c_uint,
    address: *const u8,
    name: Text,
    next: *const Found,
}

/// `struct hostent`.
#[repr(C)]
struct Entry {
    name: Text,
    aliases: *const Text,
    family: c_int,
    length: c_int,
    addresses: *const *const u8,
}

unsafe extern "C" {
    fn __h_errno_location() -> *mut c_int;
}

/// What a look-up of a text comes to.
pub(super) enum Asked {
    /// An address, an empty name, or no wall: no act.
    Nothing,
    Admitted(&'static Wall),
    Refused,
}

/// # Safety
/// The name is null or a C string.
pub(super) unsafe fn asked(name: Text) -> Asked {
    // SAFETY: what the caller vouches for.
    unsafe { text(name) }.map_or(Asked::Nothing, |name| asked_for(name.to_bytes()))
}

/// As [`asked`], of bytes.
pub(super) fn asked_for(name: &[u8]) -> Asked {
    let (Some(wall), Some(host)) = (wall(), host(name)) else {
        return Asked::Nothing;
    };
    let others = redirect::redirected(wall, &host);
    let acts = std::iter::once(&host).chain(&others);
    let acts: Vec<_> = acts
        .map(|name| Act::new(Kind::Host, "resolve", name))
        .collect();
    if wall.admits(&acts) {
        Asked::Admitted(wall)
    } else {
        Asked::Refused
    }
}

/// Says that a look-up failed for good.
pub(super) fn fail() {
    // SAFETY: glibc gives the live place of the thread's `h_errno`.
    unsafe { *__h_errno_location() = NO_RECOVERY };
}

/// The name of a host as activities have it; none where the text is an address, or empty.
fn host(name: &[u8]) -> Option<Vec<u8>> {
    let name = name.to_ascii_lowercase();
    let host = name.strip_suffix(b".").unwrap_or(&name);
    let is_address = std::str::from_utf8(host).is_ok_and(|text| parse(text).is_some());
    (!is_address && !host.is_empty()).then(|| host.to_vec())
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getaddrinfo(
    node: Text,
    service: Text,
    hints: *const c_void,
    found: *mut *mut c_void,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are; what the real one found is a list of its structs.
    unsafe {
        let wall = match asked(node) {
            Asked::Refused => return EAI_FAIL,
            Asked::Nothing => return real::getaddrinfo(node, service, hints, found),
            Asked::Admitted(wall) => wall,
        };
        let answer = real::getaddrinfo(node, service, hints, found);
        if answer == 0 && !found.is_null() {
            vouch_all(wall, *found);
        }
        answer
    }
}

/// # Safety
/// The first is null or a list of `struct addrinfo`.
pub(super) unsafe fn vouch_all(wall: &Wall, first: *const c_void) {
    // SAFETY: what the caller vouches for.
    unsafe {
        let all = std::iter::successors(first.cast::<Found>().as_ref(), |one| one.next.as_ref());
        wall.vouch(all.filter_map(|one| match one.family {
            AF_INET => address(AF_INET, one.address.wrapping_add(4)),
            AF_INET6 => address(AF_INET6, one.address.wrapping_add(8)),
            _ => None,
        }));
    }
}

/// # Safety
/// There are as many bytes as the family's addresses have.
pub(super) unsafe fn address(family: c_int, bytes: *const u8) -> Option<IpAddr> {
    // SAFETY: what the caller vouches for.
    unsafe {
        match family {
            AF_INET => Some(IpAddr::V4(Ipv4Addr::from(*bytes.cast::<[u8; 4]>()))),
            AF_INET6 => Some(IpAddr::V6(Ipv6Addr::from(*bytes.cast::<[u8; 16]>()))),
            _ => None,
        }
    }
}

/// # Safety
/// The entry is null or a `struct hostent`.
unsafe fn vouch(wall: &Wall, entry: *const c_void) {
    // SAFETY: what the caller vouches for; the list of addresses ends with a null.
    unsafe {
        let Some(entry) = entry.cast::<Entry>().as_ref() else {
            return;
        };
        let all = (0..)
            .map(|at| *entry.addresses.add(at))
            .take_while(|one| !one.is_null());
        if !entry.addresses.is_null() {
            wall.vouch(all.filter_map(|one| address(entry.family, one)));
        }
    }
}

/// # Safety
/// The name is null or a C string; `go` looks it up.
unsafe fn looked_up(name: Text, go: impl FnOnce() -> *mut c_void) -> *mut c_void {
    // SAFETY: what the caller vouches for.
    unsafe {
        match asked(name) {
            Asked::Nothing => go(),
            Asked::Refused => {
                fail();
                ptr::null_mut()
            }
            Asked::Admitted(wall) => {
                let entry = go();
                vouch(wall, entry);
                entry
            }
        }
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname(name: Text) -> *mut c_void {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { looked_up(name, || real::gethostbyname(name)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname2(name: Text, family: c_int) -> *mut c_void {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { looked_up(name, || real::gethostbyname2(name, family)) }
}

/// # Safety
/// The name is null or a C string, the other two the last arguments of the real function; `go` looks the name up.
unsafe fn looked_up_into(
    name: Text,
    found: *mut *mut c_void,
    error: *mut c_int,
    go: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: what the caller vouches for.
    unsafe {
        match asked(name) {
            Asked::Nothing => go(),
            Asked::Refused => {
                *found = ptr::null_mut();
                *error = NO_RECOVERY;
                real::EACCES
            }
            Asked::Admitted(wall) => {
                let answer = go();
                if answer == 0 {
                    vouch(wall, *found);
                }
                answer
            }
        }
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname_r(
    name: Text,
    entry: *mut c_void,
    buffer: *mut c_char,
    size: usize,
    found: *mut *mut c_void,
    error: *mut c_int,
) -> c_int {
    let go = || unsafe { real::gethostbyname_r(name, entry, buffer, size, found, error) };
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { looked_up_into(name, found, error, go) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(clippy::too_many_arguments)] // C's
pub unsafe extern "C" fn gethostbyname2_r(
    name: Text,
    family: c_int,
    entry: *mut c_void,
    buffer: *mut c_char,
    size: usize,
    found: *mut *mut c_void,
    error: *mut c_int,
) -> c_int {
    let go = || unsafe { real::gethostbyname2_r(name, family, entry, buffer, size, found, error) };
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { looked_up_into(name, found, error, go) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_written_as_the_guard_writes_it() {
        let rows = [
            (c"API.Example.com.", Some("api.example.com")),
            (c"localhost", Some("localhost")),
            (c"127.0.0.1", None),
            (c"0x7f.1", None),
            (c"::1", None),
            (c"fe80::1%eth0", None),
            (c"", None),
            (c".", None),
        ];
        for (name, expected) in rows {
            assert_eq!(
                host(name.to_bytes()).as_deref(),
                expected.map(str::as_bytes),
                "{name:?}"
            );
        }
    }
}
