//! AWS's runtime client, known by its code: what it tells the Runtime API by Python's own HTTP client passes. What it asks
//! for events goes through its native part, which no audit event tells of.
//!
//! Code is known by the objects that the guard took from the modules as they were loaded: no name or path that code
//! gives itself is asked.

use crate::stack;
use pyo3::prelude::*;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The value of `AWS_LAMBDA_RUNTIME_API`.
static RUNTIME_API: OnceLock<String> = OnceLock::new();
/// The same as an address; none where it is a name.
static AT: OnceLock<Option<SocketAddr>> = OnceLock::new();
/// Whether an event was taken in: what the client tells by Python's own HTTP client it tells before, of a start that failed
/// and of a restore.
static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
/// What is known of each module in `MODULES`.
static KNOWN: [OnceLock<Known>; MODULES.len()] = [const { OnceLock::new() }; MODULES.len()];

/// The modules whose code is taken. The runtime client imports the others, so all are known before the function's code
/// runs, and each is known once: nothing that this code names is taken.
const MODULES: [&str; 3] = ["awslambdaric", "socket", "http.client"];

struct Known {
    /// Functions of the client that tell the Runtime API something.
    clients: Vec<Py<PyAny>>,
    /// Functions that these go through.
    ways: Vec<Py<PyAny>>,
}

/// Keeps what the Runtime API's address is.
pub(crate) fn keep_address(runtime_api: &str) {
    let _ = RUNTIME_API.set(runtime_api.to_owned());
}

/// Notes that the first event came.
pub(crate) fn begin() {
    HAS_BEGUN.store(true, Ordering::Relaxed);
}

/// Whether one came.
pub(crate) fn has_begun() -> bool {
    HAS_BEGUN.load(Ordering::Relaxed)
}

/// Whether the Runtime API is at this address.
pub(crate) fn is_at(address: SocketAddr) -> bool {
    let known = AT.get_or_init(|| RUNTIME_API.get()?.parse().ok());
    *known == Some(address)
}

/// Whether this is the address of the Runtime API.
pub(crate) fn is_api(address: &str) -> bool {
    RUNTIME_API
        .get()
        .is_some_and(|api| !api.is_empty() && api == address)
}

/// Takes the code of functions of the runtime client, and of those that its calls go through, the first time that a
/// module is named.
#[pyfunction]
#[pyo3(signature = (module, clients = Vec::new(), ways = Vec::new()))]
pub fn know_client(module: &str, clients: Vec<Py<PyAny>>, ways: Vec<Py<PyAny>>) {
    if let Some(index) = MODULES.iter().position(|known| *known == module) {
        let _ = KNOWN[index].set(Known { clients, ways });
    }
}

/// Whether the runtime client itself is about to connect to this address of the Runtime API.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn is_calling(target: &[u8]) -> bool {
    if !std::str::from_utf8(target).is_ok_and(is_api) || has_begun() {
        return false;
    }
    let is_one = |codes: fn(&Known) -> &[Py<PyAny>], code| {
        let mut known = KNOWN.iter().filter_map(OnceLock::get).flat_map(codes);
        known.any(|known| known.as_ptr() == code)
    };
    // SAFETY: the GIL is held; looking at a code's address runs no Python.
    unsafe {
        stack::first_code(|code| !is_one(|known| &known.ways, code))
            .is_some_and(|code| is_one(|known| &known.clients, code))
    }
}
