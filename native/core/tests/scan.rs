//! What the firewall says of single texts, and what holds for all of them.

mod vectors;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use hauberk_core::scan::{broken_patterns, rules, scan, scan_key};
use proptest::prelude::*;
use serde_json::Value;
use vectors::{rows, text};

/// How many rows the file has.
const ROWS: usize = 135;

/// Far above what is needed, far below a hang.
const SOON: Duration = Duration::from_secs(20);

fn found(input: &[u8]) -> BTreeSet<&'static str> {
    scan(input)
        .into_iter()
        .filter_map(|hit| hit.rules.first().copied())
        .collect()
}

#[test]
fn scan_answers_as_its_vectors_say() {
    let count = rows("scan", |row| {
        let names = found(text(row, "input").as_bytes());
        assert_eq!(
            Value::from_iter(names.iter().copied()),
            row["expected"],
            "{row}"
        );
        assert!(
            row["known_miss"].is_null() || names.is_empty(),
            "no longer a miss, say so: {row}"
        );
    });
    assert_eq!(count, ROWS);
}

#[derive(serde::Deserialize)]
struct Detector {
    rules: Vec<Examples>,
}

#[derive(serde::Deserialize)]
struct Examples {
    id: String,
    #[serde(default)]
    keys: Vec<String>,
    attacks: Vec<String>,
    harmless: Vec<String>,
}

fn examples() -> Vec<Examples> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let files = std::fs::read_dir(folder).expect("the rules are there");
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("readable");
        toml::from_str::<Detector>(&text).expect("rules").rules
    };
    files.flat_map(read).collect()
}

#[test]
fn every_rule_finds_its_attacks_and_lets_its_look_alikes_pass() {
    let fires = |id: &str, is_key: bool, text: &str| {
        let scan = if is_key { scan_key } else { scan };
        scan(text.as_bytes())
            .iter()
            .any(|hit| hit.rules.contains(&id))
    };
    let mut wrong = Vec::new();
    for Examples {
        id,
        keys,
        attacks,
        harmless,
    } in examples()
    {
        assert!(
            !attacks.is_empty() && !harmless.is_empty(),
            "{id} has no examples"
        );
        // A rule of keys has keys for examples.
        let is_key = !keys.is_empty();
        let missed = attacks.iter().filter(|text| !fires(&id, is_key, text));
        wrong.extend(missed.map(|text| format!("{id} misses {text:?}")));
        let false_alarms = harmless.iter().filter(|text| fires(&id, is_key, text));
        wrong.extend(false_alarms.map(|text| format!("{id} takes {text:?} for an attack")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_says_what_it_is_and_has_a_sound_pattern() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "two rules are called {}", rule.id);
        let is_said = !rule.reason.is_empty() && !rule.rationale.is_empty();
        assert!(
            rule.confidence <= 100 && rule.cwe > 0 && is_said,
            "{}",
            rule.id
        );
    }
    assert_eq!(broken_patterns().collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn an_attack_at_either_end_of_a_long_text_is_seen() {
    let filler = "words ".repeat(1 << 20);
    assert!(found(format!("<img src=x onerror=f()>{filler}").as_bytes()).contains("event-handler"));
    let late = format!("{filler}<img src=x onerror=f()>");
    let hit = scan(late.as_bytes()).pop().expect("seen");
    assert_eq!(&late.as_bytes()[hit.start..hit.start + 4], b"<img");
}

#[test]
fn six_megabytes_are_scanned_soon() {
    let pieces = [
        "'", "<", "<a ", "=", "on=", "${", "${lower:", "}", "../", "%25", "%", ";", ";ls ", "`id`",
        "$(", "1 or ", "union ", "(select ", "a", "\n", "/etc", "\" onx=", "--", "/*",
    ];
    for piece in pieces {
        let text = piece.repeat((6 << 20) / piece.len());
        let begin = Instant::now();
        let _ = scan(text.as_bytes());
        assert!(
            begin.elapsed() < SOON,
            "{:?} for {piece:?}…",
            begin.elapsed()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_scanned(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for hit in scan(&bytes) {
            prop_assert!(hit.start <= hit.end && hit.end <= bytes.len() && hit.confidence <= 100);
        }
    }

    #[test]
    fn any_syntax_is_scanned(text in "[-'\"`<>/\\\\$(){};|&%=#*:.,a-e0-9onscriptjdulwx \n]{0,200}") {
        for hit in scan(text.as_bytes()) {
            prop_assert!(hit.start <= hit.end && hit.end <= text.len());
        }
    }

    #[test]
    fn letters_digits_and_blanks_are_no_attack(text in "[A-Za-z ]{0,200}|[0-9]{0,40}|[A-Za-z0-9]{0,60}") {
        prop_assert_eq!(scan(text.as_bytes()), Vec::new());
    }
}
