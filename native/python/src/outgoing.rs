//! What sockets and `ssl` are given to send: requests to AWS are judged by what goes out, whoever made them; nobody
//! speaks on the connection of the runtime's client; the function's own credentials are found, in two sendings too.
//!
//! Sees:         `send`, `sendall`, `sendmsg`, `sendto` of sockets, what `ssl` encrypts, in whichever module or copy of one
//! Does not see: HTTP/2, other ciphers than Python's own, native code, `os.write` on a socket

use crate::sinks::sent;
use crate::stack::Owned;
use crate::{guard, peer, provenance, runtime_client};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::address::parse;
use hauberk_core::sent_request::{Request, Sending, unframed};
use pyo3::exceptions::PyTypeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Connections of which something is remembered.
const MOST: usize = 256;

/// What decides about a request of AWS, as it is sent: a function of the guard's, the first that is named.
static JUDGE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Counts what is sent.
static TURN: AtomicU64 = AtomicU64::new(0);
static CONNECTIONS: Mutex<Option<HashMap<usize, Connection>>> = Mutex::new(None);

/// One connection, by the address of its object.
#[derive(Default)]
struct Connection {
    sending: Sending,
    /// The end of what was sent.
    carried: Vec<u8>,
    /// Why nothing more is sent: a part of a refused request is out.
    refused: Option<String>,
    /// Keeps an object of `ssl` alive, so that no other has its address, while it sends a request.
    held: Option<Py<PyAny>>,
    used: u64,
}

/// What a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Socket,
    Tls,
}

/// Keeps what decides about requests of AWS as they are sent: it is given head, body, and whether that is all of it.
#[pyfunction]
pub fn judge_requests(judge: Bound<'_, PyAny>) -> PyResult<()> {
    let python = judge.py();
    JUDGE
        .set(python, judge.unbind())
        .map_err(|_| PyTypeError::new_err("the guard judges requests already"))
}

fn connections() -> MutexGuard<'static, Option<HashMap<usize, Connection>>> {
    CONNECTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Another socket is at this address from now on.
pub(crate) fn forget(of: *mut PyObject) {
    let before = connections()
        .as_mut()
        .and_then(|all| all.remove(&(of as usize)));
    drop(before);
}

/// Why these bytes are not sent, or None; a datagram says itself to which host it goes.
///
/// # Safety
/// `of` is a live socket, or object of `ssl`, and the GIL is held.
pub(crate) unsafe fn admit(
    way: Way,
    of: *mut PyObject,
    host: Option<&str>,
    bytes: &[u8],
) -> Option<String> {
    if !provenance::is_main_interpreter() {
        return None; // what is kept belongs to the main one
    }
    let to = (way == Way::Socket)
        .then(|| unsafe { peer::of(of) })
        .flatten();
    if let Some(to) = to
        && runtime_client::is_at(to)
        && runtime_client::has_begun()
    {
        let reason = on_runtimes(&to.to_string());
        if reason.is_some() {
            return reason;
        }
    }
    let (requests, carried) = {
        let all = connections();
        let known = all.as_ref().and_then(|all| all.get(&(of as usize)));
        if let Some(reason) = known.and_then(|known| known.refused.clone()) {
            return Some(reason);
        }
        let mut sending = known.map(|known| known.sending.clone()).unwrap_or_default();
        let carried = known.map(|known| known.carried.clone()).unwrap_or_default();
        (sending.take(bytes), carried)
    };
    let receivers = || unsafe { receivers(way, of, host, to) };
    if let Some(reason) = credential(receivers, &carried, bytes) {
        return Some(reason);
    }
    let reason = requests
        .iter()
        .find_map(|request| unsafe { judged(request) })?;
    let held = unsafe { held(way, of) };
    let mut over = None;
    {
        let mut all = connections();
        let known = of_address(&mut all, of, &mut over);
        known.refused = Some(reason.clone());
        known.held = held;
    }
    Some(reason)
}

/// So many of these bytes were sent.
///
/// # Safety
/// As [`admit`].
pub(crate) unsafe fn note(way: Way, of: *mut PyObject, bytes: &[u8]) {
    if !provenance::is_main_interpreter() {
        return;
    }
    let longest = sent::longest();
    let mut over = None;
    let mut all = connections();
    let is_known = all
        .as_ref()
        .is_some_and(|all| all.contains_key(&(of as usize)));
    let mut sending = Sending::default();
    if !is_known {
        sending.take(bytes);
        if sending.is_idle() && longest == 0 {
            return;
        }
    }
    let known = of_address(&mut all, of, &mut over);
    if is_known {
        known.sending.take(bytes);
    } else {
        known.sending = sending;
    }
    carry(&mut known.carried, unframed(bytes), longest);
    // What is let go of is let go of once the lock is free: that may run code.
    let before = match (known.sending.is_idle(), &known.held) {
        (true, Some(_)) => known.held.take(),
        (false, None) => {
            known.held = unsafe { held(way, of) };
            None
        }
        _ => None,
    };
    drop(all);
    drop(before);
}

/// An object of `ssl`, which lives on: no other has its address meanwhile. A socket's new life is told by an event.
unsafe fn held(way: Way, of: *mut PyObject) -> Option<Py<PyAny>> {
    // SAFETY: the object is live and the GIL is held.
    let hold = || unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), of).unbind() };
    (way == Way::Tls).then(hold)
}

/// The entry of a connection; where there are too many, the one that was not used longest makes room.
fn of_address<'a>(
    all: &'a mut Option<HashMap<usize, Connection>>,
    of: *mut PyObject,
    over: &mut Option<Connection>,
) -> &'a mut Connection {
    let all = all.get_or_insert_with(HashMap::new);
    let address = of as usize;
    if all.len() >= MOST
        && !all.contains_key(&address)
        && let Some(oldest) = all
            .iter()
            .min_by_key(|(_, one)| one.used)
            .map(|(at, _)| *at)
    {
        *over = all.remove(&oldest);
    }
    let known = all.entry(address).or_default();
    known.used = TURN.fetch_add(1, Ordering::Relaxed);
    known
}

fn carry(carried: &mut Vec<u8>, bytes: &[u8], longest: usize) {
    let kept = longest.saturating_sub(1);
    carried.extend_from_slice(&bytes[bytes.len().saturating_sub(kept)..]);
    let over = carried.len().saturating_sub(kept);
    carried.drain(..over);
}

/// Decides about a credential in what is sent, or that begins in what was sent before.
fn credential(receivers: impl Fn() -> Vec<String>, carried: &[u8], bytes: &[u8]) -> Option<String> {
    let next = unframed(bytes);
    let joined = match carried {
        [] => Vec::new(),
        _ => [carried, &next[..next.len().min(sent::longest())]].concat(),
    };
    [bytes, &joined[..]]
        .into_iter()
        .filter(|one| sent::holds(one))
        .find_map(|one| sent::admit_to(&receivers(), one))
}

/// The names of who is sent to, the latest first; its address where none gave it, nobody where that stays here.
unsafe fn receivers(
    way: Way,
    of: *mut PyObject,
    host: Option<&str>,
    to: Option<SocketAddr>,
) -> Vec<String> {
    let named = |address: IpAddr| {
        let engine = guard::engine();
        let names = engine.as_ref().map(|engine| engine.names_of(address));
        let names = names.filter(|names| !names.is_empty());
        names.unwrap_or_else(|| vec![address.to_string()])
    };
    if let Some(host) = host {
        return parse(host).map_or_else(|| vec![host.to_owned()], named);
    }
    let to = match way {
        Way::Socket => to,
        Way::Tls => unsafe {
            ffi::Py_IncRef(of);
            let tls = Owned::new(of);
            if let Some(host) = tls.as_ref().and_then(|tls| tls.text(c"server_hostname")) {
                return vec![String::from_utf8_lossy(&host).into_owned()];
            }
            let owner = tls.and_then(|tls| tls.attribute(c"owner"));
            owner.and_then(|owner| peer::of(owner.pointer()))
        },
    };
    to.map_or_else(Vec::new, |to| named(to.ip()))
}

/// Decides about what somebody sends to the Runtime API, on whichever connection.
fn on_runtimes(to: &str) -> Option<String> {
    guard::admit(&Act {
        activities: vec![Activity::new(Kind::Address, "connect", to)],
        resource: Resource::None,
        arguments: Vec::new(),
    })
}

/// Asks the guard's own judge of requests; its faults are told by its fence.
unsafe fn judged(request: &Request) -> Option<String> {
    // SAFETY: sinks are asked with the GIL held.
    let python = unsafe { Python::assume_attached() };
    let judge = JUDGE.get(python)?;
    let given = (&request.head[..], &request.body[..], request.is_whole);
    match judge.bind(python).call1(given) {
        Ok(reason) => reason.extract().ok().flatten(),
        Err(fault) => {
            guard::fault(&format!("request: {fault}"));
            None
        }
    }
}
