//! What is answered to an act: by who does it, by what was done before, by the same core as the guard's.

use crate::children::is_pythons;
use crate::wall::{Act, Answer, Wall};
use crate::{memo, provenance};
use hauberk_core::activity::{ARGUMENTS, Activity, Kind, leaves_traces};
use hauberk_core::alone::{Finding, afterwards, injected, weigh};
use hauberk_core::argument_shape;
use hauberk_core::attack_path::Circumstances;
use hauberk_core::judge::Action;
use hauberk_core::written;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

impl Wall {
    /// Whether this process was let do it before; not to be asked of what may have been written meanwhile and is run. Who
    /// does it matters each time where it may be a library that was brought in.
    pub fn remembers(&self, act: &Act<'_>) -> bool {
        memo::contains(self.known(act.kind, act.operation, [act.target, b""]))
            && !provenance::may_be_foreign(self)
    }

    /// Whether all of a call's acts may be done.
    pub fn admits(&self, acts: &[Act<'_>]) -> bool {
        acts.iter().all(|act| self.answer(act) != Answer::Block)
    }

    /// Whether a program may be started with its arguments, where the policy watches them.
    pub fn admits_arguments(&self, start: &Act<'_>) -> bool {
        !self.policy().watches_arguments
            || self.fenced(|| self.judged_arguments(start)) != Answer::Block
    }

    /// What is answered to an act.
    pub fn answer(&self, act: &Act<'_>) -> Answer {
        self.fenced(|| self.judged(act))
    }

    /// A fault of ours lets an act pass, or not where the policy says so; it is counted, and told once.
    fn fenced(&self, decide: impl FnOnce() -> Answer) -> Answer {
        catch_unwind(AssertUnwindSafe(decide)).unwrap_or_else(|_| {
            self.shared.faults.fetch_add(1, Ordering::Relaxed);
            let message = "a decision of the wall failed";
            let _ = catch_unwind(AssertUnwindSafe(|| self.report("fault", message)));
            if self.setting.blocks_on_error {
                Answer::Block
            } else {
                Answer::Alert
            }
        })
    }

    fn judged_arguments(&self, start: &Act<'_>) -> Answer {
        let program = Activity::new(start.kind, start.operation, start.target);
        let secrets = &self.setting.secrets;
        let words = start.arguments;
        let shaped = argument_shape::watched(self.policy(), &program, words, secrets);
        shaped.map_or(Answer::Pass, |shaped| {
            self.judged(&Act {
                arguments: words,
                ..Act::new(start.kind, ARGUMENTS, &shaped.target)
            })
        })
    }

    fn judged(&self, act: &Act<'_>) -> Answer {
        let known = self.known(act.kind, act.operation, [act.target, b""]);
        let is_written = written::runs(act.kind, act.operation)
            && [Some(act.target), written::script(act.arguments)]
                .into_iter()
                .flatten()
                .any(|file| self.is_written(file));
        let foreign = leaves_traces(act.kind, act.operation)
            .then(|| provenance::foreign(self))
            .flatten();
        // What is an attack by who does it, or by what was done before, is judged each time.
        let is_attack = is_written || act.hands_over || foreign.is_some();
        if !is_attack && memo::contains(known) {
            return Answer::Pass;
        }
        self.shared.judged.fetch_add(1, Ordering::Relaxed);
        // The runtime's own client speaks to its API from the owner's process.
        let is_api = !act.target.is_empty() && act.target == self.setting.runtime_api.as_bytes();
        if is_api && foreign.is_none() && self.is_owner() {
            return Answer::Alert;
        }
        let activity = Activity::new(act.kind, act.operation, act.target);
        let findings = self.weighed(act, &activity, is_written, foreign.as_deref());
        let is_blocked = findings.iter().any(|one| one.action() == Action::Block);
        if !is_blocked && written::puts(act.kind, act.operation) {
            self.note_written(act.target);
        }
        if !is_blocked && written::moves(act.kind, act.operation) {
            self.shared.write(self.moved_number(act.target));
        }
        for finding in &findings {
            self.say(finding, &activity, act.arguments);
        }
        self.shared
            .blocked
            .fetch_add(u64::from(is_blocked), Ordering::Relaxed);
        if foreign.is_none() && findings.iter().all(|one| one.detector().is_none()) {
            memo::add(known);
            return Answer::Pass;
        }
        if is_blocked {
            Answer::Block
        } else {
            Answer::Alert
        }
    }

    fn weighed(
        &self,
        act: &Act<'_>,
        activity: &Activity,
        is_written: bool,
        foreign: Option<&[u8]>,
    ) -> Vec<Finding> {
        let policy = self.policy();
        let is_vouched = |address| self.shared.is_vouched(self.address_number(address));
        let around = Circumstances {
            runtime_api: &self.setting.runtime_api,
            // The SDK acts in the owner's process, where no stack tells; the guard looks at it there.
            is_sdk: self.is_owner(),
            arguments: act.arguments,
            hands_over: act.hands_over,
            is_written,
        };
        let injected = foreign.and_then(|file| injected(policy, file, &self.setting.secrets));
        let mut findings = weigh(policy, activity, &around, injected, is_vouched);
        let is_kept =
            act.kind == Kind::Process && is_pythons(act.arguments, act.target, &self.setting.roots);
        if self.shared.is_idle() && !self.setting.has_workers && !is_kept {
            findings.extend(afterwards(policy, activity, &findings));
        }
        findings
    }
}
