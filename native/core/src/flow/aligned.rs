//! Lays an input beside the place in a resource that holds its letters: which bytes there are made of it.
//!
//! Between two letters code may leave signs out, put `_`, `-`, `+`, `.` or a blank in the place of one, double a
//! quote, put a backslash in front of a sign, and spell it (`letters.rs`). Nothing else becomes of an input's signs.

use super::letters::Unit;

/// What stands in the place of a sign that code takes out.
const IN_PLACE: &[u8] = b"_-+. ";

/// An input in a resource: from which unit to which, and how much of it.
pub struct Aligned {
    pub start: usize,
    pub end: usize,
    /// How many letters of the input were found.
    pub letters: usize,
    /// Is there all of it, but for signs?
    pub is_whole: bool,
}

/// Lays `input`, whose first letter stands at `first`, beside the units from `from` on; the last unit is none.
pub fn aligned(units: &[Unit], from: usize, input: &[u8], first: usize) -> Aligned {
    let (mut at, mut unit, mut letters) = (first, from, 0);
    let mut dropped = Dropped::default();
    let is_whole = loop {
        let is_same = |(byte, unit): &(&u8, &Unit)| {
            byte.is_ascii_alphanumeric() && byte.to_ascii_lowercase() == unit.byte
        };
        let same = input[at..].iter().zip(&units[unit..]).take_while(is_same);
        let count = same.count();
        (at, unit, letters) = (at + count, unit + count, letters + count);
        let gap = signs(&input[at..]);
        if count == 0 || at + gap.len() == input.len() {
            break count > 0;
        }
        let beside = length_of_gap(&units[unit..]);
        let goes_on = units[unit + beside].byte == input[at + gap.len()].to_ascii_lowercase();
        if !goes_on || !dropped.becomes(gap, &units[unit..unit + beside]) {
            break false;
        }
        (at, unit) = (at + gap.len(), unit + beside);
    };
    // Behind a beginning stand the code's own signs.
    let behind = if is_whole { signs(&input[at..]) } else { b"" };
    let after = &units[unit..units.len() - 1];
    let end = unit + dropped.length_at_edge(behind.iter(), after.iter());
    let before = input[..first].iter().rev();
    let start = from - dropped.length_at_edge(before, units[..from].iter().rev());
    Aligned {
        start,
        end,
        letters,
        is_whole,
    }
}

/// The signs in front of the next letter.
fn signs(text: &[u8]) -> &[u8] {
    let length = text.iter().position(u8::is_ascii_alphanumeric);
    &text[..length.unwrap_or(text.len())]
}

/// How many units stand in front of the next letter, or of the end.
fn length_of_gap(units: &[Unit]) -> usize {
    let is_sign = |unit: &&Unit| !unit.byte.is_ascii_alphanumeric();
    let length = units.iter().take_while(is_sign).count();
    length.min(units.len() - 1)
}

/// The signs that the code left out somewhere.
#[derive(Clone, Copy, Default)]
struct Dropped(u128);

impl Dropped {
    fn add(&mut self, signs: &[u8]) {
        for sign in signs {
            self.0 |= 1_u128.checked_shl(u32::from(*sign)).unwrap_or(0);
        }
    }

    fn holds(self, sign: u8) -> bool {
        sign >= 0x80 || self.0 >> sign & 1 == 1
    }

    /// Can code make `units` of these signs? Remembers those that it left out.
    fn becomes(&mut self, signs: &[u8], units: &[Unit]) -> bool {
        let (mut rest, mut at) = (signs, 0);
        while let Some(Unit { byte: sign, .. }) = units.get(at) {
            at += 1;
            if let Some(skipped) = rest.iter().position(|one| is_same(*one, *sign)) {
                self.add(&rest[..skipped]);
                rest = &rest[skipped + 1..];
                let is_again = units.get(at).is_some_and(|next| next.byte == *sign);
                let is_doubled = b"'\"\\".contains(sign) && is_again && rest.first() != Some(sign);
                at += usize::from(is_doubled);
            } else if IN_PLACE.contains(sign) && !rest.is_empty() {
                rest = &rest[1..];
            } else {
                return false;
            }
        }
        self.add(rest);
        true
    }

    /// How many units beside the first or last letter are the input's signs there: the same, but for those that were
    /// left out elsewhere.
    fn length_at_edge<'a>(
        self,
        signs: impl Iterator<Item = &'a u8>,
        units: impl Iterator<Item = &'a Unit>,
    ) -> usize {
        let mut kept = signs.filter(|sign| !self.holds(**sign)).peekable();
        let (mut length, mut last) = (0, 0);
        for unit in units {
            let is_kept = kept.next_if(|sign| **sign == unit.byte).is_some();
            let is_doubled = unit.byte == last && b"'\"".contains(&last);
            if !is_kept && !is_doubled {
                break;
            }
            // The code's own quote may stand beside one that is escaped.
            last = if is_kept && !unit.is_spelled {
                unit.byte
            } else {
                0
            };
            length += 1;
        }
        length
    }
}

/// Letters that are no ASCII have other bytes in another case.
fn is_same(sign: u8, unit: u8) -> bool {
    sign == unit || sign >= 0x80 && unit >= 0x80
}
