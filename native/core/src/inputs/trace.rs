//! Where an input was, and out of what it was taken.

use std::ops::Range;

/// What is known of an input's place, when that is asked for.
#[derive(Debug, Default)]
pub(super) struct Trace {
    pub(super) path: String,
    pub(super) from: From,
}

/// The text that an input was taken out of.
#[derive(Debug, Clone, Default)]
pub(super) struct From {
    /// The number of its input; none of a leaf.
    pub(super) whole: Option<usize>,
    /// Which bytes of that it was made of; none where that is all of them, or not known.
    pub(super) bytes: Option<Range<usize>>,
}
