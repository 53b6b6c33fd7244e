//! Parts of the guard, and what each does about an attack.

use crate::activity::Kind;
use serde::Deserialize;

/// What a protection does about an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Off,
    Detect,
    Prevent,
}

impl Mode {
    #[must_use]
    pub fn name(self) -> &'static str {
        ["off", "detect", "prevent"][self as usize]
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Mode> {
        [Mode::Off, Mode::Detect, Mode::Prevent]
            .into_iter()
            .find(|mode| mode.name() == name)
    }
}

/// A part of the guard with a mode of its own; the kinds have theirs beside these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protection {
    Firewall,
    Flow,
    Lambda,
    Kind(Kind),
}

impl Protection {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Protection::Firewall => "firewall",
            Protection::Flow => "flow",
            Protection::Lambda => "lambda",
            Protection::Kind(kind) => kind.name(),
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Protection> {
        match name {
            "firewall" => Some(Protection::Firewall),
            "flow" => Some(Protection::Flow),
            "lambda" => Some(Protection::Lambda),
            _ => Kind::named(name).map(Protection::Kind),
        }
    }

    pub(super) fn index(self) -> usize {
        match self {
            Protection::Firewall => 6,
            Protection::Flow => 7,
            Protection::Lambda => 8,
            Protection::Kind(kind) => kind as usize,
        }
    }
}
