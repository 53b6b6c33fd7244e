//! The guard of this process: the engine, and its three effects (the clock, the log, the lock).

use crate::sinks::{network, sent};
use crate::surroundings::Surroundings;
use crate::tamper::{self, When};
use crate::{
    environment, hook, log, provenance, runtime_client, sources, stack, threads, volume, wall,
};
use hauberk_core::act::{Act, Actor, Outcome, Refusal};
use hauberk_core::engine::Engine;
use hauberk_core::policy::Mode;
use hauberk_core::record::{Entry, Origin};
use hauberk_system::surroundings::{InForce, set_up};
use hauberk_system::{paths, preload};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);
/// Whether reads of the platform's own files may pass without a look; kept beside the engine to spare its lock.
static PLATFORM_READS_ARE_FREE: AtomicBool = AtomicBool::new(false);
/// Whether the event of this invocation has inputs; likewise kept to spare the lock.
static HAS_INPUTS: AtomicBool = AtomicBool::new(false);
/// Records that were lost and not yet told of.
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// The lock is held for pure decisions only, never while Python runs, so that no thread waits on it for long.
pub(crate) fn engine() -> MutexGuard<'static, Option<Engine>> {
    ENGINE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn platform_reads_are_free() -> bool {
    PLATFORM_READS_ARE_FREE.load(Ordering::Relaxed)
}

/// Whether this invocation has inputs that could reach a sink: what only an input could change needs no look else.
pub(crate) fn has_inputs() -> bool {
    HAS_INPUTS.load(Ordering::Relaxed)
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Writes each entry as a line to the function's log; what is lost is counted, and told before anything else.
pub(crate) fn write(entries: impl IntoIterator<Item = Entry>) {
    let Some(origin) = environment::origin() else {
        return;
    };
    for mut entry in entries {
        entry.id = environment::own_id(entry.id);
        let is_written = tell_dropped(&origin) && log::write(&entry.line(&origin));
        DROPPED.fetch_add(u64::from(!is_written), Ordering::Relaxed);
    }
}

/// Writes lines that nobody misses, where the log has room for them at once.
fn write_where_room(entries: Vec<Entry>) {
    if entries.is_empty() {
        return;
    }
    let is_written = |mut entry: Entry| {
        entry.id = environment::own_id(entry.id);
        let line = environment::origin().map(|origin| entry.line(&origin));
        line.is_some_and(|line| log::write_at_once(&line))
    };
    let has_room = DROPPED.load(Ordering::Relaxed) == 0;
    if !has_room || !entries.into_iter().all(is_written) {
        if let Some(engine) = engine().as_mut() {
            engine.inputs_were_lost();
        }
    }
}

/// Tells how many records were lost, if any; false while that cannot be told either.
fn tell_dropped(origin: &Origin) -> bool {
    let count = DROPPED.load(Ordering::Relaxed);
    if count == 0 {
        return true;
    }
    let mut entry = engine()
        .as_mut()
        .map(|engine| engine.dropped(now_ms(), count));
    if let Some(entry) = entry.as_mut() {
        entry.id = environment::own_id(entry.id);
    }
    let is_told = entry.is_some_and(|entry| log::write_at_once(&entry.line(origin)));
    if is_told {
        DROPPED.fetch_sub(count, Ordering::Relaxed);
    }
    is_told
}

/// Decides about a call at a sink: why it is blocked, or None. A fault of ours lets it pass and is reported.
pub(crate) fn admit(act: &Act<'_>) -> Option<String> {
    admit_start(act, false)
}

/// The same of the start of a process; `hands_over` says whether a standard stream of it is a connection.
pub(crate) fn admit_start(act: &Act<'_>, hands_over: bool) -> Option<String> {
    decided(|| {
        let foreign = act.leaves_traces().then(provenance::foreign).flatten();
        let actor = Actor {
            foreign: foreign.as_deref(),
            is_sdk: act.activities.iter().any(provenance::is_by_sdk),
            hands_over,
        };
        let is_idle = engine().as_ref()?.is_idle();
        // SAFETY: sinks are asked with the GIL held.
        let is_telemetry = is_idle && unsafe { stack::is_telemetry() };
        if is_telemetry {
            act.activities.iter().for_each(wall::is_telemetry);
        }
        let mut engine = engine();
        let engine = engine.as_mut()?;
        engine.is_of_telemetry(is_telemetry);
        Some(engine.admit_of(now_ms(), act, actor))
    })
}

/// Decides about bytes that hold a credential of the function's own, on their way to a host by one of its names.
pub(crate) fn admit_sent(what: &str, hosts: &[String]) -> Option<String> {
    decided(|| Some(engine().as_mut()?.admit_sent(now_ms(), what, hosts)))
}

/// Counts bytes that were sent to a host, or to an address.
pub(crate) fn sent(host: Option<&str>, to: Option<SocketAddr>, bytes: usize) {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    decided(|| Some(engine().as_mut()?.sent(now_ms(), host, to, bytes)));
}

/// Why a call is blocked, once the records of what was decided are written.
fn decided(decide: impl FnOnce() -> Option<Outcome>) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let outcome = decide()?;
        if !outcome.entries.is_empty() {
            let calls = stack::calling();
            let mut entries = wall::untold(outcome.entries);
            entries
                .iter_mut()
                .for_each(|entry| entry.body.stack.clone_from(&calls));
            write(entries);
        }
        outcome.blocked
    }));
    outcome.unwrap_or_else(|_| {
        report(
            "fault",
            "a decision failed; the call was let pass",
            BTreeMap::new(),
        );
        None
    })
}

/// Writes a status record, once for each message.
pub(crate) fn report(state: &'static str, message: &str, coverage: BTreeMap<String, String>) {
    let entry = engine()
        .as_mut()
        .and_then(|engine| engine.status(now_ms(), state, message, coverage));
    write(entry);
}

/// What was armed: the mode in force, what is wrong with the policy, which of its lists of sources are in force, and
/// each of these lists in words.
type Armed = (
    &'static str,
    Option<String>,
    BTreeMap<String, String>,
    Vec<String>,
);

/// Reads the policy, the lists of sources that it names, and installs the audit hook, once a process. Raises RuntimeError where the hook cannot be
/// installed, and the second time: code in the function cannot choose itself another policy.
#[pyfunction]
pub fn arm(surroundings: Surroundings) -> PyResult<Armed> {
    if engine().is_some() {
        return Err(PyRuntimeError::new_err("the guard is armed already"));
    }
    std::panic::set_hook(Box::new(|_| {})); // a fault is told in a record, not on the function's log
    let now_s = now_ms() / 1_000;
    let shared = surroundings.shared();
    let InForce {
        mut policy,
        setting,
        problem,
        ..
    } = set_up(&shared, now_s);
    let coverage = sources::load(&mut policy);
    let told = policy.sources.told(now_s);
    let mode = policy.mode;
    let origin = Origin {
        function: surroundings.function,
        version: surroundings.version,
        environment: wall::environment().unwrap_or(surroundings.environment),
        stream: surroundings.stream,
    };
    environment::set(origin);
    runtime_client::keep_address(&surroundings.runtime_api);
    log::keep();
    preload::keep();
    provenance::arm(&surroundings.roots);
    // SAFETY: called by Python, with the GIL held.
    threads::keep(unsafe { Python::assume_attached() });
    sent::keep();
    network::keep();
    paths::set_roots(surroundings.roots);
    let mut armed = Engine::new(policy, setting);
    armed.seal_policy(tamper::key());
    volume::keep(armed.counts());
    *engine() = Some(armed);
    tamper::keep_surroundings(shared);
    if mode != Mode::Off {
        PLATFORM_READS_ARE_FREE.store(
            engine()
                .as_ref()
                .is_some_and(Engine::platform_reads_are_free),
            Ordering::Relaxed,
        );
        hook::install()?;
    }
    Ok((mode.name(), problem, coverage, told))
}

/// Whether the second wall stands in this process: it sees what native code and children do.
#[pyfunction]
pub fn is_walled() -> bool {
    wall::environment().is_some()
}

/// Takes an event in before the handler. None lets it pass.
pub(crate) fn begin(
    python: Python<'_>,
    event: &[u8],
    request_id: &str,
    alias: Option<&str>,
) -> Option<Refusal> {
    runtime_client::begin();
    let refusal = take_in(event, request_id, alias);
    threads::begin(python);
    match tamper::refusal(python, When::Begin) {
        Some(reason) => Some(Refusal::Event {
            reason,
            response: engine().as_ref().and_then(Engine::refusal),
        }),
        None => refusal,
    }
}

fn take_in(event: &[u8], request_id: &str, alias: Option<&str>) -> Option<Refusal> {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        log::begin();
        if environment::is_anothers() {
            environment::renew("a process of its own serves events");
        }
        environment::origin().map(|origin| tell_dropped(&origin));
        let mut engine = engine();
        let engine = engine.as_mut()?;
        wall::turn_to(request_id);
        engine.comes_by(alias);
        let begun = engine.begin(now_ms(), request_id, event);
        let is_free = engine.platform_reads_are_free();
        PLATFORM_READS_ARE_FREE.store(is_free, Ordering::Relaxed);
        HAS_INPUTS.store(engine.has_inputs(), Ordering::Relaxed);
        Some(begun)
    }));
    match outcome {
        Ok(None) => None,
        Ok(Some((refusal, entries))) => {
            write(wall::untold(entries));
            refusal
        }
        Err(_) => {
            report(
                "fault",
                "the event could not be inspected; it was let pass",
                BTreeMap::new(),
            );
            None
        }
    }
}

/// Forgets the invocation.
pub(crate) fn end(python: Python<'_>) {
    tamper::refusal(python, When::End);
    let _ = catch_unwind(AssertUnwindSafe(|| {
        hook::ask_anew();
        let told = engine().as_mut().map(|engine| {
            let told = engine.end(now_ms());
            wall::turn_to("");
            HAS_INPUTS.store(false, Ordering::Relaxed);
            told
        });
        write_where_room(told.unwrap_or_default());
    }));
}

/// Whether the guard has said what it covers.
static IS_ANNOUNCED: AtomicBool = AtomicBool::new(false);

/// Says what the guard covers, and what of it is a gap, once a process: nobody else can say so.
#[pyfunction]
pub fn announce(
    is_refused: bool,
    message: &str,
    coverage: BTreeMap<String, String>,
    gaps: Vec<String>,
) -> PyResult<()> {
    if IS_ANNOUNCED.swap(true, Ordering::SeqCst) {
        return Err(PyRuntimeError::new_err("the guard has said what it covers"));
    }
    let state = if is_refused { "refused" } else { "armed" };
    environment::announced(state, message, &coverage);
    tell(state, message, coverage);
    for gap in gaps {
        report("gap", &gap, BTreeMap::new());
    }
    Ok(())
}

/// Writes the status that says what is covered, by which wall.
pub(crate) fn tell(state: &str, message: &str, coverage: BTreeMap<String, String>) {
    let state = if state == "refused" {
        "refused"
    } else {
        "armed"
    };
    let mut entry = engine()
        .as_mut()
        .and_then(|engine| engine.status(now_ms(), state, message, coverage));
    if let Some(entry) = entry.as_mut() {
        entry.body.walls = wall::by_kind();
    }
    write(entry);
}

/// Tells of a fault of ours.
#[pyfunction]
pub fn fault(message: &str) {
    report("fault", message, BTreeMap::new());
}

/// Draws anew what the records are known by, since this process is one of several copies, and tells of it. Raises
/// `RuntimeError` once an event came: a snapshot is restored before.
#[pyfunction]
pub fn renew(why: &str) -> PyResult<()> {
    if runtime_client::has_begun() {
        return Err(PyRuntimeError::new_err("nothing is restored any more"));
    }
    let _ = catch_unwind(AssertUnwindSafe(|| environment::renew(why)));
    Ok(())
}
