//! The prefilter: which literals of the rules stand in a text, in one pass.
//!
//! Each literal is found by the rarest three bytes of it (its gram). A filter of some 4 KB, written when the core is
//! built, says of almost every gram of a text that it is nobody's.

use super::rule::Rule;
use super::rules::{ALL, FILTER, LITERALS, RANKS, STARTS};

/// Bytes of a gram.
const GRAM: usize = 3;

/// A text that a rule wants, in lower case.
#[derive(Debug)]
pub struct Literal {
    pub(crate) gram: u32,
    pub(crate) text: &'static [u8],
    /// Where its gram stands in it.
    pub(crate) anchor: usize,
    pub(crate) rule: &'static Rule,
    /// Where that stands among all rules.
    pub(crate) number: u16,
}

/// Shows each rule of which a literal stands in `lower` once, with where the first literal of it begins and ends.
pub(crate) fn wanting(lower: &[u8], mut visit: impl FnMut(&'static Rule, usize, usize)) {
    let mut shown = Shown::default();
    // One byte more than a gram has: such four are read at once.
    let whole = lower.windows(GRAM + 1).map(|four| {
        let four: [u8; GRAM + 1] = four.try_into().unwrap_or_default();
        u32::from_le_bytes(four) & 0xFF_FFFF
    });
    let last = lower.last_chunk::<GRAM>();
    let last = last.map(|three| u32::from_le_bytes([three[0], three[1], three[2], 0]));
    for (at, gram) in whole.chain(last).enumerate() {
        let bit = gram.wrapping_mul(0x9E37_79B1) >> (32 - (FILTER.len() * 64).ilog2());
        let (word, bit) = (bit as usize / 64, 1 << (bit % 64));
        if FILTER[word] & bit == 0 {
            continue;
        }
        for literal in bucket(word, bit) {
            let start = at.checked_sub(literal.anchor);
            let Some(start) = start.filter(|_| literal.gram == gram) else {
                continue;
            };
            if !shown.has(literal.number) && stands(literal.text, &lower[start..]) {
                shown.add(literal.number);
                visit(literal.rule, start, start + literal.text.len());
            }
        }
    }
}

/// The literals whose gram sets `bit` of a word of the filter.
fn bucket(word: usize, bit: u64) -> &'static [Literal] {
    let before = (FILTER[word] & (bit - 1)).count_ones();
    let rank = usize::from(RANKS[word]) + before as usize;
    &LITERALS[usize::from(STARTS[rank])..usize::from(STARTS[rank + 1])]
}

/// Whether `lower` begins with a literal; of most others whose gram is the same the ends already say no.
fn stands(literal: &[u8], lower: &[u8]) -> bool {
    let last = literal.len() - 1;
    lower.first() == literal.first()
        && lower.get(last) == Some(&literal[last])
        && lower.starts_with(literal)
}

/// The rules that were shown.
#[derive(Default)]
struct Shown([u64; ALL.len().div_ceil(64)]);

impl Shown {
    fn has(&self, number: u16) -> bool {
        self.0[usize::from(number / 64)] >> (number % 64) & 1 == 1
    }

    fn add(&mut self, number: u16) {
        self.0[usize::from(number / 64)] |= 1 << (number % 64);
    }
}
