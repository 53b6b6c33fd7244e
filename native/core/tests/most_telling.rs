//! Of one act that several detectors and the lists speak of, what is told is what says most of it.

use hauberk_core::act::{Act, Actor, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;

const NOTHING: &str = r#", "allowlist": {"process": [], "host": []}"#;
const SHELL: &str = r#", "allowlist": {"process": ["start /bin/sh"], "host": []}"#;

/// Lists, programs of one call, who acts, and what is told.
type Row<'a> = (&'a str, &'a [&'a str], Actor<'a>, &'a [(&'a str, &'a str)]);

/// Detectors and targets of what is told of a start of these programs in one call.
fn told(mode: &str, lists: &str, programs: &[&str], actor: Actor<'_>) -> Vec<(String, String)> {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "{mode}"{lists}}}"#);
    let policy = Policy::read(json.as_bytes()).unwrap();
    let mut engine = Engine::new(policy, Setting::default());
    engine.begin(0, "1", br#"{"name": "x; /tmp/xmrig"}"#);
    let start = |target: &&str| Activity::new(Kind::Process, "start", *target);
    let act = Act {
        activities: programs.iter().map(start).collect(),
        resource: Resource::None,
        arguments: vec![],
    };
    let outcome = engine.admit_of(0, &act, actor);
    assert_eq!(outcome.blocked.is_some(), mode == "prevent");
    let of = |body: &hauberk_core::record::Body| {
        let detector = body.detector.unwrap_or_default().to_owned();
        (detector, body.target.clone().unwrap_or_default())
    };
    let all = outcome.entries.iter().map(|entry| of(&entry.body));
    all.filter(|(detector, _)| detector != "not-inspected")
        .collect()
}

#[test]
fn an_attack_is_told_before_what_no_list_names() {
    let commanded = Actor {
        hands_over: true,
        ..Actor::default()
    };
    let injected = Actor {
        foreign: Some(b"/tmp/x.py"),
        ..commanded
    };
    let none = Actor::default();
    let rows: [Row<'_>; 8] = [
        (
            NOTHING,
            &["/bin/sh", "-"],
            commanded,
            &[("reverse-shell", "/bin/sh")],
        ),
        (
            SHELL,
            &["/bin/sh", "-"],
            commanded,
            &[("reverse-shell", "/bin/sh")],
        ),
        (
            NOTHING,
            &["/bin/sh", "/tmp/xmrig"],
            none,
            &[("mining-pool", "/tmp/xmrig")],
        ),
        (
            SHELL,
            &["/bin/sh", "/memfd:x (deleted)"],
            none,
            &[("written-then-executed", "/memfd:x (deleted)")],
        ),
        (
            NOTHING,
            &["/bin/sh", "-"],
            injected,
            &[("injected-code", "/bin/sh"), ("reverse-shell", "/bin/sh")],
        ),
        // What is no attack: the list's word, of the first that it does not hold.
        (
            NOTHING,
            &["/bin/sh", "-"],
            none,
            &[("unlisted-process", "/bin/sh")],
        ),
        (SHELL, &["/bin/sh", "-"], none, &[("unlisted-process", "-")]),
        (
            SHELL,
            &["/bin/sh", "/bin/ls"],
            none,
            &[("unlisted-process", "/bin/ls")],
        ),
    ];
    for (lists, programs, actor, expected) in rows {
        let found = told("prevent", lists, programs, actor);
        let found: Vec<_> = found.iter().map(|(a, b)| (&a[..], &b[..])).collect();
        assert_eq!(found, expected, "{lists} {programs:?}");
    }
}

#[test]
fn in_detect_both_are_told() {
    let commanded = Actor {
        hands_over: true,
        ..Actor::default()
    };
    let found = told("detect", NOTHING, &["/bin/sh", "-"], commanded);
    let detectors: Vec<_> = found.iter().map(|(detector, _)| &detector[..]).collect();
    assert_eq!(
        detectors,
        ["reverse-shell", "unlisted-process", "unlisted-process"]
    );
}
