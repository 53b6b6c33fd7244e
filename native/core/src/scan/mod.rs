//! The firewall: is one leaf string of an event an attack?
//!
//! In front stands one pass over the bytes that notes which signs occur (`signs.rs`); a text without
//! them, which is most text, is done. Then each detector on the list below that wants those signs
//! looks at the text and at its decoded forms (`decode.rs`) and names the strongest of its rules.
//! 90 and above is said only where the structure is unmistakable: such an input may be blocked.
//! Of a text longer than 256 KiB its first 192 and last 64 are looked at: what stands between is
//! not seen. Not seen either: forms nested deeper than two, HTML entities, other encodings.

mod decode;
mod leaf;
mod log4shell;
mod path_traversal;
mod shell_injection;
mod sql_clauses;
mod sql_injection;
mod sql_openings;
mod xss;

use crate::signs::Signs;
use leaf::{Detector, Finding, Leaf};

/// One thing that makes a text an attack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Which attack: `sql-injection`.
    pub detector: &'static str,
    /// How sure, 0 to 100.
    pub confidence: u8,
    /// The rule that said so.
    pub rule: &'static str,
    /// The weakness that the attack aims at.
    pub cwe: u16,
    /// What was seen, for a person.
    pub reason: &'static str,
    /// First byte of what was seen; of a decoded form, of the whole text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Every detector, by hand: what is not on this list does not run.
static DETECTORS: [&Detector; 5] = [
    &sql_injection::DETECTOR,
    &shell_injection::DETECTOR,
    &path_traversal::DETECTOR,
    &xss::DETECTOR,
    &log4shell::DETECTOR,
];

const FIRST: usize = 192 * 1024;
const LAST: usize = 64 * 1024;

/// Says which attacks `text` is: at most one hit for each detector.
pub fn scan(text: &[u8]) -> Vec<Hit> {
    if text.len() <= FIRST + LAST {
        return scan_window(text);
    }
    let last = text.len() - LAST;
    let mut hits = scan_window(&text[..FIRST]);
    let later = scan_window(&text[last..]).into_iter();
    hits.extend(later.map(|hit| Hit {
        start: hit.start + last,
        end: hit.end + last,
        ..hit
    }));
    strongest(hits)
}

fn scan_window(text: &[u8]) -> Vec<Hit> {
    let signs = Signs::of(text);
    let mut hits = Vec::new();
    if signs.is_plain() {
        return hits;
    }
    hits_in(text, signs, &mut hits);
    for form in decode::forms(text, signs) {
        let from = hits.len();
        hits_in(&form, Signs::of(&form), &mut hits);
        hits[from..]
            .iter_mut()
            .for_each(|hit| (hit.start, hit.end) = (0, text.len()));
    }
    strongest(hits)
}

fn hits_in(text: &[u8], signs: Signs, hits: &mut Vec<Hit>) {
    let mut wanting = DETECTORS
        .iter()
        .filter(|detector| (detector.wants)(signs))
        .peekable();
    if wanting.peek().is_none() {
        return;
    }
    let leaf = Leaf::new(text);
    hits.extend(wanting.filter_map(|detector| Some(hit(detector, (detector.find)(&leaf)?))));
}

fn hit(detector: &Detector, finding: Finding) -> Hit {
    let Finding { rule, start, end } = finding;
    let (confidence, cwe, reason) = (rule.confidence, rule.cwe, rule.reason);
    Hit {
        detector: detector.name,
        confidence,
        rule: rule.id,
        cwe,
        reason,
        start,
        end,
    }
}

fn strongest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.detector, std::cmp::Reverse(hit.confidence)));
    hits.dedup_by_key(|hit| hit.detector);
    hits
}

/// What every rule says of itself: id, detector, confidence, CWE, rationale.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str, u8, u16, &'static str)> {
    DETECTORS.iter().flat_map(|detector| {
        let name = detector.name;
        detector
            .rules
            .iter()
            .map(move |rule| (rule.id, name, rule.confidence, rule.cwe, rule.rationale))
    })
}
