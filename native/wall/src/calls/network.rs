//! Addresses that sockets connect, send and bind to, and sockets of families that have others.

use crate::kernel;
use crate::real::{self, EACCES, ECONNREFUSED};
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use hauberk_core::socket_family;
use std::ffi::{c_int, c_uint, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// None told: what is sent or bound so, the kernel takes for an address of IPv4.
const AF_UNSPEC: u16 = 0;
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
    let family = u16::from_ne_bytes(*family);
    if family == AF_UNIX {
        return unix(rest);
    }
    let is_told = family != AF_UNSPEC || operation != "connect"; // to connect to none is to end a connection
    let (host, port) = ip(family, rest).filter(|_| is_told)?;
    let target = match host {
        // To connect to the unspecified address is to connect to this machine.
        _ if host.is_unspecified() && operation != "bind" => format!("127.0.0.1:{port}"),
        IpAddr::V4(host) => format!("{host}:{port}"),
        IpAddr::V6(host) => format!("[{host}]:{port}"),
    };
    Some(target.into_bytes())
}

/// The address and the port behind a family; none where it is of another.
fn ip(family: u16, rest: &[u8]) -> Option<(IpAddr, u16)> {
    let host = match family {
        AF_UNSPEC | AF_INET => {
            let ip: [u8; 4] = rest.get(2..6)?.try_into().ok()?;
            IpAddr::V4(Ipv4Addr::from(ip))
        }
        AF_INET6 => {
            let ip: [u8; 16] = rest.get(6..22)?.try_into().ok()?;
            Ipv6Addr::from(ip).to_canonical()
        }
        _ => return None,
    };
    Some((host, u16::from_be_bytes(*rest.first_chunk::<2>()?)))
}

/// The address of the internet that a `struct sockaddr` holds.
///
/// # Safety
/// The address is null or has so many bytes.
pub(super) unsafe fn address_in(address: Any, length: c_uint) -> Option<IpAddr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: what the caller vouches for.
    let bytes = unsafe { std::slice::from_raw_parts(address.cast::<u8>(), length as usize) };
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    ip(u16::from_ne_bytes(*family), rest).map(|(host, _)| host)
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

/// Functions that answer whether the call of their name may be made, and those that make it then; with the error of one
/// that may not.
macro_rules! calls {
    ($($name:ident ($($argument:ident: $type:ty),*) -> $answer:ty, $errno:ident, $judged:expr;)*) => {
        pub(super) mod judge {
            use super::*;
            $(
                /// # Safety
                /// The arguments are those of the C function of this name.
                #[allow(unused_variables)]
                pub unsafe fn $name($($argument: $type),*) -> bool {
                    // SAFETY: what the caller vouches for.
                    unsafe { $judged }
                }
            )*
        }
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> $answer {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe {
                    if judge::$name($($argument),*) {
                        real::$name($($argument),*)
                    } else {
                        refused($errno) as $answer
                    }
                }
            }
        )*
    };
}

calls! {
    connect(socket: c_int, address: Any, length: c_uint) -> c_int, ECONNREFUSED, admits("connect", address, length);
    bind(socket: c_int, address: Any, length: c_uint) -> c_int, EACCES, admits("bind", address, length);
    listen(socket: c_int, waiting: c_int) -> c_int, EACCES, admits_waiting(socket);
    sendto(socket: c_int, bytes: Any, size: usize, flags: c_int, address: Any, length: c_uint) -> isize, ECONNREFUSED,
        address.is_null() || admits("send", address, length);
    sendmsg(socket: c_int, message: Any, flags: c_int) -> isize, ECONNREFUSED, admits_message(message);
    sendmmsg(socket: c_int, messages: *mut c_void, count: c_uint, flags: c_int) -> c_int, ECONNREFUSED,
        admits_messages(messages.cast_const(), count);
}

/// What listens without having been bound is bound by that, to a port that the kernel draws.
unsafe fn admits_waiting(socket: c_int) -> bool {
    let mut room = [0; 28]; // the largest address of the internet
    let is_unbound = kernel::own_address(socket, &mut room)
        && matches!(u16::from_ne_bytes([room[0], room[1]]), AF_INET | AF_INET6)
        && room[2..4] == [0, 0];
    // SAFETY: so many bytes are there.
    !is_unbound || unsafe { admits("bind", room.as_ptr().cast(), 28) }
}

/// Whether a socket that was handed over may be connected to whom it is.
pub(super) fn admits_peer(socket: c_int) -> bool {
    let mut room = [0; 28]; // the largest address of the internet
    let is_connected = kernel::peer_address(socket, &mut room)
        && matches!(u16::from_ne_bytes([room[0], room[1]]), AF_INET | AF_INET6);
    // SAFETY: so many bytes are there.
    !is_connected || unsafe { admits("connect", room.as_ptr().cast(), 28) }
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
/// The messages are null or so many `struct mmsghdr`.
unsafe fn admits_messages(messages: Any, count: c_uint) -> bool {
    let each = |at: usize| messages.cast::<u8>().wrapping_add(at * SIZE_OF_MESSAGE);
    // SAFETY: so many messages are there, if any.
    messages.is_null() || (0..count as usize).all(|at| unsafe { admits_message(each(at).cast()) })
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn socket(family: c_int, kind: c_int, protocol: c_int) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    let made = unsafe { real::socket(family, kind, protocol) };
    let (Some(wall), true) = (wall(), made >= 0) else {
        return made;
    };
    let Some(target) = socket_family::target(family.into(), protocol.into()) else {
        return made;
    };
    if wall.admits(&[Act::new(Kind::Address, "open", target.as_bytes())]) {
        return made;
    }
    kernel::close(made);
    refused(EACCES)
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
            ("connect", of_family(AF_UNSPEC, &[0; 14]), None),
            (
                "send",
                of_family(AF_UNSPEC, &[0x01, 0xbb, 10, 0, 0, 5]),
                Some("10.0.0.5:443"),
            ),
            ("bind", of_family(AF_UNSPEC, &[0; 14]), Some("0.0.0.0:0")),
            ("send", of_family(AF_UNSPEC, &[]), None),
            ("connect", of_family(16, &[0; 10]), None),
            ("connect", of_family(AF_INET, &[0; 3]), None),
            ("connect", vec![2], None),
        ];
        for (operation, bytes, expected) in rows {
            assert_eq!(told(operation, &bytes).as_deref(), expected);
        }
    }
}
