//! What a policy says of single detectors: another mode, other confidences.

use super::seal::Seal;
use super::{Mode, Unusable};
use serde::Deserialize;
use std::collections::BTreeMap;

/// An attack seen in an input only is told of from this confidence on.
pub const ALERTING_CONFIDENCE: u8 = 50;
/// And blocked from this on.
pub const BLOCKING_CONFIDENCE: u8 = 90;

/// The key whose settings all detectors have that are not named, and the named ones where they say nothing.
const OTHERS: &str = "*";

/// A detector as the policy's document has it.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(super) struct DetectorDocument {
    mode: Option<Mode>,
    alert_from: Option<u8>,
    block_from: Option<u8>,
}

/// How one detector is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    /// None where the protection's mode is the detector's.
    pub(crate) mode: Option<Mode>,
    /// Whether that was said of this detector by its name.
    pub(crate) is_own: bool,
    pub(crate) alert_from: u8,
    pub(crate) block_from: u8,
}

impl Default for Setting {
    fn default() -> Self {
        Setting {
            mode: None,
            is_own: false,
            alert_from: ALERTING_CONFIDENCE,
            block_from: BLOCKING_CONFIDENCE,
        }
    }
}

/// The settings of all detectors.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    named: BTreeMap<String, Setting>,
    others: Setting,
}

impl Settings {
    /// Adds the number of all settings to `seal`.
    pub(super) fn add_to(&self, seal: &mut Seal) {
        let all = self
            .named
            .iter()
            .map(|(name, setting)| (name.as_str(), setting));
        for (name, setting) in all.chain([(OTHERS, &self.others)]) {
            let mode = setting.mode.map_or(0, |mode| mode as u8 + 1);
            seal.add(name.as_bytes());
            seal.add(&[
                mode,
                u8::from(setting.is_own),
                setting.alert_from,
                setting.block_from,
            ]);
        }
    }

    /// Whether one of them blocks, whatever the mode of its protection.
    pub(super) fn prevent(&self) -> bool {
        let mut all = self.named.values().chain([&self.others]);
        all.any(|setting| setting.mode == Some(Mode::Prevent))
    }

    pub(super) fn read(
        documents: &BTreeMap<String, DetectorDocument>,
    ) -> Result<Settings, Unusable> {
        let others = documents.get(OTHERS).copied().unwrap_or_default();
        let mut settings = Settings {
            named: BTreeMap::new(),
            others: setting(OTHERS, others)?,
        };
        for (name, own) in documents.iter().filter(|(name, _)| *name != OTHERS) {
            let whole = DetectorDocument {
                mode: own.mode.or(others.mode),
                alert_from: own.alert_from.or(others.alert_from),
                block_from: own.block_from.or(others.block_from),
            };
            let is_own = own.mode.is_some();
            let whole = setting(name, whole)?;
            settings
                .named
                .insert(name.clone(), Setting { is_own, ..whole });
        }
        Ok(settings)
    }

    pub(crate) fn of(&self, detector: &str) -> Setting {
        self.named.get(detector).copied().unwrap_or(self.others)
    }
}

/// Of two confidences the one that is not given yields to the other.
fn setting(name: &str, document: DetectorDocument) -> Result<Setting, Unusable> {
    let most_of_alert = document.block_from.unwrap_or(100);
    let alert_from = document
        .alert_from
        .unwrap_or(ALERTING_CONFIDENCE.min(most_of_alert));
    let block_from = document
        .block_from
        .unwrap_or(BLOCKING_CONFIDENCE.max(alert_from));
    if block_from > 100 || alert_from > block_from {
        return Err(Unusable(format!(
            "detector {name:?} alerts from {alert_from} and blocks from {block_from}: neither may be above 100, \
             nor the first above the second"
        )));
    }
    Ok(Setting {
        mode: document.mode,
        is_own: false,
        alert_from,
        block_from,
    })
}
