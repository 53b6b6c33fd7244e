//! Which input names what is told of, within what an invocation may spend on that.

use super::Engine;
use crate::activity::Activity;
use crate::inputs::without_indexes;
use crate::named_by::named_by;
use crate::shapes::is_told;
use crate::work::Budget;

/// Bytes of inputs that are looked through in an invocation: some tens of milliseconds.
const MOST_SEARCHED: usize = 256 << 20;
/// In the place of a path that may hold a value, and where there was more to look through.
const SOMETHING: &str = "?";

/// What is left to spend on it in this invocation.
pub(super) struct Naming {
    budget: Budget,
}

impl Default for Naming {
    fn default() -> Self {
        Naming {
            budget: Budget::new(MOST_SEARCHED),
        }
    }
}

impl Engine {
    /// The path of the input by which whoever called named the target; none where the code did.
    pub(super) fn named_by(&mut self, activity: &Activity) -> Option<String> {
        let bytes = self.event.bytes();
        if bytes == 0 {
            return None;
        }
        if !self.naming.budget.pays(bytes) {
            return Some(SOMETHING.to_owned());
        }
        let path = named_by(&self.event, activity)?;
        let is_told = is_told(&without_indexes(path), &self.setting.secrets);
        Some(if is_told { path } else { SOMETHING }.to_owned())
    }
}
