//! Bytes on their way to a host that hold the function's own credentials.
//!
//! Sees:         what http.client sends (and so urllib, requests, botocore), what sockets send and `ssl` encrypts (`outgoing.rs`)
//! Does not see: native code that sends by itself

use crate::stack::Owned;
use crate::{arguments, guard};
use hauberk_core::address::parse;
use hauberk_core::credentials::Credentials;
use pyo3::ffi::{self, PyObject};
use std::sync::OnceLock;

static CREDENTIALS: OnceLock<Credentials> = OnceLock::new();

/// Keeps the credentials that the environment holds now.
pub(crate) fn keep() {
    let value = |name| std::env::var(name).unwrap_or_default();
    let _ = CREDENTIALS.set(Credentials::new(
        &value("AWS_SESSION_TOKEN"),
        &value("AWS_SECRET_ACCESS_KEY"),
    ));
}

/// What a connection of http.client sends; through a proxy it is for the host behind it.
///
/// # Safety
/// Both are live and the GIL is held.
pub(super) unsafe fn by_connection(
    connection: *mut PyObject,
    bytes: *mut PyObject,
) -> Option<String> {
    unsafe {
        ffi::Py_IncRef(connection);
        let connection = Owned::new(connection)?;
        let host = [c"_tunnel_host", c"host"]
            .into_iter()
            .find_map(|name| connection.text(name).filter(|host| !host.is_empty()));
        let host = String::from_utf8_lossy(&host?).into_owned();
        if ffi::PyBytes_Check(bytes) != 0 {
            // Not copied: it is all of a request's body.
            let length = usize::try_from(ffi::PyBytes_Size(bytes)).ok()?;
            let start = ffi::PyBytes_AsString(bytes).cast::<u8>();
            return admit(&host, std::slice::from_raw_parts(start, length));
        }
        admit(&host, &arguments::bytes(bytes)?)
    }
}

/// Bytes of the longest text that is looked for; 0 where there are no credentials.
pub(crate) fn longest() -> usize {
    CREDENTIALS.get().map_or(0, Credentials::longest)
}

/// Whether bytes hold a credential, wherever they go.
pub(crate) fn holds(bytes: &[u8]) -> bool {
    CREDENTIALS
        .get()
        .is_some_and(|credentials| credentials.sent(bytes, "").is_some())
}

/// Decides about bytes for a host; what stays on this machine is not sent.
pub(crate) fn admit(host: &str, bytes: &[u8]) -> Option<String> {
    admit_to(&[host.to_owned()], bytes)
}

/// The same for a host by one of its names: what one of them may be sent passes.
pub(crate) fn admit_to(hosts: &[String], bytes: &[u8]) -> Option<String> {
    if hosts.iter().any(|host| is_here(host)) {
        return None;
    }
    let credentials = CREDENTIALS.get()?;
    let mut sent = None;
    for host in hosts {
        sent = Some(credentials.sent(bytes, host)?);
    }
    guard::admit_sent(sent?, hosts)
}

fn is_here(host: &str) -> bool {
    let name = host.trim_matches(['[', ']']).to_ascii_lowercase();
    name == "localhost" || parse(&name).is_some_and(|address| address.is_loopback())
}
