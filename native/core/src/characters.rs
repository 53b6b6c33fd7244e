//! Kinds of characters: what the shape of a value is made of.

use serde::Deserialize;

/// Kinds of characters: `a` is all lower-case letters, `A` all upper-case ones, `0` all digits, `é` all that is not
/// ASCII, a space all white space; other signs stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(try_from = "String")]
pub struct Alphabet(u128);

impl TryFrom<String> for Alphabet {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_class =
            |byte: u8| !byte.is_ascii_alphanumeric() || matches!(byte, b'a' | b'A' | b'0');
        let bad = text.bytes().find(|byte| !is_class(*byte));
        if let Some(byte) = bad {
            return Err(format!(
                "alphabet {text:?}: {:?} is no class; write `a`, `A`, `0`, `é`, a space or a sign",
                char::from(byte)
            ));
        }
        Ok(Alphabet::of(text.as_bytes()))
    }
}

impl Alphabet {
    /// A bit for each kind.
    pub(crate) fn bits(self) -> u128 {
        self.0
    }

    /// The kinds that occur in a text.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        Alphabet(text.iter().fold(0, |set, byte| set | bit(class(*byte))))
    }

    /// Whether each character of `text` is of one of its kinds.
    #[must_use]
    pub fn holds(self, text: &[u8]) -> bool {
        text.iter().all(|byte| self.0 & bit(class(*byte)) != 0)
    }

    /// Whether all of its kinds are among those of `other`.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Alphabet(self.0 | other.0)
    }

    /// As a policy has it.
    pub(crate) fn written(self) -> String {
        let kinds = (0..=0x7F).filter(|kind| self.0 & bit(*kind) != 0);
        kinds.map(shown).collect()
    }
}

/// The text with each run of one kind of character as that kind: `2026-11-27` is `0-0-0`.
#[must_use]
pub fn structure(text: &[u8]) -> String {
    let mut kinds = Vec::new();
    runs(text, usize::MAX, &mut kinds);
    written(&kinds)
}

/// Puts the kinds of a text into `kinds`, as its structure has them; false where they are more than `most`.
pub(crate) fn runs(text: &[u8], most: usize, kinds: &mut Vec<u8>) -> bool {
    kinds.clear();
    let is_run = |kind: u8| kind.is_ascii_alphanumeric() || matches!(kind, b' ' | NOT_ASCII);
    for byte in text {
        let kind = class(*byte);
        if kinds.last() == Some(&kind) && is_run(kind) {
            continue;
        }
        if kinds.len() == most {
            return false;
        }
        kinds.push(kind);
    }
    true
}

/// The structure that kinds are.
pub(crate) fn written(kinds: &[u8]) -> String {
    kinds.iter().copied().map(shown).collect()
}

fn shown(kind: u8) -> char {
    if kind == NOT_ASCII {
        'é'
    } else {
        char::from(kind)
    }
}

/// Stands for all that is not ASCII; white space has another class, so that no character is this one.
const NOT_ASCII: u8 = b'\t';

fn class(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'0',
        b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => b' ',
        0x80.. => NOT_ASCII,
        sign => sign,
    }
}

fn bit(class: u8) -> u128 {
    1 << (class & 0x7F)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_structure_is_the_runs_of_one_kind() {
        let rows = [
            ("2026-11-27", "0-0-0"),
            ("a.user+x@example.com", "a.a+a@a.a"),
            ("--", "--"),
            ("Ab  \t3", "Aa 0"),
            ("größe", "aéa"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(structure(text.as_bytes()), expected);
        }
    }

    proptest! {
        #[test]
        fn a_text_is_in_the_alphabet_of_its_own_structure(text in ".{0,30}") {
            let alphabet = Alphabet::try_from(structure(text.as_bytes())).unwrap();
            prop_assert!(alphabet.holds(text.as_bytes()));
            prop_assert_eq!(alphabet, Alphabet::of(text.as_bytes()));
            prop_assert_eq!(Alphabet::try_from(alphabet.written()).unwrap(), alphabet);
        }

        #[test]
        fn a_structure_that_is_too_long_is_none(text in "[a-c -]{0,30}", most in 0_usize..20) {
            let whole = structure(text.as_bytes());
            let mut kinds = Vec::new();
            prop_assert_eq!(runs(text.as_bytes(), most, &mut kinds), whole.len() <= most);
            prop_assert!(whole.starts_with(&written(&kinds)));
        }
    }
}
