//! Which short texts were looked at before and held nothing: headers, hosts and names come with every event.
//!
//! Only what is said of a text by itself is kept, as a hash with a key that is drawn anew for each environment: nobody
//! outside can make one text pass for another.

use std::cell::{OnceCell, RefCell};
use std::hash::{BuildHasher, RandomState};

/// Texts that are remembered; a newer one takes the place of an older one.
const PLACES: usize = 4_096;
/// Longer texts are not.
const LONGEST: usize = 1 << 10;

/// What was found of a text: a bit of its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nothing {
    /// No other text is hidden in it.
    Hidden = 1,
    /// As `Hidden`, of a text whose pairs were shown before.
    HiddenBesidePairs = 2,
    /// No detector has a word to say of it.
    Found = 4,
}

impl Nothing {
    /// What is noted of a text in which nothing is hidden; `is_cut`: whose pairs were shown before.
    pub(crate) fn hidden(is_cut: bool) -> Self {
        if is_cut {
            Self::HiddenBesidePairs
        } else {
            Self::Hidden
        }
    }
}

/// Bits of a hash in whose place stands what was found.
const BITS: u64 = 7;

/// A text's hash, without those bits; none of a text that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark(u64);

/// The texts that held nothing.
#[derive(Debug, Default)]
pub(crate) struct Known {
    keys: OnceCell<Keys>,
    places: RefCell<Vec<u64>>,
}

impl Known {
    /// The mark by which a text is known.
    pub(crate) fn mark(&self, text: &[u8]) -> Mark {
        if text.len() > LONGEST {
            return Mark::default();
        }
        Mark(self.keys.get_or_init(Keys::drawn).hash(text) & !BITS)
    }

    /// Whether `nothing` was noted of a text.
    pub(crate) fn holds(&self, Mark(mark): Mark, nothing: Nothing) -> bool {
        let noted = self.places.borrow().get(place(mark)).copied();
        noted.is_some_and(|noted| noted & !BITS == mark && noted & nothing as u64 != 0)
    }

    /// Notes `nothing` of a text.
    pub(crate) fn add(&self, Mark(mark): Mark, nothing: Nothing) {
        if mark == 0 {
            return;
        }
        let mut places = self.places.borrow_mut();
        if places.is_empty() {
            places.resize(PLACES, 0);
        }
        let noted = &mut places[place(mark)];
        let known = if *noted & !BITS == mark { *noted } else { mark };
        *noted = known | nothing as u64;
    }
}

fn place(mark: u64) -> usize {
    (mark >> 32) as usize % PLACES
}

/// What texts are multiplied with: for two texts, whoever chose them, the chance of the same hash is one in 2^63.
#[derive(Debug)]
struct Keys {
    length: [u64; 2],
    /// One for each sixteen bytes.
    bytes: Vec<[u64; 2]>,
    /// For both halves of the sum.
    halves: [u128; 2],
}

impl Keys {
    fn drawn() -> Self {
        let random = RandomState::new();
        let key = |at: usize| random.hash_one(at);
        let pair = |at: usize| [key(2 * at), key(2 * at + 1)];
        let long = |at: usize| u128::from(key(2 * at)) << 64 | u128::from(key(2 * at + 1));
        const LAST: usize = LONGEST / 16;
        Self {
            length: pair(LAST),
            bytes: (0..LAST).map(pair).collect(),
            halves: [long(LAST + 1), long(LAST + 2)],
        }
    }

    /// NH (of UMAC; Black and others, 1999), a sum of products; then the upper half of another one.
    fn hash(&self, text: &[u8]) -> u64 {
        let mut sum = product([text.len() as u64, 0], self.length);
        let whole = text.chunks_exact(16);
        let mut rest = [0; 16];
        rest[..whole.remainder().len()].copy_from_slice(whole.remainder());
        let mut keys = self.bytes.iter();
        for (bytes, key) in whole.zip(&mut keys) {
            sum = sum.wrapping_add(product(words(bytes), *key));
        }
        let last = keys.next().map_or(0, |key| product(words(&rest), *key));
        sum = sum.wrapping_add(last);
        let [low, high] = self.halves;
        let low = low.wrapping_mul(u128::from(sum as u64));
        let high = high.wrapping_mul(sum >> 64);
        (low.wrapping_add(high) >> 64) as u64
    }
}

fn product([one, other]: [u64; 2], [key, next]: [u64; 2]) -> u128 {
    u128::from(one.wrapping_add(key)) * u128::from(other.wrapping_add(next))
}

fn words(sixteen: &[u8]) -> [u64; 2] {
    let word = |bytes: &[u8]| {
        bytes
            .first_chunk()
            .map_or(0, |word| u64::from_le_bytes(*word))
    };
    [word(sixteen), word(&sixteen[8..])]
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
    fn what_is_noted_of_a_text_is_noted_beside_the_rest() {
        let known = Known::default();
        let mark = known.mark(b"accept");
        let all = [Nothing::Hidden, Nothing::HiddenBesidePairs, Nothing::Found];
        for (at, nothing) in all.into_iter().enumerate() {
            known.add(mark, nothing);
            let held = all.map(|one| known.holds(mark, one));
            assert_eq!(held, [true, at > 0, at > 1]);
        }
    }

    #[test]
    fn texts_of_zeros_and_those_that_go_on_have_marks_of_their_own() {
        let known = Known::default();
        let text = |length: usize| {
            let letters = (0..length as u8).map(|at| if at % 16 == 3 { b'x' } else { 0 });
            known.mark(&letters.collect::<Vec<u8>>())
        };
        let zeros = (0..200).map(|length| known.mark(&vec![0; length]));
        let mut marks: Vec<u64> = zeros.chain((4..200).map(text)).map(|mark| mark.0).collect();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), 396);
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
