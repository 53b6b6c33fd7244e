//! What a program is started with, judged beside its start.

use super::Engine;
use crate::act::{Act, Outcome};
use crate::argument_shape;

impl Engine {
    /// Decides about what a program is started with, where the policy watches that; not where its start was told of.
    pub(super) fn admit_arguments(&mut self, now_ms: u64, act: &Act<'_>, outcome: &mut Outcome) {
        let Some(start) = act.activities.first() else {
            return;
        };
        let secrets = &self.setting.secrets;
        let shaped = argument_shape::watched(&self.policy, start, &act.arguments, secrets);
        if let Some(shaped) = shaped {
            self.admit_one(now_ms, &shaped, act, outcome);
        }
    }
}
