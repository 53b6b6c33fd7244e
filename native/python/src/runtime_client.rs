//! AWS's runtime client, known by its code: what it tells the Runtime API by Python's own HTTP client passes. What it asks
//! for events goes through its native part, which no audit event tells of.
//!
//! Code is known by the objects that the guard took from the modules as they were loaded: no name or path that code
//! gives itself is asked.

use crate::stack;
use pyo3::prelude::*;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The value of `AWS_LAMBDA_RUNTIME_API`.
static RUNTIME_API: OnceLock<String> = OnceLock::new();
static KNOWN: Mutex<Known> = Mutex::new(Known {
    clients: Vec::new(),
    ways: Vec::new(),
});

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

/// Takes the code of functions of the runtime client, and of those that its calls go through.
#[pyfunction]
#[pyo3(signature = (clients = Vec::new(), ways = Vec::new()))]
pub fn know_client(clients: Vec<Py<PyAny>>, ways: Vec<Py<PyAny>>) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.clients.extend(clients);
    known.ways.extend(ways);
}

/// Whether the runtime client itself is about to connect to this address of the Runtime API.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn is_calling(target: &[u8]) -> bool {
    let is_api = RUNTIME_API
        .get()
        .is_some_and(|api| !api.is_empty() && api.as_bytes() == target);
    if !is_api {
        return false;
    }
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let is_one = |codes: &[Py<PyAny>], code| codes.iter().any(|known| known.as_ptr() == code);
    // SAFETY: the GIL is held; looking at a code's address runs no Python.
    unsafe {
        stack::first_code(|code| !is_one(&known.ways, code))
            .is_some_and(|code| is_one(&known.clients, code))
    }
}
