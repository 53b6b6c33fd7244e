//! The guard without its effects: what an environment blocks, says and forgets.

use hauberk_core::act::{Act, Actor, Outcome, Refusal, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::Dialect;
use hauberk_core::inspection::inspect;
use hauberk_core::policy::{Mode, Policy};
use std::collections::BTreeMap;

fn engine(mode: Mode) -> Engine {
    let setting = Setting {
        secrets: vec![b"S3CRETVALUE".to_vec()],
        runtime_api: "127.0.0.1:9001".to_owned(),
        ..Setting::default()
    };
    Engine::new(Policy::built_in(mode), setting)
}

fn of_policy(rest: &str) -> Engine {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent"{rest}}}"#);
    Engine::new(Policy::read(json.as_bytes()).unwrap(), Setting::default())
}

fn act(kind: Kind, operation: &str, target: &str) -> Act<'static> {
    Act {
        activities: vec![Activity::new(kind, operation, target)],
        resource: Resource::None,
        arguments: vec![],
    }
}

fn kinds(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome
        .entries
        .iter()
        .map(|entry| (entry.kind, entry.body.detector.unwrap_or("")))
        .collect()
}

fn response(refusal: Option<Refusal>) -> &'static str {
    match refusal {
        Some(Refusal::Event { response, .. }) => response.unwrap(),
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn an_input_that_reaches_a_shell_is_blocked_and_a_plain_one_is_not() {
    for (name, command, expected) in [
        ("a.png; id", "thumb a.png; id", true),
        ("a.png", "thumb a.png", false),
        ("a.png; id", "thumb b.png", false),
        ("whoami", "whoami", true),
        ("whoami", "echo whoami", false),
    ] {
        let mut engine = engine(Mode::Prevent);
        engine.begin(0, "r", format!(r#"{{"name": "{name}"}}"#).as_bytes());
        let call = Act {
            activities: vec![],
            resource: Resource::Shell(command.as_bytes()),
            arguments: vec![],
        };
        assert_eq!(
            engine.admit(0, &call).blocked.is_some(),
            expected,
            "{command}"
        );
    }
}

#[test]
fn an_input_is_never_matched_to_another_invocation() {
    let mut engine = engine(Mode::Prevent);
    engine.begin(0, "1", br#"{"name": "a; id"}"#);
    engine.end(0);
    engine.begin(0, "2", br#"{"name": "b"}"#);
    let call = Act {
        activities: vec![],
        resource: Resource::Shell(b"thumb a; id"),
        arguments: vec![],
    };
    assert_eq!(engine.admit(0, &call).blocked, None);
}

#[test]
fn what_is_new_is_said_once_and_what_an_attack_taught_is_forgotten() {
    let mut engine = engine(Mode::Detect);
    let call = act(Kind::Host, "resolve", "a.example");
    engine.begin(0, "1", b"{}");
    assert_eq!(kinds(&engine.admit(0, &call)), [("activity", "")]);
    assert_eq!(kinds(&engine.admit(0, &call)), []);
    engine.begin(0, "2", b"{}");
    assert_eq!(kinds(&engine.admit(0, &call)), []);
    let other = act(Kind::Host, "resolve", "b.example");
    let attack = act(Kind::File, "read", "/proc/self/environ");
    assert_eq!(kinds(&engine.admit(0, &other)), [("activity", "")]);
    assert_eq!(
        kinds(&engine.admit(0, &attack))[0],
        ("detection", "credential-read")
    );
    engine.begin(0, "3", b"{}");
    let again = engine.admit(0, &other);
    assert_eq!(kinds(&again), [("activity", "")]);
    assert!(!again.entries[0].body.attacked);
}

#[test]
fn what_comes_after_a_detection_is_marked() {
    let mut engine = engine(Mode::Detect);
    engine.begin(0, "1", b"{}");
    engine.admit(0, &act(Kind::File, "read", "/proc/self/environ"));
    let after = engine.admit(0, &act(Kind::Host, "resolve", "a.example"));
    assert!(after.entries[0].body.attacked);
}

#[test]
fn a_blocked_call_is_one_record() {
    let mut engine = of_policy(r#", "allowlist": {"process": []}"#);
    engine.begin(0, "1", br#"{"name": "a; id"}"#);
    let shell = b"thumb a; id";
    let activities = vec![
        Activity::new(Kind::Process, "start", "/bin/sh"),
        Activity::new(Kind::Process, "start", "/bin/id"),
    ];
    let outcome = engine.admit(
        0,
        &Act {
            activities,
            resource: Resource::Shell(shell),
            arguments: vec![b"sh", b"-c", shell],
        },
    );
    assert_eq!(kinds(&outcome), [("detection", "shell-injection")]);
}

#[test]
fn an_attack_that_was_seen_coming_in_is_said_again_where_it_arrives() {
    let mut engine = engine(Mode::Detect);
    let (_, entries) = engine.begin(0, "1", br#"{"q": "x' UNION SELECT a FROM b -- "}"#);
    assert_eq!(entries[0].body.protection, Some("firewall"));
    let statement = b"SELECT * FROM t WHERE q = 'x' UNION SELECT a FROM b -- '";
    let call = Act {
        activities: vec![],
        resource: Resource::Sql(statement, Dialect::Sqlite),
        arguments: vec![],
    };
    assert_eq!(
        engine.admit(0, &call).entries[0].body.protection,
        Some("flow")
    );
    assert_eq!(kinds(&engine.admit(0, &call)), []);
}

#[test]
fn a_host_vouches_for_its_addresses_but_not_for_a_rule() {
    let rest = r#", "allowlist": {"host": ["resolve a.example"], "address": []}, "rules": [{"name": "r", "kind": "address", "patterns": ["* *:25"]}]"#;
    let mut engine = of_policy(rest);
    engine.begin(0, "1", b"{}");
    let addresses = ["192.0.2.1".parse().unwrap()];
    engine.resolved("a.example", &addresses);
    let call = act(Kind::Address, "connect", "192.0.2.1:443");
    assert!(
        engine.admit(0, &call).blocked.is_some(),
        "a look-up that nobody judged"
    );
    assert!(
        engine
            .admit(0, &act(Kind::Host, "resolve", "a.example"))
            .blocked
            .is_none()
    );
    engine.resolved("A.Example.", &addresses);
    assert!(
        engine
            .admit(0, &act(Kind::Host, "resolve", "b.example"))
            .blocked
            .is_some()
    );
    engine.resolved("b.example", &["192.0.2.2".parse().unwrap()]);
    engine.resolved("192.0.2.2", &["192.0.2.2".parse().unwrap()]);
    for (target, blocked) in [
        ("192.0.2.1:443", false),
        ("192.0.2.2:443", true),
        ("192.0.2.1:25", true),
    ] {
        assert_eq!(
            engine
                .admit(0, &act(Kind::Address, "connect", target))
                .blocked
                .is_some(),
            blocked,
            "{target}"
        );
    }
    assert!(
        engine
            .admit(0, &act(Kind::Address, "bind", "192.0.2.1:80"))
            .blocked
            .is_some()
    );
}

#[test]
fn a_secret_of_the_environment_never_leaves() {
    let mut engine = engine(Mode::Detect);
    engine.begin(0, "r", br#"{"name": "S3CRETVALUE; id"}"#);
    let command = b"thumb S3CRETVALUE; id";
    let activities = vec![Activity::new(Kind::Process, "start", "/tmp/S3CRETVALUE")];
    let outcome = engine.admit(
        0,
        &Act {
            activities,
            resource: Resource::Shell(command),
            arguments: vec![command],
        },
    );
    assert_eq!(outcome.entries.len(), 2);
    for entry in &outcome.entries {
        let line = String::from_utf8(entry.line(&Default::default())).unwrap();
        assert!(!line.contains("S3CRETVALUE"), "{line}");
    }
}

#[test]
fn a_denied_source_is_refused_in_the_shape_its_trigger_expects() {
    let mut engine = of_policy(r#", "sources": {"deny": ["192.0.2.0/24"]}"#);
    let (refusal, entries) = engine.begin(
        0,
        "r",
        br#"{"requestContext": {"http": {"sourceIp": "192.0.2.1"}}}"#,
    );
    assert!(response(refusal).contains("403"));
    assert_eq!(entries[0].body.detector, Some("malicious-source"));
    assert_eq!(
        engine
            .begin(
                0,
                "r",
                br#"{"requestContext": {"http": {"sourceIp": "198.51.100.1"}}}"#
            )
            .0,
        None
    );
}

#[test]
fn a_policy_that_blocks_on_error_refuses_every_invocation_and_says_so_seldom() {
    let setting = Setting {
        refuses: Some("no policy".to_owned()),
        ..Setting::default()
    };
    let mut engine = Engine::new(Policy::built_in(Mode::Off), setting);
    let mut said = 0;
    for n in 0..100 {
        let (refusal, entries) =
            engine.begin(0, &n.to_string(), br#"{"requestContext": {"elb": {}}}"#);
        assert!(response(refusal).contains("statusDescription"));
        said += entries.len();
    }
    assert_eq!(said, 13);
}

#[test]
fn a_mode_that_is_off_looks_at_nothing() {
    let mut engine = engine(Mode::Off);
    let (refusal, entries) = engine.begin(0, "r", br#"{"name": "a; id"}"#);
    assert!(refusal.is_none() && entries.is_empty());
    let call = Act {
        activities: vec![Activity::new(Kind::File, "read", "/proc/self/environ")],
        resource: Resource::Shell(b"x a; id"),
        arguments: vec![],
    };
    assert_eq!(kinds(&engine.admit(0, &call)), []);
}

#[test]
fn a_status_is_said_once_for_each_message() {
    let mut engine = engine(Mode::Detect);
    assert!(engine.status(0, "gap", "a", BTreeMap::new()).is_some());
    assert!(engine.status(0, "gap", "a", BTreeMap::new()).is_none());
    let fault = engine.status(0, "fault", "b", BTreeMap::new()).unwrap();
    assert_eq!((fault.level, fault.body.faults), ("FATAL", Some(1)));
}

#[test]
fn an_act_that_was_let_pass_is_judged_anew_for_other_inputs_and_in_another_file() {
    let mut engine = of_policy(r#", "protections": {"firewall": "off"}"#);
    let passes = |engine: &mut Engine, written: &str, target: &str| {
        let act = Act {
            activities: vec![Activity::new(Kind::File, "read", target)],
            resource: Resource::Path(written.as_bytes()),
            arguments: Vec::new(),
        };
        engine.admit(0, &act).blocked.is_none()
    };
    engine.begin(0, "1", br#"{"name": "report.txt"}"#);
    assert!(passes(&mut engine, "/tmp/../etc/x", "/etc/x"));
    assert!(passes(&mut engine, "/tmp/../etc/x", "/etc/x"));
    assert!(!passes(&mut engine, "/tmp/../etc/x", "/proc/self/environ"));
    engine.begin(0, "2", br#"{"name": "../etc/x"}"#);
    assert!(!passes(&mut engine, "/tmp/../etc/x", "/etc/x"));
}

#[test]
fn what_was_dropped_is_said_each_time_and_does_not_use_up_what_an_invocation_may_say() {
    let mut engine = engine(Mode::Detect);
    engine.begin(0, "r", b"{}");
    for _ in 0..100 {
        let told = engine.dropped(0, 2);
        assert_eq!((told.kind, told.body.state), ("status", Some("gap")));
        assert_eq!(told.body.dropped, Some(2));
    }
    assert!(engine.status(0, "fault", "b", BTreeMap::new()).is_some());
}

#[test]
fn of_a_thousand_copies_of_an_attack_few_are_told_and_a_surer_one_among_them() {
    let told = |last: &str| {
        let copies: Vec<&str> = std::iter::repeat_n("../../../x", 1_000)
            .chain([last])
            .collect();
        let event = serde_json::json!({ "q": copies }).to_string();
        let inspection = inspect(event.as_bytes(), &Policy::built_in(Mode::Prevent));
        let detections = inspection.detections.into_iter();
        detections
            .map(|one| (one.detector, one.path))
            .collect::<Vec<_>>()
    };
    let of_copies = told("../../../x");
    assert!(of_copies.len() < 20, "{}", of_copies.len());
    assert!(of_copies.iter().all(|one| one.0 == "path-traversal"));
    let surer = ("path-traversal", "q[1000]".to_owned());
    assert!(told("../../../etc/passwd").contains(&surer));
}

#[test]
fn an_exclusion_of_a_thousand_copies_does_not_hide_the_one_beside_them() {
    let policy = r#"{"hauberk": 1, "function": "f", "mode": "prevent", "exclusions": [
        {"name": "names", "detector": "path-traversal", "path": "names*", "patterns": ["**"]}]}"#;
    let event =
        |other| serde_json::json!({"names": vec!["../../../x"; 1_000], "q": other}).to_string();
    let paths = |event: String| -> Vec<String> {
        let inspection = inspect(event.as_bytes(), &Policy::read(policy.as_bytes()).unwrap());
        inspection
            .detections
            .into_iter()
            .map(|one| one.path)
            .collect()
    };
    assert_eq!(paths(event("../../../x")), ["q"]);
    assert!(paths(event("a/x")).is_empty());
}

#[test]
fn code_from_elsewhere_is_told_of_where_it_leaves_traces_whatever_is_allowed() {
    let rows = [
        (Kind::File, "write", "/tmp/a", true),
        (Kind::File, "delete", "/tmp/a", true),
        (Kind::File, "read", "/tmp/a", false),
        (Kind::File, "list", "/tmp", false),
        (Kind::Host, "resolve", "a.example", true),
        (Kind::Process, "start", "/bin/ls", true),
    ];
    let allowed = r#", "allowlist": {"file": ["* **"], "host": ["* **"], "process": ["* **"]}"#;
    for (kind, operation, target, expected) in rows {
        for file in [None, Some(&b"/tmp/S3CRETVALUE.py"[..])] {
            let mut engine = of_policy(allowed);
            let act = act(kind, operation, target);
            engine.begin(0, "1", b"{}");
            assert!(engine.admit(0, &act).entries.is_empty()); // of the package's own code, and remembered
            let outcome = engine.admit_of(
                0,
                &act,
                Actor {
                    foreign: file,
                    ..Actor::default()
                },
            );
            let is_told = file.is_some() && expected;
            assert_eq!(outcome.blocked.is_some(), is_told, "{operation} {target}");
            let found: &[_] = if is_told {
                &[("detection", "injected-code")]
            } else {
                &[]
            };
            assert_eq!(kinds(&outcome), found);
        }
    }
}

#[test]
fn code_from_elsewhere_is_excluded_by_its_file_and_named_without_secrets() {
    let excluded = r#", "exclusions": [{"name": "x", "detector": "injected-code", "path": "", "patterns": ["/tmp/x/**"]}]"#;
    let act = act(Kind::Host, "resolve", "a.example");
    let mut engine = of_policy(excluded);
    for (file, is_blocked) in [("/tmp/x/a.py", false), ("/tmp/y/a.py", true)] {
        let foreign = Some(file.as_bytes());
        let outcome = engine.admit_of(
            0,
            &act,
            Actor {
                foreign,
                ..Actor::default()
            },
        );
        assert_eq!(outcome.blocked.is_some(), is_blocked, "{file}");
    }
    let mut engine = self::engine(Mode::Detect);
    let foreign = Some(&b"/tmp/S3CRETVALUE/a.py"[..]);
    let outcome = engine.admit_of(
        0,
        &act,
        Actor {
            foreign,
            ..Actor::default()
        },
    );
    let reason = outcome.entries[0].body.reason.clone().unwrap();
    assert!(
        !reason.contains("S3CRETVALUE") && reason.contains("/a.py"),
        "{reason}"
    );
}

#[test]
fn what_was_written_in_this_environment_is_not_run_in_a_later_invocation_either() {
    let mut engine = of_policy("");
    engine.begin(0, "1", b"{}");
    let start = act(Kind::Process, "start", "/tmp/x");
    assert_eq!(engine.admit(0, &start).blocked, None); // nobody has written it yet
    engine.admit(0, &act(Kind::File, "write", "/tmp/x"));
    let outcome = engine.admit(0, &start);
    assert_eq!(kinds(&outcome)[0], ("detection", "written-then-executed"));
    assert!(outcome.blocked.is_some());
    engine.end(0);
    engine.begin(0, "2", b"{}");
    assert!(engine.admit(0, &start).blocked.is_some());
    let other = act(Kind::Process, "start", "/tmp/y");
    assert_eq!(engine.admit(0, &other).blocked, None);
}

#[test]
fn what_was_not_written_because_it_was_blocked_is_none() {
    let mut engine = of_policy(r#", "allowlist": {"file": []}"#);
    engine.begin(0, "1", b"{}");
    assert!(
        engine
            .admit(0, &act(Kind::File, "write", "/tmp/x"))
            .blocked
            .is_some()
    );
    let start = act(Kind::Process, "start", "/tmp/x");
    assert_eq!(engine.admit(0, &start).blocked, None);
}

#[test]
fn a_credential_that_is_sent_is_told_of_and_excluded_by_its_host() {
    let excluded = r#", "exclusions": [{"name": "x", "detector": "credential-sent", "path": "", "patterns": ["vault.example"]}]"#;
    let mut engine = of_policy(excluded);
    engine.begin(0, "1", b"{}");
    let [vault, evil] = ["vault.example", "evil.example"].map(str::to_owned);
    for names in [&[vault.clone()][..], &[evil.clone(), vault], &[]] {
        let outcome = engine.admit_sent(0, "session token", names);
        assert!(outcome.blocked.is_none() && outcome.entries.is_empty());
    }
    let outcome = engine.admit_sent(0, "session token", &[evil]);
    assert_eq!(kinds(&outcome), [("detection", "credential-sent")]);
    assert!(outcome.blocked.is_some());
}

/// An event of an HTTP API.
fn called_by(address: &str, q: &str) -> String {
    let context =
        format!(r#"{{"http": {{"method": "GET", "sourceIp": "{address}"}}, "apiId": "x"}}"#);
    format!(r#"{{"version": "2.0", "rawPath": "/", "requestContext": {context}, "q": "{q}"}}"#)
}

fn of_function(name: &str) -> Engine {
    let setting = Setting {
        function: name.to_owned(),
        ..Setting::default()
    };
    Engine::new(Policy::built_in(Mode::Detect), setting)
}

#[test]
fn a_caller_is_the_same_number_in_all_environments_of_a_function_and_no_address() {
    let caller = |engine: &mut Engine, address: &str| {
        let event = called_by(address, "${jndi:ldap://x/a}");
        let (_, entries) = engine.begin(0, "r", event.as_bytes());
        engine.end(0);
        let line =
            String::from_utf8(entries[0].line(&hauberk_core::record::Origin::default())).unwrap();
        assert!(!line.contains(address), "{line}");
        entries[0].body.caller.clone()
    };
    let (mut one, mut other) = (of_function("orders"), of_function("orders"));
    let first = caller(&mut one, "203.0.113.9");
    assert_eq!(first.as_deref(), Some("228"));
    assert_eq!(caller(&mut one, "203.0.113.9"), first);
    assert_eq!(caller(&mut other, "203.0.113.9"), first);
    assert_ne!(caller(&mut one, "203.0.113.10"), first);
    assert_ne!(caller(&mut of_function("invoices"), "203.0.113.9"), first);
    // At a sink, and where the event tells of nobody.
    one.begin(0, "r", called_by("203.0.113.9", "a; id").as_bytes());
    let call = Act {
        activities: vec![],
        resource: Resource::Shell(b"thumb a; id"),
        arguments: vec![],
    };
    assert_eq!(one.admit(0, &call).entries[0].body.caller, first);
    one.end(0);
    let (_, entries) = one.begin(0, "r", br#"{"q": "${jndi:ldap://x/a}"}"#);
    assert_eq!(entries[0].body.caller, None);
}

#[test]
fn an_activity_tells_the_caller_of_its_invocation_and_of_no_other() {
    let mut engine = of_function("orders");
    let mut caller = |event: Option<&str>, target: &str| {
        if let Some(event) = event {
            engine.begin(0, "r", event.as_bytes());
        }
        let outcome = engine.admit(0, &act(Kind::File, "read", target));
        let (first, again) = (
            outcome.entries[0].body.caller.clone(),
            engine.admit(0, &act(Kind::File, "read", &format!("{target}x"))),
        );
        assert_eq!(again.entries[0].body.caller, first);
        if event.is_some() {
            engine.end(0);
        }
        first
    };
    let of = |address| called_by(address, "a");
    assert_eq!(caller(None, "/init"), None);
    let (first, second) = (of("203.0.113.9"), of("203.0.113.10"));
    assert_eq!(caller(Some(&first), "/a").as_deref(), Some("228"));
    assert_eq!(caller(None, "/after-the-response"), None);
    assert_eq!(caller(Some(&second), "/b").as_deref(), Some("895"));
    assert_eq!(caller(Some(r#"{"Records": []}"#), "/c"), None);
    // One batch of two callers: it is not known whose the act is.
    let record = |address: &str| {
        format!(
            r#"{{"eventSource": "aws:s3", "requestParameters": {{"sourceIPAddress": "{address}"}}}}"#
        )
    };
    let batch =
        |one: &str, other: &str| format!(r#"{{"Records": [{}, {}]}}"#, record(one), record(other));
    let (two, one) = (
        batch("203.0.113.9", "203.0.113.10"),
        batch("203.0.113.9", "203.0.113.9"),
    );
    assert_eq!(caller(Some(&two), "/d"), None);
    assert_eq!(caller(Some(&one), "/e").as_deref(), Some("228"));
}

#[test]
fn a_thread_that_outlives_its_invocation_is_told_of_and_never_stopped() {
    let excluded = r#", "exclusions": [{"name": "x", "detector": "outlives-invocation", "path": "", "patterns": ["/tmp/own/**"]}]"#;
    let mut engine = of_policy(excluded);
    engine.begin(0, "2", b"{}");
    assert!(engine.thread_outlives(0, b"/tmp/own/pool.py").is_none());
    let told = engine.thread_outlives(0, b"<string>").unwrap();
    assert_eq!(told.body.detector, Some("outlives-invocation"));
    assert_eq!(told.body.verdict, Some("alert"));
    assert!(
        engine.thread_outlives(0, b"<string>").is_none(),
        "once an invocation"
    );
}
