//! Bytes that are sent, counted by who they are sent to, where the policy asks for it.
//!
//! Sees:         what sockets send and `ssl` encrypts in the main interpreter (`outgoing.rs`)
//! Does not see: what native code sends by itself, what stays on this machine, which of a proxy's hosts a text is for

use crate::outgoing::Way;
use crate::stack::Owned;
use crate::{arguments, guard, peer, provenance};
use hauberk_core::address::parse;
use pyo3::ffi::{self, PyObject};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

static IS_COUNTED: AtomicBool = AtomicBool::new(false);

/// Says once whether anything is counted: the policy of a process stays.
pub(crate) fn keep(is_counted: bool) {
    IS_COUNTED.store(is_counted, Ordering::Relaxed);
}

/// Where a datagram says itself that it goes.
pub(crate) struct Datagram {
    pub(crate) host: String,
    port: u16,
}

impl Datagram {
    /// None of an address of another family than the internet's.
    ///
    /// # Safety
    /// The address is null or live and the GIL is held.
    pub(crate) unsafe fn to(address: *mut PyObject) -> Option<Datagram> {
        unsafe {
            let items = arguments::items(address);
            let host = String::from_utf8_lossy(&arguments::bytes(*items.first()?)?).into_owned();
            let port = items.get(1).map_or(0, |port| arguments::integer(*port));
            Some(Datagram {
                host,
                port: u16::try_from(port).unwrap_or(0),
            })
        }
    }
}

/// Counts bytes that were sent.
///
/// # Safety
/// What they were sent by is open or live, and the GIL is held.
pub(crate) unsafe fn count(way: Way, datagram: Option<&Datagram>, bytes: usize) {
    if !IS_COUNTED.load(Ordering::Relaxed) {
        return;
    }
    let (host, to) = match (way, datagram) {
        (Way::Socket(_), Some(one)) => {
            let address = parse(&one.host);
            let to = address.map(|address| SocketAddr::new(address, one.port));
            (Some(one.host.clone()), to)
        }
        (Way::Socket(descriptor), None) => (None, peer::of(descriptor)),
        (Way::Tls(of), _) => match unsafe { receiver(of) } {
            Some((host, to)) => (host, Some(to)),
            None => return, // it writes to no socket itself: what it wrote is sent by one, and counted there
        },
    };
    let named = host.filter(|host| parse(host).is_none());
    guard::sent(named.as_deref(), to, bytes);
}

unsafe fn receiver(of: *mut PyObject) -> Option<(Option<String>, SocketAddr)> {
    if !provenance::is_main_interpreter() {
        return None; // there it is asked what it is
    }
    unsafe {
        ffi::Py_IncRef(of);
        let tls = Owned::new(of)?;
        let owner = tls.attribute(c"owner")?;
        let to = peer::descriptor(owner.pointer()).and_then(peer::of)?;
        let host = tls.text(c"server_hostname");
        Some((
            host.map(|host| String::from_utf8_lossy(&host).into_owned()),
            to,
        ))
    }
}
