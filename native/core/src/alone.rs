//! One activity judged alone, without an event's inputs and without a memory of what was said: for the wall, which sees
//! what native code and child processes do.

use crate::activity::{Activity, Kind};
use crate::afterwards;
use crate::attack_path::Circumstances;
use crate::found::{self, Found};
use crate::judge::{Action, Reason, Suspicion, Verdict};
use crate::policy::{Policy, split_port};
use crate::record::Body;
use crate::show;
use std::net::IpAddr;

/// What there is to say of an activity.
#[derive(Debug)]
pub enum Finding {
    /// Its kind is still learning.
    Learning,
    /// It is an attack, or not allowed.
    Attack {
        found: Box<Found<'static>>,
        verdict: Verdict,
    },
}

/// All there is to say of an activity; nothing where it is simply allowed. `is_vouched` says whether an address is one
/// of a host that was let pass: then no list is asked. What stands after a finding that blocks is not looked at.
#[must_use]
pub fn weigh(
    policy: &Policy,
    activity: &Activity,
    around: &Circumstances<'_>,
    is_vouched: impl FnOnce(IpAddr) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(found) = found::in_activity(activity, around) {
        let verdict = policy.judge_suspicion(&Suspicion {
            protection: found.protection,
            detector: found.detector,
            confidence: found.confidence,
            path: "",
            matched: &activity.target,
        });
        if verdict.action != Action::Allow {
            let is_blocked = verdict.action == Action::Block;
            findings.push(Finding::Attack {
                found: Box::new(found),
                verdict,
            });
            if is_blocked {
                return findings;
            }
        }
    }
    let verdict = policy.judge(activity);
    let is_by_list = matches!(verdict.reason, Reason::Learning | Reason::Unlisted);
    if is_by_list && address_of(activity).is_some_and(is_vouched) {
        return findings;
    }
    match (verdict.action, &verdict.reason) {
        (Action::Allow, Reason::Learning) => findings.push(Finding::Learning),
        (Action::Allow, _) => {}
        (_, reason) => {
            let is_rule = matches!(reason, Reason::Rule(_));
            let found = found::not_allowed(activity, is_rule, reason.to_string());
            findings.push(Finding::Attack {
                found: Box::new(found),
                verdict,
            });
        }
    }
    findings
}

/// The address that an activity goes to; none where it goes to none.
#[must_use]
pub fn address_of(activity: &Activity) -> Option<IpAddr> {
    if activity.kind != Kind::Address || activity.operation == "bind" {
        return None;
    }
    let target = std::str::from_utf8(&activity.target).ok()?;
    split_port(target).0.parse().ok()
}

/// What there is to say of an activity that is done where no invocation runs, beside what there is to say of it at any
/// time; nothing where a list allowed it.
#[must_use]
pub fn afterwards(policy: &Policy, activity: &Activity, findings: &[Finding]) -> Option<Finding> {
    if !matches!(findings, [Finding::Learning]) {
        return None;
    }
    alert(policy, afterwards::acted(activity)?, &activity.target)
}

/// A process of this path that was started in an invocation that is over; nothing where the policy lets it.
#[must_use]
pub fn outliving(policy: &Policy, path: &[u8]) -> Option<Finding> {
    alert(policy, afterwards::outlives(), path)
}

/// An attack that is told of and never stopped.
fn alert(policy: &Policy, found: Found<'static>, matched: &[u8]) -> Option<Finding> {
    let mut verdict = policy.judge_suspicion(&Suspicion {
        protection: found.protection,
        detector: found.detector,
        confidence: found.confidence,
        path: "",
        matched,
    });
    verdict.action = verdict.action.min(Action::Alert);
    let found = Box::new(found);
    (verdict.action != Action::Allow).then_some(Finding::Attack { found, verdict })
}

impl Finding {
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Finding::Learning => Action::Allow,
            Finding::Attack { verdict, .. } => verdict.action,
        }
    }

    /// What tells one attack from another in a memory of what was said; none for what is learned.
    #[must_use]
    pub fn detector(&self) -> Option<&'static str> {
        match self {
            Finding::Learning => None,
            Finding::Attack { found, .. } => Some(found.detector),
        }
    }

    /// The type and the level of its record.
    #[must_use]
    pub fn labels(&self) -> (&'static str, &'static str) {
        match (self, self.action()) {
            (Finding::Learning, _) => ("activity", "ERROR"),
            (_, Action::Block) => ("detection", "FATAL"),
            _ => ("detection", "ERROR"),
        }
    }

    /// What its record says, without secrets.
    #[must_use]
    pub fn body(&self, activity: &Activity, arguments: &[&[u8]], secrets: &[Vec<u8>]) -> Body {
        let shown = show::activity(Some(activity), arguments, secrets);
        match self {
            Finding::Learning => Body {
                reason: Some(Reason::Learning.to_string()),
                ..shown
            },
            Finding::Attack { found, verdict } => show::of_act(found, verdict, shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Mode;

    const POLICY: &str = r#"{"hauberk": 1, "function": "f", "mode": "prevent",
        "allowlist": {"file": ["read /tmp/a"], "address": []},
        "rules": [{"name": "no-curl", "kind": "process", "patterns": ["* **/curl"]}]}"#;

    #[test]
    fn an_activity_is_what_the_table_says() {
        let policy = Policy::read(POLICY.as_bytes()).unwrap();
        let vouched: IpAddr = "10.0.0.7".parse().unwrap();
        let rows: [(Kind, &str, &str, &[&str]); 8] = [
            (Kind::File, "read", "/tmp/a", &[]),
            (Kind::File, "read", "/tmp/b", &["unlisted-file"]),
            (Kind::File, "read", "/proc/1/environ", &["credential-read"]),
            (Kind::Process, "start", "/usr/bin/curl", &["denied-process"]),
            (Kind::Process, "start", "/usr/bin/ls", &["learning"]),
            (Kind::Address, "connect", "10.0.0.7:443", &[]),
            (Kind::Address, "bind", "10.0.0.7:443", &["unlisted-address"]),
            (
                Kind::Address,
                "connect",
                "127.0.0.1:9001",
                &["runtime-api-access"],
            ),
        ];
        for (kind, operation, target, expected) in rows {
            let activity = Activity::new(kind, operation, target);
            let around = Circumstances {
                runtime_api: "127.0.0.1:9001",
                ..Circumstances::default()
            };
            let findings = weigh(&policy, &activity, &around, |one| one == vouched);
            let told: Vec<_> = findings
                .iter()
                .map(|one| one.detector().unwrap_or("learning"))
                .collect();
            assert_eq!(told, expected, "{operation} {target}");
        }
    }

    #[test]
    fn a_built_in_policy_learns_and_tells_of_attack_paths() {
        let policy = Policy::built_in(Mode::Detect);
        let activity = Activity::new(Kind::File, "read", "/proc/self/environ");
        let findings = weigh(&policy, &activity, &Circumstances::default(), |_| false);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].labels(), ("detection", "ERROR"));
        let body = findings[0].body(&activity, &[], &[]);
        assert_eq!(
            (body.detector, body.verdict),
            (Some("credential-read"), Some("alert"))
        );
        assert_eq!(findings[1].labels(), ("activity", "ERROR"));
        assert_eq!(
            findings[1].body(&activity, &[], &[]).reason.as_deref(),
            Some("learning")
        );
    }
}
