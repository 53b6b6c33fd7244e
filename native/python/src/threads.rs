//! Python's threads that run on from one invocation into the next, where code runs in them that is no part of the
//! function: looked for as the next one begins.
//!
//! Sees:         such code on the stack of a thread that was begun since the first event came
//! Does not see: threads of the function's own code, and of native code: pools, reapers and tracers keep such, and
//!               nothing tells one from the other but what it does

use crate::stack::{self, Frame, Owned};
use crate::{guard, provenance, wall};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// `sys._current_frames`, as it was when the guard was armed.
static FRAMES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// The threads that were there when the last invocation began; none before the first.
static THREADS: Mutex<Option<HashMap<u64, Seen>>> = Mutex::new(None);

/// A thread as it was last looked at.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Where its innermost frame is: one that waits is not looked at again.
    frame: usize,
    is_told: bool,
}

/// Keeps how threads are asked for.
pub(crate) fn keep(python: Python<'_>) {
    let frames = python
        .import("sys")
        .and_then(|sys| sys.getattr("_current_frames"));
    if let Ok(frames) = frames {
        let _ = FRAMES.set(python, frames.unbind()); // the first holds
    }
}

/// Tells, once, of each thread that has outlived its invocation and runs such code.
pub(crate) fn begin(python: Python<'_>) {
    let Some(frames) = FRAMES.get(python) else {
        return;
    };
    let Ok(frames) = frames.bind(python).call0() else {
        return;
    };
    if let Ok(frames) = frames.cast_into::<PyDict>() {
        let _ = catch_unwind(AssertUnwindSafe(|| look(&frames)));
    }
}

fn look(frames: &Bound<'_, PyDict>) {
    let before = THREADS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let mut now = HashMap::new();
    for (thread, frame) in frames {
        let Ok(thread) = thread.extract::<u64>() else {
            continue;
        };
        let at = frame.as_ptr() as usize;
        let known = before.as_ref().map(|before| before.get(&thread));
        let is_told = match known {
            None => true, // what the init starts is for all that comes
            Some(Some(seen)) if seen.is_told || seen.frame == at => seen.is_told,
            Some(_) => tell(&frame),
        };
        now.insert(thread, Seen { frame: at, is_told });
    }
    *THREADS.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
}

/// Tells of a thread that runs such code; whether it does.
fn tell(innermost: &Bound<'_, PyAny>) -> bool {
    // SAFETY: the frame is live, of which a reference is made, and the GIL is held.
    let frame = || unsafe {
        ffi::Py_IncRef(innermost.as_ptr());
        Owned::new(innermost.as_ptr()).map(Frame)
    };
    let Some(file) = provenance::foreign_in(frame()) else {
        return false;
    };
    let entry = guard::engine()
        .as_mut()
        .and_then(|engine| engine.thread_outlives(guard::now_ms(), &file));
    let mut entries = wall::untold(entry.into_iter().collect());
    let calls = stack::calls(frame());
    entries
        .iter_mut()
        .for_each(|entry| entry.body.stack.clone_from(&calls));
    guard::write(entries);
    true
}
