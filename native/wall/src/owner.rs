//! The first process of an environment: it reads the policy, and puts it where the processes below find it.

use crate::carry::Carry;
use crate::kernel::{self, AT_FDCWD};
use crate::place::Place;
use crate::provenance::folders_of_code;
use crate::setting::Setting;
use crate::shared::Shared;
use crate::start::{Announcer, NAME, Variables, free, map_shared};
use crate::wall::Wall;
use crate::{hold, log, path};
use hauberk_core::activity::Kind;
use hauberk_core::policy::Mode;
use hauberk_core::record::{Body, Origin};
use hauberk_system::secrets;
use hauberk_system::surroundings::{InForce, Surroundings, set_up};
use std::collections::BTreeMap;
use std::ffi::{CString, c_int};
use std::sync::atomic::Ordering;

/// What the wall alone does not see.
const GAPS: [(&str, &str); 2] = [
    (
        "event",
        "there is no guard for this runtime: what comes in is not inspected",
    ),
    (
        "system-calls",
        "what machine code or a statically linked program asks of the kernel is not seen",
    ),
];
/// What it is not told of either where the function is restored from a snapshot.
const OF_RESTORED: (&str, &str) = (
    "children.restored",
    "nobody tells of a restore: the environments of one snapshot are known by one token",
);
const MOST_TRUSTED_KEYS: usize = 1 << 16;

/// Reads the policy, as the first process of an environment. What it needs of the stack no other process is to touch.
#[cold]
#[inline(never)]
pub fn own(
    variables: &Variables<'_>,
    library: &[u8],
    announcer: Option<Announcer>,
) -> Option<Wall> {
    let asked = variables.text(b"HAUBERK_MODE");
    let policy = variables.text(b"HAUBERK_POLICY");
    let is_asked = announcer.is_some() || asked.is_some() || policy.is_some();
    if !is_asked || (policy.is_none() && asked.as_deref() == Some("off")) {
        return None;
    }
    let mut random = [0; 48];
    if !kernel::draw(&mut random) {
        return None;
    }
    let words: Vec<u64> = random.chunks_exact(8).map(word).collect();
    let surroundings = surroundings(variables, library, policy, asked, words[0]);
    let in_force = set_up(&surroundings, kernel::now_ms() / 1_000);
    if in_force.policy.mode == Mode::Off && in_force.problem.is_none() {
        return None;
    }
    let mut setting = setting(variables, surroundings, in_force, &words);
    setting.has_workers = has_workers(variables, announcer);
    setting.folders = folders_of_code(variables);
    let (setting, file, shared) = shown(setting)?;
    let carry = Carry::new(library, &place(&setting, file))?;
    let free = free(&setting);
    let wall = Wall::new(setting, file, shared, carry, free);
    if announcer != Some(Announcer::Guard) && wall.shared.is_to_be_announced() {
        announce(&wall, is_restored(variables));
    }
    Some(wall)
}

/// Whether processes that were forked speak to the Runtime API: each until its guard draws its own setting, at its first
/// event or its restore.
fn has_workers(variables: &Variables<'_>, announcer: Option<Announcer>) -> bool {
    let is_renewed = announcer == Some(Announcer::Guard);
    variables.get(b"AWS_LAMBDA_MAX_CONCURRENCY").is_some() || (is_restored(variables) && is_renewed)
}

fn is_restored(variables: &Variables<'_>) -> bool {
    variables.get(b"AWS_LAMBDA_INITIALIZATION_TYPE") == Some(b"snap-start")
}

/// Where the processes below find it.
pub fn place(setting: &Setting, file: c_int) -> Place {
    Place {
        owner: setting.owner,
        file,
        nonce: setting.nonce,
        started_in: None,
    }
}

pub fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn surroundings(
    variables: &Variables<'_>,
    library: &[u8],
    policy: Option<String>,
    mode: Option<String>,
    seed: u64,
) -> Surroundings {
    let text = |name: &[u8]| variables.text(name);
    // `/opt/hauberk` of `/opt/hauberk/lib/libhauberk_wall.so`; `/opt` is a root of code, wherever that is.
    let layer = folder_above(library).and_then(folder_above);
    let all_layers = layer.and_then(folder_above);
    let of_layer = layer.map(|folder| String::from_utf8_lossy(folder).into_owned());
    let runtime = path::linked(c"/proc/self/exe");
    let runtime = runtime
        .as_deref()
        .and_then(folder_above)
        .and_then(|folder| folder.strip_suffix(b"/bin"));
    let of_runtime = runtime.map(|folder| String::from_utf8_lossy(folder).into_owned());
    let known = ["/opt", "/var/lang"].map(|folder| Some(folder.to_owned()));
    let of_function = [
        text(b"LAMBDA_TASK_ROOT"),
        text(b"LAMBDA_RUNTIME_DIR"),
        all_layers.map(|folder| String::from_utf8_lossy(folder).into_owned()),
        of_runtime,
    ];
    let mut roots: Vec<String> = known.into_iter().chain(of_function).flatten().collect();
    roots.retain(|root| root.len() > 1);
    roots.sort();
    roots.dedup();
    Surroundings {
        policy,
        mode: mode.unwrap_or_else(|| "detect".to_owned()),
        function: text(b"AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
        region: text(b"AWS_REGION").unwrap_or_default(),
        runtime_api: text(b"AWS_LAMBDA_RUNTIME_API").unwrap_or_default(),
        secrets: secrets::of(variables.pairs()),
        roots,
        trusted_keys: of_layer
            .map(|folder| trusted_keys(&folder))
            .unwrap_or_default(),
        seed,
    }
}

fn folder_above(path: &[u8]) -> Option<&[u8]> {
    path.iter()
        .rposition(|byte| *byte == b'/')
        .map(|slash| &path[..slash])
}

fn trusted_keys(layer: &str) -> Vec<String> {
    let read = || {
        let path = CString::new(format!("{layer}/trusted-keys")).ok()?;
        let file = kernel::open_at(AT_FDCWD, &path, 0)?;
        let mut bytes = vec![0; MOST_TRUSTED_KEYS];
        let length = kernel::read(file, &mut bytes).unwrap_or(0);
        kernel::close(file);
        Some(
            String::from_utf8_lossy(&bytes[..length])
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        )
    };
    read().unwrap_or_default()
}

fn setting(
    variables: &Variables<'_>,
    surroundings: Surroundings,
    in_force: InForce,
    words: &[u64],
) -> Setting {
    let (log_file, log) = log::keep();
    let policy = in_force.policy;
    let is_kernel_off = variables.get(b"HAUBERK_KERNEL") == Some(b"off");
    let mut setting = Setting {
        nonce: words[1],
        owner: kernel::process_id(),
        log_file,
        log,
        key: [words[2], words[3]],
        seed: surroundings.seed,
        blocks_on_error: policy.blocks_on_error,
        judges_all_reads: policy.has_rules(Kind::File),
        origin: Origin {
            function: surroundings.function,
            version: variables
                .text(b"AWS_LAMBDA_FUNCTION_VERSION")
                .unwrap_or_default(),
            environment: format!("{:016x}{:016x}", words[4], words[5]),
            stream: variables.text(b"AWS_LAMBDA_LOG_STREAM_NAME"),
        },
        runtime_api: surroundings.runtime_api,
        mode: policy.mode.name().to_owned(),
        state: in_force.setting.policy_state,
        document: in_force.document.unwrap_or_default(),
        problem: in_force.problem.unwrap_or_default(),
        secrets: in_force.setting.secrets,
        roots: surroundings.roots,
        ..Setting::default()
    };
    setting.walls = hold::raise(&policy, &setting, is_kernel_off);
    setting
}

/// Puts the setting where the processes below find it: in a descriptor of ours.
pub fn shown(mut setting: Setting) -> Option<(Setting, c_int, &'static Shared)> {
    let shared_file = kernel::memory_file(NAME, Shared::SIZE)?;
    let kept = log::copy_of(shared_file).unwrap_or(shared_file);
    if kept != shared_file {
        kernel::close(shared_file);
    }
    kernel::seal(kept, true);
    let shared = map_shared(kept)?;
    shared.nonce.store(setting.nonce, Ordering::Relaxed);
    setting.shared_file = as_place(kept);
    let written = setting.written();
    let file = kernel::memory_file(NAME, 0)?;
    let is_written = kernel::write(file, &written);
    kernel::seal(file, false);
    let kept = log::copy_of(file).unwrap_or(file);
    if kept != file {
        kernel::close(file);
    }
    is_written.then_some((setting, as_place(kept), shared))
}

/// The same file by a descriptor that is a mere place: who wants to read or to write has to open it, which is judged.
fn as_place(file: c_int) -> c_int {
    let open = || {
        let path = CString::new(format!("/proc/self/fd/{file}")).ok()?;
        let place = kernel::open_at(AT_FDCWD, &path, kernel::O_PATH)?;
        let kept = log::copy_of(place).unwrap_or(place);
        if kept != place {
            kernel::close(place);
        }
        Some(kept)
    };
    let Some(place) = open() else {
        return file;
    };
    kernel::close(file);
    place
}

/// The first record of an environment that no guard has spoken for yet.
pub fn announce(wall: &Wall, is_restored: bool) {
    let mode = &wall.setting.mode;
    let problem = &wall.setting.problem;
    let armed = ["process", "file", "host", "address", "code", "children"];
    let mut coverage: BTreeMap<String, String> = armed
        .map(|kind| (kind.to_owned(), "armed".to_owned()))
        .into();
    let gaps = GAPS.into_iter().chain(is_restored.then_some(OF_RESTORED));
    coverage.extend(gaps.map(|(name, gap)| (name.to_owned(), format!("gap: {gap}"))));
    let walls = wall.setting.walls.iter().cloned();
    let (state, message) = if problem.is_empty() {
        ("armed", format!("{mode}: the wall is armed"))
    } else {
        ("refused", format!("{mode}: {problem}"))
    };
    let level = if state == "armed" { "ERROR" } else { "FATAL" };
    let body = Body {
        message: Some(message),
        coverage,
        walls: walls
            .chain([("api".to_owned(), "none".to_owned())])
            .collect(),
        ..wall.state(state)
    };
    wall.write(kernel::now_ms(), "status", level, body);
}
