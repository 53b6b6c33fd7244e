//! Whether the guard is still as it was put in place: looked at when an invocation begins and when it ends.
//!
//! Sees:         the audit hook, functions of CPython's modules that are called through ours, watched functions and
//!               methods, the guard's own names, the code behind them and its classes, the event gate and who calls it, the
//!               finder of modules, the log, the policy in memory, the second wall: its memory, descriptors and policy, where
//!               it goes on, whether calls still reach it and it is there
//! Does not see: machine code that was written over, what is changed and changed back in between, a wrapper that holds
//!               ours and does not call it

use crate::{finder, guard, hook, log, method_table, placed, sealed, sources, wall};
use hauberk_core::engine::{Deviation, Engine};
use hauberk_core::keyed::Key;
use hauberk_system::surroundings::{Surroundings, set_up};
use pyo3::ffi;
use pyo3::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Why the next invocation is refused.
static REFUSES_NEXT: Mutex<Option<String>> = Mutex::new(None);
/// What the policy was read by.
static SURROUNDINGS: OnceLock<Surroundings> = OnceLock::new();
/// What is told of and was not put back: it is told once.
static TOLD: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// What was seen since it was last looked.
static NOTED: Mutex<Vec<Deviation>> = Mutex::new(Vec::new());

/// Most that is noted between two looks.
const MOST_NOTED: usize = 16;

/// Notes what others do with the guard's own, to be told when it is looked next.
pub(crate) fn note(piece: &str, found: &str) {
    note_all(vec![deviation(piece, found, false)]);
}

pub(crate) fn note_all(found: Vec<Deviation>) {
    let mut noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
    for one in found {
        if noted.len() < MOST_NOTED && !noted.contains(&one) {
            noted.push(one);
        }
    }
}

/// When it is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Begin,
    End,
}

/// Why this invocation is refused, if it is: something of the guard is not as it was. What is seen when one ends refuses the
/// next, since its answer is out.
pub(crate) fn refusal(python: Python<'_>, when: When) -> Option<String> {
    let found = look_and_tell(python, when);
    let mut next = REFUSES_NEXT.lock().unwrap_or_else(PoisonError::into_inner);
    match when {
        When::Begin => found.or(next.take()),
        When::End => {
            *next = found;
            None
        }
    }
}

/// Looks whether the guard is still whole, and tells what is not; why the invocation is to be refused, if it is.
fn look_and_tell(python: Python<'_>, when: When) -> Option<String> {
    let looked = catch_unwind(AssertUnwindSafe(|| {
        let puts_back = {
            let engine = guard::engine();
            let engine = engine.as_ref()?;
            if !engine.watches_itself() {
                return None;
            }
            engine.puts_back()
        };
        let found = look(python, when, puts_back);
        if found.all.is_empty() {
            return None;
        }
        let entries = guard::engine()
            .as_mut()?
            .tampered(guard::now_ms(), &found.untold);
        guard::write(wall::untold(entries));
        guard::engine().as_ref()?.refuses_tampered(&found.all)
    }));
    looked.unwrap_or_else(|_| {
        let message = "the guard could not look at itself";
        guard::report("fault", message, BTreeMap::new());
        None
    })
}

/// Whether the policy in memory is as it was read.
fn has_its_policy() -> bool {
    guard::engine().as_ref().is_none_or(Engine::has_its_policy)
}

/// Reads the policy anew, as the guard did at its start; whether that could be.
fn read_policy_again() -> bool {
    let Some(surroundings) = SURROUNDINGS.get() else {
        return false;
    };
    let mut policy = set_up(surroundings, guard::now_ms() / 1_000).policy;
    sources::load(&mut policy);
    let mut engine = guard::engine();
    engine
        .as_mut()
        .map(|engine| engine.take_policy(policy))
        .is_some()
}

/// What the policy is known by: two random words.
pub(crate) fn key() -> Key {
    let random = RandomState::new();
    Key([0, 1].map(|word: u64| random.hash_one(word)))
}

/// Keeps what the policy was read by, to read it again.
pub(crate) fn keep_surroundings(surroundings: Surroundings) {
    let _ = SURROUNDINGS.set(surroundings);
}

/// What is not as it was put in place.
struct Looked {
    all: Vec<Deviation>,
    /// What was not told of before.
    untold: Vec<Deviation>,
}

/// What is not as it was put in place; what can be is put back where `puts_back`.
fn look(python: Python<'_>, when: When, puts_back: bool) -> Looked {
    let mut found = Vec::new();
    for moved in placed::moved(python) {
        if moved.is_wrapped_gate(python) {
            // Whoever stands in front of the gate is called behind it from now on: no event passes by.
            let _ = moved.put_back(python);
            continue;
        }
        let (piece, text) = (moved.piece(python), moved.found(python));
        let is_put_back = puts_back && moved.put_back(python).is_ok();
        found.push(deviation(piece, text, is_put_back));
    }
    found.extend(finder::missing(python, puts_back));
    for (class, is_put_back) in sealed::altered(python, puts_back) {
        let text = "expected the class as it was made, found another member";
        found.push(deviation(format!("class {class}"), text, is_put_back));
    }
    found.append(&mut NOTED.lock().unwrap_or_else(PoisonError::into_inner));
    found.extend(log::missing(puts_back));
    for name in method_table::missing(puts_back) {
        let text = "expected that CPython calls the guard's function, found another";
        found.push(deviation(format!("function {name}"), text, puts_back));
    }
    if when == When::Begin {
        if !hook::answers() {
            let is_put_back = puts_back && hook::install_again();
            found.push(deviation(
                "audit hook",
                "expected an answer to an event, got none",
                is_put_back,
            ));
        }
        if !has_its_policy() {
            let is_put_back = puts_back && read_policy_again();
            found.push(deviation(
                "policy",
                "expected the policy that was read, found another",
                is_put_back,
            ));
        }
        for (piece, text, is_put_back) in wall::altered(puts_back) {
            found.push(deviation(piece, text, is_put_back));
        }
    }
    Looked {
        untold: untold(&found, when),
        all: found,
    }
}

pub(crate) fn deviation(
    piece: impl Into<String>,
    found: impl Into<String>,
    is_put_back: bool,
) -> Deviation {
    Deviation {
        piece: piece.into(),
        found: found.into(),
        is_put_back,
    }
}

/// Those that were not told of before; what is as it was again may be told of again.
fn untold(found: &[Deviation], when: When) -> Vec<Deviation> {
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    let told = told.get_or_insert_with(HashSet::new);
    if when == When::Begin {
        told.retain(|piece| found.iter().any(|one| one.piece == *piece));
    }
    let mut new = Vec::new();
    for one in found {
        if one.is_put_back || told.insert(one.piece.clone()) {
            new.push(one.clone());
        }
    }
    new
}

/// Whether a private event reaches the hook; it is raised where none of the runtime's own came since.
pub(crate) fn raise_event() {
    unsafe extern "C" {
        /// CPython 3.8 and later; in the limited API since 3.13.
        fn PySys_Audit(
            event: *const std::ffi::c_char,
            format: *const std::ffi::c_char,
            ...
        ) -> std::ffi::c_int;
    }
    // SAFETY: a live C string and no arguments; the GIL is held.
    unsafe {
        if PySys_Audit(c"hauberk.check".as_ptr(), std::ptr::null()) != 0 {
            ffi::PyErr_Clear();
        }
    }
}
