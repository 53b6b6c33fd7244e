//! The shape that was learned of single inputs, by their paths.
//!
//! A path is written with `[*]` in the place of each index: `Records[*].body→$.user.name`. Apart from that `*`, `**`,
//! `?` and `\` mean in it what they mean in exclusions; a path without these is found at once, however many there are.

use super::{Unusable, seal::Seal};
use crate::characters::{Alphabet, structure};
use crate::inputs::{parameter, without_indexes};
use crate::keyed::{Key, number};
use crate::pattern::matches;
use crate::value_type::ValueType;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Paths with wildcards of one policy: each costs a comparison.
const MOST_WILD: usize = 256;

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

/// What of a value is not as all others were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deviation<'p> {
    /// Its bytes, and the least and the most of others.
    Length(u32, u32, u32),
    Alphabet(Alphabet),
    Type(ValueType),
    Structure(&'p [String]),
    Kind,
}

impl fmt::Display for Deviation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deviation::Length(length, least, most) => {
                write!(
                    out,
                    "a value of {length} bytes, where {least} to {most} are usual"
                )
            }
            Deviation::Alphabet(alphabet) => {
                let kinds = alphabet.written();
                write!(
                    out,
                    "a value with other characters than the usual {kinds:?}"
                )
            }
            Deviation::Type(usual) => {
                write!(
                    out,
                    "a value that is of another type than the usual {}",
                    usual.name()
                )
            }
            Deviation::Structure(usual) => {
                write!(out, "a value of another structure than the usual {usual:?}")
            }
            Deviation::Kind => {
                write!(out, "an object or a list, where a single value is usual")
            }
        }
    }
}

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

    /// Whether `text` is as all were that were seen.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        self.deviation(text).is_none()
    }

    /// What of `text` is not as it was learned.
    #[must_use]
    pub fn deviation(&self, text: &[u8]) -> Option<Deviation<'_>> {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if let Some((least, most)) = self.length {
            if !(least..=most).contains(&length) {
                return Some(Deviation::Length(length, least, most));
            }
        }
        if let Some(alphabet) = self.alphabet.filter(|alphabet| !alphabet.holds(text)) {
            return Some(Deviation::Alphabet(alphabet));
        }
        if !self.r#type.holds(text) {
            return Some(Deviation::Type(self.r#type));
        }
        let is_of_one = self.structure.is_empty() || self.structure.contains(&structure(text));
        (!is_of_one).then_some(Deviation::Structure(&self.structure))
    }

    /// What of a value is not as it was learned, in whose place there is an object or a list.
    #[must_use]
    pub fn deviation_within(&self) -> Option<Deviation<'_>> {
        let is_single = self.length.is_some() || self.alphabet.is_some();
        (is_single || self.r#type != ValueType::Text).then_some(Deviation::Kind)
    }

    /// Adds what is said of the same input under another name.
    fn join(&mut self, other: Parameter) {
        let mut lowered = std::mem::take(&mut self.lowered);
        let is_blank = *self == Parameter::default();
        lowered.extend(other.lowered.clone());
        if is_blank {
            *self = other;
        }
        self.lowered = lowered;
    }

    /// The number of all that is said of the input of this name.
    fn number(&self, key: Key, name: &str) -> u64 {
        let bounds = self
            .length
            .map(|(least, most)| (u64::from(most) << 32) | u64::from(least));
        let simple = [
            u128::from(self.r#type as u8),
            self.alphabet.map_or(u128::MAX, Alphabet::bits),
            bounds.map_or(u128::MAX, u128::from),
        ];
        let first = number(
            key,
            &[
                name.as_bytes(),
                simple.map(u128::to_le_bytes).as_flattened(),
            ],
        );
        let structures = self.structure.iter().map(|one| (one.as_str(), u8::MAX));
        let lowered = self
            .lowered
            .iter()
            .map(|(name, left)| (name.as_str(), *left));
        structures
            .chain(lowered)
            .fold(first, |state, (text, left)| {
                number(Key([state, key.0[1]]), &[text.as_bytes(), &[left]])
            })
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

impl Parameters {
    /// Adds the number of all to `seal`.
    pub(super) fn add_to(&self, seal: &mut Seal) {
        let key = seal.key();
        // A map has no order that could be relied on.
        let of_all = self
            .exact
            .iter()
            .fold(0, |all, (name, one)| all ^ one.number(key, name));
        seal.add(&of_all.to_le_bytes());
        for (name, one) in &self.wild {
            seal.add(&one.number(key, name).to_le_bytes());
        }
    }

    pub(super) fn read(documents: BTreeMap<String, Parameter>) -> Result<Parameters, Unusable> {
        let mut parameters = Parameters::default();
        for (path, parameter) in documents {
            parameter.check(&path)?;
            let name = named(&path);
            if path.replace("[*]", "").contains(['*', '?', '\\']) {
                parameters.wild.push((name, parameter));
            } else {
                parameters.exact.entry(name).or_default().join(parameter);
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

    /// The one for the input at this path; of several with wildcards the first in the order of their letters.
    pub(crate) fn of(&self, path: &str) -> Option<&Parameter> {
        if self.is_empty() {
            return None;
        }
        self.named(&named(path))
    }

    /// The one for inputs of this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Parameter> {
        self.exact.get(name).or_else(|| {
            let is_name = |pattern: &str| matches(pattern.as_bytes(), name.as_bytes(), None);
            let found = self.wild.iter().find(|(pattern, _)| is_name(pattern));
            found.map(|(_, parameter)| parameter)
        })
    }
}

/// The one name for all paths, or patterns of such, at which AWS hands on the same value.
fn named(path: &str) -> String {
    parameter(&without_indexes(path)).into_owned()
}
