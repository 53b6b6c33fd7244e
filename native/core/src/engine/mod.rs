//! One execution environment's guard without its effects: events and acts in, verdicts and records out.

mod arguments;
mod caller;
mod events;
mod learning;
mod named;
mod reports;
mod status;
mod tampering;
mod usage;

pub use self::tampering::{Deviation, GUARD_TAMPERED};

use self::caller::Called;
use self::named::Naming;
use crate::act::{Act, Actor, Outcome, Resource};
use crate::activity::{Activity, Kind};
use crate::at_sink::{Sought, at_sink};
use crate::attack_path::Circumstances;
use crate::found;
use crate::hosts::Hosts;
use crate::inputs::{Event, Input};
use crate::judge::{Action, Reason};
use crate::keyed::Key;
use crate::ledger::Ledger;
use crate::policy::{Mode, Policy, Protection};
use crate::record::{Entry, PolicyState};
use crate::repeats::Repeats;
use crate::shapes::Shapes;
use crate::usage::Usage;
use crate::written::Written;
use std::net::IpAddr;

/// What the guard of one environment starts with.
#[derive(Debug, Default)]
pub struct Setting {
    /// The function's name.
    pub function: String,
    pub policy_state: PolicyState,
    /// Values that may never be shown.
    pub secrets: Vec<Vec<u8>>,
    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub runtime_api: String,
    /// Why every invocation is refused; none where they are not.
    pub refuses: Option<String>,
    /// Starts the ids of this environment's records.
    pub seed: u64,
}

/// The guard of one environment.
pub struct Engine {
    policy: Policy,
    setting: Setting,
    event: Event,
    ledger: Ledger,
    hosts: Hosts,
    written: Written,
    repeats: Repeats,
    shapes: Shapes,
    /// None where the policy does not ask for it.
    usage: Option<Box<Usage>>,
    called: Called,
    naming: Naming,
    faults: u64,
    /// Whether an invocation was here, and none is.
    is_idle: bool,
    /// Whether what is asked about now is a tracer's or an error tracker's.
    is_telemetry: bool,
    /// What the policy is known by.
    seal: (Key, u64),
}

impl Engine {
    #[must_use]
    pub fn new(policy: Policy, setting: Setting) -> Engine {
        let ledger = Ledger::new(setting.seed);
        let usage = policy.learns_usage.then(Box::default);
        Engine {
            policy,
            setting,
            event: Event::default(),
            ledger,
            hosts: Hosts::default(),
            written: Written::default(),
            repeats: Repeats::default(),
            shapes: Shapes::default(),
            usage,
            called: Called::default(),
            naming: Naming::default(),
            faults: 0,
            is_idle: false,
            is_telemetry: false,
            seal: (Key([0, 0]), 0),
        }
    }

    /// Whether reading the platform's own files can be passed by unseen: no rule is about files, and no input of
    /// this invocation could climb in a path.
    #[must_use]
    pub fn platform_reads_are_free(&self) -> bool {
        !self.policy.has_rules(Kind::File) && !self.event.inputs().any(Input::has_slash)
    }

    /// Whether the invocation has inputs that a sink could be asked about.
    #[must_use]
    pub fn has_inputs(&self) -> bool {
        self.policy.mode_of(Protection::Flow) != Mode::Off && self.event.inputs().next().is_some()
    }

    /// Forgets an invocation: its inputs, and what it taught if it was attacked. What is told of inputs may be lost
    /// ([`Engine::inputs_were_lost`]).
    pub fn end(&mut self, now_ms: u64) -> Vec<Entry> {
        let told = self.learn_inputs(now_ms);
        self.event.clear();
        self.called.forget();
        self.naming = Naming::default();
        self.is_idle = true;
        self.repeats.forget();
        self.count_anew();
        self.ledger.turn_to("");
        self.ledger.comes_by(None);
        told
    }

    /// Whether what is done now is done after a response.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.is_idle
    }

    /// Says whose the calls are that come next, where no invocation runs.
    pub fn is_of_telemetry(&mut self, is_telemetry: bool) {
        self.is_telemetry = is_telemetry;
    }

    /// Decides about a call of the package's own code.
    pub fn admit(&mut self, now_ms: u64, act: &Act<'_>) -> Outcome {
        self.admit_of(now_ms, act, Actor::default())
    }

    /// Decides about a call.
    pub fn admit_of(&mut self, now_ms: u64, act: &Act<'_>, actor: Actor<'_>) -> Outcome {
        // An attacked invocation counts what it does; what is an attack by who does it, or by what was done before, is
        // judged each time.
        let is_attack = actor.foreign.is_some()
            || actor.hands_over
            || act
                .activities
                .iter()
                .any(|one| self.written.is_run(one, &act.arguments));
        let key = if self.ledger.is_attacked() || is_attack {
            None
        } else {
            Repeats::key(act)
        };
        if let Some(places) = key.as_ref().and_then(|key| self.repeats.places(key)) {
            let mut outcome = Outcome::default();
            if let Some(usage) = &mut self.usage {
                let counted = usage.repeated(places);
                self.tell_usage(now_ms, counted, &mut outcome);
            }
            return outcome;
        }
        let outcome = self.decide(now_ms, act, actor);
        let places = self.counted_places();
        if let Some(key) = key.filter(|_| !self.ledger.is_attacked()) {
            self.repeats.add(key, places);
        }
        outcome
    }

    /// Decides about bytes that hold a credential of the function's own, on their way to a host by one of its names.
    pub fn admit_sent(&mut self, now_ms: u64, what: &str, hosts: &[String]) -> Outcome {
        let mut outcome = Outcome::default();
        let nothing = Act {
            activities: Vec::new(),
            resource: Resource::None,
            arguments: Vec::new(),
        };
        let is_excluded = |host: &&String| {
            let found = found::credential_sent(what, host);
            matches!(self.judged(&found, b"").reason, Reason::Exclusion(_))
        };
        let Some(host) = hosts.iter().find(is_excluded).or(hosts.first()) else {
            return outcome;
        };
        let found = found::credential_sent(what, host);
        self.detect(now_ms, &found, None, &nothing, &mut outcome);
        outcome
    }

    fn decide(&mut self, now_ms: u64, act: &Act<'_>, actor: Actor<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        if self.policy.mode_of(Protection::Flow) != Mode::Off {
            let event = std::mem::take(&mut self.event);
            match at_sink(&event, act.resource, &self.policy) {
                Sought::Found(found) => {
                    self.note_caller(&event);
                    self.detect(now_ms, &found, act.activities.first(), act, &mut outcome);
                }
                Sought::Nothing => {}
                Sought::TooMuch => outcome.entries.extend(self.report_gap_of_call(now_ms)),
            }
            self.event = event;
        }
        if let (Some(file), true) = (actor.foreign, act.leaves_traces()) {
            let found = found::foreign_code(file, &self.setting.secrets);
            self.detect(now_ms, &found, act.activities.first(), act, &mut outcome);
        }
        // Whatever else is said of it: a list's word is the least that is to be told of an attack.
        for activity in &act.activities {
            self.recognise(now_ms, activity, act, actor, &mut outcome);
        }
        for activity in &act.activities {
            if outcome.blocked.is_some() {
                break;
            }
            self.admit_one(now_ms, activity, act, &mut outcome);
            if outcome.blocked.is_none() {
                self.hosts.passed(activity);
                self.written.note(activity);
            }
        }
        if outcome.blocked.is_none() {
            self.admit_arguments(now_ms, act, &mut outcome);
        }
        outcome
    }

    /// Remembers which addresses a host has: the host's verdict is theirs.
    pub fn resolved(&mut self, host: &str, addresses: &[IpAddr]) {
        self.hosts.resolved(host, addresses);
    }

    /// The names that gave an address, the latest first.
    #[must_use]
    pub fn names_of(&self, address: IpAddr) -> Vec<String> {
        self.hosts.names_of(address).to_vec()
    }

    /// Tells of one activity what is an attack whatever the lists say.
    fn recognise(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        actor: Actor<'_>,
        outcome: &mut Outcome,
    ) {
        let around = Circumstances {
            runtime_api: &self.setting.runtime_api,
            is_sdk: actor.is_sdk,
            arguments: &act.arguments,
            // Of a shell and the programs of its command it is the shell.
            hands_over: actor.hands_over
                && act
                    .activities
                    .first()
                    .is_some_and(|first| std::ptr::eq(first, activity)),
            is_written: self.written.is_run(activity, &act.arguments),
        };
        if let Some(found) = found::in_activity(activity, &around) {
            self.detect(now_ms, &found, Some(activity), act, outcome);
        }
    }

    fn admit_one(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        let verdict = self.policy.judge(activity);
        let is_by_list = matches!(verdict.reason, Reason::Learning | Reason::Unlisted);
        if is_by_list && self.hosts.vouch_for(activity) {
            return;
        }
        match (verdict.action, verdict.reason) {
            (Action::Allow, Reason::Learning) => {
                self.learn(now_ms, activity, act, outcome);
                self.tell_afterwards(now_ms, activity, act, outcome);
                self.count(now_ms, activity, false, outcome);
            }
            (Action::Allow, Reason::Allowlist | Reason::Exclusion(_)) => {
                self.count(now_ms, activity, true, outcome);
            }
            (Action::Allow, _) => {}
            (_, reason) => {
                let is_rule = matches!(reason, Reason::Rule(_));
                let found = found::not_allowed(activity, is_rule, reason.to_string());
                self.detect(now_ms, &found, Some(activity), act, outcome);
            }
        }
    }
}
