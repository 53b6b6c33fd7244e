//! What of a policy a kernel is to hold, by its lists.

mod confined;

use confined::policy;
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::confine::{Confinement, Held, confine};
use hauberk_core::judge::Action;
use proptest::prelude::*;
use std::collections::BTreeSet;

const API: &str = "127.0.0.1:9001";

fn confined(rest: &str) -> Confinement {
    confine(
        &policy(rest),
        &["/u".to_owned(), "/nowhere".to_owned()],
        API,
    )
}

/// A word for what is held.
fn word<T>(held: &Held<T>) -> &'static str {
    match held {
        Held::Unasked => "unasked",
        Held::Open(_) => "open",
        Held::Only(_) => "only",
    }
}

#[test]
fn what_is_held_is_what_the_table_says() {
    // Programs, reads, writes, ports.
    let rows = [
        ("", "unasked unasked unasked unasked"),
        (r#""process": []"#, "only unasked unasked unasked"),
        (
            r#""process": ["start /u/a"]"#,
            "only unasked unasked unasked",
        ),
        (r#""process": ["start -"]"#, "only unasked unasked unasked"),
        // What programs are started with no kernel is told.
        (
            r#""process": ["* /u/a", "arguments /t/** <text>", "arguments **"]"#,
            "only unasked unasked unasked",
        ),
        (
            r#""process": ["start /t/a"]"#,
            "open unasked unasked unasked",
        ),
        (
            r#""process": ["start /u/*"]"#,
            "open unasked unasked unasked",
        ),
        (
            r#""process": ["start /t/a"], "file": []"#,
            "only open only unasked",
        ),
        (
            r#""process": ["start /t/a"], "file": ["* /t/a"]"#,
            "open open only unasked",
        ),
        (
            r#""process": ["start /t/a"], "file": ["rename /t"]"#,
            "open open open unasked",
        ),
        (r#""file": ["write /t/a"]"#, "unasked open only unasked"),
        (r#""file": ["* **/a"]"#, "unasked open open unasked"),
        (
            r#""file": [], "process": [], "code": []"#,
            "only only only unasked",
        ),
        (
            r#""file": [], "process": [], "code": ["load /u/x.so", "load _ctypes", "* a.b"]"#,
            "only only only unasked",
        ),
        (
            r#""file": [], "process": [], "code": ["load /t/x.so"]"#,
            "only open only unasked",
        ),
        (
            r#""file": ["read /**"], "process": [], "code": []"#,
            "only open only unasked",
        ),
        (
            r#""address": ["connect 10.0.0.0/8:5432"]"#,
            "unasked unasked unasked open",
        ),
        (
            r#""address": ["connect 10.0.0.0/8:5432"], "host": []"#,
            "unasked unasked unasked only",
        ),
        (
            r#""address": ["connect 10.0.0.0/8"], "host": []"#,
            "unasked unasked unasked open",
        ),
        (
            r#""address": [], "host": ["resolve a"]"#,
            "unasked unasked unasked open",
        ),
    ];
    for (lists, expected) in rows {
        let held = confined(&format!(r#""allowlist": {{{lists}}}"#));
        let told = [
            word(&held.programs),
            word(&held.reads),
            word(&held.writes),
            word(&held.ports),
        ];
        assert_eq!(told.join(" "), expected, "{lists}");
        assert_eq!(
            held.is_empty(),
            !expected.contains("only") && !lists.contains("address"),
            "{lists}"
        );
    }
}

#[test]
fn what_does_not_block_is_not_held() {
    let lists =
        r#""allowlist": {"process": [], "file": [], "address": [], "host": [], "code": []}"#;
    for mode in ["off", "detect"] {
        let protections =
            ["process", "file", "address"].map(|kind| format!(r#""{kind}": "{mode}""#));
        let held = confined(&format!(
            r#""protections": {{{}}}, {lists}"#,
            protections.join(",")
        ));
        assert!(held.is_empty(), "{held:?}");
    }
    assert!(!confined(lists).is_empty());
}

#[test]
fn what_an_exclusion_allows_is_not_held() {
    let excluded = |kind: &str, pattern: &str| {
        confined(&format!(
            r#""allowlist": {{"process": [], "file": [], "address": [], "host": [], "code": []}},
               "exclusions": [{{"name": "x", "kind": "{kind}", "patterns": ["* {pattern}"]}}]"#
        ))
    };
    assert_eq!(word(&excluded("process", "**/sh").programs), "open");
    assert_eq!(word(&excluded("file", "**/a").writes), "open");
    assert_eq!(word(&excluded("host", "a.example").ports), "open");
    let held = excluded("address", "10.0.0.1:8080");
    let ports = held.ports.only().unwrap();
    assert_eq!(ports.connect, BTreeSet::from([8080, 9001]));
    assert_eq!(ports.bind, BTreeSet::from([8080]));
    assert!(held.refuses_names);
    assert!(excluded("address", "unix:/run/x").refuses_names);
    assert!(!excluded("address", "unix:*").refuses_names);
    assert!(!excluded("address", r"unix:\u0000x").refuses_names);
}

proptest! {
    #[test]
    fn no_port_that_is_allowed_is_refused(
        listed in prop::collection::vec(
            (prop_oneof![Just("connect"), Just("bind"), Just("*"), Just("send")],
             prop_oneof![Just("10.0.0.0/8"), Just("*"), Just("127.0.0.1")],
             prop_oneof![3 => (1..6_u16).prop_map(Some), 1 => Just(None)]), 0..4),
        ports in prop::collection::vec((any::<bool>(), 0..6_u16), 1..9),
    ) {
        let listed: Vec<String> = listed
            .into_iter()
            .map(|(operation, address, port)| {
                let port = port.map(|port| format!(":{port}")).unwrap_or_default();
                format!("{operation} {address}{port}")
            })
            .collect();
        let policy = policy(&format!(r#""allowlist": {{"address": {listed:?}, "host": []}}"#));
        let held = confine(&policy, &[], API);
        for (connects, port) in ports {
            let operation = if connects { "connect" } else { "bind" };
            for address in ["10.1.1.1", "127.0.0.1"] {
                let activity = Activity::new(Kind::Address, operation, format!("{address}:{port}"));
                let Some(ports) = held.ports.only() else { continue };
                let lets = if connects { &ports.connect } else { &ports.bind }.contains(&port);
                prop_assert!(lets || policy.judge(&activity).action == Action::Block, "{operation} {port}");
            }
        }
    }
}
