//! What a person excludes the guard lets pass, wherever it comes by; and nothing beside it.

use hauberk_core::act::{Act, Resource};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::Dialect;
use hauberk_core::policy::Policy;
use std::time::{Duration, Instant};

/// Far above what is needed, far below a hang.
const SOON: Duration = Duration::from_secs(20);

const SCRIPT: &str = "<script>alert(1)</script>";
const ESCAPED: &str = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";

fn guard(detector: &str, path: &str) -> Engine {
    let policy = serde_json::json!({"hauberk": 1, "function": "f", "mode": "prevent", "exclusions": [
        {"name": "x", "detector": detector, "path": path, "patterns": ["**"]}]});
    let policy = Policy::read(policy.to_string().as_bytes()).unwrap();
    Engine::new(policy, Setting::default())
}

/// Whether the event is refused, and which paths the records tell of.
fn told(engine: &mut Engine, event: &serde_json::Value) -> (bool, Vec<String>) {
    let (refusal, entries) = engine.begin(0, "r", event.to_string().as_bytes());
    let seen = entries.into_iter().filter_map(|entry| entry.body.input);
    (refusal.is_some(), seen.map(|seen| seen.path).collect())
}

#[test]
fn a_record_shows_what_an_exclusion_names() {
    let rows = [
        serde_json::json!({"rawQueryString": format!("q={ESCAPED}")}),
        serde_json::json!({"body": format!("a=1&note={ESCAPED}")}),
        serde_json::json!({"rawPath": format!("/items/{ESCAPED}/x"), "pathParameters": {"id": SCRIPT}}),
        serde_json::json!({"headers": {"cookie": format!("a=1; note={ESCAPED}")}}),
        serde_json::json!({"body": format!("{{\"a\": \" {ESCAPED}\"}}")}),
    ];
    for event in rows {
        let (is_refused, paths) = told(&mut guard("cross-site-scripting", "nothing"), &event);
        assert!(is_refused, "{event}");
        let [path] = &paths[..] else {
            panic!("{event}: {paths:?}");
        };
        let let_pass = told(&mut guard("cross-site-scripting", path), &event);
        assert_eq!(let_pass, (false, vec![]), "{event}: {path}");
        let mut beside = event.clone();
        beside["sibling"] = SCRIPT.into();
        let beside = told(&mut guard("cross-site-scripting", path), &beside);
        assert_eq!(
            beside,
            (true, vec!["sibling".to_owned()]),
            "{event}: {path}"
        );
    }
}

#[test]
fn at_a_sink_an_excluded_input_hides_no_other_with_the_same_text() {
    let attack = "1 OR 1=1";
    let statement = format!("SELECT * FROM a WHERE b = {attack}");
    let call = Act {
        activities: vec![],
        resource: Resource::Sql(statement.as_bytes(), Dialect::Any),
        arguments: vec![],
    };
    let rows = [
        (
            serde_json::json!({"queryStringParameters": {"q": attack}}),
            false,
        ),
        (
            serde_json::json!({"queryStringParameters": {"q": attack, "s": attack}}),
            true,
        ),
        (
            serde_json::json!({"queryStringParameters": {"q": attack}, "rawQueryString": "q=1+OR+1%3D1"}),
            false,
        ),
    ];
    for (event, is_blocked) in rows {
        let mut engine = guard("sql-injection", "queryStringParameters.q");
        engine.begin(0, "r", event.to_string().as_bytes());
        assert_eq!(
            engine.admit(0, &call).blocked.is_some(),
            is_blocked,
            "{event}"
        );
    }
}

/// An exclusion of one text of `q` in prevent, as `hauberk exclude` writes it.
fn excludes(detector: &str, path: &str, text: &str) -> Engine {
    let mut pattern = String::new();
    for sign in text.chars() {
        if "*?\\".contains(sign) {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    let policy = serde_json::json!({"hauberk": 1, "function": "f", "mode": "prevent", "exclusions": [
        {"name": "x", "detector": detector, "path": path, "patterns": [pattern]}]});
    let policy = Policy::read(policy.to_string().as_bytes()).unwrap();
    Engine::new(policy, Setting::default())
}

/// The paths at which an event's inputs are told at a sink, after its handler began.
fn told_at_sink(
    engine: &mut Engine,
    event: &serde_json::Value,
    resource: Resource<'_>,
) -> Vec<String> {
    engine.begin(0, "r", event.to_string().as_bytes());
    let call = Act {
        activities: vec![],
        resource,
        arguments: vec![],
    };
    let entries = engine.admit(0, &call).entries;
    let seen = entries.into_iter().filter_map(|entry| entry.body.input);
    seen.map(|seen| seen.path).collect()
}

/// Attacks whose pieces are inputs of their own, and what a sink gets of them.
const WHOLE: [(&str, &str, &str); 12] = [
    ("sql-injection", "x' or 'a'='a", "select 1 where 'a' = '{}'"),
    ("sql-injection", "x' or 1=1 --", "select 1 where 'a' = '{}'"),
    (
        "sql-injection",
        "x' union select 1 --",
        "select 1 where 'a' = '{}'",
    ),
    (
        "sql-injection",
        "1 or b=2;select c",
        "select 1 where a = {}",
    ),
    (
        "sql-injection",
        "/a/b' or 1=1 or '/c",
        "select 1 where 'a' = '{}'",
    ),
    (
        "sql-injection",
        "a,b' or c=d or 'x,y",
        "select 1 where 'a' = '{}'",
    ),
    ("shell-injection", "x; cat /etc/hostname", "ls {}"),
    ("shell-injection", "a=1; cat /etc/hostname", "echo {}"),
    ("shell-injection", "a=1&b=$(id /x)&c=3", "echo {}"),
    (
        "shell-injection",
        "{\"a\": \"x; cat /etc/hostname\"}",
        "echo {}",
    ),
    ("shell-injection", "x|id=1|cat /etc/passwd", "echo {}"),
    ("shell-injection", " a=1; cat /etc/hostname ", "echo {}"),
];

fn resource<'a>(detector: &str, text: &'a str) -> Resource<'a> {
    match detector {
        "sql-injection" => Resource::Sql(text.as_bytes(), Dialect::Any),
        _ => Resource::Shell(text.as_bytes()),
    }
}

#[test]
fn a_piece_of_an_excluded_value_is_told_by_no_other_name_at_a_sink() {
    for (detector, attack, place) in WHOLE {
        for changed in [
            attack.to_owned(),
            attack.to_uppercase(),
            attack.trim().to_owned(),
        ] {
            let text = place.replace("{}", &changed);
            let event = serde_json::json!({"q": attack});
            let given = resource(detector, &text);
            let mut other = excludes(detector, "other", attack);
            let told = told_at_sink(&mut other, &event, given);
            if changed == attack {
                assert_eq!(told, ["q"], "{text}");
            }
            let mut engine = excludes(detector, "q", attack);
            assert_eq!(told_at_sink(&mut engine, &event, given), [""; 0], "{text}");
        }
    }
}

#[test]
fn what_stands_beside_or_across_an_excluded_value_is_told_at_a_sink() {
    #[rustfmt::skip]
    let rows = [
        // another input with the same text, with a piece of it, and a longer one
        (serde_json::json!({"q": "x' or 'a'='a", "s": "x' or 'a'='a"}), "q", "x' or 'a'='a", "select 1 where a = 'x' or 'a'='a'", "s"),
        (serde_json::json!({"q": "x' or 'a'='a", "s": "x' or 'a'"}), "q", "x' or 'a'='a", "select 1 where a = 'x' or 'a'='a'", "s"),
        (serde_json::json!({"q": "x' or 'a'='a", "s": "x' or 'a'"}), "q", "x' or 'a'='a", "select 'x' or 'a'='a' where 'x' or 'a''", "s"),
        (serde_json::json!({"q": "x' or 'a'='b"}), "q", "x' or 'a'='a", "select 1 where a = 'x' or 'a'='b'", "q"),
        (serde_json::json!({"q": "x' or 'a'='a'--"}), "q", "x' or 'a'='a", "select 1 where a = 'x' or 'a'='a'--'", "q"),
        // the value is excluded, what it is a part of is not
        (serde_json::json!({"body": "{\"q\": \"x' or 'a'='a\"}"}), "body→$.q", "x' or 'a'='a", "select '{\"q\": \"x' or 'a'='a\"}'", "body"),
        // two inputs that are one attack together
        (serde_json::json!({"q": "x' or 'a'='a", "s": "' union select c from d --"}), "q", "x' or 'a'='a", "select 1 where a = 'x' or 'a'='a' union select c from d --'", "s"),
        // what has a name of its own in it, alone and beside it
        (serde_json::json!({"q": "a=1 or b=2;c=3"}), "q", "a=1 or b=2;c=3", "select 1 where a = 1 or b=2", "q→form.a"),
        (serde_json::json!({"q": "a=1 or b=2;c=3"}), "q", "a=1 or b=2;c=3", "select 'a=1 or b=2;c=3' where a = 1 or b=2", "q→form.a"),
        (serde_json::json!({"q": "a=1 or b=2;c=3"}), "q", "a=1 or b=2;c=3", "select 'a=1 or b=2;c=3' where a = 1 OR B=2", "q→form.a"),
        (serde_json::json!({"q": "{\"a\": \"x' or 1=1 --\"}"}), "q", "{\"a\": \"x' or 1=1 --\"}", "select 1 where a = 'x' or 1=1 --'", "q→$.a"),
        (serde_json::json!({"q": "eCcgb3IgMT0xIC0tIGFuZCBzbyBvbg=="}), "q", "eCcgb3IgMT0xIC0tIGFuZCBzbyBvbg==", "select 1 where a = 'x' or 1=1 -- and so on'", "q→base64"),
    ];
    for (event, path, excluded, statement, expected) in rows {
        let mut engine = excludes("sql-injection", path, excluded);
        let given = Resource::Sql(statement.as_bytes(), Dialect::Any);
        let told = told_at_sink(&mut engine, &event, given);
        assert_eq!(told, [expected], "{event} {statement}");
    }
}

#[test]
fn a_segment_of_a_path_is_the_parameter_that_is_excluded_at_a_sink() {
    let attack = "x' or 1=1 --";
    let event = serde_json::json!({"rawPath": "/items/x'%20or%201=1%20--", "pathParameters": {"id": attack}});
    let statement = format!("select 1 where a = '{attack}'");
    let given = Resource::Sql(statement.as_bytes(), Dialect::Any);
    let mut engine = excludes("sql-injection", "pathParameters.id", attack);
    assert_eq!(told_at_sink(&mut engine, &event, given), [""; 0]);
    let other =
        serde_json::json!({"rawPath": "/x'%20or%201=1%20--/7", "pathParameters": {"id": "7"}});
    assert_eq!(told_at_sink(&mut engine, &other, given).len(), 1);
}

#[test]
fn many_pieces_of_an_excluded_value_take_no_long_time_at_a_sink() {
    for (sign, count) in [(";", 8_000), (";", 4_000), ("&", 4_000), ("/", 4_000)] {
        let pieces: Vec<String> = (0..count).map(|at| format!("a{at}=1' or {at}")).collect();
        let value = pieces.join(sign);
        let event = serde_json::json!({ "q": value });
        let statement = format!("select 1 where a = '{value}'");
        let mut engine = guard("sql-injection", "q");
        let begin = Instant::now();
        let given = Resource::Sql(statement.as_bytes(), Dialect::Any);
        told_at_sink(&mut engine, &event, given);
        assert!(begin.elapsed() < SOON, "{sign}: {:?}", begin.elapsed());
    }
}

#[test]
fn what_has_been_read_once_more_is_bounded_and_then_told() {
    let pairs: Vec<String> = (0..2_000).map(|at| format!("a{at}={ESCAPED}")).collect();
    let bodies = vec![pairs.join("&"); 20];
    let event = serde_json::json!({"bodies": bodies});
    let (is_refused, _) = told(
        &mut guard("cross-site-scripting", "bodies[*]→form.a1*"),
        &event,
    );
    assert!(is_refused);
}
