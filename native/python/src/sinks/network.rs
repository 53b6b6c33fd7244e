//! Addresses that sockets connect, send and bind to, sockets of other families, and names that are looked up.
//!
//! Does not see: `listen` on a socket that was not bound (the second wall does); the addresses that a look-up gives; the connections to them are seen

use crate::{arguments, guard, runtime_client};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::address::parse;
use hauberk_core::asked_name::{self, REDIRECTING};
use hauberk_core::socket_family;
use pyo3::ffi::{self, PyObject};
use std::env;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::ffi::OsStringExt as _;
use std::sync::OnceLock;

pub(super) unsafe fn address(operation: &str, address: *mut PyObject) -> Option<String> {
    let activities = unsafe { addressed(operation, address)? };
    if let [to] = &activities[..]
        && unsafe { runtime_client::is_calling(&to.target) }
    {
        return None;
    }
    guard::admit(&Act {
        activities,
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

/// The activities of a socket address: `IP:port`, `[IPv6]:port`, `unix:path`; a name is resolved by the call itself.
unsafe fn addressed(operation: &str, address: *mut PyObject) -> Option<Vec<Activity>> {
    let (host, port) = unsafe {
        if address.is_null() || address == ffi::Py_None() {
            return None;
        }
        if ffi::PyTuple_Check(address) == 0 {
            let path = arguments::bytes(address)?;
            let target = [b"unix:", &path[..]].concat();
            return Some(vec![Activity::new(Kind::Address, operation, target)]);
        }
        (
            arguments::bytes(arguments::item(address, 0))?,
            arguments::integer(arguments::item(address, 1)),
        )
    };
    let host = String::from_utf8_lossy(&host).to_ascii_lowercase();
    let to = |address| Activity::new(Kind::Address, operation, target(operation, address, port));
    let unspecified = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    Some(match parse(&host) {
        Some(address) => vec![to(address)],
        None if host.is_empty() => vec![to(unspecified)],
        None if host == "localhost" || host.ends_with(".localhost") => {
            vec![
                Activity::new(Kind::Host, "resolve", host),
                to(Ipv4Addr::LOCALHOST.into()),
            ]
        }
        None => vec![Activity::new(Kind::Host, "resolve", host)],
    })
}

/// A socket of a family whose addresses are not judged is judged when it is made.
pub(super) unsafe fn open(family: *mut PyObject, protocol: *mut PyObject) -> Option<String> {
    let (family, protocol) = unsafe { (arguments::integer(family), arguments::integer(protocol)) };
    let target = socket_family::target(family, protocol)?;
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Address, "open", target)],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

/// To connect to the unspecified address is to connect to this machine.
fn target(operation: &str, address: IpAddr, port: i64) -> String {
    match address {
        _ if address.is_unspecified() && operation != "bind" => format!("127.0.0.1:{port}"),
        IpAddr::V4(address) => format!("{address}:{port}"),
        IpAddr::V6(address) => format!("[{address}]:{port}"),
    }
}

/// What they were at the start.
static AT_START: OnceLock<[Option<OsString>; 2]> = OnceLock::new();

fn redirecting() -> [Option<OsString>; 2] {
    REDIRECTING.map(env::var_os)
}

/// Keeps what leads look-ups to other names; what the code sets itself later is judged.
pub(crate) fn keep() {
    AT_START.get_or_init(redirecting);
}

/// The names that are asked for in a name's place, where the code has changed what leads there.
fn redirected(name: &[u8]) -> Vec<Vec<u8>> {
    let now = redirecting();
    if AT_START.get().is_none_or(|at_start| *at_start == now) {
        return Vec::new();
    }
    let [domains, aliases] = now.map(|value| value.unwrap_or_default().into_vec());
    asked_name::redirected(name, [&domains, &aliases])
}

/// The name of an address is asked for from whoever the address belongs to: that carries what is in it.
pub(super) unsafe fn resolve_address(of: *mut PyObject) -> Option<String> {
    let host = match unsafe { ffi::PyTuple_Check(of) } {
        0 => of,
        _ => unsafe { arguments::item(of, 0) },
    };
    let text = unsafe { arguments::bytes(host)? };
    let text = String::from_utf8_lossy(&text).into_owned();
    match parse(&text) {
        Some(address) if asked_name::is_public(address) => guard::admit(&Act {
            activities: vec![Activity::new(Kind::Host, "resolve", address.to_string())],
            resource: Resource::None,
            arguments: Vec::new(),
        }),
        Some(_) => None,
        None => unsafe { resolve(host) },
    }
}

pub(super) unsafe fn resolve(host: *mut PyObject) -> Option<String> {
    let host = unsafe { arguments::host(host)? };
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(b".").unwrap_or(&host);
    // An address needs no look-up: the connection to it is seen.
    let is_address = std::str::from_utf8(name).is_ok_and(|text| parse(text).is_some());
    if is_address || name.is_empty() {
        return None;
    }
    let names = std::iter::once(name.to_vec()).chain(redirected(name));
    guard::admit(&Act {
        activities: names
            .map(|name| Activity::new(Kind::Host, "resolve", name))
            .collect(),
        resource: Resource::None,
        arguments: Vec::new(),
    })
}
