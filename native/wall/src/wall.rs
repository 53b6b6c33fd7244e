//! The wall of this process, by which its calls are judged (`answer`), and what it and all others remember.

use crate::carry::Carry;
use crate::setting::Setting;
use crate::shared::Shared;
use crate::{kernel, pending, whole};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::keyed::number;
use hauberk_core::policy::Policy;
use hauberk_core::written;
use std::ffi::c_int;
use std::net::IpAddr;
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

    /// Remembers the addresses of a host that was let pass.
    pub fn vouch(&self, addresses: impl Iterator<Item = IpAddr>) {
        addresses.for_each(|address| self.shared.vouch(self.address_number(address)));
    }

    pub fn address_number(&self, address: IpAddr) -> u64 {
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
    pub fn is_written(&self, file: &[u8]) -> bool {
        let is_moved = |folder| self.shared.is_written(self.moved_number(folder));
        self.shared.is_written(self.file_number(file)) || written::above(file).any(is_moved)
    }

    /// The number of a folder that was renamed.
    pub fn moved_number(&self, path: &[u8]) -> u64 {
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
