//! One call that sends: judged by its bytes, made, and noted by how many of them went out.

use crate::outgoing::{self, Outgoing, Way};
use crate::refusal;
use crate::sinks::Sink;
use crate::volume::{self, Datagram};
use crate::{arguments, guard};
use pyo3::ffi::PyObject;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

/// Makes a call that sends these bytes, where they are admitted, and notes what was sent: as many as it answers, or all where
/// it `sends_all` and so answers nothing. A datagram says itself where it goes.
///
/// # Safety
/// The GIL is held; the call gives an object of ours, or null with an exception.
pub(crate) unsafe fn send_by(
    way: Way,
    datagram: Option<&Datagram>,
    bytes: &[u8],
    sends_all: bool,
    call: impl FnOnce() -> *mut PyObject,
) -> *mut PyObject {
    let Some(outgoing) = Outgoing::by(way) else {
        return call();
    };
    unsafe {
        let host = datagram.map(|one| one.host.as_str());
        let refused = catch_unwind(AssertUnwindSafe(|| outgoing::admit(outgoing, host, bytes)));
        match refused {
            Ok(None) => {}
            Ok(Some(reason)) => {
                refusal::raise(Sink::Send, &reason);
                return null_mut();
            }
            Err(_) => faulted(),
        }
        let answer = call();
        if answer.is_null() || bytes.is_empty() {
            return answer;
        }
        let count = usize::try_from(arguments::integer(answer)).unwrap_or(0);
        let sent = if sends_all {
            bytes.len()
        } else {
            count.min(bytes.len())
        };
        let noted = catch_unwind(AssertUnwindSafe(|| {
            outgoing::note(outgoing, &bytes[..sent]);
            volume::count(way, datagram, sent);
        }));
        if noted.is_err() {
            faulted();
        }
        answer
    }
}

fn faulted() {
    let message = "a sink failed; what was sent was let pass";
    guard::report("fault", message, BTreeMap::new());
}
