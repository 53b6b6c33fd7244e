//! What sockets and `ssl` are given to send: requests to AWS are judged by what goes out, whoever made them; nobody
//! speaks on the connection of the runtime's client; the function's own credentials are found, in two sendings too.
//!
//! Sees:         `send`, `sendall`, `sendmsg`, `sendto` of sockets, `os.write`, `os.writev`, `os.sendfile` and raw files on
//!               their descriptors, what `ssl` encrypts, in whichever module or copy of one, and in sub-interpreters
//! Does not see: HTTP/2, other ciphers than Python's own, native code, `os.splice`

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
use std::ffi::c_int;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Connections of which something is remembered.
const MOST: usize = 256;

/// What decides about a request of AWS, as it is sent: a function of the guard's, the first that is named.
static JUDGE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Counts what is sent.
static TURN: AtomicU64 = AtomicU64::new(0);
static CONNECTIONS: Mutex<Option<HashMap<Name, Connection>>> = Mutex::new(None);

/// What a connection is known by: a socket by the kernel's number, which no other has while it is open, an object of `ssl`
/// by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    Socket(u64),
    Tls(usize),
}

/// One connection.
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

/// What bytes are sent by: a descriptor, or a live object of `ssl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Socket(c_int),
    Tls(*mut PyObject),
}

impl Way {
    /// None of a descriptor that is no socket.
    fn name(self) -> Option<Name> {
        match self {
            Way::Socket(descriptor) => peer::identity(descriptor).map(Name::Socket),
            Way::Tls(of) => Some(Name::Tls(of as usize)),
        }
    }
}

/// Bytes that are to be sent on a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing {
    way: Way,
    name: Name,
}

/// Keeps what decides about requests of AWS as they are sent: it is given head, body, and whether that is all of it.
#[pyfunction]
pub fn judge_requests(judge: Bound<'_, PyAny>) -> PyResult<()> {
    let python = judge.py();
    JUDGE
        .set(python, judge.unbind())
        .map_err(|_| PyTypeError::new_err("the guard judges requests already"))
}

fn connections() -> MutexGuard<'static, Option<HashMap<Name, Connection>>> {
    CONNECTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Outgoing {
    /// None where nothing is sent by it: a descriptor that is no socket.
    pub(crate) fn by(way: Way) -> Option<Outgoing> {
        Some(Outgoing {
            way,
            name: way.name()?,
        })
    }
}

/// Why these bytes are not sent, or None; a datagram says itself to which host it goes.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn admit(outgoing: Outgoing, host: Option<&str>, bytes: &[u8]) -> Option<String> {
    let Outgoing { way, name } = outgoing;
    let to = match way {
        Way::Socket(descriptor) => peer::of(descriptor),
        Way::Tls(_) => None,
    };
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
        let known = all.as_ref().and_then(|all| all.get(&name));
        if let Some(reason) = known.and_then(|known| known.refused.clone()) {
            return Some(reason);
        }
        let mut sending = known.map(|known| known.sending.clone()).unwrap_or_default();
        let carried = known.map(|known| known.carried.clone()).unwrap_or_default();
        (sending.take(bytes), carried)
    };
    let receivers = || unsafe { receivers(way, host, to) };
    if let Some(reason) = credential(receivers, &carried, bytes) {
        return Some(reason);
    }
    let reason = requests
        .iter()
        .find_map(|request| unsafe { judged(request) })?;
    let held = unsafe { held(way) };
    let mut over = None;
    {
        let mut all = connections();
        let known = of_name(&mut all, name, &mut over);
        known.refused = Some(reason.clone());
        known.held = held;
    }
    Some(reason)
}

/// So many of these bytes were sent.
///
/// # Safety
/// As [`admit`].
pub(crate) unsafe fn note(outgoing: Outgoing, bytes: &[u8]) {
    let Outgoing { way, name } = outgoing;
    let longest = sent::longest();
    let mut over = None;
    let mut all = connections();
    let is_known = all.as_ref().is_some_and(|all| all.contains_key(&name));
    let mut sending = Sending::default();
    if !is_known {
        sending.take(bytes);
        if sending.is_idle() && longest == 0 {
            return;
        }
    }
    let known = of_name(&mut all, name, &mut over);
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
            known.held = unsafe { held(way) };
            None
        }
        _ => None,
    };
    drop(all);
    drop(before);
}

/// An object of `ssl`, which lives on: no other has its address meanwhile. One of a sub-interpreter is not kept, since it
/// may end before: whoever comes to its address goes on where it was.
unsafe fn held(way: Way) -> Option<Py<PyAny>> {
    match way {
        // SAFETY: the object is live and the GIL is held.
        Way::Tls(of) if provenance::is_main_interpreter() => {
            Some(unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), of).unbind() })
        }
        _ => None,
    }
}

/// The entry of a connection; where there are too many, the one that was not used longest makes room.
fn of_name<'a>(
    all: &'a mut Option<HashMap<Name, Connection>>,
    name: Name,
    over: &mut Option<Connection>,
) -> &'a mut Connection {
    let all = all.get_or_insert_with(HashMap::new);
    // What is held is the main interpreter's, to be let go of there.
    let is_main = provenance::is_main_interpreter();
    if all.len() >= MOST
        && !all.contains_key(&name)
        && let Some(oldest) = all
            .iter()
            .filter(|(_, one)| is_main || one.held.is_none())
            .min_by_key(|(_, one)| one.used)
            .map(|(at, _)| *at)
    {
        *over = all.remove(&oldest);
    }
    let known = all.entry(name).or_default();
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
unsafe fn receivers(way: Way, host: Option<&str>, to: Option<SocketAddr>) -> Vec<String> {
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
        Way::Socket(_) => to,
        Way::Tls(of) => unsafe {
            ffi::Py_IncRef(of);
            let tls = Owned::new(of);
            if let Some(host) = tls.as_ref().and_then(|tls| tls.text(c"server_hostname")) {
                return vec![String::from_utf8_lossy(&host).into_owned()];
            }
            let owner = tls.and_then(|tls| tls.attribute(c"owner"));
            owner
                .filter(|_| provenance::is_main_interpreter()) // there it is asked what it is
                .and_then(|owner| peer::descriptor(owner.pointer()))
                .and_then(peer::of)
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

/// Asks the guard's own judge of requests; its faults are told by its fence. In a sub-interpreter, where it is not, and no
/// call was let pass, what a request says of itself is judged.
unsafe fn judged(request: &Request) -> Option<String> {
    if !provenance::is_main_interpreter() {
        return guard::admit(&Act {
            activities: request
                .actions()
                .iter()
                .map(|action| Activity::new(Kind::Api, action, "*"))
                .collect(),
            resource: Resource::None,
            arguments: Vec::new(),
        });
    }
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
