//! The decision vectors of `spec/`, and promises of `judge` for any activity.

use hauberk_core::activity::{Activity, Kind};
use hauberk_core::judge::{Action, Suspicion};
use hauberk_core::policy::{Policy, Protection};
use proptest::prelude::*;
use serde_json::Value;

const VECTORS: &str = include_str!("../../../spec/vectors/judge.jsonl");

fn text<'a>(row: &'a Value, pointer: &str) -> &'a str {
    row.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {row}"))
}

#[test]
fn each_vector_is_judged_as_it_says() {
    let mut ran = 0;
    for line in VECTORS.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let policy = Policy::read(row["policy"].to_string().as_bytes()).unwrap();
        let kind = Kind::named(text(&row, "/activity/kind")).unwrap();
        let activity = Activity::new(
            kind,
            text(&row, "/activity/operation"),
            text(&row, "/activity/target"),
        );
        let verdict = policy.judge(&activity);
        let answer = (verdict.action.name(), verdict.reason.to_string());
        assert_eq!(
            answer,
            (text(&row, "/action"), text(&row, "/reason").to_owned()),
            "{}",
            text(&row, "/why")
        );
        ran += 1;
    }
    assert_eq!(ran, 41);
}

fn policy(rest: &str) -> Policy {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent"{rest}}}"#);
    Policy::read(json.as_bytes()).unwrap()
}

#[test]
fn a_detection_is_judged_by_exclusion_then_confidence_then_mode() {
    let excluded = r#", "exclusions": [{"name": "blog", "detector": "cross-site-scripting", "path": "body→$.html", "patterns": ["*<b>*"]}]"#;
    let rows = [
        (
            "",
            Protection::Firewall,
            "sql-injection",
            95,
            "body",
            "x",
            Action::Block,
        ),
        (
            "",
            Protection::Firewall,
            "sql-injection",
            89,
            "body",
            "x",
            Action::Alert,
        ),
        (
            "",
            Protection::Flow,
            "sql-injection",
            10,
            "body",
            "x",
            Action::Block,
        ),
        (
            r#", "protections": {"flow": "detect"}"#,
            Protection::Flow,
            "sql-injection",
            100,
            "body",
            "x",
            Action::Alert,
        ),
        (
            r#", "protections": {"flow": "off"}"#,
            Protection::Flow,
            "sql-injection",
            100,
            "body",
            "x",
            Action::Allow,
        ),
        (
            excluded,
            Protection::Firewall,
            "cross-site-scripting",
            99,
            "body→$.html",
            "a <b> c",
            Action::Allow,
        ),
        (
            excluded,
            Protection::Firewall,
            "cross-site-scripting",
            99,
            "body→$.html",
            "a <i> c",
            Action::Block,
        ),
        (
            excluded,
            Protection::Firewall,
            "cross-site-scripting",
            99,
            "body→$.name",
            "a <b> c",
            Action::Block,
        ),
        (
            excluded,
            Protection::Firewall,
            "sql-injection",
            99,
            "body→$.html",
            "a <b> c",
            Action::Block,
        ),
    ];
    for (rest, protection, detector, confidence, path, matched, expected) in rows {
        let suspicion = Suspicion {
            protection,
            detector,
            confidence,
            path,
            matched: matched.as_bytes(),
        };
        assert_eq!(
            policy(rest).judge_suspicion(&suspicion).action,
            expected,
            "{rest} {suspicion:?}"
        );
    }
}

#[test]
fn a_policy_is_for_its_own_function_only() {
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:orders";
    let rows = [
        ("orders", "orders", true),
        ("orders", "order", false),
        (arn, "orders", true),
        (arn, "other", false),
        (
            "arn:aws:lambda:us-east-1:123456789012:function:orders",
            "orders",
            false,
        ),
        ("", "orders", false),
    ];
    for (of, function, expected) in rows {
        let json = format!(r#"{{"hauberk": 1, "function": "{of}", "mode": "prevent"}}"#);
        let policy = Policy::read(json.as_bytes()).unwrap();
        assert_eq!(
            policy.is_for(function, "eu-west-1"),
            expected,
            "{of} {function}"
        );
    }
}

#[test]
fn a_source_is_denied_unless_it_is_allowed() {
    let policy = policy(
        r#", "sources": {"deny": ["203.0.113.0/24", "2001:db8::/32"], "allow": ["203.0.113.7"]}"#,
    );
    let rows = [
        ("203.0.113.8", true),
        ("203.0.113.7", false),
        ("203.0.114.1", false),
        ("2001:db8::1", true),
        ("2001:db9::1", false),
    ];
    for (address, expected) in rows {
        assert_eq!(
            policy.denies_source(address.parse().unwrap()),
            expected,
            "{address}"
        );
    }
}

#[test]
fn a_policy_is_read_whole_or_refused() {
    let rows = [
        ("", "not a compiled policy"),
        ("[]", "not a compiled policy"),
        (
            r#"{"hauberk": 2, "function": "f", "mode": "detect"}"#,
            "version 2",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "loud"}"#,
            "unknown variant `loud`",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "alowlist": {}}"#,
            "unknown field `alowlist`",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "allowlist": {"hots": []}}"#,
            "no kind of activity is called \"hots\"",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "protections": {"fire": "off"}}"#,
            "no protection is called \"fire\"",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "exclusions": [{"name": "x", "patterns": []}]}"#,
            "needs a kind or a detector",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "sources": {"deny": ["10.0.0.0/99"]}}"#,
            "10.0.0.0/99",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "allowlist": {"address": ["connect 1.2.3.4:http"]}}"#,
            "has no port",
        ),
    ];
    for (json, expected) in rows {
        let error = Policy::read(json.as_bytes()).unwrap_err().0;
        assert!(error.contains(expected), "{json}: {error}");
    }
}

proptest! {
    #[test]
    fn every_activity_gets_an_answer(kind in 0usize..6, operation in ".{0,20}", target in proptest::collection::vec(any::<u8>(), 0..60), entry in r"[ -~]{0,30}") {
        let kind = Kind::ALL[kind];
        let json = serde_json::json!({"hauberk": 1, "function": "f", "mode": "prevent", "allowlist": {"process": [entry], "file": [entry], "host": [entry]},
            "rules": [{"name": "r", "kind": "code", "patterns": [entry]}], "exclusions": [{"name": "x", "detector": entry, "path": entry, "patterns": [entry]}]});
        let policy = Policy::read(json.to_string().as_bytes()).unwrap();
        let _ = policy.judge(&Activity::new(kind, &operation, target.clone()));
        let _ = policy.judge_suspicion(&Suspicion { protection: Protection::Flow, detector: &operation, confidence: 100, path: &entry, matched: &target });
    }

    #[test]
    fn any_document_is_read_or_refused(json in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Policy::read(&json);
    }
}
