//! What all processes of one environment know together: what was told, how often, which addresses a host vouched for.
//!
//! It lies in a file in memory that each process maps. Nothing in it is a lock, and nothing read from it is trusted to
//! be in order: a process can end anywhere.

use crate::children::Children;
use crate::number_set::{Taken, add, holds, places, taken};
use crate::request_id::RequestId;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Distinct activities that are remembered; what is new beyond is judged, but not told.
const MOST_TOLD: usize = 1 << 14;
const MOST_COUNTED: usize = 1 << 12;
const MOST_VOUCHED: usize = 1 << 12;
const MOST_WRITTEN: usize = 1 << 13;
/// Detections and states of one moment that are told.
const MOST_IN_A_MOMENT: u64 = 20;
/// After this many times, a detection is told only at powers of two.
const OFTEN: u32 = 10;

/// A detection, how often it came, and the moment at which it was last told.
#[repr(C)]
#[derive(Default)]
struct Count {
    number: AtomicU64,
    times: AtomicU32,
    moment: AtomicU32,
}

/// An activity that was told, and the invocation it was told in.
#[repr(C)]
#[derive(Default)]
struct Told {
    number: AtomicU64,
    invocation: AtomicU32,
}

/// The memory itself; all zeros is a new one.
#[repr(C)]
pub struct Shared {
    /// The same as in the setting that this memory belongs to.
    pub nonce: AtomicU64,
    request_id: RequestId,
    /// Counts invocations, where a guard tells of them; 0 where none does.
    invocation: AtomicU32,
    is_attacked: AtomicU32,
    /// Changes whenever something that was told is forgotten.
    generation: AtomicU32,
    is_announced: AtomicU32,
    /// Whether an invocation was here, and none is.
    is_idle: AtomicU32,
    pub children: Children,
    /// The moment, and how much was told in it.
    told_now: AtomicU64,
    pub records: AtomicU64,
    pub judged: AtomicU64,
    pub blocked: AtomicU64,
    pub faults: AtomicU64,
    /// Records that were lost and not yet told of.
    pub dropped: AtomicU64,
    told: [Told; MOST_TOLD],
    counts: [Count; MOST_COUNTED],
    vouched: [AtomicU64; MOST_VOUCHED],
    /// Files that were written in this environment.
    written: [AtomicU64; MOST_WRITTEN],
}

impl Shared {
    pub const SIZE: usize = size_of::<Shared>().next_multiple_of(4_096);

    /// Whether an activity is told for the first time; from now on it is not.
    pub fn is_new(&self, number: u64) -> bool {
        for place in places(number, MOST_TOLD) {
            let told = &self.told[place];
            match taken(&told.number, number) {
                Taken::Now => {
                    let invocation = self.invocation.load(Ordering::Relaxed);
                    told.invocation.store(invocation, Ordering::Relaxed);
                    return true;
                }
                Taken::Before => return false,
                Taken::ByAnother => {}
            }
        }
        false
    }

    /// How often a detection came in this environment; none where it need not be told again. What comes in one moment
    /// is told once: an invocation, or a second where nobody tells of invocations.
    pub fn counted(&self, number: u64, now_ms: u64) -> Option<u64> {
        let moment = self.moment(now_ms);
        for place in places(number, MOST_COUNTED) {
            let count = &self.counts[place];
            if matches!(taken(&count.number, number), Taken::ByAnother) {
                continue;
            }
            let times = count
                .times
                .fetch_add(1, Ordering::Relaxed)
                .saturating_add(1);
            let is_again = count.moment.swap(moment, Ordering::Relaxed) == moment;
            let is_due = times <= OFTEN || times.is_power_of_two();
            return (is_due && !is_again && self.has_room(moment)).then_some(u64::from(times));
        }
        None
    }

    fn moment(&self, now_ms: u64) -> u32 {
        match self.invocation.load(Ordering::Relaxed) {
            0 => u32::try_from((now_ms / 1_000) & 0x7FFF_FFFF).unwrap_or(0) | 0x8000_0000,
            invocation => invocation,
        }
    }

    /// Whether something more may be told in this moment.
    fn has_room(&self, moment: u32) -> bool {
        let more = |told: u64| {
            let before = if told >> 32 == u64::from(moment) {
                told & 0xFFFF_FFFF
            } else {
                0
            };
            (before < MOST_IN_A_MOMENT).then_some(u64::from(moment) << 32 | (before + 1))
        };
        self.told_now
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    pub fn attacked(&self) {
        self.is_attacked.store(1, Ordering::Relaxed);
    }

    pub fn is_attacked(&self) -> bool {
        self.is_attacked.load(Ordering::Relaxed) != 0
    }

    /// Whether nobody has announced the environment yet; the one who asks first is to do it.
    pub fn is_to_be_announced(&self) -> bool {
        self.is_announced.swap(1, Ordering::AcqRel) == 0
    }

    pub fn generation(&self) -> u32 {
        self.generation.load(Ordering::Relaxed)
    }

    pub fn vouch(&self, number: u64) {
        add(&self.vouched, number);
    }

    pub fn is_vouched(&self, number: u64) -> bool {
        holds(&self.vouched, number)
    }

    /// Remembers that a file was written.
    pub fn write(&self, number: u64) {
        add(&self.written, number);
    }

    pub fn is_written(&self, number: u64) -> bool {
        holds(&self.written, number)
    }

    /// Opens an invocation; the one before it, if it was attacked, has taught nothing. An empty id ends one.
    pub fn turn_to(&self, request_id: &[u8]) {
        let before = self.invocation.load(Ordering::Relaxed);
        if self.is_attacked.swap(0, Ordering::Relaxed) != 0 {
            for told in &self.told {
                if told.invocation.load(Ordering::Relaxed) == before {
                    told.forget();
                }
            }
            self.generation.fetch_add(1, Ordering::Relaxed);
        }
        self.invocation
            .store(before.wrapping_add(1) & 0x7FFF_FFFF | 1, Ordering::Relaxed);
        self.is_idle
            .store(u32::from(request_id.is_empty()), Ordering::Relaxed);
        self.request_id.write(request_id);
    }

    /// Whether an invocation was here, and none is.
    pub fn is_idle(&self) -> bool {
        self.is_idle.load(Ordering::Relaxed) != 0
    }

    /// The number of the invocation; 0 before the first.
    pub fn invocation(&self) -> u32 {
        self.invocation.load(Ordering::Relaxed)
    }

    /// The id of the invocation; empty where there is none, or it is just changing.
    pub fn request_id(&self) -> String {
        self.request_id.read()
    }
}

impl Told {
    /// A place that is left is marked, not emptied: numbers behind it are still found.
    fn forget(&self) {
        const LEFT: u64 = u64::MAX;
        if self.number.load(Ordering::Relaxed) != 0 {
            self.number.store(LEFT, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new() -> Box<Shared> {
        // SAFETY: all of it is atomic numbers, for which zeros are a value.
        unsafe { Box::<Shared>::new_zeroed().assume_init() }
    }

    #[test]
    fn an_activity_is_new_once() {
        let shared = new();
        assert!(shared.is_new(7));
        assert!(!shared.is_new(7));
        assert!(shared.is_new(7 + MOST_TOLD as u64)); // the same place
        assert!(!shared.is_new(7 + MOST_TOLD as u64));
    }

    #[test]
    fn an_attacked_invocation_is_forgotten() {
        let shared = new();
        shared.turn_to(b"1");
        assert!(shared.is_new(1));
        shared.turn_to(b"2");
        assert!(shared.is_new(2) && !shared.is_new(1));
        shared.attacked();
        let generation = shared.generation();
        shared.turn_to(b"3");
        assert!(!shared.is_attacked() && shared.generation() != generation);
        assert!(shared.is_new(2) && !shared.is_new(1));
    }

    #[test]
    fn a_detection_is_told_once_an_invocation_and_seldom_where_it_is_frequent() {
        let shared = new();
        let mut told = Vec::new();
        for n in 0..100 {
            shared.turn_to(format!("{n}").as_bytes());
            told.extend(shared.counted(5, 0));
            assert_eq!(shared.counted(5, 0), None);
        }
        assert!(told.len() < 20, "{told:?}");
    }

    #[test]
    fn without_a_guard_a_moment_is_a_second() {
        let shared = new();
        assert_eq!(shared.counted(5, 1_000), Some(1));
        assert_eq!(shared.counted(5, 1_900), None);
        assert_eq!(shared.counted(5, 2_000), Some(3));
        let told = (0..1_000)
            .filter(|n| shared.counted(100 + n, 9_000).is_some())
            .count();
        assert_eq!(told, usize::try_from(MOST_IN_A_MOMENT).unwrap());
    }

    #[test]
    fn an_address_is_vouched_for_by_its_number() {
        let shared = new();
        shared.vouch(9);
        assert!(shared.is_vouched(9) && !shared.is_vouched(10));
        assert!(!shared.is_written(9));
        shared.write(9);
        assert!(shared.is_written(9) && !shared.is_written(10));
    }
}
