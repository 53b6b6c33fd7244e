//! The one place that decides.

use crate::activity::{ARGUMENTS, Activity, Kind};
use crate::found::NOT_INSPECTED;
use crate::inputs::Name;
use crate::pattern::matches;
use crate::pickled_error::is_of_error;
use crate::policy::{DetectorExclusion, Mode, Named, Policy, Protection, Setting};
use crate::unusual::UNUSUAL_INPUT;
use serde::Deserialize;

/// What a verdict asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    #[default]
    Allow,
    Alert,
    Block,
}

impl Action {
    #[must_use]
    pub fn name(self) -> &'static str {
        ["allow", "alert", "block"][self as usize]
    }
}

/// Why: which part of the policy spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Off,
    DetectorOff,
    Rule(String),
    Exclusion(String),
    Allowlist,
    Platform,
    Learning,
    Unlisted,
    Detected,
    LowConfidence,
    Unwatched,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Off => write!(out, "the protection is off"),
            Reason::DetectorOff => write!(out, "the detector is off"),
            Reason::Rule(name) => write!(out, "denied by rule {name}"),
            Reason::Exclusion(name) => write!(out, "allowed by exclusion {name}"),
            Reason::Allowlist => write!(out, "on the allowlist"),
            Reason::Platform => write!(out, "the platform's own"),
            Reason::Learning => write!(out, "learning"),
            Reason::Unlisted => write!(out, "not on the allowlist"),
            Reason::Detected => write!(out, "detected"),
            Reason::LowConfidence => write!(out, "too little confidence"),
            Reason::Unwatched => write!(out, "arguments are not watched"),
        }
    }
}

/// A policy's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub action: Action,
    pub reason: Reason,
}

/// An attack that was recognised, as far as the decision needs it.
#[derive(Debug, Clone, Copy)]
pub struct Suspicion<'a> {
    pub protection: Protection,
    pub detector: &'a str,
    /// 0 to 100.
    pub confidence: u8,
    /// The path of the input, empty where none is involved.
    pub path: &'a str,
    /// The matched text of the input, or the target of the activity.
    pub matched: &'a [u8],
}

impl Policy {
    /// Decides about an activity. Answers for each; panics for none.
    #[must_use]
    pub fn judge(&self, activity: &Activity) -> Verdict {
        let mode = self.mode_of(Protection::Kind(activity.kind));
        if mode == Mode::Off {
            return allow(Reason::Off);
        }
        if activity.is_of_arguments() && !self.watches_arguments {
            return allow(Reason::Unwatched);
        }
        let kind = activity.kind as usize;
        if let Some(rule) = first_match(&self.rules[kind], activity) {
            return Verdict {
                action: action(mode),
                reason: Reason::Rule(rule.name.clone()),
            };
        }
        if let Some(exclusion) = first_match(&self.exclusions[kind], activity) {
            return allow(Reason::Exclusion(exclusion.name.clone()));
        }
        if self.is_the_platforms(activity) {
            return allow(Reason::Platform);
        }
        match &self.allowlist[kind] {
            None => allow(Reason::Learning),
            Some(targets) if targets.contain(activity) => allow(Reason::Allowlist),
            // A list of programs alone says nothing of their arguments yet.
            Some(targets) if activity.is_of_arguments() && !targets.name_operation(ARGUMENTS) => {
                allow(Reason::Learning)
            }
            Some(_) => Verdict {
                action: action(mode),
                reason: Reason::Unlisted,
            },
        }
    }

    /// Decides about a detection: a protection that is off does not look, else its detector's own mode is before the
    /// protection's. Answers for each; panics for none.
    #[must_use]
    pub fn judge_suspicion(&self, suspicion: &Suspicion<'_>) -> Verdict {
        let verdict = self.without_exclusions(suspicion);
        if matches!(verdict.reason, Reason::Off | Reason::DetectorOff) {
            return verdict;
        }
        match self.exclusion_of(suspicion) {
            Some(exclusion) => allow(Reason::Exclusion(exclusion.name.clone())),
            None => verdict,
        }
    }

    /// What is said of a detection that no exclusion allows: its path and its text are not looked at.
    pub(crate) fn without_exclusions(&self, suspicion: &Suspicion<'_>) -> Verdict {
        let mode = self.mode_of(suspicion.protection);
        if mode == Mode::Off {
            return allow(Reason::Off);
        }
        let setting = self.setting_of(suspicion);
        let mode = setting.mode.unwrap_or(mode);
        if mode == Mode::Off {
            return allow(Reason::DetectorOff);
        }
        let is_of_input = matches!(
            suspicion.protection,
            Protection::Firewall | Protection::Flow
        );
        if is_of_input && suspicion.confidence < setting.alert_from {
            return allow(Reason::LowConfidence);
        }
        let is_sure = !is_of_input || suspicion.confidence >= setting.block_from;
        if mode == Mode::Prevent && !is_sure {
            return Verdict {
                action: Action::Alert,
                reason: Reason::LowConfidence,
            };
        }
        Verdict {
            action: action(mode).min(self.most_of(suspicion.detector)),
            reason: Reason::Detected,
        }
    }

    /// The most that may come of what a detector says, whatever the modes are.
    fn most_of(&self, detector: &str) -> Action {
        match detector {
            NOT_INSPECTED => self.not_inspected,
            // An anomaly is no attack yet: it blocks where that was asked for by its name.
            UNUSUAL_INPUT if !self.detectors.of(detector).is_own => Action::Alert,
            _ => Action::Block,
        }
    }

    /// Kinds of activities have modes and lists of their own: what is said of detectors is not about them.
    fn setting_of(&self, suspicion: &Suspicion<'_>) -> Setting {
        match suspicion.protection {
            Protection::Kind(_) => Setting::default(),
            _ => self.detectors.of(suspicion.detector),
        }
    }

    fn exclusion_of(&self, suspicion: &Suspicion<'_>) -> Option<&DetectorExclusion> {
        if self.detector_exclusions.is_empty() {
            return None;
        }
        let name = Name::of(suspicion.path);
        let detector = suspicion.detector.as_bytes();
        self.detector_exclusions.iter().find(|exclusion| {
            matches(exclusion.detector.as_bytes(), detector, None)
                && exclusion.is_for(&name)
                && exclusion.takes(suspicion.matched)
        })
    }

    fn is_the_platforms(&self, activity: &Activity) -> bool {
        let operation = match (activity.kind, &*activity.operation) {
            (Kind::File, operation) => operation,
            (Kind::Code, "load") => "read",
            (Kind::Code, "unpickle") => return is_of_error(&activity.target),
            _ => return false,
        };
        self.platform
            .contain(operation, &activity.target, Some(b'/'))
    }
}

fn allow(reason: Reason) -> Verdict {
    Verdict {
        action: Action::Allow,
        reason,
    }
}

fn action(mode: Mode) -> Action {
    match mode {
        Mode::Off => Action::Allow,
        Mode::Detect => Action::Alert,
        Mode::Prevent => Action::Block,
    }
}

fn first_match<'a>(named: &'a [Named], activity: &Activity) -> Option<&'a Named> {
    named.iter().find(|one| one.entries.contain(activity))
}
