//! From an event to its inputs.

use base64::Engine;
use hauberk_core::inputs::{Sender, decode};
use proptest::prelude::*;

#[test]
fn each_leaf_is_found_under_its_path() {
    let rows: &[(&str, &[(&str, &str)])] = &[
        (r#""ab""#, &[("$", "ab")]),
        (r#"{"q": "a b"}"#, &[("q", "a b")]),
        (
            r#"{"Records": [{"body": "{\"q\": \"x y\"}"}]}"#,
            &[
                ("Records[0].body", r#"{"q": "x y"}"#),
                ("Records[0].body→$.q", "x y"),
            ],
        ),
        (
            r#"{"body": "a=1%27&b=x+y"}"#,
            &[
                ("body", "a=1%27&b=x+y"),
                ("body→url", "a=1'&b=x+y"),
                ("body→url→form.a", "1'"),
                ("body→url→form.b", "x y"),
                ("body→form.a", "1'"),
                ("body→form.b", "x y"),
            ],
        ),
        (r#"{"k": "a%2Fb"}"#, &[("k", "a%2Fb"), ("k→url", "a/b")]),
        (
            r#"{"k": "%252e%252e"}"#,
            &[
                ("k", "%252e%252e"),
                ("k→url", "%2e%2e"),
                ("k→url→url", ".."),
            ],
        ),
        (
            r#"{"data": "aGVsbG8gd29ybGQh"}"#,
            &[
                ("data", "aGVsbG8gd29ybGQh"),
                ("data→base64", "hello world!"),
            ],
        ),
        (r#"{"a'b": 1}"#, &[("$#key", "a'b")]),
        (
            r#"{"b": "x=x' or 1 --"}"#,
            &[("b", "x=x' or 1 --"), ("b→form.x", "x' or 1 --")],
        ),
        (
            r#"{"cookie": "a=b'c; d=2"}"#,
            &[
                ("cookie", "a=b'c; d=2"),
                ("cookie→form.a", "b'c"),
                ("cookie→form.a", "b'c; d=2"),
            ],
        ),
        (
            r#"{"rawPath": "/orders/x'--"}"#,
            &[("rawPath", "/orders/x'--"), ("rawPath→segment[2]", "x'--")],
        ),
        (
            r#"{"q": "  a'b "}"#,
            &[("q", "  a'b "), ("q→trimmed", "a'b")],
        ),
        (
            r#"{"h": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiAiYSdiIn0.c2ln"}"#,
            &[
                ("h", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiAiYSdiIn0.c2ln"),
                ("h→jwt.header", r#"{"alg":"none"}"#),
                ("h→jwt.header→$.alg", "none"),
                ("h→jwt.claims", r#"{"sub": "a'b"}"#),
                ("h→jwt.claims→$.sub", "a'b"),
            ],
        ),
        (
            r#"{"k": "{\"a'b\": 1}"}"#,
            &[("k", "{\"a'b\": 1}"), ("k→$#key", "a'b")],
        ),
        (
            r#"{"awslogs": {"data": "H4sIAAAAAAACA0tUT1JIBgBpNflVBQAAAA=="}}"#,
            &[
                ("awslogs.data", "H4sIAAAAAAACA0tUT1JIBgBpNflVBQAAAA=="),
                (
                    "awslogs.data→base64",
                    "\u{1f}\u{fffd}\u{8}\u{0}\u{0}\u{0}\u{0}\u{0}\u{2}\u{3}KTORH\u{6}\u{0}i5\u{fffd}U\u{5}\u{0}\u{0}\u{0}",
                ),
                ("awslogs.data→base64→gzip", "a'b c"),
            ],
        ),
        (
            r#"{"body": "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b\r\n--b--"}"#,
            &[
                (
                    "body",
                    "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b\r\n--b--",
                ),
                ("body→multipart.q", "a'b"),
            ],
        ),
        (
            r#"{"k": "\u001c a'b\u3000"}"#,
            &[("k", "\u{1c} a'b\u{3000}"), ("k→trimmed", "a'b")],
        ),
        (
            r#"{"k": "\ufeff{\"q\": \"a'b\"}"}"#,
            &[
                ("k", "\u{feff}{\"q\": \"a'b\"}"),
                ("k→utf-8", "{\"q\": \"a'b\"}"),
                ("k→utf-8→$.q", "a'b"),
            ],
        ),
        (r#"{"k": "\"a'b\""}"#, &[("k", "\"a'b\""), ("k→$", "a'b")]),
        (r#"{"k": "Jy0t"}"#, &[("k", "Jy0t"), ("k→base64", "'--")]),
        // The last two bits are not asked.
        (
            r#"{"k": "JyAtLSB="}"#,
            &[
                ("k", "JyAtLSB="),
                ("k→base64", "' -- "),
                ("k→base64→trimmed", "' --"),
            ],
        ),
        (r#"{"k": "Name"}"#, &[("k", "Name")]),
        // Code that decodes it gets the second or the third.
        (
            r#"{"k": "%ff'"}"#,
            &[
                ("k", "%ff'"),
                ("k→url", "\u{fffd}'"),
                ("k→url", "\u{fffd}'"),
            ],
        ),
        (r#"{"a/../b": 1}"#, &[("$#key", "a/../b")]),
        (r#"{"/a": 1, "a/b.c": 2}"#, &[("$#key", "/a")]),
        // A form is cut at `;` by old readers only.
        (
            r#"{"q": "host=8.8.8.8;id"}"#,
            &[
                ("q", "host=8.8.8.8;id"),
                ("q→form.host", "8.8.8.8"),
                ("q→form.host", "8.8.8.8;id"),
            ],
        ),
        // Lenient readers replace, or leave out, what is no text; short ones are words that only look like base64.
        (
            r#"{"k": "Yf8nYiBhbmQgc28gb24sIG9u", "w": "Yf8nYiBj"}"#,
            &[
                ("k", "Yf8nYiBhbmQgc28gb24sIG9u"),
                ("k→base64", "a\u{fffd}'b and so on, on"),
                ("k→base64", "a'b and so on, on"),
                ("k→base64", "a\u{fffd}'b and so on, on"),
                ("w", "Yf8nYiBj"),
            ],
        ),
        // A sender encodes what is no text, too; elsewhere that is a word.
        (
            r#"{"k": "gIGCg4SFhic=", "data": "gIGCg4SFhic="}"#,
            &[
                ("k", "gIGCg4SFhic="),
                ("data", "gIGCg4SFhic="),
                (
                    "data→base64",
                    "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}'",
                ),
            ],
        ),
        (
            r#"{"k": "AHsAIgBxACIAOgAgACIAYQAnAGIAIgB9"}"#,
            &[
                ("k", "AHsAIgBxACIAOgAgACIAYQAnAGIAIgB9"),
                (
                    "k→base64",
                    "\u{0}{\u{0}\"\u{0}q\u{0}\"\u{0}:\u{0} \u{0}\"\u{0}a\u{0}'\u{0}b\u{0}\"\u{0}}",
                ),
                ("k→base64→utf-16", "{\"q\": \"a'b\"}"),
                ("k→base64→utf-16→$.q", "a'b"),
            ],
        ),
        (
            r#"{"k": "IgAAAGEAAAAnAAAAYgAAACIAAAA="}"#,
            &[
                ("k", "IgAAAGEAAAAnAAAAYgAAACIAAAA="),
                (
                    "k→base64",
                    "\"\u{0}\u{0}\u{0}a\u{0}\u{0}\u{0}'\u{0}\u{0}\u{0}b\u{0}\u{0}\u{0}\"\u{0}\u{0}\u{0}",
                ),
                (
                    "k→base64→$",
                    "\u{0}\u{0}\u{0}a\u{0}\u{0}\u{0}'\u{0}\u{0}\u{0}b\u{0}\u{0}\u{0}",
                ),
                ("k→base64→$→utf-32", "a'b"),
                ("k→base64→utf-32", "\"a'b\""),
                ("k→base64→utf-32→$", "a'b"),
            ],
        ),
        (
            r#"{"k": "eAFLVE9SSAYABE8Bbg=="}"#,
            &[
                ("k", "eAFLVE9SSAYABE8Bbg=="),
                ("k→base64", "x\u{1}KTORH\u{6}\u{0}\u{4}O\u{1}n"),
                ("k→base64→zlib", "a'b c"),
            ],
        ),
        // Text that starts as zlib does is still read as text.
        (
            r#"{"k": "x^ q=a%27b"}"#,
            &[
                ("k", "x^ q=a%27b"),
                ("k→url", "x^ q=a'b"),
                ("k→url→form.x^ q", "a'b"),
                ("k→url→form.x^ q#key", "x^ q"),
                ("k→form.x^ q", "a'b"),
                ("k→form.x^ q#key", "x^ q"),
            ],
        ),
        (
            r#"{"a%27b": 1}"#,
            &[("$#key", "a%27b"), ("$#key→url", "a'b")],
        ),
        (
            r#"{"k": "&lt;b&#39;"}"#,
            &[("k", "&lt;b&#39;"), ("k→html", "<b'")],
        ),
        (
            r#"{"k": "a\\u0027 or"}"#,
            &[("k", "a\\u0027 or"), ("k→unicode", "a' or")],
        ),
        (
            r#"{"k": "％ or ＇"}"#,
            &[("k", "％ or ＇"), ("k→nfkc", "% or '")],
        ),
        (
            r#"{"k": "%c0%aea"}"#,
            &[
                ("k", "%c0%aea"),
                ("k→url", "\u{fffd}\u{fffd}a"),
                ("k→url", "\u{fffd}\u{fffd}a"),
                ("k→url→overlong", ".a"),
            ],
        ),
        (
            r#"{"query": "{ user(name: \"a' or\") { id } }"}"#,
            &[
                ("query", "{ user(name: \"a' or\") { id } }"),
                ("query→graphql", "a' or"),
            ],
        ),
        (r#"{"n": 12, "s": "", "one": "x"}"#, &[]),
        // Kafka's headers, RabbitMQ's values, Node's buffers are lists of bytes; Java's have a sign.
        (
            r#"{"records": {"t-0": [{"headers": [{"h": [97, 39, 98]}, {"i": [-61, -87, 39]}]}]}}"#,
            &[
                ("records.t-0[0].headers[0].h→bytes", "a'b"),
                ("records.t-0[0].headers[1].i→bytes", "é'"),
            ],
        ),
        (
            r#"{"x": {"bytes": [97, 39], "data": [98, 39]}, "y": "c'd"}"#,
            &[
                ("x.bytes→bytes", "a'"),
                ("x.data→bytes", "b'"),
                ("y", "c'd"),
            ],
        ),
        (
            r#"{"data": [97, 39, 300], "bytes": [1.5, 39], "sizes": [97, 39], "b": "x y"}"#,
            &[("b", "x y")],
        ),
        // Keys of S3 are written as forms are.
        (
            r#"{"s3": {"object": {"key": "a'+or+b%27"}}}"#,
            &[
                ("s3.object.key", "a'+or+b%27"),
                ("s3.object.key→url", "a'+or+b'"),
                ("s3.object.key→url", "a' or b'"),
            ],
        ),
        (
            r#"{"k": "{\"object\": {\"key\": \"a'+b\"}}"}"#,
            &[
                ("k", r#"{"object": {"key": "a'+b"}}"#),
                ("k→$.object.key→url", "a' b"),
                ("k→$.object.key", "a'+b"),
            ],
        ),
        (
            r#"{"subject": "=?utf-8?Q?a=27b?="}"#,
            &[
                ("subject", "=?utf-8?Q?a=27b?="),
                ("subject→encoded-word", "a'b"),
                ("subject→form.", "?utf-8?Q?a=27b?="),
                ("subject→form.→form.a", "27b?="),
            ],
        ),
        // Layers of the sender's own do not count.
        (
            r#"{"note": "%252525252527%25", "body": "%252525252527%25"}"#,
            &[
                ("note", "%252525252527%25"),
                ("note→url", "%2525252527%"),
                ("note→url→url", "%25252527%"),
                ("note→url→url→url", "%252527%"),
                ("note→url→url→url→url", "%2527%"),
                ("body", "%252525252527%25"),
                ("body→url", "%2525252527%"),
                ("body→url→url", "%25252527%"),
                ("body→url→url→url", "%252527%"),
                ("body→url→url→url→url", "%2527%"),
                ("body→url→url→url→url→url", "%27%"),
                ("body→url→url→url→url→url→url", "'%"),
            ],
        ),
    ];
    for (event, expected) in rows {
        let decoded = decode(event.as_bytes());
        let found: Vec<(String, String)> = decoded
            .inputs()
            .map(|i| {
                (
                    i.path().to_owned(),
                    String::from_utf8_lossy(i.text()).into_owned(),
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
fn an_input_knows_its_record() {
    let kafka = r#"{"note": "x y", "records": {"t-0": [{"k": "a a"}, {"k": "b b"}], "t-1": [{"k": "c c"}]}, "z": "z z"}"#;
    let rows = [
        (
            r#"{"Records": [{"k": "a%20a"}, {"k": ["b b"]}], "z": "z z"}"#,
            vec![Some(0), Some(0), Some(1), None],
        ),
        (kafka, vec![None, Some(0), Some(1), Some(2), None]),
        (
            r#"{"records": [{"k": "a a"}], "a": ["b b"]}"#,
            vec![None, None],
        ),
        (
            r#"{"detail": {"Records": [{"k": "a a"}, {"k": "b b"}]}}"#,
            vec![None, None],
        ),
    ];
    for (event, expected) in rows {
        let decoded = decode(event.as_bytes());
        let found: Vec<_> = decoded.inputs().map(|input| input.record()).collect();
        assert_eq!(found, expected, "{event}");
    }
}

#[test]
fn paths_of_a_large_event_are_those_of_a_small_one() {
    let with = |padding: usize| {
        let padding = "a b ".repeat(padding);
        format!(
            r#"{{"p": "{padding}", "Records": [{{"body": "{{\"q\": \"a%20b\"}}"}}], "k": "x'&lt;"}}"#
        )
    };
    let paths = |event: &str| -> Vec<String> {
        let decoded = decode(event.as_bytes());
        decoded
            .inputs()
            .map(|input| input.path().to_owned())
            .filter(|path| !path.starts_with("p"))
            .collect()
    };
    let small = paths(&with(1));
    assert!(
        small.contains(&"Records[0].body→$.q→url".to_owned()),
        "{small:?}"
    );
    assert_eq!(paths(&with(20_000)), small);
}

#[test]
fn a_broken_event_is_one_input() {
    let decoded = decode(b"{\"a\": ");
    assert_eq!(decoded.malformed_at(), Some(6));
    assert!(
        decoded
            .inputs()
            .any(|input| input.path() == "$" && input.text() == b"{\"a\": ")
    );
}

#[test]
fn a_flood_of_inputs_is_bounded_and_counted() {
    let event = format!("[{}\"zz\"]", "\"ab\",".repeat(30_000));
    let decoded = decode(event.as_bytes());
    assert_eq!(
        (decoded.inputs().len(), decoded.gap().inputs()),
        (20_000, 10_001)
    );
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
        (decoded.inputs().len(), decoded.gap().inputs()),
        (20_001, levels - 20_000)
    );
    let paths: Vec<_> = decoded
        .inputs()
        .skip(19_999)
        .map(|input| input.path())
        .collect();
    assert_eq!(
        paths,
        ["a.a.a.a.a.a.….a.a.a.a.a.b", "a.a.a.a.a.a.….a.a.a.a.a.a"]
    );
}

#[test]
fn a_binary_body_is_opened_where_the_gateway_says_it_is_encoded() {
    let decoded = decode(br#"{"body": "gAR/AAEC", "isBase64Encoded": true}"#);
    assert!(decoded.inputs().any(|input| input.path() == "body→base64"));
}

#[test]
fn the_values_of_markup_are_inputs() {
    let rows = [
        (r#"<a b="c'd">e&apos;f</a>"#, "k→xml@b", "c'd"),
        (r#"<a b="c'd">e&apos;f</a>"#, "k→xml", "e'f"),
        ("<a><![CDATA[<x'>]]></a>", "k→xml", "<x'>"),
        ("<!-- <b c='d'> --><a>' or 1", "", ""),
        ("<a b='x>y' c:d = \"1'2\"/>", "k→xml@c:d", "1'2"),
        ("<a b='x", "", ""),
        ("<?xml version='1.0'?><a>it's</a>", "k→xml@version", "1.0"),
    ];
    for (text, path, value) in rows {
        let event = serde_json::json!({ "k": text }).to_string();
        let decoded = decode(event.as_bytes());
        let values: Vec<_> = decoded
            .inputs()
            .filter(|input| input.path().starts_with("k→xml"))
            .collect();
        let is_there = values
            .iter()
            .any(|input| input.path() == path && input.text() == value.as_bytes());
        assert_eq!(is_there, !path.is_empty(), "{text}");
        assert_eq!(values.is_empty(), path.is_empty(), "{text}");
    }
}

#[test]
fn a_body_in_utf_16_is_read() {
    let rows = [
        (true, "\u{feff}{\"q\": \"a'b\"}"),
        (false, "\u{feff}{\"q\": \"a'b\"}"),
        (true, "{\"q\": \"a'b\"}"),
        (false, "{\"q\": \"a'b\"}"),
    ];
    for (is_big, text) in rows {
        let order = if is_big {
            u16::to_be_bytes
        } else {
            u16::to_le_bytes
        };
        let bytes: Vec<u8> = text.encode_utf16().flat_map(order).collect();
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        let event = format!(r#"{{"body": "{body}", "isBase64Encoded": true}}"#);
        let decoded = decode(event.as_bytes());
        let is_read = decoded
            .inputs()
            .any(|input| input.path() == "body→base64→utf-16→$.q" && input.text() == b"a'b");
        assert!(is_read, "{event}");
    }
}

#[test]
fn an_event_leaves_nothing_to_the_next_one() {
    let mut event =
        decode(br#"{"q": "a%20b", "requestContext": {"http": {"sourceIp": "192.0.2.1"}}}"#);
    assert_eq!(event.inputs().next().unwrap().path(), "q");
    event.read(br#"{"other": "c d"}"#);
    let paths: Vec<_> = event
        .inputs()
        .map(|input| (input.path(), input.text()))
        .collect();
    assert_eq!(paths, [("other", &b"c d"[..])]);
    assert_eq!(event.sender(), Sender::default());
}

#[test]
fn a_flood_of_bombs_is_bounded_and_counted() {
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'a'; 8 << 20], 6);
    let bomb = base64::engine::general_purpose::STANDARD.encode(bomb);
    let event = format!("[{}1]", format!("\"{bomb}\",").repeat(500));
    let decoded = decode(event.as_bytes());
    let bytes: usize = decoded.inputs().map(|input| input.text().len()).sum();
    assert!(bytes <= 16 << 20);
    assert!(decoded.gap().inputs() > 450, "{}", decoded.gap().inputs());
    assert!(
        decoded
            .inputs()
            .any(|input| input.path() == "[0]→base64→zlib")
    );
}

#[test]
fn what_a_bomb_holds_beyond_its_limit_is_counted() {
    for (size, left_out) in [(1 << 20, 0), ((1 << 20) + 1, 1)] {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b'a'; size], 6);
        let bomb = base64::engine::general_purpose::STANDARD.encode(bomb);
        let event = format!(r#"{{"q": "{bomb}"}}"#);
        assert_eq!(decode(event.as_bytes()).gap().inputs(), left_out, "{size}");
    }
}

#[test]
fn what_is_no_text_is_one_input_that_nothing_is_cut_out_of() {
    let noise: Vec<u8> = (0..4_000u32).map(|n| (n * n * 31 % 251) as u8).collect();
    let with_field = [
        &b"--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b\r\n--b\r\n\r\n"[..],
        &noise,
        b"\r\n--b--",
    ]
    .concat();
    let rows = [
        (&noise[..], vec![]),
        (&with_field, vec!["body→base64→multipart.q"]),
    ];
    for (bytes, expected) in rows {
        let body = base64::engine::general_purpose::STANDARD.encode(bytes);
        let event = format!(r#"{{"body": "{body}", "isBase64Encoded": true}}"#);
        let decoded = decode(event.as_bytes());
        let inner = |input: &&str| input.starts_with("body→base64→");
        let paths: Vec<_> = decoded
            .inputs()
            .map(|input| input.path())
            .filter(inner)
            .collect();
        assert_eq!(paths, expected);
        assert!(decoded.inputs().any(|input| input.is_binary()));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decoded(event in proptest::collection::vec(any::<u8>(), 0..300)) {
        let decoded = decode(&event);
        prop_assert!(decoded.inputs().all(|input| input.text().len() >= 2 && !input.path().is_empty()));
    }

    #[test]
    fn a_string_of_the_event_is_an_input_as_it_is(text in "\\PC{2,40}") {
        let event = serde_json::json!({"a": [{"b": text}]}).to_string();
        let decoded = decode(event.as_bytes());
        let is_there = decoded
            .inputs()
            .any(|input| input.path() == "a[0].b" && input.text() == text.as_bytes());
        prop_assert!(is_there);
    }
}
