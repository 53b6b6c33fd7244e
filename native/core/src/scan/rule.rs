//! What a rule is, and what it found. The rules are data, in `rules/`.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// What a pattern keeps of its automaton.
const MOST_CACHED_BYTES: usize = 64 << 10;

/// One reason to call a text an attack.
#[derive(Debug)]
pub struct Rule {
    /// Which attack: `sql-injection`.
    pub detector: &'static str,
    pub id: &'static str,
    /// How sure it is alone, 0 to 100.
    pub confidence: u8,
    /// The weakness that the attack aims at.
    pub cwe: u16,
    /// What is said of a hit.
    pub reason: &'static str,
    /// Why it is an attack, and why nothing harmless looks like it.
    pub rationale: &'static str,
    pub(crate) pattern: Option<Pattern>,
    /// How many repetitions its pattern counts; none where it is tied to the start of the text.
    pub(crate) repetitions: u16,
}

/// A regular expression over bytes in lower case; compiled when one of its rule's literals is first met.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// Where it first stands. A pattern that is broken stands nowhere; a test compiles each.
    pub(crate) fn find(&self, text: &[u8]) -> Option<(usize, usize)> {
        let compile = || builder(self.text).build().ok();
        let found = self.compiled.get_or_init(compile).as_ref()?.find(text)?;
        Some((found.start(), found.end()))
    }

    pub(crate) fn is_sound(&self) -> bool {
        builder(self.text).build().is_ok()
    }
}

fn builder(text: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(text);
    builder.unicode(false).dfa_size_limit(MOST_CACHED_BYTES);
    builder
}

/// A rule that holds, and where.
#[derive(Debug, Clone, Copy)]
pub struct Finding {
    pub rule: &'static Rule,
    /// How sure, 0 to 100: the rule's, where it does not depend on the text.
    pub confidence: u8,
    pub start: usize,
    pub end: usize,
}

impl Finding {
    /// `rule` holds for these bytes.
    #[must_use]
    pub fn new(rule: &'static Rule, start: usize, end: usize) -> Self {
        let confidence = rule.confidence;
        Self {
            rule,
            confidence,
            start,
            end,
        }
    }
}
