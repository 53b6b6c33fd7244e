//! Whether the wall of this process is as it was when the guard joined it.
//!
//! Does not see: machine code that was written over, what other processes do to the memory that all share

use crate::carry::Carry;
use crate::front;
use crate::kernel::{self, Identity};
use crate::pending::sealed;
use crate::real;
use crate::setting::Setting;
use crate::start::free;
use crate::wall::{Wall, wall};
use hauberk_core::keyed::number;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

/// What the guard is told that has changed, as bits of one number.
const MEMORY: u32 = 1;
const DESCRIPTORS: u32 = 2;
const POLICY: u32 = 4;
const FUNCTIONS: u32 = 8;
const FRONT: u32 = 16;

struct Kept {
    files: [Option<Identity>; 3],
    setting: u64,
    functions: u64,
    /// Of the policy as it was read; 0 until then.
    policy: AtomicU64,
}

static KEPT: AtomicPtr<Kept> = AtomicPtr::new(ptr::null_mut());

/// Remembers how it is now.
pub fn keep(wall: &Wall) {
    let kept = Kept {
        files: wall.files.map(kernel::identity),
        setting: setting(wall),
        functions: functions(wall),
        policy: AtomicU64::new(wall.seal_of_policy().unwrap_or(0)),
    };
    front::keep();
    KEPT.store(Box::into_raw(Box::new(kept)), Ordering::Release);
}

fn setting(wall: &Wall) -> u64 {
    let setting = &wall.setting;
    wall.number(&[
        &setting.document,
        setting.mode.as_bytes(),
        setting.runtime_api.as_bytes(),
        &[
            u8::from(setting.blocks_on_error),
            u8::from(setting.has_workers),
        ],
    ])
}

/// Where the calls that pass go on.
fn functions(wall: &Wall) -> u64 {
    let mut state = 0;
    real::each(|address| {
        state = number(
            wall.setting.key(),
            &[&u64::to_le_bytes(state), &(address as u64).to_le_bytes()],
        );
    });
    state
}

/// Remembers the policy that is read, where a guard is there to ask.
pub fn keep_policy(seal: impl FnOnce() -> u64) {
    // SAFETY: what is stored there is never freed or changed.
    if let Some(kept) = unsafe { KEPT.load(Ordering::Acquire).as_ref() } {
        kept.policy.store(seal(), Ordering::Relaxed);
    }
}

/// Which parts are not as they were; 0 where all are.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hauberk_wall_altered() -> u32 {
    // SAFETY: what is stored there is never freed or changed.
    let (Some(wall), Some(kept)) = (wall(), unsafe { KEPT.load(Ordering::Acquire).as_ref() })
    else {
        return 0;
    };
    let mut altered = 0;
    if wall.shared.nonce.load(Ordering::Relaxed) != wall.setting.nonce {
        altered |= MEMORY;
    }
    if wall.files.map(kernel::identity) != kept.files {
        altered |= DESCRIPTORS;
    }
    if setting(wall) != kept.setting || !has_its_policy(wall, kept) {
        altered |= POLICY;
    }
    if functions(wall) != kept.functions {
        altered |= FUNCTIONS;
    }
    if !front::is_kept() {
        altered |= FRONT;
    }
    altered
}

/// Reads what the sealed file holds anew, which nobody can have changed; 1 where that could be.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hauberk_wall_read_again() -> u32 {
    let again = || {
        let before = wall()?;
        let (file, place) = (before.files[0], before.carry.place()?);
        let setting = Setting::read(sealed(place)?.0)?;
        let carry = Carry::new(before.carry.library(), &place)?;
        let free = free(&setting);
        keep(Wall::new(setting, file, before.shared, carry, free).raise());
        Some(())
    };
    u32::from(std::panic::catch_unwind(again).ok().flatten().is_some())
}

fn has_its_policy(wall: &Wall, kept: &Kept) -> bool {
    let before = kept.policy.load(Ordering::Relaxed);
    wall.seal_of_policy().is_none_or(|seal| seal == before)
}
