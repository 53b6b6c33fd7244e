//! What a detector gets and what it gives.

use memchr::{memchr_iter, memmem};

use crate::signs::Signs;

/// One reason to call a text an attack.
pub struct Rule {
    pub id: &'static str,
    pub confidence: u8,
    pub cwe: u16,
    /// What is said of a hit.
    pub reason: &'static str,
    /// Why it is an attack, and why nothing harmless looks like it.
    pub rationale: &'static str,
}

/// A rule that holds, and where.
pub struct Finding {
    pub rule: &'static Rule,
    pub start: usize,
    pub end: usize,
}

impl Finding {
    /// `rule` holds for these bytes.
    pub fn new(rule: &'static Rule, start: usize, end: usize) -> Self {
        Self { rule, start, end }
    }
}

/// One kind of attack: a cheap question first, then the search for its strongest rule.
pub struct Detector {
    pub name: &'static str,
    pub rules: &'static [Rule],
    pub wants: fn(Signs) -> bool,
    pub find: fn(&Leaf) -> Option<Finding>,
}

/// A text in lower case.
pub struct Leaf {
    pub lower: Vec<u8>,
}

impl Leaf {
    /// Takes `text`.
    pub fn new(text: &[u8]) -> Self {
        Self {
            lower: text.to_ascii_lowercase(),
        }
    }

    /// Where `needle`, in lower case, first stands.
    pub fn find(&self, needle: &str) -> Option<usize> {
        memmem::find(&self.lower, needle.as_bytes())
    }

    /// The first of `marks`, all of which hold `byte` at their anchors, and where it stands.
    pub fn find_mark<'m>(&self, byte: u8, marks: &'m [Mark]) -> Option<(usize, &'m Mark)> {
        memchr_iter(byte, &self.lower).find_map(|at| {
            let stands = |mark: &&Mark| {
                let start = at.checked_sub(mark.anchor);
                start.is_some_and(|start| {
                    let (text, near) = (mark.text.as_bytes(), &self.lower[start..]);
                    near[0] == text[0] && near.starts_with(text)
                })
            };
            let mark = marks.iter().find(stands)?;
            Some((at - mark.anchor, mark))
        })
    }

    /// The lower-case text from `start` on, at most `length` bytes.
    pub fn near(&self, start: usize, length: usize) -> &[u8] {
        let end = start.saturating_add(length).min(self.lower.len());
        self.lower.get(start..end).unwrap_or_default()
    }
}

/// A text to find, and where in it the byte stands by which it is found.
pub struct Mark {
    pub text: &'static str,
    pub anchor: usize,
    /// Which of the detector's rules it fires.
    pub rule: usize,
}

/// A mark with its fields in order.
pub const fn mark(text: &'static str, anchor: usize, rule: usize) -> Mark {
    Mark { text, anchor, rule }
}

/// The finding with the highest confidence.
pub fn strongest(findings: impl Iterator<Item = Finding>) -> Option<Finding> {
    findings.max_by_key(|finding| finding.rule.confidence)
}
