//! The prefilter: which literals of the rules stand in a text, in one pass.
//!
//! Each literal is found by the rarest three bytes of it (its gram). A filter of some 4 KB, written when the core is
//! built, says of almost every gram of a text that it is nobody's.

use super::rule::Rule;
use super::rules::{FILTER, GRAMS, LITERALS};

/// Bytes of a gram.
const GRAM: usize = 3;

/// A text that a rule wants, in lower case.
#[derive(Debug)]
pub struct Literal {
    pub(crate) text: &'static [u8],
    /// Where its gram stands in it.
    pub(crate) anchor: usize,
    pub(crate) rule: &'static Rule,
    /// Where that stands among all rules.
    pub(crate) number: u16,
}

/// Shows the literals in `lower`, with where each starts.
pub(crate) fn literals(lower: &[u8], mut visit: impl FnMut(&'static Literal, usize)) {
    let mut gram = 0;
    for (at, byte) in lower.iter().enumerate() {
        gram = (gram << 8 | u32::from(*byte)) & 0xFF_FFFF;
        let bit = gram.wrapping_mul(0x9E37_79B1) >> (32 - (FILTER.len() * 64).ilog2());
        if FILTER[bit as usize / 64] & 1 << (bit % 64) == 0 || at + 1 < GRAM {
            continue;
        }
        for literal in bucket(gram) {
            let Some(start) = (at + 1 - GRAM).checked_sub(literal.anchor) else {
                continue;
            };
            if lower[start..].starts_with(literal.text) {
                visit(literal, start);
            }
        }
    }
}

fn bucket(gram: u32) -> &'static [Literal] {
    let Ok(row) = GRAMS.binary_search_by_key(&gram, |row| row.0) else {
        return &[];
    };
    let end = GRAMS
        .get(row + 1)
        .map_or(LITERALS.len(), |next| usize::from(next.1));
    &LITERALS[usize::from(GRAMS[row].1)..end]
}
