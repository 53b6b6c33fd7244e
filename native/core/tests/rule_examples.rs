//! Each rule's own examples, end to end: what a rule finds in a text it finds in an event that carries the text.

use hauberk_core::inspection::inspect;
use hauberk_core::policy::Policy;
use serde_json::{Value, json};

/// Alerts at any confidence.
const POLICY: &[u8] = br#"{"hauberk": 1, "function": "f", "mode": "prevent",
    "detectors": {"*": {"mode": "prevent", "alert_from": 0, "block_from": 90}}}"#;

/// Rules whose examples do not come through at a place, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "secret-by-key",
    "JSON",
    "what it names is a key below another one: a single key with a dot is as keys usually are",
)];

#[derive(serde::Deserialize)]
struct Detector {
    name: String,
    rules: Vec<Rule>,
}

#[derive(serde::Deserialize)]
struct Rule {
    id: String,
    #[serde(default)]
    keys: Vec<String>,
    attacks: Vec<String>,
}

fn detectors() -> Vec<Detector> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let files = std::fs::read_dir(folder).expect("the rules are there");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("readable");
        toml::from_str::<Detector>(&text).expect("rules")
    };
    files.map(read).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The places of an event that hold a value.
fn with_value(text: &str) -> [(&'static str, Value); 3] {
    [
        (
            "query",
            json!({"version": "2.0", "rawQueryString": format!("q={}", encoded(text)), "queryStringParameters": {"q": text}}),
        ),
        (
            "JSON",
            json!({"version": "2.0", "body": json!({"a": [{"q": text}]}).to_string()}),
        ),
        (
            "form",
            json!({"version": "2.0", "body": format!("a=1&q={}", encoded(text))}),
        ),
    ]
}

/// Those that hold a key.
fn with_key(key: &str) -> [(&'static str, Value); 3] {
    [
        (
            "query",
            json!({"version": "2.0", "rawQueryString": format!("{}=1", encoded(key)), "queryStringParameters": {key: "1"}}),
        ),
        (
            "JSON",
            json!({"version": "2.0", "body": json!({"a": {key: 1}}).to_string()}),
        ),
        (
            "form",
            json!({"version": "2.0", "body": format!("a=1&{}=1", encoded(key))}),
        ),
    ]
}

#[test]
fn every_rule_finds_its_examples_in_an_event() {
    let policy = Policy::read(POLICY).expect("a policy");
    let mut wrong = Vec::new();
    for Detector { name, rules } in detectors() {
        for Rule { id, keys, attacks } in rules {
            for attack in attacks {
                let events = if keys.is_empty() {
                    with_value(&attack)
                } else {
                    with_key(&attack)
                };
                for (place, event) in events {
                    let told = inspect(event.to_string().as_bytes(), &policy).detections;
                    let is_told = told.iter().any(|one| one.detector == name);
                    let is_excepted = EXCEPTIONS
                        .iter()
                        .any(|(rule, of, _)| (*rule, *of) == (id.as_str(), place));
                    if is_told == is_excepted {
                        wrong.push(format!("{id} as {place}: {attack:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
