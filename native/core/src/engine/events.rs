//! What comes in: an event as a whole, or the records of a batch one by one.

use super::Engine;
use super::named::Naming;
use crate::act::{Act, Outcome, Refusal, Rest};
use crate::batch::Batch;
use crate::found::{self, Found};
use crate::inputs::{self, Event};
use crate::judge::Action;
use crate::policy::{Mode, Protection};
use crate::record::{Body, Entry};
use crate::strongest::{self, Searched};
use crate::unusual;
use std::collections::BTreeSet;

/// What is blocked of an event.
#[derive(Default)]
struct Blocked {
    /// The numbers of records.
    records: BTreeSet<usize>,
    /// Whether something is that belongs to no record.
    is_elsewhere: bool,
}

impl Engine {
    /// Notes by which alias the event comes that is taken in next: all records of its invocation name it.
    pub fn comes_by(&mut self, alias: Option<&str>) {
        self.ledger.comes_by(alias);
    }

    /// Takes an event in before the handler sees it.
    pub fn begin(
        &mut self,
        now_ms: u64,
        request_id: &str,
        event: &[u8],
    ) -> (Option<Refusal>, Vec<Entry>) {
        self.count_anew();
        self.ledger.turn_to(request_id);
        self.is_idle = false;
        self.called.forget();
        self.naming = Naming::default();
        self.repeats.forget();
        let watches = |protection| self.policy.mode_of(protection) != Mode::Off;
        if watches(Protection::Firewall)
            || watches(Protection::Flow)
            || self.setting.refuses.is_some()
        {
            self.event.read(event);
        }
        let response = inputs::refusal(&self.event.sender());
        if let Some(reason) = self.setting.refuses.clone() {
            let body = Body {
                state: Some("refused"),
                message: Some(reason.clone()),
                ..self.state()
            };
            let entry = self.say(now_ms, "refused", "FATAL", body);
            let refusal = Refusal::Event { reason, response };
            return (Some(refusal), entry.into_iter().collect());
        }
        let mut outcome = Outcome::default();
        let blocked = self.inspect(now_ms, &mut outcome);
        let refusal = outcome.blocked.map(|reason| match self.rest(&blocked) {
            Some(rest) => Refusal::Records(rest),
            None => Refusal::Event { reason, response },
        });
        (refusal, outcome.entries)
    }

    fn inspect(&mut self, now_ms: u64, outcome: &mut Outcome) -> Blocked {
        let event = std::mem::take(&mut self.event);
        let Searched { mut found, gap } = self.searched(&event);
        found.extend(found::in_gap(gap, &self.policy));
        let nothing = Act::nothing();
        let batch = if found.is_empty() {
            None
        } else {
            batch(&event)
        };
        if !found.is_empty() {
            self.note_caller(&event);
        }
        let mut blocked = Blocked::default();
        for mut found in found {
            let record = found.record();
            found.item = record.and_then(|record| batch.as_ref()?.identifier(record));
            let action = self.detect(now_ms, &found, None, &nothing, outcome);
            if action == Action::Block {
                blocked.is_elsewhere |= record.is_none();
                blocked.records.extend(record);
            }
        }
        self.event = event;
        let told = self.report_untold_records(now_ms, &blocked.records);
        outcome.entries.extend(told);
        let told = self.report_gap_of_event(now_ms, gap);
        outcome.entries.extend(told);
        blocked
    }

    /// What the firewall says, if it is to look, of the caller and of the inputs.
    fn searched<'a>(&self, event: &'a Event) -> Searched<'a> {
        if self.policy.mode_of(Protection::Firewall) == Mode::Off {
            return Searched::nothing(event);
        }
        let mut searched = strongest::in_inputs(event, &self.policy);
        let caller = found::in_source(event, &self.policy);
        searched.found.splice(..0, caller);
        searched
            .found
            .extend(unusual::in_values(event, &self.policy));
        searched
    }

    /// The batch without its blocked records, from now on this invocation's event; none where the whole event is to be
    /// refused: the policy wants that, the trigger knows no other way, or something is still blocked without them.
    fn rest(&mut self, blocked: &Blocked) -> Option<Rest> {
        if !self.policy.reports_item_failures || blocked.is_elsewhere {
            return None;
        }
        let rest = batch(&self.event)?.without(&blocked.records);
        if let Some(left) = &rest.event {
            self.event.read(left);
            let is_blocked = |found: &Found<'_>| self.judged(found, b"").action == Action::Block;
            if self.searched(&self.event).found.iter().any(is_blocked) {
                return None;
            }
        }
        Some(rest)
    }
}

fn batch(event: &Event) -> Option<Batch<'_>> {
    Batch::read(event.raw(), event.sender().trigger)
}
