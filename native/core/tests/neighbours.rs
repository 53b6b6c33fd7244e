//! What a value tells as a whole is told whatever stands beside it.

use hauberk_core::inspection::inspect;
use hauberk_core::judge::Action;
use hauberk_core::policy::Policy;
use serde_json::json;

/// Values that are an attack only as a whole, and one that is none.
const ATTACKS: [&str; 9] = [
    "$(id)",
    "/etc/shadow",
    "//a.example",
    "169.254.169.254",
    "1||(select 1)",
    "*)(uid=*))(|(uid=*",
    "8.8.8.8;id",
    "O:8:\"EvilFile\":1:{s:4:\"path\";s:1:\"x\";}",
    "1 union all select (select md5(1) from t),2-- -",
];
const HARMLESS: &str = "one or two";

/// The event that has a value in one place.
type Place<'a> = &'a dyn Fn(&str) -> serde_json::Value;

fn is_told(event: &serde_json::Value) -> bool {
    let policy = json!({"hauberk": 1, "function": "any", "mode": "prevent"});
    let policy = Policy::read(policy.to_string().as_bytes()).expect("a policy");
    inspect(event.to_string().as_bytes(), &policy).verdict != Action::Allow
}

#[test]
fn a_value_is_read_by_itself_whatever_stands_beside_it() {
    let filler = "a".repeat(9_000);
    let places: [(&str, Place<'_>); 9] = [
        ("form", &|value| json!({"body": format!("a=b&q={value}")})),
        (
            "form, unescaped",
            &|value| json!({"body": format!("a=b c&q={value}")}),
        ),
        (
            "form with an angle",
            &|value| json!({"body": format!("z=<&q={value}")}),
        ),
        (
            "form with a brace",
            &|value| json!({"body": format!("z={{}}&q={value}&y=1")}),
        ),
        (
            "long form",
            &|value| json!({"body": format!("z=<{filler}&q={value}")}),
        ),
        (
            "field with a name in brackets",
            &|value| json!({"body": format!("d[id]={value}")}),
        ),
        (
            "document",
            &|value| json!({"body": format!("<order><q>{value}</q></order>")}),
        ),
        (
            "document with a comment",
            &|value| json!({"body": format!("<r>\n<!--x-->\n<q>{value}</q>\n<p>1</p>\n</r>")}),
        ),
        (
            "document that is cut",
            &|value| json!({"body": format!("<r>\n<q>{value}</q>\n<p>1</p>\n")}),
        ),
    ];
    for (name, place) in places {
        for attack in ATTACKS {
            assert!(is_told(&place(attack)), "{attack} in a {name}");
        }
        assert!(!is_told(&place(HARMLESS)), "{HARMLESS} in a {name}");
    }
    for attack in ATTACKS.iter().filter(|attack| !attack.contains(';')) {
        let event = json!({"headers": {"cookie": format!("a=b; q={attack}; c=d e")}});
        assert!(is_told(&event), "{attack} in a cookie");
    }
}

#[test]
fn a_page_is_not_cut_at_the_signs_of_its_links() {
    let page = "<p>Read <a href=\"https://a.example/?x=1&y=2\"><b>the news</b></a> &amp; \
        <a href=\"https://b.example/?z=3&w=4\">more</a>, <img src=\"/p?q=1&r=2\" alt=\"\" /></p>";
    assert!(!is_told(
        &json!({"body": json!({"html": page}).to_string()})
    ));
    assert!(is_told(&json!({"body": "q=x\"><b onclick=f()>"})));
    assert!(is_told(&json!({"body": "z=<&q=2\"><b>the news</b>"})));
}

#[test]
fn a_text_in_quotes_is_read_with_them_too() {
    assert!(is_told(&json!({"body": "\"-prompt`1`-\""})));
    assert!(!is_told(&json!({"body": "\"one or two\""})));
}
