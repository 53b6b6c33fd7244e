//! Records of a state of the guard itself.

use super::Engine;
use crate::gap::Gap;
use crate::ledger::MOST_WRITTEN;
use crate::record::{Body, Entry};
use crate::redact::clip;
use std::collections::{BTreeMap, BTreeSet};

impl Engine {
    /// A record of a state of the guard itself, once for each message.
    pub fn status(
        &mut self,
        now_ms: u64,
        state: &'static str,
        message: &str,
        coverage: BTreeMap<String, String>,
    ) -> Option<Entry> {
        self.faults += u64::from(state == "fault");
        let level = if matches!(state, "armed" | "gap") {
            "ERROR"
        } else {
            "FATAL"
        };
        let body = Body {
            state: Some(state),
            message: Some(clip(message, 2_000)),
            coverage,
            ..self.state()
        };
        self.say(now_ms, &format!("{state} {message:.200}"), level, body)
    }

    /// A record of records that could not be written.
    pub fn dropped(&mut self, now_ms: u64, count: u64) -> Entry {
        let body = Body {
            state: Some("gap"),
            message: Some(format!("records that a full log had no room for: {count}")),
            dropped: Some(count),
            ..self.state()
        };
        self.ledger.entry(now_ms, "status", "ERROR", body)
    }

    pub(super) fn state(&self) -> Body {
        Body {
            mode: Some(self.policy.mode.name()),
            policy: Some(self.setting.policy_state.clone()),
            faults: Some(self.faults),
            ..Body::default()
        }
    }

    pub(super) fn say(
        &mut self,
        now_ms: u64,
        key: &str,
        level: &'static str,
        body: Body,
    ) -> Option<Entry> {
        self.ledger.counted(&format!("status {key}"))?;
        Some(self.ledger.entry(now_ms, "status", level, body))
    }

    /// `gap` is what was not inspected of the event.
    pub(super) fn report_gap_of_event(&mut self, now_ms: u64, gap: Gap) -> Option<Entry> {
        let malformed = self
            .event
            .malformed_at()
            .map(|at| format!("the event is no JSON from byte {at}; it was inspected as one text"));
        let missed = (gap.inputs() > 0).then(|| format!("the event was {gap}"));
        let message = [malformed, missed]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
        if message.is_empty() {
            return None;
        }
        let message = message.join("; ");
        let body = Body {
            state: Some("gap"),
            message: Some(message),
            ..self.state()
        };
        self.say(now_ms, "event", "ERROR", body)
    }

    /// Of a flood of blocked records some have no record of their own in the log: how many there were.
    pub(super) fn report_untold_records(
        &mut self,
        now_ms: u64,
        blocked: &BTreeSet<usize>,
    ) -> Option<Entry> {
        if blocked.len() <= MOST_WRITTEN {
            return None;
        }
        let body = Body {
            state: Some("gap"),
            message: Some(format!(
                "{} records of the batch were blocked; at most {MOST_WRITTEN} are told of one by one",
                blocked.len()
            )),
            ..self.state()
        };
        Some(self.ledger.entry(now_ms, "status", "ERROR", body))
    }

    /// Of a flood of detections not all have a record: that there were more, once an invocation.
    pub(super) fn report_untold(&mut self, now_ms: u64) -> Option<Entry> {
        if !self.ledger.withholds() {
            return None;
        }
        let body = Body {
            state: Some("gap"),
            message: Some(format!(
                "more was detected in this invocation than the {MOST_WRITTEN} that are told of one by one"
            )),
            ..self.state()
        };
        Some(self.ledger.entry(now_ms, "status", "ERROR", body))
    }

    pub(super) fn report_gap_of_call(&mut self, now_ms: u64) -> Option<Entry> {
        let message =
            "a call was too long to be compared with all of the event's inputs".to_owned();
        let body = Body {
            state: Some("gap"),
            message: Some(message),
            ..self.state()
        };
        self.say(now_ms, "call", "ERROR", body)
    }
}
