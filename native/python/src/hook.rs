//! The CPython audit hook: one for the process, all its threads and sub-interpreters.
//!
//! It decides without entering Python: only what a record shows (the stack) is read from it.

use crate::{guard, redirected_audit, refusal, sinks, tamper};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

type AuditHook = unsafe extern "C" fn(*const c_char, *mut PyObject, *mut c_void) -> c_int;

unsafe extern "C" {
    /// CPython 3.8 and later; exported, though not in the limited API.
    fn PySys_AddAuditHook(hook: AuditHook, data: *mut c_void) -> c_int;
}

static INSTALLED: AtomicBool = AtomicBool::new(false);
/// Events that reached the hook, and how many had when that was last asked.
static EVENTS: AtomicU64 = AtomicU64::new(0);
static ASKED_AT: AtomicU64 = AtomicU64::new(0);

/// Installs the hook, once; it stays for the life of the process.
pub(crate) fn install() -> PyResult<()> {
    if INSTALLED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    // SAFETY: the hook is a function of this library, which is never unloaded, and needs no data.
    let failed = unsafe { PySys_AddAuditHook(hook, std::ptr::null_mut()) } != 0;
    if failed {
        INSTALLED.store(false, Ordering::SeqCst);
        return Err(PyRuntimeError::new_err("CPython refused the audit hook"));
    }
    Ok(())
}

/// Whether events still reach the hook: one came since this was last asked, or one of ours does.
pub(crate) fn answers() -> bool {
    let count = || EVENTS.load(Ordering::Relaxed);
    if count() == ASKED_AT.load(Ordering::Relaxed) {
        tamper::raise_event();
    }
    let is_reached = count() != ASKED_AT.load(Ordering::Relaxed);
    ask_anew();
    is_reached || !INSTALLED.load(Ordering::Relaxed)
}

/// From now on only events that are still to come count.
pub(crate) fn ask_anew() {
    ASKED_AT.store(EVENTS.load(Ordering::Relaxed), Ordering::Relaxed);
}

/// Installs the hook once more, where it is no longer called; whether it is now.
pub(crate) fn install_again() -> bool {
    INSTALLED.store(false, Ordering::SeqCst);
    install().is_ok() && answers()
}

/// SAFETY: CPython calls it with a C string, a tuple and the GIL of the interpreter it runs in.
unsafe extern "C" fn hook(event: *const c_char, arguments: *mut PyObject, _: *mut c_void) -> c_int {
    // Not a locked addition: what counts is that it changes.
    EVENTS.store(
        EVENTS.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
    let is_told_by_code = redirected_audit::is_told_by_code();
    let name = unsafe { CStr::from_ptr(event) }.to_bytes();
    let Some(sink) = sinks::named(name) else {
        return 0;
    };
    if is_told_by_code && !sink.is_told_by_modules() {
        return 0; // nobody acts
    }
    let refused = catch_unwind(|| {
        let message = unsafe { sink.admit(arguments) }?;
        unsafe { refusal::raise(sink, &message) };
        Some(())
    });
    match refused {
        Ok(None) => 0,
        Ok(Some(())) => -1,
        Err(_) => {
            guard::report(
                "fault",
                "a sink failed; the call was let pass",
                BTreeMap::new(),
            );
            0
        }
    }
}
