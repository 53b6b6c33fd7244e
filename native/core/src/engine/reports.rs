//! Records of what a function did, and of attacks.

use super::Engine;
use crate::act::{Act, Outcome};
use crate::activity::Activity;
use crate::found::Found;
use crate::judge::{Action, Reason, Suspicion};
use crate::record::Body;
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
        let body = Body {
            reason: Some(Reason::Learning.to_string()),
            attacked: self.ledger.is_attacked(),
            ..show::act(Some(activity), act, &self.setting.secrets)
        };
        outcome
            .entries
            .push(self.ledger.entry(now_ms, "activity", "ERROR", body));
    }

    pub(super) fn detect(
        &mut self,
        now_ms: u64,
        found: &Found<'_>,
        activity: Option<&Activity>,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        let target: &[u8] = activity.map_or(b"", |one| &one.target);
        let path = found.path();
        let verdict = self.policy.judge_suspicion(&Suspicion {
            protection: found.protection,
            detector: found.detector,
            confidence: found.confidence,
            path,
            matched: &found.matched(target),
        });
        if verdict.action == Action::Allow {
            return;
        }
        self.ledger.attacked();
        if verdict.action == Action::Block && outcome.blocked.is_none() {
            outcome.blocked = Some(format!("{}: {}", found.detector, found.reason));
        }
        let operation = activity.map_or("", |one| &one.operation);
        let shown = String::from_utf8_lossy(target);
        let protection = found.protection.name();
        let key = format!("{protection} {} {path} {operation} {shown}", found.detector);
        let Some(count) = self.ledger.counted(&key) else {
            return;
        };
        let level = if verdict.action == Action::Block {
            "FATAL"
        } else {
            "ERROR"
        };
        let body = Body {
            verdict: Some(verdict.action.name()),
            detector: Some(found.detector),
            protection: Some(found.protection.name()),
            confidence: Some(found.confidence),
            reason: Some(found.reason.clone()),
            rules: found.rules.iter().copied().map(str::to_owned).collect(),
            cwe: Some(found.cwe),
            input: found.seen(&self.setting.secrets),
            count: Some(count),
            ..show::act(activity, act, &self.setting.secrets)
        };
        outcome
            .entries
            .push(self.ledger.entry(now_ms, "detection", level, body));
    }
}
