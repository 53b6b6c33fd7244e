//! What this process's records are known by. It is drawn when the guard is armed, and anew where one process became
//! several: in what was restored from a snapshot, and in a process that the runtime's client forked to serve.

use crate::{guard, wall};
use hauberk_core::record::Origin;
use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;
use std::process;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

static ORIGIN: Mutex<Option<Arc<Origin>>> = Mutex::new(None);
/// The process that drew it.
static DRAWN_BY: AtomicU32 = AtomicU32::new(0);
/// What sets the ids of this process's records apart from those of the process that it was copied from.
static APART: AtomicU64 = AtomicU64::new(0);
static SET_APART: AtomicU32 = AtomicU32::new(0);
static ANNOUNCED: Mutex<Option<Announced>> = Mutex::new(None);

/// The first status: state, message, coverage.
type Announced = (String, String, BTreeMap<String, String>);

/// The locks are held for a copy only, and with the GIL: no fork finds one taken.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn origin() -> Option<Arc<Origin>> {
    locked(&ORIGIN).clone()
}

/// Sets what the records are known by; only the first time counts.
pub(crate) fn set(origin: Origin) {
    locked(&ORIGIN).get_or_insert_with(|| Arc::new(origin));
    DRAWN_BY.store(process::id(), Ordering::Relaxed);
    SET_APART.store(process::id(), Ordering::Relaxed);
}

/// Keeps the first status, to be told again by whom it is not true of yet.
pub(crate) fn announced(state: &str, message: &str, coverage: &BTreeMap<String, String>) {
    if coverage.is_empty() {
        return;
    }
    locked(&ANNOUNCED)
        .get_or_insert_with(|| (state.to_owned(), message.to_owned(), coverage.clone()));
}

/// Whether another process drew what the records are known by: this one was forked from it.
pub(crate) fn is_anothers() -> bool {
    let drawn_by = DRAWN_BY.load(Ordering::Relaxed);
    drawn_by != 0 && drawn_by != process::id()
}

/// The id of a record that no process that was copied from the same one gives.
pub(crate) fn own_id(id: u64) -> u64 {
    let this = process::id();
    if SET_APART.swap(this, Ordering::Relaxed) != this {
        APART.store(drawn()[0], Ordering::Relaxed);
    }
    id ^ APART.load(Ordering::Relaxed)
}

/// Draws all of it anew, in the wall too where it stands, and tells of it, and `why`.
pub(crate) fn renew(why: &str) {
    let Some(before) = origin() else { return };
    let [apart, first, second] = drawn();
    let environment = wall::renewed().unwrap_or_else(|| format!("{first:016x}{second:016x}"));
    *locked(&ORIGIN) = Some(Arc::new(Origin {
        environment,
        ..Origin::clone(&before)
    }));
    APART.store(apart, Ordering::Relaxed);
    SET_APART.store(process::id(), Ordering::Relaxed);
    DRAWN_BY.store(process::id(), Ordering::Relaxed);
    let first = locked(&ANNOUNCED).clone();
    if let Some((state, message, coverage)) = first {
        guard::tell(&state, &format!("{message}; {why}"), coverage);
    }
}

/// From the kernel, whose generator is another one after a restore; where no file can be opened, of what is at hand.
fn drawn() -> [u64; 3] {
    let mut bytes = [0; 24];
    let is_read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    if is_read.is_ok() {
        let word = |at: usize| {
            bytes[at..at + 8]
                .iter()
                .fold(0, |all, one| all << 8 | u64::from(*one))
        };
        return [word(0), word(8), word(16)];
    }
    let state = RandomState::new();
    [0, 1, 2].map(|part| state.hash_one((part, process::id(), Instant::now())))
}
