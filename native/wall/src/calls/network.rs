//! Addresses that sockets connect, send and bind to.

use crate::real::{self, EACCES, ECONNREFUSED};
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::ffi::{c_int, c_uint, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

type Any = *const c_void;

/// The beginning of `struct msghdr`.
#[repr(C)]
struct Message {
    address: Any,
    length: c_uint,
}
/// Bytes of `struct mmsghdr`: a `struct msghdr`, a count, and what fills it up.
const SIZE_OF_MESSAGE: usize = 64;

/// The target of an address; none where it is of no kind that leads out of the process.
///
/// # Safety
/// The address is null or has so many bytes.
unsafe fn target(operation: &str, address: Any, length: c_uint) -> Option<Vec<u8>> {
    if address.is_null() || length < 2 {
        return None;
    }
    // SAFETY: what the caller vouches for.
    let bytes = unsafe { std::slice::from_raw_parts(address.cast::<u8>(), length as usize) };
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    let (host, port) = match u16::from_ne_bytes(*family) {
        AF_UNIX => return unix(rest),
        AF_INET => {
            let ip: [u8; 4] = rest.get(2..6)?.try_into().ok()?;
            (IpAddr::V4(Ipv4Addr::from(ip)), rest.first_chunk::<2>()?)
        }
        AF_INET6 => {
            let ip: [u8; 16] = rest.get(6..22)?.try_into().ok()?;
            (Ipv6Addr::from(ip).to_canonical(), rest.first_chunk::<2>()?)
        }
        _ => return None,
    };
    let port = u16::from_be_bytes(*port);
    let target = match host {
        // To connect to the unspecified address is to connect to this machine.
        _ if host.is_unspecified() && operation != "bind" => format!("127.0.0.1:{port}"),
        IpAddr::V4(host) => format!("{host}:{port}"),
        IpAddr::V6(host) => format!("[{host}]:{port}"),
    };
    Some(target.into_bytes())
}

/// A path ends at its first zero; a name without a path begins with one.
fn unix(name: &[u8]) -> Option<Vec<u8>> {
    let end = name
        .iter()
        .skip(1)
        .position(|byte| *byte == 0)
        .map_or(name.len(), |at| at + 1);
    let name = if name.first() == Some(&0) {
        name
    } else {
        &name[..end]
    };
    (!name.is_empty()).then(|| [b"unix:", name].concat())
}

/// # Safety
/// As for [`target`].
unsafe fn admits(operation: &'static str, address: Any, length: c_uint) -> bool {
    let Some(wall) = wall() else {
        return true;
    };
    // SAFETY: what the caller vouches for.
    let target = unsafe { target(operation, address, length) };
    target.is_none_or(|target| wall.admits(&[Act::new(Kind::Address, operation, &target)]))
}

fn refused(errno: c_int) -> c_int {
    real::set_errno(errno);
    -1
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn connect(socket: c_int, address: Any, length: c_uint) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits("connect", address, length) {
            real::connect(socket, address, length)
        } else {
            refused(ECONNREFUSED)
        }
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bind(socket: c_int, address: Any, length: c_uint) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits("bind", address, length) {
            real::bind(socket, address, length)
        } else {
            refused(EACCES)
        }
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendto(
    socket: c_int,
    bytes: Any,
    size: usize,
    flags: c_int,
    address: Any,
    length: c_uint,
) -> isize {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if address.is_null() || admits("send", address, length) {
            real::sendto(socket, bytes, size, flags, address, length)
        } else {
            refused(ECONNREFUSED) as isize
        }
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendmsg(socket: c_int, message: Any, flags: c_int) -> isize {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        if admits_message(message) {
            real::sendmsg(socket, message, flags)
        } else {
            refused(ECONNREFUSED) as isize
        }
    }
}

/// # Safety
/// The message is null or a `struct msghdr`.
unsafe fn admits_message(message: Any) -> bool {
    // SAFETY: what the caller vouches for.
    match unsafe { message.cast::<Message>().as_ref() } {
        // SAFETY: the address of a message has the length that stands beside it.
        Some(Message { address, length }) => unsafe { admits("send", *address, *length) },
        None => true,
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendmmsg(
    socket: c_int,
    messages: *mut c_void,
    count: c_uint,
    flags: c_int,
) -> c_int {
    let each = |at: usize| messages.cast::<u8>().wrapping_add(at * SIZE_OF_MESSAGE);
    // SAFETY: so many messages are there, if any.
    let is_admitted = messages.is_null()
        || (0..count as usize).all(|at| unsafe { admits_message(each(at).cast()) });
    if !is_admitted {
        return refused(ECONNREFUSED);
    }
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { real::sendmmsg(socket, messages, count, flags) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(operation: &str, bytes: &[u8]) -> Option<String> {
        // SAFETY: so many bytes are there.
        let target = unsafe {
            target(
                operation,
                bytes.as_ptr().cast(),
                u32::try_from(bytes.len()).unwrap(),
            )
        };
        target.map(|target| String::from_utf8(target).unwrap())
    }

    fn of_family(family: u16, rest: &[u8]) -> Vec<u8> {
        [&family.to_ne_bytes()[..], rest].concat()
    }

    #[test]
    fn an_address_is_written_as_the_guard_writes_it() {
        let v4 = |ip: [u8; 4]| of_family(AF_INET, &[&[0x01, 0xbb][..], &ip, &[0; 8]].concat());
        let v6 = |ip: &str| {
            let ip: Ipv6Addr = ip.parse().unwrap();
            of_family(
                AF_INET6,
                &[&[0, 80, 0, 0, 0, 0][..], &ip.octets(), &[0; 4]].concat(),
            )
        };
        let rows = [
            ("connect", v4([10, 0, 0, 5]), Some("10.0.0.5:443")),
            ("connect", v4([0; 4]), Some("127.0.0.1:443")),
            ("bind", v4([0; 4]), Some("0.0.0.0:443")),
            ("connect", v6("::1"), Some("[::1]:80")),
            ("connect", v6("::"), Some("127.0.0.1:80")),
            (
                "connect",
                v6("::ffff:169.254.169.254"),
                Some("169.254.169.254:80"),
            ),
            (
                "connect",
                of_family(AF_UNIX, b"/run/x.sock\0\0rest"),
                Some("unix:/run/x.sock"),
            ),
            (
                "connect",
                of_family(AF_UNIX, b"\0abstract"),
                Some("unix:\0abstract"),
            ),
            ("connect", of_family(AF_UNIX, b""), None),
            ("connect", of_family(0, &[0; 14]), None),
            ("connect", of_family(16, &[0; 10]), None),
            ("connect", of_family(AF_INET, &[0; 3]), None),
            ("connect", vec![2], None),
        ];
        for (operation, bytes, expected) in rows {
            assert_eq!(told(operation, &bytes).as_deref(), expected);
        }
    }
}
