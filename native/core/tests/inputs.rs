//! From an event to its inputs.

use hauberk_core::inputs::{Trigger, decode};
use proptest::prelude::*;

#[test]
fn each_leaf_is_found_under_its_path() {
    let rows: &[(&str, &[(&str, &str)])] = &[
        (r#""ab""#, &[("$", "ab")]),
        (r#"{"q": "a b"}"#, &[("q", "a b")]),
        (
            r#"{"Records": [{"body": "{\"q\": \"x y\"}"}]}"#,
            &[
                ("Records[0].body→$.q", "x y"),
                ("Records[0].body", r#"{"q": "x y"}"#),
            ],
        ),
        (
            r#"{"body": "a=1%27&b=x+y"}"#,
            &[
                ("body→url→form.a", "1'"),
                ("body→url→form.b", "x y"),
                ("body→url", "a=1'&b=x+y"),
                ("body→form.a", "1'"),
                ("body→form.b", "x y"),
                ("body", "a=1%27&b=x+y"),
            ],
        ),
        (r#"{"k": "a%2Fb"}"#, &[("k→url", "a/b"), ("k", "a%2Fb")]),
        (
            r#"{"k": "%252e%252e"}"#,
            &[
                ("k→url→url", ".."),
                ("k→url", "%2e%2e"),
                ("k", "%252e%252e"),
            ],
        ),
        (
            r#"{"data": "aGVsbG8gd29ybGQh"}"#,
            &[
                ("data→base64", "hello world!"),
                ("data", "aGVsbG8gd29ybGQh"),
            ],
        ),
        (r#"{"a'b": 1}"#, &[("$#key", "a'b")]),
        (
            r#"{"b": "x=x' or 1 --"}"#,
            &[("b→form.x", "x' or 1 --"), ("b", "x=x' or 1 --")],
        ),
        (
            r#"{"cookie": "a=b'c; d=2"}"#,
            &[("cookie→form.a", "b'c"), ("cookie", "a=b'c; d=2")],
        ),
        (
            r#"{"rawPath": "/orders/x'--"}"#,
            &[("rawPath→segment[2]", "x'--"), ("rawPath", "/orders/x'--")],
        ),
        (
            r#"{"q": "  a'b "}"#,
            &[("q→trimmed", "a'b"), ("q", "  a'b ")],
        ),
        (
            r#"{"h": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiAiYSdiIn0.c2ln"}"#,
            &[
                ("h→jwt.header→$.alg", "none"),
                ("h→jwt.header", r#"{"alg":"none"}"#),
                ("h→jwt.claims→$.sub", "a'b"),
                ("h→jwt.claims", r#"{"sub": "a'b"}"#),
                ("h", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiAiYSdiIn0.c2ln"),
            ],
        ),
        (
            r#"{"k": "{\"a'b\": 1}"}"#,
            &[("k→$#key", "a'b"), ("k", "{\"a'b\": 1}")],
        ),
        (r#"{"n": 12, "s": "", "one": "x"}"#, &[]),
    ];
    for (event, expected) in rows {
        let found: Vec<(String, String)> = decode(event.as_bytes())
            .inputs
            .iter()
            .map(|i| {
                (
                    i.path.clone(),
                    String::from_utf8_lossy(&i.text).into_owned(),
                )
            })
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(p, t)| ((*p).to_owned(), (*t).to_owned()))
            .collect();
        assert_eq!(found, expected, "{event}");
    }
}

#[test]
fn the_trigger_and_the_caller_are_the_gateways_word() {
    let rows = [
        (
            r#"{"requestContext": {"http": {"sourceIp": "192.0.2.1"}}}"#,
            Trigger::Http,
            Some("192.0.2.1"),
        ),
        (
            r#"{"requestContext": {"identity": {"sourceIp": "2001:db8::1"}}}"#,
            Trigger::Http,
            Some("2001:db8::1"),
        ),
        (
            r#"{"requestContext": {"elb": {}}, "headers": {"X-Forwarded-For": "10.0.0.1, 192.0.2.9"}}"#,
            Trigger::LoadBalancer,
            Some("192.0.2.9"),
        ),
        (
            r#"{"headers": {"x-forwarded-for": "192.0.2.9"}, "sourceIp": "192.0.2.1"}"#,
            Trigger::Other,
            None,
        ),
        (
            r#"{"detail": {"requestContext": {"http": {"sourceIp": "192.0.2.1"}}}}"#,
            Trigger::Other,
            None,
        ),
    ];
    for (event, trigger, caller) in rows {
        let decoded = decode(event.as_bytes());
        assert_eq!(
            (decoded.trigger, decoded.caller),
            (trigger, caller.map(|a| a.parse().unwrap())),
            "{event}"
        );
    }
}

#[test]
fn a_broken_event_is_one_input() {
    let decoded = decode(b"{\"a\": ");
    assert_eq!(decoded.malformed_at, Some(6));
    assert!(
        decoded
            .inputs
            .iter()
            .any(|input| input.path == "$" && input.text == b"{\"a\": ")
    );
}

#[test]
fn a_flood_of_inputs_is_bounded_and_counted() {
    let event = format!("[{}\"zz\"]", "\"ab\",".repeat(30_000));
    let decoded = decode(event.as_bytes());
    assert_eq!((decoded.inputs.len(), decoded.left_out), (20_000, 10_001));
}

#[test]
fn depth_costs_nothing() {
    let levels = 300_000;
    let event = format!(
        r#"{}"xx"{}"#,
        r#"{"b":"x y","a":"#.repeat(levels),
        "}".repeat(levels)
    );
    let decoded = decode(event.as_bytes());
    assert_eq!(
        (decoded.inputs.len(), decoded.left_out),
        (20_000, levels + 1 - 20_000)
    );
    assert_eq!(decoded.inputs[19_999].path, "a.a.a.a.a.a.….a.a.a.a.a.b");
}

#[test]
fn a_binary_body_is_opened_where_the_gateway_says_it_is_encoded() {
    let decoded = decode(br#"{"body": "gAR/AAEC", "isBase64Encoded": true}"#);
    assert!(
        decoded
            .inputs
            .iter()
            .any(|input| input.path == "body→base64")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_decoded(event in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&event);
    }
}
