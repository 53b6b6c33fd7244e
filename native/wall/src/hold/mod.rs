//! The third wall: what of the policy this kernel can hold is given to it, once, by the owner of an environment, before
//! any code of the function runs. All processes below are held to it, whatever they are made of.
//!
//! It is asked for where something that is not listed is blocked. What the kernel refuses it tells nobody: the second
//! wall stands before it, and tells what it sees.
//!
//! Holds:         the files that are read, changed, started; the ports of TCP; calls that would undo the walls
//! Does not hold: what `hauberk_core::confine` says; on which kernel what is held is tried, and told in the coverage

mod filter;
mod links;
mod numbers;
mod probe;
mod programs;
mod ruleset;
mod words;

use crate::kernel;
use crate::setting::Setting;
use crate::start::PLATFORM;
use filter::Asked;
use hauberk_core::confine::{Confinement, Found, Held, Place, confine, widened};
use hauberk_core::policy::Policy;
use probe::{Probes, Proven};
use ruleset::Wanted;
use std::collections::BTreeSet;
use std::ffi::CString;
use words::Outcome;

/// What is read past the second wall, so that an allowlist that was learned does not hold it: by libc itself, and where
/// the platform's own links lead.
const READ_UNSEEN: [&str; 3] = ["/proc", "/etc", "/var/lib/sss"];
const WRITTEN_UNSEEN: [&str; 4] = ["/dev/shm", "/dev/ptmx", "/dev/pts", "/dev/tty"];
const OUTSIDE: &str = "the runtime's libraries stand outside the platform and the package";
const UNREADABLE: &str = "a listed program does not say by whom it is run";
const WHOLE: &str = "what is listed, or linked in the package, is the root itself";

/// Raises it, as far as it goes; which wall sees and holds what, by kind of activity.
pub fn raise(policy: &Policy, setting: &Setting, is_off: bool) -> Vec<(String, String)> {
    let standing = PLATFORM.iter().map(|folder| (*folder).to_owned());
    let standing: Vec<String> = standing.chain(setting.roots.iter().cloned()).collect();
    let mut plan = confine(policy, &standing, &setting.runtime_api);
    let mut outcome = Outcome::default();
    if is_off {
        outcome.refused = Some("HAUBERK_KERNEL is off".to_owned());
    } else if !plan.is_empty() {
        let version = ruleset::version();
        let wanted = match version {
            Ok(_) => wanted(&mut plan, &standing, setting),
            Err(_) => wanted_of_filter(&plan),
        };
        outcome = match version {
            Err(answer) if wanted.programs.is_none() => Outcome {
                refused: Some(words::of_landlock(false, answer)),
                ..Outcome::default()
            },
            version => held(&wanted, version),
        };
    }
    words::of(&plan, &outcome)
}

/// What can be held without Landlock: that nothing is started.
fn wanted_of_filter(plan: &Confinement) -> Wanted {
    let programs = plan.programs.only();
    Wanted {
        programs: programs.filter(|programs| programs.is_empty()).cloned(),
        ..Wanted::default()
    }
}

/// What is wanted of this system, resolved to what is there; what cannot be is taken out of the plan.
fn wanted(plan: &mut Confinement, standing: &[String], setting: &Setting) -> Wanted {
    let writes = resolved(&mut plan.writes, of(&WRITTEN_UNSEEN));
    if plan.reads.only().is_some() && !(writes.is_some() && is_loaded_from(standing)) {
        plan.reads = Held::Open(if writes.is_some() { OUTSIDE } else { WHOLE });
    }
    // Where the platform's own links lead is known.
    let package = setting.roots.iter();
    let package = package.filter(|root| !PLATFORM.contains(&root.as_str()));
    let package: Vec<String> = package.cloned().collect();
    let linked = plan.reads.only().map(|_| links::out_of(&package));
    let unseen = of(&READ_UNSEEN).chain(linked.into_iter().flatten());
    let reads = resolved(&mut plan.reads, unseen);
    let programs = plan.programs.only().map(programs::with_interpreters);
    if programs == Some(None) {
        plan.programs = Held::Open(UNREADABLE);
    }
    Wanted {
        programs: programs.flatten(),
        reads,
        writes,
        ports: plan.ports.only().cloned(),
        refuses_names: plan.refuses_names,
        log: setting.log.is_ordinary.then_some(setting.log_file),
    }
}

fn of(paths: &[&str]) -> impl Iterator<Item = Vec<u8>> {
    paths.iter().map(|path| (*path).into())
}

fn resolved(
    places: &mut Held<Vec<Place>>,
    unseen: impl Iterator<Item = Vec<u8>>,
) -> Option<BTreeSet<Vec<u8>>> {
    let unseen = unseen.map(Place::Standing);
    let all: Vec<Place> = places.only()?.iter().cloned().chain(unseen).collect();
    let found = widened(&all, |path| {
        CString::new(path).map_or(Found::Nothing, |path| kernel::found(&path))
    });
    if found.is_none() {
        *places = Held::Open(WHOLE);
    }
    found
}

/// Whether all that this process has mapped stands in these folders, and so what it will load.
fn is_loaded_from(standing: &[String]) -> bool {
    let Some(maps) = kernel::whole(c"/proc/self/maps") else {
        return false;
    };
    let path = |line: &[u8]| {
        line.iter()
            .position(|byte| *byte == b'/')
            .map(|at| line[at..].to_vec())
    };
    let is_standing = |path: Vec<u8>| {
        standing.iter().any(|folder| {
            path.strip_prefix(folder.as_bytes())
                .is_some_and(|rest| rest.starts_with(b"/"))
        })
    };
    let mut paths = maps.split(|byte| *byte == b'\n').filter_map(path);
    paths.all(is_standing)
}

/// Asks the kernel, and tries what it holds.
fn held(wanted: &Wanted, version: Result<u32, isize>) -> Outcome {
    let probes = Probes::prepared(wanted);
    if let Err(answer) = kernel::give_up_new_rights() {
        return Outcome::refused("prctl", answer);
    }
    let ruled = match version {
        Ok(version) => ruleset::hold(wanted, version),
        Err(answer) => Err(answer),
    };
    let asked = Asked {
        no_starts: wanted.programs.as_ref().is_some_and(BTreeSet::is_empty),
        ports: wanted.ports.is_some() && version.is_ok_and(ruleset::has_ports),
    };
    let filtered = kernel::filter_calls(&filter::filter(asked, &numbers::HERE));
    let Proven {
        programs,
        reads,
        writes,
        ports,
    } = probes.tried(wanted);
    let refused = ruled
        .map_err(|answer| words::of_landlock(version.is_ok(), answer))
        .and(filtered.map_err(|answer| words::refusal("seccomp", answer)));
    Outcome {
        refused: refused.err(),
        programs,
        reads,
        writes,
        ports,
    }
}
