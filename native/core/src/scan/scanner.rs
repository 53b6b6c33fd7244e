//! Reads texts one after the other, as long as the budget lasts.
//!
//! What a text costs is known before it is read: by its length, and by how many of its bytes detectors stop at. Only
//! patterns, of which few are asked, are paid for one by one. A detector's `find` is linear in its text; the constants
//! below are above what the slowest texts of `examples/event_timing` need.

use super::leaf::Leaf;
use super::literals::wanting;
use super::rule::{Finding, Pattern, Rule};
use super::xss::begins_document;
use super::{DETECTORS, Hit, LONGEST_KEY, decode, hits, key_rules, resemblance};
use crate::signs::{Signs, Stops};
use crate::work::Budget;

/// Bytes of a piece; a longer text is read in several.
const LONGEST: usize = 64 << 10;
/// How far a piece reaches into the next one.
const OVERLAP: usize = 1 << 10;

const COST_OF_TEXT: usize = 150;
const COST_OF_BYTE: usize = 2;
/// How much dearer the first signs of a text are, of which detectors look at so many: operators of a shell, for one.
const MOST_LOOKED_AT: usize = 40_000;
const LOOKS: usize = 24;
/// What a byte costs that is compared with known attacks.
const COST_OF_RESEMBLANCE: usize = 6;
/// What a byte costs for each pattern that is asked, and for each repetition that it counts: where such repetitions
/// overlap, as many states are followed.
const COST_OF_PATTERN: usize = 4;
const COST_OF_REPETITION: usize = 4;
/// What a byte costs more of a long piece in which something was found: attacks are looked at closely.
const COST_OF_FOUND: usize = 10;
/// So far around its literal a pattern is asked where the budget does not last for all of the text.
const NEAR: usize = 512;

/// A text to read, or a part of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'t> {
    pub(crate) text: &'t [u8],
    signs: Signs,
    stops: Stops,
    /// Where it stands in the text.
    offset: usize,
    is_of_document: bool,
}

impl<'t> Piece<'t> {
    /// A text that is one piece.
    pub(crate) fn whole(text: &'t [u8], (signs, stops): (Signs, Stops)) -> Self {
        Self {
            text,
            signs,
            stops,
            offset: 0,
            is_of_document: false,
        }
    }

    /// How many pieces a text is read in.
    pub(crate) fn count(text: &[u8]) -> usize {
        1 + text
            .len()
            .saturating_sub(LONGEST)
            .div_ceil(LONGEST - OVERLAP)
    }

    /// One piece of a long text.
    pub(crate) fn nth(text: &'t [u8], at: usize) -> Self {
        let offset = at * (LONGEST - OVERLAP);
        let piece = &text[offset..text.len().min(offset + LONGEST)];
        Self {
            offset,
            is_of_document: Self::count(text) > 1 && begins_document(text),
            ..Self::whole(piece, Signs::counted(piece))
        }
    }
}

/// Gathers what is found in the texts that it reads; its buffer is used for one after the other.
pub(crate) struct Scanner {
    lower: Vec<u8>,
    findings: Vec<Finding>,
    budget: Budget,
}

impl Scanner {
    pub(crate) fn new(units: usize) -> Self {
        Self {
            lower: Vec::new(),
            findings: Vec::new(),
            budget: Budget::new(units),
        }
    }

    pub(super) fn without_budget() -> Self {
        Self::new(usize::MAX)
    }

    /// Reads a piece of a text; false where the budget did not last for all of it.
    #[must_use]
    pub(crate) fn read(&mut self, piece: Piece<'_>) -> bool {
        let Piece {
            text,
            signs,
            stops,
            offset,
            ..
        } = piece;
        // Names of classes (`com.sun.rowset.JdbcRowSetImpl`) have dots and nothing else.
        if signs.is_plain() && !signs.has(Signs::DOT) {
            return true;
        }
        if !self.budget.pays(cost(text, stops)) {
            return false;
        }
        let from = self.findings.len();
        let mut is_read = self.find(text, signs, piece.is_of_document);
        let of_forms = self.findings.len();
        let forms = decode::forms(text, signs);
        for form in &forms {
            let (signs, stops) = Signs::counted(form);
            is_read &=
                self.budget.pays(cost(form, stops)) && self.find(form, signs, piece.is_of_document);
        }
        // What percent signs hide is alike, or is not.
        let alike = match forms.last() {
            Some(form) => resemblance::find(form, Signs::of(form)),
            None => resemblance::find(text, signs),
        };
        self.findings.extend(alike);
        if text.len() > LONGEST / 4 && self.findings.len() > from {
            self.budget.spend(COST_OF_FOUND * text.len());
        }
        for finding in &mut self.findings[of_forms..] {
            (finding.start, finding.end) = (0, text.len());
        }
        for finding in &mut self.findings[from..] {
            finding.start += offset;
            finding.end += offset;
        }
        is_read
    }

    /// Reads the names in a key.
    pub(crate) fn read_names(&mut self, key: &[u8]) {
        if key.len() <= LONGEST_KEY {
            let lower = key.to_ascii_lowercase();
            let named = key_rules(&lower).map(|rule| Finding::new(rule, 0, key.len()));
            self.findings.extend(named);
        }
        // Code that filters by what it is sent joins names so.
        if memchr::memmem::find(key, b"__").is_some() && key.len() <= LONGEST_KEY {
            self.find(key, Signs::of(key), false);
        }
    }

    /// One hit for each detector, of all that was read since the last time.
    pub(crate) fn hits(&mut self) -> Vec<Hit> {
        if self.findings.is_empty() {
            return Vec::new();
        }
        hits(std::mem::take(&mut self.findings))
    }

    fn find(&mut self, text: &[u8], signs: Signs, is_of_document: bool) -> bool {
        let leaf = Leaf {
            is_of_document,
            ..Leaf::new(text, signs, std::mem::take(&mut self.lower))
        };
        let mut is_read = true;
        wanting(&leaf.lower, |rule, start, end| {
            let (found, is_whole) = match &rule.pattern {
                None => (Some((start, end)), true),
                Some(pattern) => self.ask(rule, pattern, &leaf.lower, start),
            };
            is_read &= is_whole;
            let found = found.map(|(start, end)| Finding::new(rule, start, end));
            self.findings.extend(found);
        });
        let wanting = DETECTORS.iter().filter(|detector| (detector.wants)(signs));
        for detector in wanting {
            (detector.find)(&leaf, &mut self.findings);
        }
        self.lower = leaf.lower;
        is_read
    }

    /// Where the `pattern` of a rule first stands, of which a literal stands at `literal`; and whether all of the text
    /// was read for it.
    fn ask(
        &mut self,
        rule: &Rule,
        pattern: &Pattern,
        text: &[u8],
        literal: usize,
    ) -> (Option<(usize, usize)>, bool) {
        let (mut from, mut near) = (0, literal.saturating_sub(NEAR));
        let relaxed = rule.relaxed.as_ref();
        if let Some(relaxed) = relaxed.filter(|_| self.budget.pays(COST_OF_PATTERN * text.len())) {
            match relaxed.find(text, 0) {
                None => return (None, true),
                Some((start, _)) => (from, near) = (start, start),
            }
        }
        let cost = COST_OF_PATTERN + COST_OF_REPETITION * usize::from(rule.repetitions);
        if self.budget.pays(cost * (text.len() - from)) {
            return (pattern.find(text, from), true);
        }
        let part = &text[near..text.len().min(near + 2 * NEAR)];
        let is_paid = self.budget.pays(cost * part.len());
        let found = is_paid.then(|| pattern.find(part, 0)).flatten();
        let whole = |(start, end)| (near + start, near + end);
        (found.map(whole), false)
    }
}

fn cost(text: &[u8], Stops { reading, .. }: Stops) -> usize {
    let looks = (LOOKS * reading).min(MOST_LOOKED_AT);
    let alike = COST_OF_RESEMBLANCE * text.len().min(resemblance::MOST_BYTES);
    COST_OF_TEXT + COST_OF_BYTE * text.len() + reading + looks + alike
}
