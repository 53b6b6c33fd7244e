//! The shape that was learned of single inputs, by their paths.
//!
//! A path is written with `[*]` in the place of each index: `Records[*].body→$.user.name`. Apart from that `*`, `**`,
//! `?` and `\` mean in it what they mean in exclusions; a path without these is found at once, however many there are.

use super::Unusable;
use crate::pattern::matches;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// Paths with wildcards of one policy: each costs a comparison.
const MOST_WILD: usize = 256;

/// What the values of a parameter are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    Boolean,
    Integer,
    Number,
    Uuid,
    Date,
    Email,
    Url,
    Address,
    Hex,
    Base64,
    Json,
    #[default]
    Text,
}

/// What was learned of an input.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    #[serde(default)]
    pub r#type: ValueType,
    /// The characters that occur; none where any may.
    #[serde(default)]
    pub alphabet: Option<Alphabet>,
    /// Bytes of the shortest and of the longest value.
    #[serde(default)]
    pub length: Option<(u32, u32)>,
    /// The structures that occur ([`structure`]); empty where any may.
    #[serde(default)]
    pub structure: Vec<String>,
    /// What is left, in percent, of the confidence of a rule or of a detector.
    #[serde(default)]
    lowered: BTreeMap<String, u8>,
}

/// Kinds of characters: `a` is all lower-case letters, `A` all upper-case ones, `0` all digits, `é` all that is not
/// ASCII, a space all white space; other signs stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Alphabet(u128);

/// All parameters of a policy.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    exact: HashMap<String, Parameter>,
    wild: Vec<(String, Parameter)>,
}

impl Parameter {
    /// What is left, in percent, of the confidence of `rule`, which is one of `detector`'s. Rules that decide by the
    /// structure alone are not to be asked about: nothing lowers them.
    #[must_use]
    pub fn weight(&self, detector: &str, rule: &str) -> u8 {
        let of = |name| self.lowered.get(name).copied().unwrap_or(100);
        of(rule).min(of(detector))
    }

    /// Whether `text` has the alphabet, the length and the structure that were learned. The type is the reader's to
    /// check: it is a name for what these three say.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.length
            .is_none_or(|(least, most)| (least..=most).contains(&length))
            && self.alphabet.is_none_or(|alphabet| alphabet.holds(text))
            && (self.structure.is_empty() || self.structure.contains(&structure(text)))
    }

    fn check(&self, path: &str) -> Result<(), Unusable> {
        let fault = match self.length {
            Some((least, most)) if least > most => "a least length above the most",
            _ if self.lowered.values().any(|weight| *weight > 100) => "a weight above 100",
            _ => return Ok(()),
        };
        Err(Unusable(format!("parameter {path:?} has {fault}")))
    }
}

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
        Ok(Alphabet(
            text.bytes().fold(0, |set, byte| set | bit(class(byte))),
        ))
    }
}

impl Alphabet {
    /// Whether each character of `text` is of one of its kinds.
    #[must_use]
    pub fn holds(self, text: &[u8]) -> bool {
        text.iter().all(|byte| self.0 & bit(class(*byte)) != 0)
    }
}

/// The text with each run of one kind of character as that kind: `2026-11-27` is `0-0-0`.
#[must_use]
pub fn structure(text: &[u8]) -> String {
    let mut kinds: Vec<u8> = text.iter().map(|byte| class(*byte)).collect();
    let is_run = |kind: u8| kind.is_ascii_alphanumeric() || matches!(kind, b' ' | NOT_ASCII);
    kinds.dedup_by(|later, earlier| later == earlier && is_run(*later));
    let shown = |kind: u8| {
        if kind == NOT_ASCII {
            'é'
        } else {
            char::from(kind)
        }
    };
    kinds.into_iter().map(shown).collect()
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

impl Parameters {
    pub(super) fn read(documents: BTreeMap<String, Parameter>) -> Result<Parameters, Unusable> {
        let mut parameters = Parameters::default();
        for (path, parameter) in documents {
            parameter.check(&path)?;
            if path.replace("[*]", "").contains(['*', '?', '\\']) {
                parameters.wild.push((path, parameter));
            } else {
                parameters.exact.insert(path, parameter);
            }
        }
        if parameters.wild.len() > MOST_WILD {
            return Err(Unusable(format!(
                "{} parameters have wildcards in their paths, at most {MOST_WILD} may",
                parameters.wild.len()
            )));
        }
        Ok(parameters)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.wild.is_empty()
    }

    /// The one whose path is this one; of several with wildcards the first in the order of their letters.
    pub(crate) fn of(&self, path: &str) -> Option<&Parameter> {
        if self.is_empty() {
            return None;
        }
        let general = without_indexes(path);
        self.exact.get(&general).or_else(|| {
            let is_path = |pattern: &str| matches(pattern.as_bytes(), general.as_bytes(), None);
            let found = self.wild.iter().find(|(pattern, _)| is_path(pattern));
            found.map(|(_, parameter)| parameter)
        })
    }
}

/// The path with `[*]` in the place of each index.
pub(super) fn without_indexes(path: &str) -> String {
    let mut parts = path.split('[');
    let mut general = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let is_index = digits > 0 && part[digits..].starts_with(']');
        general.push_str(if is_index { "[*" } else { "[" });
        general.push_str(if is_index { &part[digits..] } else { part });
    }
    general
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_index_is_any_index_and_nothing_else_is() {
        let rows = [
            ("Records[2].body→$.q", "Records[*].body→$.q"),
            ("[0][17]", "[*][*]"),
            ("body→$.user[name]", "body→$.user[name]"),
            ("a[1b]", "a[1b]"),
            ("a[]", "a[]"),
            ("a[1", "a[1"),
            ("", ""),
        ];
        for (path, expected) in rows {
            assert_eq!(without_indexes(path), expected);
        }
    }

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
        }
    }
}
