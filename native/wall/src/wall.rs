//! What this process does, judged: the same core, the same policy as the guard.

use crate::carry::Carry;
use crate::children::is_pythons;
use crate::setting::Setting;
use crate::shared::Shared;
use crate::{kernel, memo, pending, whole};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::alone::{afterwards, weigh};
use hauberk_core::attack_path::Circumstances;
use hauberk_core::judge::Action;
use hauberk_core::keyed::number;
use hauberk_core::policy::Policy;
use hauberk_core::written;
use std::ffi::c_int;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// One thing that a call would do.
#[derive(Debug, Clone, Copy)]
pub struct Act<'a> {
    pub kind: Kind,
    pub operation: &'static str,
    pub target: &'a [u8],
    /// Of a process; shown in records, redacted.
    pub arguments: &'a [&'a [u8]],
    /// Whether the program gets a connection as a standard stream.
    pub hands_over: bool,
}

impl<'a> Act<'a> {
    pub fn new(kind: Kind, operation: &'static str, target: &'a [u8]) -> Act<'a> {
        Act {
            kind,
            operation,
            target,
            arguments: &[],
            hands_over: false,
        }
    }
}

/// What is answered to a call, or of one of its acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It may be done, and need not be judged again in this process.
    Pass,
    /// It may be done, this time: by this process, or as an attack that is told of.
    Alert,
    Block,
}

/// The wall of this process.
pub struct Wall {
    pub setting: Setting,
    pub shared: &'static Shared,
    pub carry: Carry,
    /// The descriptors by which processes below find the owner's.
    pub files: [c_int; 3],
    /// Folders whose files may be read without a look; empty where a rule is about files.
    pub free: Vec<Vec<u8>>,
    /// Whether the kernel lets no program be started.
    pub starts_nothing: bool,
    /// Read when it is first needed: many processes do nothing that is judged.
    policy: AtomicPtr<Policy>,
}

static WALL: AtomicPtr<Wall> = AtomicPtr::new(ptr::null_mut());

/// The wall, once it stands; until then, and where there is no policy, each call passes.
#[inline]
pub fn wall() -> Option<&'static Wall> {
    // SAFETY: what is stored there is never freed or changed.
    unsafe { WALL.load(Ordering::Acquire).as_ref() }.or_else(found_at_start)
}

/// The wall of what was found when this program began, raised by the first that asks for it.
#[cold]
fn found_at_start() -> Option<&'static Wall> {
    if let Some(wall) = pending::read() {
        let made = Box::into_raw(Box::new(wall));
        let stored =
            WALL.compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire);
        if stored.is_err() {
            // SAFETY: it was just made, and nobody else knows of it.
            drop(unsafe { Box::from_raw(made) });
        }
    }
    pending::done();
    // SAFETY: as above.
    unsafe { WALL.load(Ordering::Acquire).as_ref() }
}

impl Wall {
    /// `file` is the owner's descriptor of the setting.
    pub fn new(
        setting: Setting,
        file: c_int,
        shared: &'static Shared,
        carry: Carry,
        free: Vec<Vec<u8>>,
    ) -> Wall {
        let files = [file, setting.shared_file, setting.log_file];
        let starts_nothing = setting
            .walls
            .contains(&("process".to_owned(), "kernel".to_owned()));
        Wall {
            setting,
            shared,
            carry,
            files,
            free,
            starts_nothing,
            policy: AtomicPtr::default(),
        }
    }

    /// Whether the owner's descriptors stay open for a program that it starts in its own place.
    pub fn inherit(&self, is_inherited: bool) {
        self.files
            .iter()
            .for_each(|file| kernel::close_on_exec(*file, !is_inherited));
    }

    /// From now on this process' calls are judged.
    pub fn raise(self) -> &'static Wall {
        let wall = Box::leak(Box::new(self));
        WALL.store(wall, Ordering::Release);
        wall
    }

    /// Whether this process was let do it before; not to be asked of what may have been written meanwhile and is run.
    pub fn remembers(&self, act: &Act<'_>) -> bool {
        memo::contains(self.known(act.kind, act.operation, [act.target, b""]))
    }

    /// Whether all of a call's acts may be done.
    pub fn admits(&self, acts: &[Act<'_>]) -> bool {
        acts.iter().all(|act| self.answer(act) != Answer::Block)
    }

    /// What is answered to an act. A fault of ours lets it pass, or not where the policy says so; it is counted, and
    /// told once.
    pub fn answer(&self, act: &Act<'_>) -> Answer {
        let judged = catch_unwind(AssertUnwindSafe(|| self.judged(act)));
        judged.unwrap_or_else(|_| {
            self.shared.faults.fetch_add(1, Ordering::Relaxed);
            let message = "a decision of the wall failed";
            let _ = catch_unwind(AssertUnwindSafe(|| self.report("fault", message)));
            if self.setting.blocks_on_error {
                Answer::Block
            } else {
                Answer::Alert
            }
        })
    }

    /// The number by which this process remembers what it was let do.
    pub fn known(&self, kind: Kind, operation: &str, parts: [&[u8]; 2]) -> u64 {
        let generation = self.shared.generation().to_le_bytes();
        self.number(&[
            &[kind as u8, u8::from(self.shared.is_idle())],
            operation.as_bytes(),
            parts[0],
            parts[1],
            &generation,
        ])
    }

    /// Whether the owner's own process asks: the runtime's client speaks to its API from there.
    pub fn is_owner(&self) -> bool {
        self.setting.has_workers || kernel::process_id() == self.setting.owner
    }

    fn judged(&self, act: &Act<'_>) -> Answer {
        let known = self.known(act.kind, act.operation, [act.target, b""]);
        let is_written = written::runs(act.kind, act.operation)
            && [Some(act.target), written::script(act.arguments)]
                .into_iter()
                .flatten()
                .any(|file| self.is_written(file));
        if !is_written && !act.hands_over && memo::contains(known) {
            return Answer::Pass;
        }
        self.shared.judged.fetch_add(1, Ordering::Relaxed);
        let activity = Activity::new(act.kind, act.operation, act.target);
        // The runtime's own client speaks to its API from the owner's process.
        let is_api = !act.target.is_empty() && act.target == self.setting.runtime_api.as_bytes();
        if is_api && self.is_owner() {
            return Answer::Alert;
        }
        let is_vouched = |address| self.shared.is_vouched(self.address_number(address));
        let around = Circumstances {
            runtime_api: &self.setting.runtime_api,
            // The SDK acts in the owner's process, where no stack tells; the guard looks at it there.
            is_sdk: self.is_owner(),
            arguments: act.arguments,
            hands_over: act.hands_over,
            is_written,
        };
        let mut findings = weigh(self.policy(), &activity, &around, is_vouched);
        let is_kept =
            act.kind == Kind::Process && is_pythons(act.arguments, act.target, &self.setting.roots);
        if self.shared.is_idle() && !self.setting.has_workers && !is_kept {
            findings.extend(afterwards(self.policy(), &activity, &findings));
        }
        let is_blocked = findings.iter().any(|one| one.action() == Action::Block);
        if !is_blocked && written::puts(act.kind, act.operation) {
            self.note_written(act.target);
        }
        if !is_blocked && written::moves(act.kind, act.operation) {
            self.shared.write(self.moved_number(act.target));
        }
        for finding in &findings {
            self.say(finding, &activity, act.arguments);
        }
        self.shared
            .blocked
            .fetch_add(u64::from(is_blocked), Ordering::Relaxed);
        if findings.iter().all(|one| one.detector().is_none()) {
            memo::add(known);
            return Answer::Pass;
        }
        if is_blocked {
            Answer::Block
        } else {
            Answer::Alert
        }
    }

    /// Remembers the addresses of a host that was let pass.
    pub fn vouch(&self, addresses: impl Iterator<Item = IpAddr>) {
        addresses.for_each(|address| self.shared.vouch(self.address_number(address)));
    }

    fn address_number(&self, address: IpAddr) -> u64 {
        match address.to_canonical() {
            IpAddr::V4(address) => self.number(&[&address.octets()]),
            IpAddr::V6(address) => self.number(&[&address.octets()]),
        }
    }

    /// Remembers a file that was written in this environment.
    pub fn note_written(&self, file: &[u8]) {
        self.shared.write(self.file_number(file));
    }

    /// Whether a file was, or a folder above it was put there.
    fn is_written(&self, file: &[u8]) -> bool {
        let is_moved = |folder| self.shared.is_written(self.moved_number(folder));
        self.shared.is_written(self.file_number(file)) || written::above(file).any(is_moved)
    }

    /// The number of a folder that was renamed.
    fn moved_number(&self, path: &[u8]) -> u64 {
        self.number(&[b"moved", path])
    }

    /// The number of a file that was written.
    fn file_number(&self, path: &[u8]) -> u64 {
        self.number(&[b"written", path])
    }

    /// The number of an activity in the memory that all processes share.
    pub fn activity_number(&self, activity: &Activity) -> u64 {
        self.number(&[
            &[activity.kind as u8],
            activity.operation.as_bytes(),
            &activity.target,
        ])
    }

    pub fn number(&self, parts: &[&[u8]]) -> u64 {
        number(self.setting.key(), parts)
    }

    /// The number of the policy, where it was read.
    pub fn seal_of_policy(&self) -> Option<u64> {
        // SAFETY: what is stored there is never freed or changed.
        let policy = unsafe { self.policy.load(Ordering::Acquire).as_ref() }?;
        Some(policy.seal(self.setting.key()))
    }

    pub fn policy(&self) -> &Policy {
        // SAFETY: what is stored there is never freed or changed.
        if let Some(policy) = unsafe { self.policy.load(Ordering::Acquire).as_ref() } {
            return policy;
        }
        let made = self.setting.policy(kernel::now_ms() / 1_000);
        whole::keep_policy(|| made.seal(self.setting.key()));
        let made = Box::into_raw(Box::new(made));
        let stored = self.policy.compare_exchange(
            ptr::null_mut(),
            made,
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        match stored {
            // SAFETY: it was just made, and is never freed.
            Ok(_) => unsafe { &*made },
            Err(others) => {
                // SAFETY: nobody else knows of the one that was just made; the other's is never freed.
                unsafe {
                    drop(Box::from_raw(made));
                    &*others
                }
            }
        }
    }
}
