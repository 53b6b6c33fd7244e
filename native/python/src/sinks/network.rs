//! Addresses that sockets connect, send and bind to, and names that are looked up.
//!
//! Does not see: the addresses that a look-up gives; the connections to them are seen

use crate::{arguments, guard, runtime_client};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::address::parse;
use pyo3::ffi::{self, PyObject};
use std::net::{IpAddr, Ipv4Addr};

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

/// To connect to the unspecified address is to connect to this machine.
fn target(operation: &str, address: IpAddr, port: i64) -> String {
    match address {
        _ if address.is_unspecified() && operation != "bind" => format!("127.0.0.1:{port}"),
        IpAddr::V4(address) => format!("{address}:{port}"),
        IpAddr::V6(address) => format!("[{address}]:{port}"),
    }
}

pub(super) unsafe fn resolve(host: *mut PyObject) -> Option<String> {
    let host = unsafe { arguments::bytes(host)? };
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix(b".").unwrap_or(&host);
    // An address needs no look-up: the connection to it is seen.
    let is_address = std::str::from_utf8(name).is_ok_and(|text| parse(text).is_some());
    if is_address || name.is_empty() {
        return None;
    }
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Host, "resolve", name)],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}
