//! A person's exclusion for what detectors say of inputs.

use super::document::ExclusionDocument;
use crate::inputs::{Name, parameter};
use crate::pattern::matches;

/// A person's exclusion about detections in inputs.
#[derive(Debug)]
pub(crate) struct DetectorExclusion {
    pub(crate) name: String,
    pub(crate) detector: String,
    pub(super) path: String,
    /// The path, with the one name for all that AWS gives the same value.
    parameter: String,
    pub(super) patterns: Vec<String>,
    /// From when on it says nothing, in seconds since 1970.
    pub(super) expires: Option<u64>,
}

impl DetectorExclusion {
    pub(super) fn new(document: ExclusionDocument) -> Self {
        let path = document.path.unwrap_or_else(|| "**".to_owned());
        Self {
            name: document.name,
            detector: document.detector.unwrap_or_default(),
            parameter: parameter(&path).into_owned(),
            path,
            patterns: document.patterns,
            expires: document.expires,
        }
    }

    /// Whether it is for an input of this name.
    pub(crate) fn is_for(&self, name: &Name<'_>) -> bool {
        let is_like =
            |pattern: &str, text: &str| matches(pattern.as_bytes(), text.as_bytes(), None);
        is_like(&self.path, &name.place)
            || is_like(&self.parameter, &name.parameter)
            || is_like(&self.path, name.path)
    }

    /// Whether it is for an input with this text.
    pub(crate) fn takes(&self, text: &[u8]) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.any(|pattern| matches(pattern.as_bytes(), text, None))
    }
}
