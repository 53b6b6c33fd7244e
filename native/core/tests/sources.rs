//! Lists of malicious sources: drawn, compiled, read again, named by a policy; allow entries win; their age is told.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hauberk_core::address_set::AddressSet;
use hauberk_core::inspection::inspect;
use hauberk_core::policy::{Policy, WantedList};
use hauberk_core::source_list::{FIRST_LINE, SourceList, Unusual, draw};
use proptest::prelude::*;

const DAY: u64 = 86_400;
/// 2026-11-20.
const MADE: u64 = 1_795_132_800;

fn set(prefixes: &str) -> AddressSet {
    AddressSet::parse(prefixes.split_whitespace()).unwrap()
}

fn list(about: &str, prefixes: &str) -> Vec<u8> {
    let mut bytes = [FIRST_LINE, about.as_bytes(), b"\n"].concat();
    set(prefixes).write(&mut bytes);
    bytes
}

fn about(stated: &str) -> String {
    format!(
        r#"{{"made": {MADE}, "of": [{{"name": "drop", "stated": {stated}}}, {{"name": "ours", "stated": null}}]}}"#
    )
}

fn policy(sources: &str) -> Result<Policy, String> {
    let json =
        format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent", "sources": {sources}}}"#);
    Policy::read(json.as_bytes()).map_err(|error| error.0)
}

fn sha256(bytes: &[u8]) -> String {
    hmac_sha256::Hash::hash(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn a_source_is_denied_unless_it_is_allowed() {
    let packed = STANDARD.encode(list(&about("null"), "192.0.2.0/24 2001:db8:1::/48"));
    let policy = policy(&format!(
        r#"{{"deny": ["203.0.113.0/24", "2001:db8::/64"], "allow": ["203.0.113.7", "192.0.2.7"],
            "lists": [{{"name": "bad", "packed": "{packed}"}}]}}"#
    ))
    .unwrap();
    let rows = [
        ("203.0.113.8", Some("on the policy's list of sources")),
        ("203.0.113.7", None),
        ("203.0.114.1", None),
        ("2001:db8::1", Some("on the policy's list of sources")),
        ("192.0.2.8", Some("on the list bad of 2026-11-20")),
        ("192.0.2.7", None), // an entry that is allowed wins over a list too
        ("2001:db8:1::1", Some("on the list bad of 2026-11-20")),
        ("2001:db8:2::1", None),
    ];
    for (address, expected) in rows {
        let denial = policy.sources.denial(address.parse().unwrap());
        assert_eq!(denial.as_deref(), expected, "{address}");
    }
}

#[test]
fn a_list_in_a_file_counts_when_it_is_the_one_that_the_policy_names() {
    let bytes = list(&about("null"), "192.0.2.0/24");
    let sources = format!(
        r#"{{"lists": [{{"name": "bad", "path": "/opt/bad.sources", "sha256": "{}"}}]}}"#,
        sha256(&bytes)
    );
    let mut policy = policy(&sources).unwrap();
    let wanted = policy.sources.wanted().to_vec();
    let expected = WantedList {
        name: "bad".to_owned(),
        path: "/opt/bad.sources".to_owned(),
        sha256: sha256(&bytes),
    };
    assert_eq!(wanted, [expected]);
    assert!(policy.sources.is_empty());
    let mut changed = bytes.clone();
    changed.push(b'x');
    let refused = policy.sources.add(&wanted[0], &changed).unwrap_err();
    assert!(
        refused.contains("deploy the file that the policy was compiled with"),
        "{refused}"
    );
    assert!(
        policy
            .sources
            .denial("192.0.2.1".parse().unwrap())
            .is_none()
    );
    policy.sources.add(&wanted[0], &bytes).unwrap();
    assert!(
        policy
            .sources
            .denial("192.0.2.1".parse().unwrap())
            .is_some()
    );
}

#[test]
fn the_age_of_a_list_is_told_by_its_oldest_source() {
    let rows = [
        // what the source states, days later    what is told
        ("null", 0, "bad (1 prefixes, 0 days old)"),
        ("null", 1, "bad (1 prefixes, 1 day old)"),
        ("null", 30, "bad (1 prefixes, 30 days old)"),
        (
            "null",
            31,
            "bad (1 prefixes, 31 days old, stale but in force)",
        ),
        ("1794960000", 1, "bad (1 prefixes, 3 days old)"), // two days before it was compiled
        ("1894960000", 1, "bad (1 prefixes, 1 day old)"),  // a source cannot be from the future
    ];
    for (stated, days, expected) in rows {
        let packed = STANDARD.encode(list(&about(stated), "192.0.2.0/24"));
        let policy = policy(&format!(
            r#"{{"lists": [{{"name": "bad", "packed": "{packed}"}}]}}"#
        ))
        .unwrap();
        assert_eq!(
            policy.sources.told(MADE + days * DAY),
            [expected],
            "{stated}"
        );
    }
    let packed = STANDARD.encode(list(&about("null"), "192.0.2.0/24"));
    let sources =
        format!(r#"{{"stale_after_days": 2, "lists": [{{"name": "bad", "packed": "{packed}"}}]}}"#);
    let told = policy(&sources).unwrap().sources.told(MADE + 3 * DAY);
    assert!(told[0].ends_with("stale but in force)"), "{told:?}");
}

#[test]
fn a_list_that_cannot_be_used_is_refused_with_the_policy() {
    let broken = STANDARD.encode(&list(&about("null"), "192.0.2.0/24")[..80]);
    let rows = [
        (
            r#"{"lists": [{"name": "a"}]}"#.to_owned(),
            "needs `packed`, or `path` and `sha256`",
        ),
        (
            r#"{"lists": [{"name": "a", "path": "/a"}]}"#.to_owned(),
            "needs `packed`",
        ),
        (
            r#"{"lists": [{"name": "a", "packed": "@"}]}"#.to_owned(),
            "list \"a\"",
        ),
        (
            r#"{"lists": [{"name": "a", "packed": "eA=="}]}"#.to_owned(),
            "no compiled list of sources",
        ),
        (
            format!(r#"{{"lists": [{{"name": "a", "packed": "{broken}"}}]}}"#),
            "cut off",
        ),
        (
            r#"{"trusted_proxies": ["10.0.0.0/33"]}"#.to_owned(),
            "10.0.0.0/33",
        ),
    ];
    for (sources, expected) in rows {
        let error = policy(&sources).unwrap_err();
        assert!(error.contains(expected), "{sources}: {error}");
    }
}

#[test]
fn a_denied_caller_is_blocked_where_it_stands_and_an_exclusion_lets_it_through() {
    let event = br#"{"requestContext": {"http": {"sourceIp": "198.51.100.1"}}, "headers": {"x-forwarded-for": "192.0.2.66, 203.0.113.9"}}"#;
    let of = |sources: &str, exclusions: &str| {
        let json = format!(
            r#"{{"hauberk": 1, "function": "f", "mode": "prevent", "sources": {sources}, "exclusions": [{exclusions}]}}"#
        );
        let inspection = inspect(event, &Policy::read(json.as_bytes()).unwrap());
        let shown = inspection
            .detections
            .into_iter()
            .map(|one| (one.detector, one.path, one.excerpt));
        (inspection.verdict.name(), shown.collect::<Vec<_>>())
    };
    let deny = r#"{"deny": ["203.0.113.0/24"], "trusted_proxies": ["198.51.100.0/24"]}"#;
    let found = (
        "malicious-source",
        "headers.x-forwarded-for".to_owned(),
        "203.0.113.9".to_owned(),
    );
    assert_eq!(of(deny, ""), ("block", vec![found]));
    let nothing = ("allow", vec![]);
    assert_eq!(of(r#"{"deny": ["203.0.113.0/24"]}"#, ""), nothing); // the proxy is the caller
    assert_eq!(
        of(
            r#"{"deny": ["192.0.2.0/24"], "trusted_proxies": ["198.51.100.0/24"]}"#,
            ""
        ),
        nothing
    );
    let exclusion =
        |rest: &str| format!(r#"{{"name": "x", "detector": "malicious-source", {rest}}}"#);
    for rest in [
        r#""patterns": ["203.0.113.*"]"#,
        r#""path": "headers.*", "patterns": ["**"]"#,
    ] {
        assert_eq!(of(deny, &exclusion(rest)), nothing, "{rest}");
    }
    for rest in [
        r#""patterns": ["203.0.112.*"]"#,
        r#""path": "requestContext.*", "patterns": ["**"]"#,
    ] {
        assert_eq!(of(deny, &exclusion(rest)).0, "block", "{rest}");
    }
}

#[test]
fn a_list_that_would_deny_too_much_is_refused_and_private_addresses_are_left_out() {
    let rows = [
        // prefixes                 without           what is left, or why it is refused
        ("192.0.2.0/24 10.1.0.0/16", "", Ok(("192.0.2.0/24", 1))),
        ("127.0.0.1 ::1 fe80::1 224.0.0.0/3", "", Ok(("", 4))),
        ("192.168.0.0/15", "", Ok(("192.169.0.0/16", 0))), // half of it is private
        ("192.0.2.0/24", "192.0.2.0/25", Ok(("192.0.2.128/25", 0))),
        ("11.0.0.0/8", "", Ok(("11.0.0.0/8", 0))),
        ("12.0.0.0/7", "", Err("12.0.0.0/7 would deny a large part")),
        ("0.0.0.0/0", "", Err("0.0.0.0/0 would deny")),
        ("::ffff:0:0/96", "", Err("0.0.0.0/0 would deny")),
        ("::/0", "", Err("::/0 would deny")),
        ("2000::/3", "", Err("2000::/3 would deny")),
        (
            "2001:db8::/32 x",
            "",
            Err("not an IP address or CIDR prefix: \"x\""),
        ),
    ];
    for (prefixes, without, expected) in rows {
        let drawn = draw(
            prefixes.split_whitespace(),
            without.split_whitespace(),
            Unusual::default(),
        );
        match (drawn, expected) {
            (Ok(drawn), Ok((left, special))) => {
                assert_eq!(
                    (drawn.set, drawn.special),
                    (set(left), special),
                    "{prefixes}"
                );
            }
            (Err(refused), Err(why)) => assert!(refused.to_string().starts_with(why), "{refused}"),
            (drawn, _) => panic!("{prefixes}: {drawn:?}"),
        }
    }
}

#[test]
fn half_of_the_internet_in_pieces_is_refused_too() {
    let pieces: Vec<String> = (1..180).map(|n| format!("{n}.0.0.0/8")).collect();
    let drawn = |pieces: &[String], unusual| {
        draw(pieces.iter().map(String::as_str), [].into_iter(), unusual)
    };
    let refused = drawn(&pieces, Unusual::default()).unwrap_err();
    assert!(refused.to_string().contains("half of the internet"));
    assert!(drawn(&pieces[..90], Unusual::default()).is_ok());
    let most = Unusual {
        most: true,
        ..Unusual::default()
    };
    assert!(drawn(&pieces, most).is_ok());
    assert!(drawn(&["0.0.0.0/0".to_owned()], most).is_ok());
    let private = Unusual {
        private: true,
        ..Unusual::default()
    };
    assert_eq!(
        drawn(&["10.0.0.0/8".to_owned()], private).unwrap().set,
        set("10.0.0.0/8")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_list_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = SourceList::read(&bytes);
        let _ = SourceList::read(&[FIRST_LINE, &bytes].concat());
        let _ = SourceList::read(&[FIRST_LINE, b"{\"made\": 1}\n", &bytes].concat());
    }
}
