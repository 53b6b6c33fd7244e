//! What an environment tells of its inputs: shapes, no value, seldom, and nothing of what was attacked.

use hauberk_core::act::{Act, Resource};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use hauberk_core::record::{MOST_BYTES, Origin};
use serde_json::{Value, json};

const LEARNS: &str = r#", "learn_inputs": true"#;

fn engine(mode: &str, rest: &str) -> Engine {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "{mode}"{rest}}}"#);
    let setting = Setting {
        secrets: vec![b"S3CRETVALUE".to_vec()],
        ..Setting::default()
    };
    Engine::new(Policy::read(json.as_bytes()).unwrap(), setting)
}

/// The lines that one invocation writes at its end.
fn lines(engine: &mut Engine, event: &Value) -> Vec<String> {
    engine.begin(0, "r", event.to_string().as_bytes());
    let origin = Origin {
        function: "f".repeat(170),
        version: "$LATEST".repeat(5),
        environment: "5c".repeat(16),
        stream: None,
    };
    let written = engine.end(0).into_iter().map(|entry| entry.line(&origin));
    written
        .map(|line| String::from_utf8(line).unwrap())
        .collect()
}

/// The shapes that one invocation tells, by their paths.
fn told(engine: &mut Engine, event: &Value) -> Vec<Value> {
    let record = |line: &String| -> Value { serde_json::from_str(line).unwrap() };
    let records: Vec<Value> = lines(engine, event).iter().map(record).collect();
    let of = |record: &Value| {
        assert_eq!(
            (&record["type"], &record["level"]),
            (&json!("inputs"), &json!("ERROR"))
        );
        record["inputs"].as_array().unwrap().clone()
    };
    records.iter().flat_map(of).collect()
}

#[test]
fn what_two_events_have_in_common_is_told_with_the_second() {
    #[rustfmt::skip]
    let rows = [
        // what two events hold                                      what is told of it
        (json!({"id": "7"}), json!({"id": "1042"}),
         json!([{"path": "id", "events": 2, "types": ["integer", "number", "hex"], "alphabet": "0", "length": [1, 4], "structure": ["0"]}])),
        (json!({"n": 7}), json!({"n": -1.5}),
         json!([{"path": "n", "events": 2, "types": ["number"], "alphabet": "-.0", "length": [1, 4], "structure": ["0", "-0.0"]}])),
        (json!({"on": true}), json!({"on": null}), json!([])),
        (json!({"when": "2026-11-27"}), json!({"when": "2026-11-28T10:00:00Z"}),
         json!([{"path": "when", "events": 2, "types": ["date"], "alphabet": "-0:A", "length": [10, 20], "structure": ["0-0-0", "0-0-0A0:0:0A"]}])),
        (json!({"queryStringParameters": {"q": "a b"}, "multiValueQueryStringParameters": {"q": ["a b", "größe"]}}), json!({"queryStringParameters": {"q": "c"}}),
         json!([{"path": "queryStringParameters.q", "events": 2, "types": [], "alphabet": "é a", "length": [1, 7], "structure": ["a a", "aéa", "a"]}])),
        (json!({"headers": {"X-Note": "xy"}}), json!({"headers": {"x-note": "zw"}}),
         json!([{"path": "headers.x-note", "events": 2, "types": ["base64"], "alphabet": "a", "length": [2, 2], "structure": ["a"]}])),
        (json!({"body": "{\"s\": [{\"k\": \"a1\"}, {\"k\": \"b2\"}]}"}), json!({"body": "eyJzIjogW3siayI6ICJjMyJ9XX0="}),
         json!([{"path": "body→$.s[*].k", "events": 2, "types": ["hex", "base64"], "alphabet": "0a", "length": [2, 2], "structure": ["a0"]}])),
        (json!({"body": "note=a+b&x=1"}), json!({"body": "note=c%3Bd"}),
         json!([{"path": "body→form.note", "events": 2, "types": [], "alphabet": " ;a", "length": [3, 3], "structure": ["a a", "a;a"]}])),
        (json!({"meta": "{\"a\": 1}"}), json!({"meta": "[]"}),
         json!([{"path": "meta", "events": 2, "types": ["json"], "alphabet": " \"0:[]a{}", "length": [2, 8], "structure": ["{\"a\": 0}", "[]"]}])),
        (json!({"a": "xy"}), json!({"b": "xy"}), json!([])),
        (json!("xy"), json!("zz"), json!([{"path": "$", "events": 2, "types": ["base64"], "alphabet": "a", "length": [2, 2], "structure": ["a"]}])),
    ];
    for (first, second, expected) in rows {
        let mut engine = engine("detect", LEARNS);
        assert_eq!(told(&mut engine, &first), Vec::<Value>::new(), "{first}");
        let shapes: Vec<Value> = told(&mut engine, &second)
            .into_iter()
            .filter(|one| one["path"] != "body")
            .collect();
        assert_eq!(json!(shapes), expected, "{first}");
    }
}

#[test]
fn nothing_is_told_where_the_policy_asks_for_nothing_of_it() {
    let rows = [
        ("detect", "", false),
        ("detect", r#", "learn_inputs": false"#, false),
        ("detect", LEARNS, true),
        ("prevent", LEARNS, true),
        ("off", LEARNS, false),
        (
            "detect",
            r#", "learn_inputs": true, "protections": {"firewall": "off"}"#,
            false,
        ),
    ];
    for (mode, rest, expected) in rows {
        let mut engine = engine(mode, rest);
        let count: usize = (0..4)
            .map(|_| told(&mut engine, &json!({"q": "ab"})).len())
            .sum();
        assert_eq!(count > 0, expected, "{mode} {rest}");
    }
}

#[test]
fn an_attacked_invocation_teaches_nothing_of_its_inputs() {
    let mut learning = engine("detect", LEARNS);
    for _ in 0..3 {
        let attack = json!({"q": "1 UNION SELECT password FROM users"});
        assert_eq!(told(&mut learning, &attack), Vec::<Value>::new());
    }
    for expected in [0, 1] {
        assert_eq!(told(&mut learning, &json!({"q": "ab"})).len(), expected);
    }
    let mut learning = engine("detect", LEARNS);
    for _ in 0..4 {
        learning.begin(0, "r", br#"{"name": "a; id"}"#);
        let call = Act {
            activities: vec![],
            resource: Resource::Shell(b"thumb a; id"),
            arguments: vec![],
        };
        assert_eq!(learning.admit(0, &call).entries.len(), 1);
        assert!(learning.end(0).is_empty());
    }
}

#[test]
fn ever_fewer_lines_are_written_and_what_is_no_news_is_not_told_again() {
    let mut learning = engine("detect", LEARNS);
    let mut at = Vec::new();
    for number in 1..=40_000 {
        let event = json!({"q": format!("{number:05}"), "s": "ab"});
        let shapes = told(&mut learning, &event);
        if !shapes.is_empty() {
            at.push((number, shapes.len()));
        }
    }
    assert_eq!(at[..5], [(2, 2), (4, 2), (8, 2), (16, 2), (32, 2)]);
    assert_eq!(
        at[5..9],
        [
            (64, 2),
            (64 + 16 * 64, 2),
            (64 + 16 * 192, 2),
            (64 + 16 * 448, 2)
        ]
    );
    assert!(at.len() < 12, "{at:?}");
}

#[test]
fn what_did_not_reach_the_log_is_told_again() {
    let mut learning = engine("detect", LEARNS);
    let event = json!({"q": "ab"});
    told(&mut learning, &event);
    assert_eq!(told(&mut learning, &event).len(), 1);
    learning.inputs_were_lost();
    told(&mut learning, &event);
    assert_eq!(told(&mut learning, &event)[0]["events"], 4);
}

#[test]
fn a_flood_of_names_stays_small_and_whole() {
    let mut learning = engine("detect", LEARNS);
    for number in 0..300 {
        // Each event has names of its own, in many places, beside those of all.
        let own: serde_json::Map<String, Value> = (0..20)
            .map(|at| {
                (
                    format!("{}x{}", letters(number), letters(at)),
                    json!({"deep": "é\"\u{1}<"}),
                )
            })
            .collect();
        let event = json!({"always": {"q": "ab"}, "own": own, "wide": {letters(number): "ab"}});
        for line in lines(&mut learning, &event) {
            assert!(line.len() <= MOST_BYTES, "{}", line.len());
            let record: Value = serde_json::from_str(&line).unwrap();
            let paths: Vec<&str> = record["inputs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["path"].as_str().unwrap())
                .collect();
            assert!(paths.contains(&"always.q"), "{paths:?}");
        }
    }
}

#[test]
fn many_names_are_told_in_lines_that_hold_them_whole() {
    let mut learning = engine("detect", LEARNS);
    let fields: serde_json::Map<String, Value> = (0..60)
        .map(|at| {
            (
                format!("{}{}", "ab_".repeat(5 + at / 4), letters(at)),
                json!("a1!?;\u{2028}{}"),
            )
        })
        .collect();
    let event = json!({"a": fields.clone(), "b": fields});
    assert!(lines(&mut learning, &event).is_empty());
    let written = lines(&mut learning, &event);
    assert_eq!(written.len(), 4);
    let mut paths = Vec::new();
    for line in &written {
        assert!(line.len() <= MOST_BYTES && !line.contains('…'), "{line}");
        let record: Value = serde_json::from_str(line).unwrap();
        paths.extend(
            record["inputs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["path"].to_string()),
        );
    }
    let all = paths.len();
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), all);
    lines(&mut learning, &event);
    let rest = lines(&mut learning, &event);
    assert!(!rest.is_empty() && !paths.contains(&first_path(&rest[0])));
}

fn first_path(line: &str) -> String {
    let record: Value = serde_json::from_str(line).unwrap();
    record["inputs"][0]["path"].to_string()
}

fn letters(number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + u8::try_from(digit % 26).unwrap());
    [letter(number / 676), letter(number / 26), letter(number)]
        .iter()
        .collect()
}

#[test]
fn no_letter_and_no_digit_of_a_value_is_told() {
    let words = [
        "Ann",
        "4111111111111111",
        "hunter2horse",
        "Qx9",
        "Zürich",
        "S3CRETVALUE",
    ];
    let mut learning = engine("detect", LEARNS);
    let mut all = String::new();
    for word in words.iter().cycle().take(64) {
        let event = json!({
            "q": word, "password": word, "body": json!({"w": [word], "n": {"m": format!("{word} {word}")}}).to_string(),
            "names": {*word: word}, "headers": {"authorization": word},
        });
        all.extend(lines(&mut learning, &event));
    }
    assert!(all.contains(r#""path":"body→$.w[*]""#), "{all}");
    for told in ["password", "authorization"] {
        assert!(!all.contains(told), "{told}");
    }
    for word in words
        .iter()
        .filter(|word| word.len() > 3 || word.contains('9'))
    {
        let values = all.replace("\"path\":\"names", "");
        let shown = values.matches(word).count();
        let of_names = all.matches(&format!("\"path\":\"names.{word}\"")).count();
        assert_eq!(shown, of_names, "{word}");
    }
}
