//! The decision vectors of `spec/`, and promises of `judge` for any activity.

use hauberk_core::activity::{Activity, Kind};
use hauberk_core::judge::Suspicion;
use hauberk_core::policy::{Mode, Policy, Protection};
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
    let mut ran = (0, 0);
    for line in VECTORS.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let mut policy = Policy::read(row["policy"].to_string().as_bytes()).unwrap();
        row["now"]
            .as_u64()
            .into_iter()
            .for_each(|now| policy.lapse(now));
        let verdict = if row["suspicion"].is_object() {
            ran.1 += 1;
            policy.judge_suspicion(&suspicion(&row))
        } else {
            ran.0 += 1;
            policy.judge(&activity(&row))
        };
        let answer = (verdict.action.name(), verdict.reason.to_string());
        assert_eq!(
            answer,
            (text(&row, "/action"), text(&row, "/reason").to_owned()),
            "{}",
            text(&row, "/why")
        );
    }
    assert_eq!(ran, (59, 69));
}

fn activity(row: &Value) -> Activity {
    let kind = Kind::named(text(row, "/activity/kind")).unwrap();
    let operation = text(row, "/activity/operation");
    Activity::new(kind, operation, text(row, "/activity/target"))
}

fn suspicion(row: &Value) -> Suspicion<'_> {
    let confidence = row["suspicion"]["confidence"].as_u64().unwrap();
    Suspicion {
        protection: Protection::named(text(row, "/suspicion/protection")).unwrap(),
        detector: text(row, "/suspicion/detector"),
        confidence: u8::try_from(confidence).unwrap(),
        path: text(row, "/suspicion/path"),
        matched: text(row, "/suspicion/matched").as_bytes(),
    }
}

fn policy(rest: &str) -> Policy {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent"{rest}}}"#);
    Policy::read(json.as_bytes()).unwrap()
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
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "detectors": {"*": {"alert_from": 80, "block_from": 70}}}"#,
            "alerts from 80 and blocks from 70",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "detectors": {"*": {"block_from": 70}, "log4shell": {"alert_from": 80}}}"#,
            "detector \"log4shell\" alerts from 80",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "detectors": {"log4shell": {"block_from": 101}}}"#,
            "above 100",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "detectors": {"log4shell": {"blocks": 1}}}"#,
            "unknown field `blocks`",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "parameters": {"a": {"length": [2, 1]}}}"#,
            "a least length above the most",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "parameters": {"a": {"lowered": {"log4shell": 101}}}}"#,
            "a weight above 100",
        ),
        (
            r#"{"hauberk": 1, "function": "f", "mode": "detect", "parameters": {"a": {"alphabet": "ab"}}}"#,
            "'b' is no class",
        ),
    ];
    for (json, expected) in rows {
        let error = Policy::read(json.as_bytes()).unwrap_err().0;
        assert!(error.contains(expected), "{json}: {error}");
    }
}

const PARAMETERS: &str = r#", "parameters": {
    "body→$.q": {"type": "text", "alphabet": "a0 '", "length": [2, 8], "lowered": {"sql-injection": 40, "sql-quote": 10}},
    "Records[*].body→$.when": {"structure": ["0-0-0", "0/0/0"]},
    "**→$.tags.*": {"lowered": {"cross-site-scripting": 0}}
}"#;

#[test]
fn a_parameter_is_found_by_its_path_whatever_the_indexes() {
    let policy = policy(PARAMETERS);
    let rows = [
        ("body→$.q", true),
        ("body→$.qq", false),
        ("body→$.q→url", false),
        ("Records[0].body→$.when", true),
        ("Records[17].body→$.when", true),
        ("Records.body→$.when", false),
        ("Records[x].body→$.when", false),
        ("Records[3].body→$.tags.blue", true),
        ("body→base64→$.tags.a.b", true), // a star is any run of characters
        ("body→$.tags", false),
    ];
    assert!(policy.has_parameters());
    for (path, expected) in rows {
        assert_eq!(policy.parameter(path).is_some(), expected, "{path}");
    }
    assert!(!Policy::built_in(Mode::Detect).has_parameters());
}

#[test]
fn a_value_fits_what_was_learned_or_does_not() {
    let policy = policy(PARAMETERS);
    let rows = [
        ("body→$.q", "o'neil 7", true),
        ("body→$.q", "O'neil 7", false),  // upper case
        ("body→$.q", "o'neil 77", false), // too long
        ("body→$.q", "o", false),         // too short
        ("body→$.q", "a;b", false),
        ("body→$.q", "aé", false),
        ("Records[1].body→$.when", "2026-11-27", true),
        ("Records[1].body→$.when", "27/11/2026", true),
        ("Records[1].body→$.when", "2026-11-27'", false),
        ("Records[1].body→$.tags.x", "<b>", true), // nothing was learned of its shape
    ];
    for (path, value, expected) in rows {
        let parameter = policy.parameter(path).unwrap();
        assert_eq!(parameter.fits(value.as_bytes()), expected, "{path} {value}");
    }
}

#[test]
fn what_many_callers_send_weighs_less_there_and_there_only() {
    let policy = policy(PARAMETERS);
    let rows = [
        ("body→$.q", "sql-injection", "sql-union", 40),
        ("body→$.q", "sql-injection", "sql-quote", 10),
        ("body→$.q", "shell-injection", "shell-pipe", 100),
        ("Records[0].body→$.when", "sql-injection", "sql-quote", 100),
        ("body→$.tags.a", "cross-site-scripting", "any", 0),
    ];
    for (path, detector, rule, expected) in rows {
        let parameter = policy.parameter(path).unwrap();
        assert_eq!(parameter.weight(detector, rule), expected, "{path} {rule}");
    }
}

#[test]
fn what_is_said_of_one_input_under_two_names_holds_for_both() {
    let policy = policy(
        r#", "parameters": {"queryStringParameters.q": {"length": [1, 4]}, "rawQueryString→form.q": {"lowered": {"sql-quote": 40}}}"#,
    );
    for path in [
        "queryStringParameters.q",
        "rawQueryString→form.q",
        "multiValueQueryStringParameters.q[0]",
    ] {
        let parameter = policy.parameter(path).unwrap();
        assert_eq!(parameter.weight("sql-injection", "sql-quote"), 40, "{path}");
        assert!(
            parameter.fits(b"1234") && !parameter.fits(b"12345"),
            "{path}"
        );
    }
}

#[test]
fn wildcards_in_many_paths_are_refused() {
    let of = |count: usize| {
        let paths: Vec<String> = (0..count).map(|n| format!(r#""a{n}.*": {{}}"#)).collect();
        let json = format!(
            r#"{{"hauberk": 1, "function": "f", "mode": "detect", "parameters": {{{}}}}}"#,
            paths.join(", ")
        );
        Policy::read(json.as_bytes()).map(|_| ())
    };
    assert_eq!(of(256), Ok(()));
    assert!(of(257).unwrap_err().0.contains("at most 256"));
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
