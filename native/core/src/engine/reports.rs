//! Records of what a function did, and of attacks.

use super::Engine;
use crate::act::{Act, Outcome};
use crate::activity::Activity;
use crate::afterwards;
use crate::escaped::escaped;
use crate::found::Found;
use crate::judge::{Action, Reason, Suspicion, Verdict};
use crate::record::{Body, Entry};
use crate::show;

impl Engine {
    pub(super) fn learn(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        if !self.ledger.is_new(activity) {
            return;
        }
        self.look_who_called();
        let body = Body {
            reason: Some(Reason::Learning.to_string()),
            attacked: self.ledger.is_attacked(),
            caller: self.called.number(),
            named_by: self.named_by(activity),
            ..show::act(Some(activity), act, &self.setting.secrets)
        };
        outcome
            .entries
            .push(self.ledger.entry(now_ms, "activity", "ERROR", body));
    }

    /// Tells of what is done after a response. It is let pass: nobody waits for it, and a list decides about its kind.
    pub(super) fn tell_afterwards(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        let Some(found) = self.is_idle.then(|| afterwards::acted(activity)).flatten() else {
            return;
        };
        if self.is_telemetry {
            return;
        }
        let shown = String::from_utf8_lossy(&activity.target);
        let key = format!("{} {} {shown}", found.detector, activity.operation);
        let shown = show::act(Some(activity), act, &self.setting.secrets);
        let told = self.alert(now_ms, &found, &activity.target, &key, shown);
        outcome.entries.extend(told);
    }

    /// Tells of a thread in which code of this file runs on, though its invocation is over.
    pub fn thread_outlives(&mut self, now_ms: u64, file: &[u8]) -> Option<Entry> {
        let found = afterwards::thread_outlives(file, &self.setting.secrets);
        let key = format!("{} thread", found.detector);
        self.alert(now_ms, &found, b"", &key, Body::default())
    }

    /// Tells of what is never stopped, unless the policy lets it, or it was told often.
    fn alert(
        &mut self,
        now_ms: u64,
        found: &Found<'_>,
        target: &[u8],
        key: &str,
        shown: Body,
    ) -> Option<Entry> {
        if self.judged(found, target).action == Action::Allow {
            return None;
        }
        let count = self.ledger.counted(key)?;
        let verdict = Verdict {
            action: Action::Alert,
            reason: Reason::Detected,
        };
        let body = Body {
            count: Some(count),
            ..show::detection(found, &verdict, shown, &self.setting.secrets)
        };
        Some(self.ledger.entry(now_ms, "detection", "ERROR", body))
    }

    /// What the policy says of an attack, on an input or on the target of an activity.
    pub(super) fn judged(&self, found: &Found<'_>, target: &[u8]) -> Verdict {
        self.policy.judge_suspicion(&Suspicion {
            protection: found.protection,
            detector: found.detector,
            confidence: found.confidence,
            path: found.path(),
            matched: &found.matched(target),
        })
    }

    pub(super) fn detect(
        &mut self,
        now_ms: u64,
        found: &Found<'_>,
        activity: Option<&Activity>,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) -> Action {
        let target: &[u8] = activity.map_or(b"", |one| &one.target);
        let path = found.path();
        let verdict = self.judged(found, target);
        if verdict.action == Action::Allow {
            return verdict.action;
        }
        self.look_who_called();
        self.ledger.attacked();
        if verdict.action == Action::Block && outcome.blocked.is_none() {
            outcome.blocked = Some(escaped(&format!("{}: {}", found.detector, found.reason)));
        }
        let operation = activity.map_or("", |one| &one.operation);
        let shown = String::from_utf8_lossy(target);
        let protection = found.protection.name();
        let item = found.item.as_deref().unwrap_or_default();
        let key = format!(
            "{protection} {} {path} {operation} {shown} {item}",
            found.detector
        );
        let Some(count) = self.ledger.counted(&key) else {
            outcome.entries.extend(self.report_untold(now_ms));
            return verdict.action;
        };
        let level = if verdict.action == Action::Block {
            "FATAL"
        } else {
            "ERROR"
        };
        let secrets = &self.setting.secrets;
        let body = Body {
            count: Some(count),
            caller: self.called.number(),
            ..show::detection(found, &verdict, show::act(activity, act, secrets), secrets)
        };
        outcome
            .entries
            .push(self.ledger.entry(now_ms, "detection", level, body));
        verdict.action
    }
}
