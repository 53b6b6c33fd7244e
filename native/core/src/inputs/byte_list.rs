//! A text that its sender wrote as a list of numbers, one a byte.

use super::fields::is_byte_list;
use crate::json::{Leaf, Step};

/// The list that is being read, if any.
#[derive(Debug, Default)]
pub(super) struct ByteList<'a> {
    /// To the list.
    pub(super) trail: Vec<Step<'a>>,
    pub(super) bytes: Vec<u8>,
}

impl<'a> ByteList<'a> {
    /// Whether `leaf` is the next byte; where it is not, what was read so far is the whole.
    pub(super) fn goes_on(&self, trail: &[Step<'_>], leaf: Leaf<'_>) -> bool {
        let is_next = matches!(trail.last(), Some(Step::Index(at)) if *at == self.bytes.len());
        is_next && trail.len() == self.trail.len() + 1 && matches!(leaf, Leaf::Other(_))
    }

    /// Adds a number, where it is the first of such a list or the next one. A list of other numbers is none.
    pub(super) fn add(&mut self, trail: &[Step<'a>], number: &[u8]) {
        let [to_list @ .., Step::Index(at)] = trail else {
            return;
        };
        if *at != self.bytes.len() || !is_byte_list(trail) {
            return;
        }
        match byte(number) {
            Some(byte) => {
                if *at == 0 {
                    self.trail = to_list.to_vec();
                }
                self.bytes.push(byte);
            }
            None => self.bytes.clear(),
        }
    }
}

/// Java's bytes have a sign.
fn byte(number: &[u8]) -> Option<u8> {
    let number: i16 = std::str::from_utf8(number).ok()?.parse().ok()?;
    (-128..=255)
        .contains(&number)
        .then(|| number.to_le_bytes()[0])
}
