//! What becomes of a value that is unlike all that was learned of its name.

use hauberk_core::act::Refusal;
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::inspection::{Inspection, inspect};
use hauberk_core::judge::Action;
use hauberk_core::policy::Policy;
use serde_json::{Value, json};

const CHOSEN: &str = r#""detectors": {"unusual-input": {"mode": "prevent"}}"#;

fn policy(mode: &str, parameters: &Value, rest: &str) -> Policy {
    let comma = if rest.is_empty() { "" } else { ", " };
    let json = format!(
        r#"{{"hauberk": 1, "function": "f", "mode": "{mode}", "parameters": {parameters}{comma}{rest}}}"#
    );
    Policy::read(json.as_bytes()).unwrap()
}

fn inspected(event: &Value, parameters: &Value, rest: &str) -> Inspection {
    inspect(
        event.to_string().as_bytes(),
        &policy("prevent", parameters, rest),
    )
}

/// The reason that is told of a value at `q`; empty where it fits.
fn reason(event: &Value, parameters: &Value) -> String {
    let found = inspected(event, parameters, "").detections;
    let told = found
        .into_iter()
        .find(|one| one.detector == "unusual-input");
    told.map(|one| one.reason).unwrap_or_default()
}

#[test]
fn a_value_deviates_by_type_alphabet_length_structure_or_kind() {
    #[rustfmt::skip]
    let rows = [
        // what is known                        what came                     what is said of it
        (json!({"type": "uuid"}), json!("0b5f2c9e-8a33-4f0e-9c59-0d2f4b1f3a77"), ""),
        (json!({"type": "uuid"}), json!("7"), "a value that is of another type than the usual uuid"),
        (json!({"type": "integer", "length": [1, 4]}), json!(7), ""),
        (json!({"type": "integer", "length": [1, 4]}), json!(-7), ""),
        (json!({"type": "integer", "length": [1, 4]}), json!("seven"), "a value of 5 bytes, where 1 to 4 are usual"),
        (json!({"type": "integer", "length": [1, 9]}), json!("seven"), "a value that is of another type than the usual integer"),
        (json!({"type": "integer", "length": [1, 9]}), json!(true), "a value that is of another type than the usual integer"),
        (json!({"type": "integer", "length": [1, 9]}), json!(null), ""),
        (json!({"type": "json"}), json!("{\"a\": 1}"), ""),
        (json!({"type": "json"}), json!("x"), "a value that is of another type than the usual json"),
        (json!({"alphabet": "a "}), json!("blue shoes"), ""),
        (json!({"alphabet": "a "}), json!("'"), "a value with other characters than the usual \" a\""),
        (json!({"alphabet": "aé"}), json!("größe"), ""),
        (json!({"length": [2, 5]}), json!("größe"), "a value of 7 bytes, where 2 to 5 are usual"),
        (json!({"length": [2, 5]}), json!(""), "a value of 0 bytes, where 2 to 5 are usual"),
        (json!({"structure": ["a", "a-a"]}), json!("red-ish"), ""),
        (json!({"structure": ["a", "a-a"]}), json!("r-e-d"), "a value of another structure than the usual [\"a\", \"a-a\"]"),
        (json!({"alphabet": "a"}), json!({"$ne": "x"}), "an object or a list, where a single value is usual"),
        (json!({"type": "boolean"}), json!(["x"]), "an object or a list, where a single value is usual"),
        (json!({"lowered": {"sql-injection": 40}}), json!({"a": "anything; at all"}), ""),
        (json!({}), json!("anything at all"), ""),
    ];
    for (known, value, expected) in rows {
        let found = reason(&json!({"q": value}), &json!({"q": known}));
        assert_eq!(found, expected, "{known}: {value}");
        assert_eq!(
            reason(&json!({"other": value}), &json!({"q": known})),
            "",
            "{known}"
        );
    }
}

#[test]
fn a_name_is_one_however_the_sender_writes_it() {
    let known = json!({"type": "integer"});
    #[rustfmt::skip]
    let rows = [
        // the name in the policy                 the event                                                   where it is told
        ("queryStringParameters.n", json!({"queryStringParameters": {"n": "x"}}), "queryStringParameters.n"),
        ("rawQueryString→form.n", json!({"queryStringParameters": {"n": "x"}}), "queryStringParameters.n"),
        ("queryStringParameters.n", json!({"multiValueQueryStringParameters": {"n": ["7", "x"]}}), "multiValueQueryStringParameters.n[1]"),
        ("headers.x-n", json!({"headers": {"X-N": "x"}}), "headers.X-N"),
        ("headers.X-N", json!({"headers": {"x-n": "x"}}), "headers.x-n"),
        ("body→$.a[*].n", json!({"body": "{\"a\": [{\"n\": 7}, {\"n\": \"x\"}]}"}), "body→$.a[1].n"),
        ("body→$.n", json!({"body": "eyJuIjogIngifQ=="}), "body→base64→$.n"),
        ("body→form.n", json!({"body": "m=1&n=x"}), "body→form.n"),
        ("body→form.n", json!({"body": "bj14JnM9MTIz"}), "body→base64→form.n"),
        ("Records[*].body→$.n", json!({"Records": [{"body": "{\"n\": 7}"}, {"body": "{\"n\": \"x\"}"}]}), "Records[1].body→$.n"),
        ("Records[*].kinesis.data→base64→$.n", json!({"Records": [{"kinesis": {"data": "eyJuIjogIngifQ=="}}]}), "Records[0].kinesis.data→base64→$.n"),
        ("Records[*].body→$.Message→$.n", json!({"Records": [{"body": "{\"Message\": \"{\\\"n\\\": \\\"x\\\"}\"}"}]}), "Records[0].body→$.Message→$.n"),
        ("body→$.*", json!({"body": "{\"n\": \"x\"}"}), "body→$.n"),
    ];
    for (name, event, path) in rows {
        let found = inspected(&event, &json!({name: known}), "").detections;
        let paths: Vec<&str> = found.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, [path], "{name} {event}");
    }
}

#[test]
fn it_alerts_and_blocks_only_where_that_was_chosen_by_its_name() {
    #[rustfmt::skip]
    let rows = [
        // mode      what is said of detectors                                                             verdict
        ("prevent", "", Action::Alert),
        ("detect", "", Action::Alert),
        ("off", "", Action::Allow),
        ("off", CHOSEN, Action::Allow),
        ("prevent", CHOSEN, Action::Block),
        ("detect", CHOSEN, Action::Block),
        ("prevent", r#""detectors": {"*": {"mode": "prevent"}}"#, Action::Alert),
        ("prevent", r#""detectors": {"*": {"mode": "prevent"}, "unusual-input": {"alert_from": 10}}"#, Action::Alert),
        ("prevent", r#""detectors": {"unusual-input": {"mode": "detect"}}"#, Action::Alert),
        ("prevent", r#""detectors": {"unusual-input": {"mode": "off"}}"#, Action::Allow),
        ("prevent", r#""detectors": {"*": {"mode": "off"}}"#, Action::Allow),
        ("prevent", r#""protections": {"firewall": "off"}"#, Action::Allow),
        ("prevent", r#""exclusions": [{"name": "x", "detector": "unusual-input", "path": "q", "patterns": ["seven*"]}]"#, Action::Allow),
        ("prevent", r#""exclusions": [{"name": "x", "detector": "unusual-input", "path": "q", "patterns": ["eight*"]}]"#, Action::Alert),
        ("prevent", r#""exclusions": [{"name": "x", "detector": "unusual-input", "path": "r", "patterns": ["**"]}]"#, Action::Alert),
    ];
    let known = json!({"q": {"type": "integer", "length": [1, 9]}});
    for (mode, rest, expected) in rows {
        let event = json!({"q": "seven"}).to_string();
        let found = inspect(event.as_bytes(), &policy(mode, &known, rest));
        assert_eq!(found.verdict, expected, "{mode} {rest}");
        let mut engine = Engine::new(policy(mode, &known, rest), Setting::default());
        let (refusal, entries) = engine.begin(0, "r", event.as_bytes());
        assert_eq!(
            refusal.is_some(),
            expected == Action::Block,
            "{mode} {rest}"
        );
        assert_eq!(
            entries.len(),
            usize::from(expected != Action::Allow),
            "{mode} {rest}"
        );
        if let Some(entry) = entries.first() {
            let seen = entry.body.input.as_ref().unwrap();
            assert_eq!(entry.body.detector, Some("unusual-input"));
            assert_eq!((seen.path.as_str(), seen.excerpt.as_str()), ("q", "seven"));
        }
        engine.end(0);
        let (refusal, entries) = engine.begin(0, "r", br#"{"q": "7"}"#);
        assert!(refusal.is_none() && entries.is_empty(), "{mode} {rest}");
    }
}

#[test]
fn of_a_batch_the_record_that_holds_it_is_blocked() {
    let rest = format!(r#"{CHOSEN}, "batch": "report-item-failures""#);
    let known = json!({"Records[*].body→$.n": {"type": "integer"}});
    let record = |id: &str, n: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": format!("{{\"n\": \"{n}\"}}")});
    let event = json!({"Records": [record("a", "7"), record("b", "x"), record("c", "8")]});
    let mut engine = Engine::new(policy("prevent", &known, &rest), Setting::default());
    let (refusal, entries) = engine.begin(0, "r", event.to_string().as_bytes());
    assert_eq!(entries[0].body.item.as_deref(), Some("b"));
    let Some(Refusal::Records(left)) = refusal else {
        panic!("{refusal:?}");
    };
    let left: Value = serde_json::from_slice(&left.event.unwrap()).unwrap();
    assert_eq!(left["Records"].as_array().unwrap().len(), 2);
    let found = inspected(&event, &known, &rest).detections;
    assert_eq!(found[0].item.as_deref(), Some("b"));
}

#[test]
fn a_secret_is_not_shown_and_a_flood_is_told_in_part() {
    let known = json!({"password": {"length": [8, 20]}, "a[*]": {"type": "integer"}});
    let found = inspected(&json!({"password": "hunter2"}), &known, "").detections;
    assert_eq!(found.len(), 1);
    assert!(
        !found[0].excerpt.contains("hunter2"),
        "{}",
        found[0].excerpt
    );
    let many: Vec<String> = (0..500).map(|number| format!("x{number}")).collect();
    let found = inspected(&json!({"a": many}), &known, "").detections;
    assert_eq!(found.len(), 8);
}

#[test]
fn any_event_is_answered() {
    let known =
        json!({"**": {"type": "integer"}, "body→$.n": {"type": "json", "structure": ["a"]}});
    for event in [
        "",
        "no JSON",
        "{",
        r#"{"body": "{"#,
        r#"{"body": "{\"n\": "}"#,
        "[[[[",
        "\"\\ud800\"",
        "7",
    ] {
        let _ = inspect(event.as_bytes(), &policy("prevent", &known, CHOSEN));
    }
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let _ = inspect(deep.as_bytes(), &policy("prevent", &known, CHOSEN));
}
