//! What the learner is told of how often things are done, and of how many bytes are sent.

use super::Engine;
use crate::act::{Act, Outcome};
use crate::activity::{Activity, Kind};
use crate::record::{Body, Entry};
use crate::show;
use crate::usage::{Counted, Number, Told};
use std::net::SocketAddr;

impl Engine {
    /// Whether anything is counted.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.usage.is_some()
    }

    /// An invocation is over, or begins: what was counted until now is not of the next.
    pub(super) fn count_anew(&mut self) {
        let was_attacked = self.ledger.is_attacked();
        if let Some(usage) = &mut self.usage {
            usage.turn(was_attacked);
        }
    }

    /// Counts what was let pass. `is_untold` says that no record of an activity tells of it.
    pub(super) fn count(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        is_untold: bool,
        outcome: &mut Outcome,
    ) {
        if activity.is_of_arguments() {
            return; // its start is counted
        }
        let is_attacked = self.ledger.is_attacked();
        if let Some(usage) = &mut self.usage {
            let counted = usage.done(activity, is_untold, is_attacked);
            self.tell_usage(now_ms, [counted], outcome);
        }
    }

    pub(super) fn counted_places(&mut self) -> Vec<u16> {
        let usage = self.usage.as_mut();
        usage.map(|usage| usage.take_noted()).unwrap_or_default()
    }

    /// Counts bytes that were sent to a host, or to an address where its host is not known; what stays on this machine is
    /// not sent.
    pub fn sent(
        &mut self,
        now_ms: u64,
        host: Option<&str>,
        to: Option<SocketAddr>,
        bytes: u64,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let is_attacked = self.ledger.is_attacked();
        let known = to.and_then(|to| self.hosts.names_of(to.ip()).first());
        let receiver = receiver(host.or(known.map(String::as_str)), to);
        let (Some(usage), Some(receiver)) = (&mut self.usage, receiver) else {
            return outcome;
        };
        if let Some(at) = usage.place(&receiver, false) {
            let counted = usage.sent(at, is_attacked, bytes);
            self.tell_usage(now_ms, [counted], &mut outcome);
        }
        outcome
    }

    pub(super) fn tell_usage(
        &mut self,
        now_ms: u64,
        counted: impl IntoIterator<Item = Counted>,
        outcome: &mut Outcome,
    ) {
        for one in counted {
            let told = one.told.map(|told| self.usage_entry(now_ms, &told));
            outcome.entries.extend(told);
            if one.is_withheld {
                let told = self.report_withheld_usage(now_ms);
                outcome.entries.extend(told);
            }
        }
    }

    fn usage_entry(&mut self, now_ms: u64, told: &Told) -> Entry {
        let shown = show::act(Some(&told.place), &Act::nothing(), &self.setting.secrets);
        let body = match told.number {
            Number::Times(times) => Body {
                times: Some(times),
                ..shown
            },
            Number::Bytes(bytes) => Body {
                bytes: Some(bytes),
                ..shown
            },
        };
        self.ledger.entry(now_ms, "usage", "ERROR", body)
    }

    /// No line is left to tell a number: that there are more, once.
    fn report_withheld_usage(&mut self, now_ms: u64) -> Option<Entry> {
        let body = Body {
            state: Some("gap"),
            message: Some(
                "this environment has told of as many numbers (`usage`) as it may; there are more"
                    .to_owned(),
            ),
            ..self.state()
        };
        self.say(now_ms, "usage", "ERROR", body)
    }
}

/// Who is sent to, as it is judged; none of what stays on this machine.
fn receiver(host: Option<&str>, to: Option<SocketAddr>) -> Option<Activity> {
    let host = host.map(str::to_ascii_lowercase);
    let host = host
        .as_deref()
        .map(|host| host.strip_suffix('.').unwrap_or(host));
    let is_here = |host: &&str| *host == "localhost" || host.ends_with(".localhost");
    if let Some(host) = host.filter(|host| !is_here(host)) {
        return Some(Activity::new(Kind::Host, "resolve", host));
    }
    let to = to.filter(|to| !to.ip().to_canonical().is_loopback())?;
    Some(Activity::new(Kind::Address, "connect", to.to_string()))
}
