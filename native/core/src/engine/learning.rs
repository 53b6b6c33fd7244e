//! What the learner is told of an environment's inputs.

use super::Engine;
use crate::policy::{Mode, Protection};
use crate::record::{Body, Entry};

impl Engine {
    /// What of the shapes of inputs is to be told with this invocation; an attacked one teaches nothing.
    pub(super) fn learn_inputs(&mut self, now_ms: u64) -> Vec<Entry> {
        let is_looking = self.policy.learns_inputs
            && self.policy.mode_of(Protection::Firewall) != Mode::Off
            && self.setting.refuses.is_none();
        if !is_looking || self.ledger.is_attacked() || self.event.raw().is_empty() {
            return Vec::new();
        }
        let told = self.shapes.take(&self.event, &self.setting.secrets);
        let entry = |inputs| {
            let body = Body {
                inputs,
                ..Body::default()
            };
            self.ledger.entry(now_ms, "inputs", "ERROR", body)
        };
        told.into_iter().map(entry).collect()
    }

    /// What was told of inputs did not reach the log: it is told again another time.
    pub fn inputs_were_lost(&mut self) {
        self.shapes.was_lost();
    }
}
