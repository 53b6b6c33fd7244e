//! The leaves of any JSON text.

use hauberk_core::json::{Leaf, Malformed, walk};
use proptest::prelude::*;

fn texts(text: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut found = Vec::new();
    walk(text, |trail, leaf| {
        if let Leaf::Text(text) = leaf {
            found.push(format!("{}:{}", trail.len(), String::from_utf8_lossy(text)));
        }
    })?;
    Ok(found)
}

#[test]
fn every_text_is_found_at_its_depth() {
    let rows: [(&str, &[&str]); 6] = [
        (r#""a""#, &["0:a"]),
        (
            r#"{"k": ["a", {"b": "c"}], "d": "e"}"#,
            &["2:a", "3:c", "1:e"],
        ),
        (
            r#"[[], {}, null, NaN, -Infinity, 1e9, true, "z"]"#,
            &["1:z"],
        ),
        (r#"{"a": "\u0041\n\"\ud83d\ude00"}"#, &["1:A\n\"😀"]),
        (r#"{"a": "1", "a": "2"}"#, &["1:1", "1:2"]),
        ("{}", &[]),
    ];
    for (text, expected) in rows {
        assert_eq!(
            texts(text.as_bytes()).as_deref(),
            Ok(&*expected
                .iter()
                .map(|s| (*s).to_string())
                .collect::<Vec<_>>()),
            "{text}"
        );
    }
}

#[test]
fn a_lone_surrogate_keeps_its_three_bytes() {
    let mut found = Vec::new();
    walk(br#""\ud800x""#, |_, leaf| {
        if let Leaf::Text(text) = leaf {
            found = text.to_vec();
        }
    })
    .unwrap();
    assert_eq!(found, b"\xED\xA0\x80x");
}

#[test]
fn what_is_not_json_says_where() {
    for (text, at) in [
        ("", 0),
        ("{", 1),
        ("[1,", 3),
        ("{\"a\" 1}", 5),
        ("\"abc", 4),
        ("1 2", 2),
        ("{\"a\":\"\\x\"}", 7),
    ] {
        assert_eq!(texts(text.as_bytes()), Err(Malformed { at }), "{text}");
    }
}

#[test]
fn a_hundred_thousand_levels_are_walked() {
    let deep = format!("{}\"x\"{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(texts(deep.as_bytes()).unwrap(), ["100000:x"]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = walk(&text, |_, _| {});
    }

    #[test]
    fn near_json_does_not_make_it_panic(text in r#"[\[\]{}",:\\u0-9a-f ]{0,80}"#) {
        let _ = walk(text.as_bytes(), |_, _| {});
    }
}
