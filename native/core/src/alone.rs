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

/// All there is to say of an activity; nothing where it is simply allowed. `injected` is what is said of the code that
/// acts. `is_vouched` says whether an address is one of a host that was let pass: then no list is asked. The lists are
/// asked of what no detector blocks.
#[must_use]
pub fn weigh(
    policy: &Policy,
    activity: &Activity,
    around: &Circumstances<'_>,
    injected: Option<Finding>,
    is_vouched: impl FnOnce(IpAddr) -> bool,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = injected.into_iter().collect();
    let found = found::in_activity(activity, around);
    findings.extend(found.and_then(|found| attack(policy, found, &activity.target)));
    if findings.iter().any(|one| one.action() == Action::Block) {
        return findings;
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

/// Code of this file acts, which is no part of the package; nothing where the policy lets it.
#[must_use]
pub fn injected(policy: &Policy, file: &[u8], secrets: &[Vec<u8>]) -> Option<Finding> {
    attack(policy, found::foreign_code(file, secrets), file)
}

fn attack(policy: &Policy, found: Found<'static>, matched: &[u8]) -> Option<Finding> {
    let verdict = policy.judge_suspicion(&Suspicion {
        protection: found.protection,
        detector: found.detector,
        confidence: found.confidence,
        path: "",
        matched,
    });
    let found = Box::new(found);
    (verdict.action != Action::Allow).then_some(Finding::Attack { found, verdict })
}

/// An attack that is told of and never stopped.
fn alert(policy: &Policy, found: Found<'static>, matched: &[u8]) -> Option<Finding> {
    let mut finding = attack(policy, found, matched)?;
    if let Finding::Attack { verdict, .. } = &mut finding {
        verdict.action = verdict.action.min(Action::Alert);
    }
    Some(finding)
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
            let findings = weigh(&policy, &activity, &around, None, |one| one == vouched);
            let told: Vec<_> = findings
                .iter()
                .map(|one| one.detector().unwrap_or("learning"))
                .collect();
            assert_eq!(told, expected, "{operation} {target}");
        }
    }

    #[test]
    fn code_that_was_brought_in_is_told_first_and_excluded_by_its_file() {
        const EXCLUDED: &str = r#"{"hauberk": 1, "function": "f", "mode": "prevent", "allowlist": {"file": ["* **"]},
            "exclusions": [{"name": "x", "detector": "injected-code", "path": "", "patterns": ["/tmp/x/**"]}]}"#;
        let policy = Policy::read(EXCLUDED.as_bytes()).unwrap();
        let rows: [(&str, &str, &[&str]); 4] = [
            ("/tmp/a.so", "/tmp/m", &["injected-code"]),
            ("/tmp/x/a.so", "/tmp/m", &[]),
            (
                "/tmp/a.so",
                "/opt/extensions/m",
                &["injected-code", "runtime-tampering"],
            ),
            ("/tmp/x/a.so", "/opt/extensions/m", &["runtime-tampering"]),
        ];
        for (file, target, expected) in rows {
            let activity = Activity::new(Kind::File, "write", target);
            let injected = injected(&policy, file.as_bytes(), &[]);
            let around = Circumstances::default();
            let findings = weigh(&policy, &activity, &around, injected, |_| false);
            let told: Vec<_> = findings.iter().filter_map(Finding::detector).collect();
            assert_eq!(told, expected, "{file} {target}");
        }
        let finding = injected(
            &Policy::built_in(Mode::Detect),
            b"/tmp/S3CRETVALUE.so",
            &[b"S3CRETVALUE".to_vec()],
        );
        let activity = Activity::new(Kind::File, "write", "/tmp/m");
        let body = finding.unwrap().body(&activity, &[], &[]);
        assert_eq!((body.verdict, body.cwe), (Some("alert"), Some(94)));
        assert!(!body.reason.unwrap().contains("S3CRETVALUE"));
    }

    #[test]
    fn a_built_in_policy_learns_and_tells_of_attack_paths() {
        let policy = Policy::built_in(Mode::Detect);
        let activity = Activity::new(Kind::File, "read", "/proc/self/environ");
        let findings = weigh(&policy, &activity, &Circumstances::default(), None, |_| {
            false
        });
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
