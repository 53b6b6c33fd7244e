//! The compiled policy of one function: read whole, or refused.

mod detectors;
mod document;
mod exclusion;
mod lapse;
mod mode;
mod parameters;
mod seal;
mod sources;
mod targets;

pub(crate) use self::detectors::Setting;
use self::detectors::Settings;
pub use self::detectors::{ALERTING_CONFIDENCE, BLOCKING_CONFIDENCE};
use self::document::{Batch, Document, ExclusionDocument, OnError};
pub(crate) use self::exclusion::DetectorExclusion;
pub use self::mode::{Mode, Protection};
use self::parameters::Parameters;
pub use self::parameters::{Deviation, Parameter};
pub use self::sources::{STALE_AFTER_DAYS, Sources, WantedList};
pub(crate) use self::targets::Targets;
pub(crate) use self::targets::split_port;
use crate::activity::Kind;
pub use crate::characters::{Alphabet, structure};
use crate::entries::Entries;
use crate::judge::Action;
pub use crate::value_type::ValueType;
use std::collections::BTreeMap;

/// Why a policy document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable(pub String);

/// A person's rule or exclusion about activities.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) entries: Targets,
    /// From when on it says nothing, in seconds since 1970.
    expires: Option<u64>,
}

/// One function's policy.
#[derive(Debug)]
pub struct Policy {
    pub function: String,
    pub serial: u64,
    pub expires: Option<u64>,
    pub mode: Mode,
    pub blocks_on_error: bool,
    /// Whether a blocked record of a batch fails alone.
    pub reports_item_failures: bool,
    /// What becomes, at most, of an event of which a part was not inspected.
    pub not_inspected: Action,
    /// Whether the learner is told the shapes of inputs.
    pub learns_inputs: bool,
    /// Whether the learner is told how often things are done, and how many bytes are sent.
    pub learns_usage: bool,
    /// Whether what a program is started with is judged by its shape.
    pub watches_arguments: bool,
    modes: [Mode; 9],
    pub(crate) allowlist: [Option<Targets>; 6],
    pub(crate) platform: Entries,
    pub(crate) rules: [Vec<Named>; 6],
    pub(crate) exclusions: [Vec<Named>; 6],
    pub(crate) detector_exclusions: Vec<DetectorExclusion>,
    pub(crate) detectors: Settings,
    parameters: Parameters,
    pub sources: Sources,
}

impl Policy {
    /// The policy of a function that has none: no allowlist, every kind is learning.
    #[must_use]
    pub fn built_in(mode: Mode) -> Policy {
        Policy {
            function: String::new(),
            serial: 0,
            expires: None,
            mode,
            blocks_on_error: false,
            reports_item_failures: false,
            not_inspected: Action::Allow,
            learns_inputs: false,
            learns_usage: false,
            watches_arguments: false,
            modes: [mode; 9],
            allowlist: Default::default(),
            platform: Entries::default(),
            rules: Default::default(),
            exclusions: Default::default(),
            detector_exclusions: Vec::new(),
            detectors: Settings::default(),
            parameters: Parameters::default(),
            sources: Sources::default(),
        }
    }

    /// Reads a compiled policy, whole.
    ///
    /// # Errors
    /// [`Unusable`] names what is wrong.
    pub fn read(json: &[u8]) -> Result<Policy, Unusable> {
        let document: Document = serde_json::from_slice(json)
            .map_err(|error| Unusable(format!("not a compiled policy: {error}")))?;
        if document.hauberk != 1 {
            return Err(Unusable(format!(
                "policy of version {}, this guard reads 1",
                document.hauberk
            )));
        }
        let mut policy = Policy::built_in(document.mode);
        policy.function = document.function;
        policy.serial = document.serial;
        policy.expires = document.expires;
        policy.blocks_on_error = document.on_error == OnError::Block;
        policy.reports_item_failures = document.batch == Batch::ReportItemFailures;
        policy.not_inspected = document.not_inspected;
        policy.learns_inputs = document.learn_inputs;
        policy.learns_usage = document.learn_usage;
        policy.watches_arguments = document.watch_arguments;
        policy.read_modes(&document.protections)?;
        for (name, entries) in &document.allowlist {
            let kind = kind(name)?;
            policy.allowlist[kind as usize] = Some(Targets::read(kind, entries)?);
        }
        for rule in document.rules {
            let kind = kind(&rule.kind)?;
            let entries = Targets::read(kind, &rule.patterns)?;
            policy.rules[kind as usize].push(Named {
                name: rule.name,
                entries,
                expires: rule.expires,
            });
        }
        for exclusion in document.exclusions {
            policy.read_exclusion(exclusion)?;
        }
        policy.detectors = Settings::read(&document.detectors)?;
        policy.parameters = Parameters::read(document.parameters)?;
        policy.sources = Sources::read(document.sources)?;
        Ok(policy)
    }

    fn read_modes(&mut self, protections: &BTreeMap<String, Mode>) -> Result<(), Unusable> {
        for (name, mode) in protections {
            let protection = Protection::named(name)
                .ok_or_else(|| Unusable(format!("no protection is called {name:?}")))?;
            self.modes[protection.index()] = *mode;
        }
        Ok(())
    }

    fn read_exclusion(&mut self, exclusion: ExclusionDocument) -> Result<(), Unusable> {
        match (exclusion.kind.as_deref(), exclusion.detector.is_some()) {
            (Some(name), false) => {
                let kind = kind(name)?;
                let entries = Targets::read(kind, &exclusion.patterns)?;
                self.exclusions[kind as usize].push(Named {
                    name: exclusion.name,
                    entries,
                    expires: exclusion.expires,
                });
            }
            (None, true) => {
                self.detector_exclusions
                    .push(DetectorExclusion::new(exclusion));
            }
            _ => {
                let name = exclusion.name;
                return Err(Unusable(format!(
                    "exclusion {name:?} needs a kind or a detector"
                )));
            }
        }
        Ok(())
    }

    /// Adds what the platform itself needs (`operation pattern`, files) to the allowlist.
    pub fn add_platform(&mut self, entry: &str) {
        self.platform.add(entry);
    }

    /// Whether the policy is this function's: by name, or by ARN without version, whose region must be right.
    #[must_use]
    pub fn is_for(&self, function: &str, region: &str) -> bool {
        let parts: Vec<&str> = self.function.split(':').collect();
        match parts[..] {
            [name] => name == function,
            ["arn", _, "lambda", of_region, _, "function", name] => {
                name == function && of_region == region
            }
            _ => false,
        }
    }

    /// What was learned of the input at `path`; none where nothing was.
    #[must_use]
    pub fn parameter(&self, path: &str) -> Option<&Parameter> {
        self.parameters.of(path)
    }

    /// What was learned of inputs of this name.
    pub(crate) fn parameter_named(&self, name: &str) -> Option<&Parameter> {
        self.parameters.named(name)
    }

    /// Whether anything was learned of any input: without that, no path needs to be written.
    #[must_use]
    pub fn has_parameters(&self) -> bool {
        !self.parameters.is_empty()
    }

    /// Whether a person's rules deny activities of this kind: then no activity may pass without a look.
    #[must_use]
    pub fn has_rules(&self, kind: Kind) -> bool {
        !self.rules[kind as usize].is_empty()
    }

    /// All that a kind's activities may be about, where what is not listed is blocked; none where it is not.
    pub(crate) fn enforced(&self, kind: Kind) -> Option<Vec<&Targets>> {
        let is_blocking = self.mode_of(Protection::Kind(kind)) == Mode::Prevent;
        let list = self.allowlist[kind as usize]
            .as_ref()
            .filter(|_| is_blocking)?;
        let excluded = self.exclusions[kind as usize].iter();
        Some(excluded.map(|one| &one.entries).chain([list]).collect())
    }

    #[must_use]
    pub fn mode_of(&self, protection: Protection) -> Mode {
        self.modes[protection.index()]
    }

    /// Whether anything is blocked by it.
    #[must_use]
    pub fn prevents(&self) -> bool {
        self.modes.contains(&Mode::Prevent) || self.detectors.prevent()
    }
}

fn kind(name: &str) -> Result<Kind, Unusable> {
    Kind::named(name).ok_or_else(|| Unusable(format!("no kind of activity is called {name:?}")))
}
