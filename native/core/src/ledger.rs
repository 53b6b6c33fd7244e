//! What an environment has said, so that it says nothing twice and its log stays small.

use crate::activity::Activity;
use crate::record::{Body, Entry};
use std::collections::{HashMap, HashSet};

/// Distinct activities and detections remembered; activities that are new beyond are judged, but not written.
const MOST_REMEMBERED: usize = 10_000;
/// Detections and states of one invocation that are written; beyond, as many again of detectors that said nothing yet.
pub(crate) const MOST_WRITTEN: usize = 20;
/// After this many times, a detection is written only at powers of two.
const OFTEN: u64 = 10;

/// The memory of one environment, and of its invocation.
#[derive(Debug)]
pub(crate) struct Ledger {
    seed: u64,
    records: u64,
    seen: HashSet<Activity>,
    counts: HashMap<String, u64>,
    /// By which the invocation came, if by one.
    alias: Option<String>,
    invocation: Invocation,
}

#[derive(Debug, Default)]
struct Invocation {
    request_id: String,
    is_attacked: bool,
    written: usize,
    new: Vec<Activity>,
    said: HashSet<String>,
    /// The detectors of what was written: the first two words of their keys.
    detectors: HashSet<String>,
    /// Whether something was not written since there was too much.
    withholds: bool,
}

impl Ledger {
    pub(crate) fn new(seed: u64) -> Ledger {
        Ledger {
            seed,
            records: 0,
            seen: HashSet::new(),
            counts: HashMap::new(),
            alias: None,
            invocation: Invocation::default(),
        }
    }

    /// Opens an invocation; the one before it, if it was attacked, has taught nothing.
    pub(crate) fn turn_to(&mut self, request_id: &str) {
        let before = std::mem::take(&mut self.invocation);
        if before.is_attacked {
            for activity in &before.new {
                self.seen.remove(activity);
            }
        }
        self.invocation.request_id = request_id.to_owned();
    }

    /// Notes by which alias the invocation comes that is opened next, or none.
    pub(crate) fn comes_by(&mut self, alias: Option<&str>) {
        if self.alias.as_deref() != alias {
            self.alias = alias.map(str::to_owned);
        }
    }

    pub(crate) fn attacked(&mut self) {
        self.invocation.is_attacked = true;
    }

    pub(crate) fn is_attacked(&self) -> bool {
        self.invocation.is_attacked
    }

    /// Whether an activity is new in this environment; from now on it is not.
    pub(crate) fn is_new(&mut self, activity: &Activity) -> bool {
        if self.seen.len() >= MOST_REMEMBERED || self.seen.contains(activity) {
            return false;
        }
        self.seen.insert(activity.clone());
        self.invocation.new.push(activity.clone());
        true
    }

    /// How often `key` came in this environment; none when it need not be written again.
    pub(crate) fn counted(&mut self, key: &str) -> Option<u64> {
        if self.counts.len() >= MOST_REMEMBERED {
            self.counts.clear();
        }
        let count = self.counts.entry(key.to_owned()).or_insert(0);
        *count += 1;
        let count = *count;
        let is_first = self.invocation.said.insert(key.to_owned());
        // What an attacked invocation did for the first time is in the log: the learner must see the attack too.
        let is_due = count <= OFTEN || count.is_power_of_two() || !self.invocation.new.is_empty();
        if !is_first || !is_due {
            return None;
        }
        let is_of_new = self.invocation.detectors.insert(detector_of(key));
        let most = MOST_WRITTEN * (1 + usize::from(is_of_new));
        if self.invocation.written >= most {
            self.invocation.withholds = true;
            return None;
        }
        self.invocation.written += 1;
        Some(count)
    }

    /// Whether something of this invocation was not written since there was too much; true once.
    pub(crate) fn withholds(&mut self) -> bool {
        std::mem::take(&mut self.invocation.withholds) && self.invocation.said.insert(String::new())
    }

    pub(crate) fn entry(
        &mut self,
        now_ms: u64,
        kind: &'static str,
        level: &'static str,
        body: Body,
    ) -> Entry {
        self.records += 1;
        let id = scrambled(self.seed.wrapping_add(self.records));
        Entry {
            kind,
            level,
            now_ms,
            id,
            request_id: self.invocation.request_id.clone(),
            body: Body {
                alias: self.alias.clone(),
                ..body
            },
        }
    }
}

fn detector_of(key: &str) -> String {
    let words: Vec<&str> = key.splitn(3, ' ').take(2).collect();
    words.join(" ")
}

/// `SplitMix64` (Steele, Lea, Flood, 2014): distinct ids from a counter.
fn scrambled(counter: u64) -> u64 {
    let mut value = counter.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Kind;

    #[test]
    fn what_is_frequent_is_written_at_powers_of_two() {
        let mut ledger = Ledger::new(1);
        let mut written = Vec::new();
        for n in 1..=100 {
            ledger.turn_to(&n.to_string());
            written.extend(ledger.counted("key"));
        }
        assert_eq!(written, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64]);
    }

    #[test]
    fn a_flood_hides_no_other_detector_and_is_told_of_once() {
        let mut ledger = Ledger::new(1);
        ledger.turn_to("1");
        let flood = (0..100).filter_map(|n| ledger.counted(&format!("file unlisted {n}")));
        assert_eq!(flood.count(), MOST_WRITTEN);
        assert_eq!(ledger.counted("process unlisted id"), Some(1));
        assert_eq!(ledger.counted("process unlisted sh"), None);
        assert!(ledger.withholds());
        assert_eq!(ledger.counted("file unlisted 100"), None);
        assert!(!ledger.withholds());
        ledger.turn_to("2");
        assert!(!ledger.withholds());
    }

    #[test]
    fn an_attack_on_an_invocation_that_taught_is_always_written() {
        let mut ledger = Ledger::new(1);
        for n in 1..=100 {
            ledger.turn_to(&n.to_string());
            assert!(ledger.is_new(&Activity::new(Kind::Host, "resolve", n.to_string())));
            assert_eq!(ledger.counted("key"), Some(n));
        }
    }

    #[test]
    fn one_invocation_writes_a_bounded_number_of_lines() {
        let mut ledger = Ledger::new(1);
        ledger.turn_to("r");
        assert_eq!(
            (0..1_000)
                .filter(|n| ledger.counted(&format!("a detector {n}")).is_some())
                .count(),
            MOST_WRITTEN
        );
        assert_eq!(ledger.counted("a detector 0"), None);
        let of_others = (0..1_000).filter_map(|n| ledger.counted(&format!("a detector-{n} x")));
        assert_eq!(of_others.count(), MOST_WRITTEN);
    }

    #[test]
    fn an_attacked_invocation_is_forgotten() {
        let mut ledger = Ledger::new(1);
        let activity = Activity::new(Kind::Host, "resolve", "a");
        ledger.turn_to("1");
        assert!(ledger.is_new(&activity));
        ledger.attacked();
        ledger.turn_to("2");
        assert!(!ledger.is_attacked());
        assert!(ledger.is_new(&activity));
        ledger.turn_to("3");
        assert!(!ledger.is_new(&activity));
    }
}
