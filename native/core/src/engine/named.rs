//! Which input names what is told of, within what an invocation may spend on that.

use super::Engine;
use crate::activity::{Activity, Kind};
use crate::host_in_text::{as_resolved, possible_addresses};
use crate::inputs::Event;
use crate::named_by::named_by;
use crate::shapes::is_told;
use crate::work::Budget;

/// What reading inputs once more may cost in an invocation, in bytes: some tens of milliseconds.
const MOST_SEARCHED: usize = 256 << 20;
/// What may be an address costs as much to read as so many bytes of other texts.
const OF_AN_ADDRESS: usize = 512;
/// In the place of a path that may hold a value, and where not all of the event could be looked through.
const SOMETHING: &str = "?";

/// What is left to spend on it in this invocation.
pub(super) struct Naming {
    budget: Budget,
    /// How many texts of the event may be addresses; none while nobody asked.
    possible_addresses: Option<usize>,
}

impl Default for Naming {
    fn default() -> Self {
        Naming {
            budget: Budget::new(MOST_SEARCHED),
            possible_addresses: None,
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
        let cost = bytes + self.cost_of_addresses(activity);
        if !self.naming.budget.pays(cost) {
            return Some(SOMETHING.to_owned());
        }
        let Some(path) = named_by(&self.event, activity) else {
            let gap = self.event.gap();
            let is_all = gap.not_kept == 0 && gap.not_decoded == 0;
            return (!is_all).then(|| SOMETHING.to_owned());
        };
        let is_told = is_told(path, &self.setting.secrets);
        Some(if is_told { path } else { SOMETHING }.to_owned())
    }

    fn cost_of_addresses(&mut self, activity: &Activity) -> usize {
        if activity.kind != Kind::Address {
            return 0;
        }
        let event = &self.event;
        let possible = &mut self.naming.possible_addresses;
        *possible.get_or_insert_with(|| counted(event)) * OF_AN_ADDRESS
    }
}

/// How many texts may be addresses; not many more than can be paid for are counted.
fn counted(event: &Event) -> usize {
    let most = MOST_SEARCHED / OF_AN_ADDRESS;
    let mut text = Vec::new();
    let mut count = 0;
    for input in event.inputs() {
        as_resolved(input.text(), &mut text);
        count += possible_addresses(&text).take(most).count();
        if count > most {
            break;
        }
    }
    count
}
