//! What becomes of an event of which a part was not inspected, as the policy says it.

use hauberk_core::act::Refusal;
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::inspection::inspect;
use hauberk_core::policy::Policy;

fn policy(rest: &str) -> Policy {
    let json = format!(r#"{{"hauberk": 1, "function": "f"{rest}}}"#);
    Policy::read(json.as_bytes()).unwrap()
}

/// More inputs than are kept of an event; its records stand behind them.
fn long_event() -> Vec<u8> {
    let words = vec!["\"ab\""; 20_100].join(",");
    let record = r#"{"messageId": "1", "body": "x", "eventSource": "aws:sqs"}"#;
    format!(r#"{{"Records": [{record}], "p": [{words}]}}"#).into_bytes()
}

#[rustfmt::skip]
const ROWS: [(&str, &str, &str, Option<&str>); 11] = [
    // mode of the function                                                      what comes of a long event
    ("prevent", "", "allow", None),
    ("prevent", r#", "not_inspected": "allow""#, "allow", None),
    ("prevent", r#", "not_inspected": "alert""#, "alert", Some("alert")),
    ("prevent", r#", "not_inspected": "block""#, "block", Some("block")),
    ("prevent", r#", "not_inspected": "block", "batch": "report-item-failures""#, "block", Some("block")),
    ("detect", r#", "not_inspected": "block""#, "alert", Some("alert")),
    ("off", r#", "not_inspected": "block""#, "allow", None),
    ("prevent", r#", "not_inspected": "block", "protections": {"firewall": "off"}"#, "allow", None),
    ("prevent", r#", "not_inspected": "block", "detectors": {"not-inspected": {"mode": "detect"}}"#, "alert", Some("alert")),
    ("prevent", r#", "not_inspected": "block", "detectors": {"*": {"mode": "off"}}"#, "allow", None),
    ("prevent", r#", "not_inspected": "block", "exclusions": [{"name": "x", "detector": "not-inspected", "patterns": ["**"]}]"#, "allow", None),
];

#[test]
fn an_event_that_is_too_long_is_judged_as_its_policy_says() {
    for (mode, rest, verdict, told) in ROWS {
        let rest = format!(r#", "mode": "{mode}"{rest}"#);
        let inspection = inspect(&long_event(), &policy(&rest));
        assert_eq!(inspection.verdict.name(), verdict, "{rest}");
        assert!(inspection.gap.inputs() > 0, "{rest}");
        let mut engine = Engine::new(policy(&rest), Setting::default());
        let (refusal, entries) = engine.begin(0, "r", &long_event());
        let is_refused = matches!(refusal, Some(Refusal::Event { .. }));
        assert_eq!(is_refused, verdict == "block", "{rest}: {refusal:?}");
        let detection = entries.iter().find(|entry| entry.kind == "detection");
        assert_eq!(
            detection.and_then(|entry| entry.body.verdict),
            told,
            "{rest}"
        );
        if let Some(detection) = detection {
            assert_eq!(detection.body.detector, Some("not-inspected"));
            let reason = detection.body.reason.as_deref().unwrap();
            assert!(reason.starts_with("not fully inspected: "), "{reason}");
        }
    }
}

#[test]
fn an_event_that_was_wholly_inspected_is_let_pass() {
    for event in [r#"{"p": ["ab"]}"#, "{}", "no JSON", ""] {
        let strict = r#", "mode": "prevent", "not_inspected": "block""#;
        let mut engine = Engine::new(policy(strict), Setting::default());
        let (refusal, _) = engine.begin(0, "r", event.as_bytes());
        assert_eq!(refusal, None, "{event}");
    }
}
