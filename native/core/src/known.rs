//! Which short texts were looked at before and held nothing: headers, hosts and names come with every event.
//!
//! Only what is said of a text by itself is kept, as a hash with a key that is drawn anew for each environment: nobody
//! outside can make one text pass for another.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};

/// Texts that are remembered; a newer one takes the place of an older one.
const PLACES: usize = 4_096;
/// Longer texts are not.
const LONGEST: usize = 1 << 10;

/// What was found of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// No other text is hidden in it.
    Hidden = 1,
    /// As `Hidden`, of a text whose pairs were shown before.
    HiddenBesidePairs = 2,
    /// No detector has a word to say of it.
    Found = 3,
}

/// A text's hash; none of a text that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark(u64);

/// The texts that held nothing.
#[derive(Debug, Default)]
pub(crate) struct Known {
    key: RandomState,
    places: RefCell<Vec<u64>>,
}

impl Known {
    /// The mark by which a text is known.
    pub(crate) fn mark(&self, text: &[u8]) -> Mark {
        if text.len() > LONGEST {
            return Mark::default();
        }
        Mark(self.key.hash_one(text) | 1)
    }

    /// Whether `nothing` was noted of a text.
    pub(crate) fn holds(&self, mark: Mark, nothing: Nothing) -> bool {
        let (place, noted) = note(mark, nothing);
        mark != Mark::default() && self.places.borrow().get(place) == Some(&noted)
    }

    /// Notes `nothing` of a text.
    pub(crate) fn add(&self, mark: Mark, nothing: Nothing) {
        if mark == Mark::default() {
            return;
        }
        let (place, noted) = note(mark, nothing);
        let mut places = self.places.borrow_mut();
        if places.is_empty() {
            places.resize(PLACES, 0);
        }
        places[place] = noted;
    }
}

/// Where it is noted, and as what.
fn note(Mark(hash): Mark, nothing: Nothing) -> (usize, u64) {
    let noted = hash.rotate_left(nothing as u32 * 16) ^ nothing as u64;
    (noted as usize % PLACES, noted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_known_and_nothing_else() {
        let known = Known::default();
        let mark = known.mark(b"accept");
        assert!(!known.holds(mark, Nothing::Found));
        known.add(mark, Nothing::Found);
        assert!(known.holds(mark, Nothing::Found));
        assert!(!known.holds(mark, Nothing::Hidden));
        assert!(!known.holds(known.mark(b"Accept"), Nothing::Found));
    }

    #[test]
    fn a_long_text_is_never_known() {
        let known = Known::default();
        let mark = known.mark(&[b'a'; LONGEST + 1]);
        known.add(mark, Nothing::Found);
        assert!(!known.holds(mark, Nothing::Found));
    }

    #[test]
    fn two_environments_have_marks_of_their_own() {
        assert_ne!(Known::default().mark(b"x"), Known::default().mark(b"x"));
    }

    #[test]
    fn however_many_texts_there_are_the_table_stays_as_it_is() {
        let known = Known::default();
        for number in 0..3 * PLACES {
            known.add(known.mark(&number.to_ne_bytes()), Nothing::Found);
        }
        assert_eq!(known.places.borrow().len(), PLACES);
    }
}
