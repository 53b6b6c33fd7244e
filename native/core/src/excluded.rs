//! Which hits a person's exclusions let pass. An exclusion is for a value: for each spelling of it, under each name that
//! AWS gives it, and for what a text around it (a body, a query, a path) holds of it and of nothing else.
//!
//! An attack beside what is excluded is told all the same: the text around is read once more, without that.

use crate::gap::Gap;
use crate::inputs::{Event, Input, Name, decode_text, parameter, place};
use crate::marks::{Marks, last_step, segments};
use crate::pattern::matches;
use crate::policy::{DetectorExclusion, Policy};
use crate::scan::{Hit, Piece, Scanner};
use crate::signs::Signs;
use std::ops::Range;

/// What reading texts once more may cost in one event: a quarter of what reading all of it may.
const MOST_WORK: usize = 6_000_000;
/// Inputs that may be compared with exclusions in one event.
pub(crate) const MOST_COMPARED: usize = 100_000;
/// Texts that may be decoded once more in one event, and bytes of each.
const MOST_DECODINGS: usize = 32;
const MOST_DECODED: usize = 16 << 10;
const LONGEST_PATH: usize = 400;
/// What stands in the place of each byte of what is excluded.
const STAND_IN: u8 = b'x';

/// What is excluded for one detector: by the policy, and what was told already.
pub(crate) struct Excluded<'p> {
    exclusions: Vec<&'p DetectorExclusion>,
    told: Vec<String>,
}

impl<'p> Excluded<'p> {
    pub(crate) fn of(policy: &'p Policy, detector: &str) -> Self {
        let is_of =
            |one: &&DetectorExclusion| matches(one.detector.as_bytes(), detector.as_bytes(), None);
        Self {
            exclusions: policy.detector_exclusions.iter().filter(is_of).collect(),
            told: Vec::new(),
        }
    }

    /// Takes a value for excluded from now on; false where it was.
    pub(crate) fn tell(&mut self, input: Input<'_>) -> bool {
        let name = parameter(&place(input.path())).into_owned();
        let is_new = !self.told.contains(&name);
        if is_new {
            self.told.push(name);
        }
        is_new
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.exclusions.is_empty() && self.told.is_empty()
    }

    /// Whether an input is excluded that has, in one of its spellings, this text.
    pub(crate) fn holds(&self, input: Input<'_>, text: &[u8]) -> bool {
        let name = Name::of(input.path());
        self.told.contains(&name.parameter)
            || self
                .exclusions
                .iter()
                .any(|one| one.is_for(&name) && one.takes(text))
    }
}

/// Looks at the hits of one event. What it has no work left for is told.
pub(crate) struct Excluding<'a> {
    event: &'a Event,
    scanner: Scanner,
    left: usize,
    decodings: usize,
}

impl<'a> Excluding<'a> {
    pub(crate) fn new(event: &'a Event) -> Self {
        Self {
            event,
            scanner: Scanner::new(MOST_WORK),
            left: MOST_COMPARED,
            decodings: MOST_DECODINGS,
        }
    }

    /// What is left of a hit in `input`, as it would be without what is excluded; none where nothing is.
    pub(crate) fn rest(
        &mut self,
        input: Input<'a>,
        hit: Hit,
        excluded: &Excluded<'_>,
    ) -> Option<Hit> {
        if excluded.is_empty() {
            return Some(hit);
        }
        if is_excluded(self.event, input, excluded, &mut self.left) {
            return None;
        }
        let marks = Marks::of(self.event, input, excluded, &mut self.left);
        if marks.bytes.is_empty() && marks.is_of_all {
            return None;
        }
        if !marks.bytes.is_empty() {
            let text = without(input.text(), &marks.bytes);
            let again = self.hit_in(&text, input.is_key(), hit.detector);
            return again.unwrap_or(Some(hit));
        }
        match self.is_of_excluded(input, hit.detector, excluded) {
            true => None,
            false => Some(hit),
        }
    }

    /// Whether an input would hold nothing, had a text around it been decoded without what is excluded:
    /// `q=1%26b%3D<attack>` has no `b`.
    fn is_of_excluded(
        &mut self,
        input: Input<'a>,
        detector: &str,
        excluded: &Excluded<'_>,
    ) -> bool {
        // A longer path is not shown whole, so that it cannot be told from another one.
        if input.path().len() > LONGEST_PATH {
            return false;
        }
        let mut part = input;
        while let Some(whole) = part.whole() {
            part = whole;
            if whole.text().len() > MOST_DECODED || self.decodings == 0 {
                continue;
            }
            let marks = Marks::of(self.event, whole, excluded, &mut self.left);
            if marks.bytes.is_empty() {
                continue;
            }
            self.decodings -= 1;
            let again = decode_text(&without(whole.text(), &marks.bytes), whole.path());
            let name = place(input.path());
            let mut same = again.inputs().filter(|one| place(one.path()) == name);
            let is_told = again.gap() != Gap::default()
                || same.any(|one| self.hit_in(one.text(), one.is_key(), detector) != Ok(None));
            if !is_told {
                return true;
            }
        }
        false
    }

    /// A detector's word on a text; an error where there is no work left to read it.
    fn hit_in(&mut self, text: &[u8], is_key: bool, detector: &str) -> Result<Option<Hit>, ()> {
        if is_key {
            self.scanner.read_names(text);
        }
        let pieces = Piece::count(text);
        let is_read = (0..pieces).all(|at| {
            self.scanner.read(match pieces {
                1 => Piece::whole(text, Signs::counted(text)),
                _ => Piece::nth(text, at),
            })
        });
        let mut hits = self.scanner.hits().into_iter();
        let hit = hits.find(|hit| hit.detector == detector);
        if is_read { Ok(hit) } else { Err(()) }
    }
}

/// Whether an input is excluded: itself, as a spelling or a guessed piece of what is, or as that by another name in the path
/// of a request. Inputs that are compared for the latter are taken from `left`.
pub(crate) fn is_excluded(
    event: &Event,
    input: Input<'_>,
    excluded: &Excluded<'_>,
    left: &mut usize,
) -> bool {
    let is_it = |one| excluded.holds(one, one.text()) || excluded.holds(one, input.text());
    let mut is_segment = |one: Input<'_>| {
        let all = 0..one.text().len();
        segments(event, one, excluded, left).contains(&all)
    };
    spellings(input).any(is_it) || spellings(input).any(&mut is_segment)
}

/// An input, and the longer ones of which it is a spelling.
fn spellings(input: Input<'_>) -> impl Iterator<Item = Input<'_>> {
    std::iter::successors(Some(input), |one| {
        let whole = one.whole()?;
        let is_segment = last_step(one.path()).starts_with("segment[");
        (is_segment || place(one.path()) == place(whole.path())).then_some(whole)
    })
}

/// The text with stand-ins in the ranges, so that places in it stay.
fn without(text: &[u8], ranges: &[Range<usize>]) -> Vec<u8> {
    let mut rest = text.to_vec();
    for range in ranges {
        if let Some(bytes) = rest.get_mut(range.clone()) {
            bytes.fill(STAND_IN);
        }
    }
    rest
}
