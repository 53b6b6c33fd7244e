//! What a person excludes the guard lets pass, wherever it comes by; and nothing beside it.

use hauberk_core::act::{Act, Resource};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::Dialect;
use hauberk_core::policy::Policy;

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
