//! What a detector gets and what it gives.

use memchr::memmem;

use super::rule::Finding;
use crate::signs::Signs;

/// One kind of attack: a cheap question first, then the search for those of its rules that need more than
/// literals and a pattern.
pub struct Detector {
    pub wants: fn(Signs) -> bool,
    pub find: fn(&Leaf, &mut Vec<Finding>),
}

/// A text in lower case.
pub struct Leaf {
    pub lower: Vec<u8>,
    /// Which signs occur in it.
    pub signs: Signs,
    /// Whether it was cut out of a whole document of HTML.
    pub is_of_document: bool,
}

impl Leaf {
    /// Takes `text`, in a buffer that was used before.
    pub fn new(text: &[u8], signs: Signs, mut lower: Vec<u8>) -> Self {
        lower.clear();
        lower.extend_from_slice(text);
        lower.make_ascii_lowercase();
        Self {
            lower,
            signs,
            is_of_document: false,
        }
    }

    /// Where `needle`, in lower case, first stands.
    pub fn find(&self, needle: &str) -> Option<usize> {
        memmem::find(&self.lower, needle.as_bytes())
    }

    /// The lower-case text from `start` on, at most `length` bytes.
    pub fn near(&self, start: usize, length: usize) -> &[u8] {
        let end = start.saturating_add(length).min(self.lower.len());
        self.lower.get(start..end).unwrap_or_default()
    }
}
