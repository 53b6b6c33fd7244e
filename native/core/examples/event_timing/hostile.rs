//! What an attacker sends to be costly, as large as it can be.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::events::{LONGEST, Sample, numbered, repeated};

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "'", "\"", "`", "<", ">", "<a ", "<a b=", "</", "<!--", "=", "on=", "${", "$${", "${lower:", "}", "{", "{{", "{%",
    "[", "[$", "(", ")", "../", "..\\", ".", "/", "//", "\\", "\\u0027", "%25", "%", "%27", "%c0%ae", "%u0027", "&lt;",
    "&#", "&a;", "&", ";", ";ls ", "`id`", "$(", "|", "1 or ", "' or ", "union ", "(select ", "select 1 from a where ",
    "--", "/*", "/*/", "*/", "#", "@", ":", "://", "http://a", "http://a@", "a=1;", "a=1&", "a;b=", "\r\n", "\n",
    "a: b\r\n", "\r\n\r\n<", "--b\nContent-Disposition: x\n\n", "1", "1+", "or(", "' or(", "1 or(", "${a}", "${jndi:}", "<script ", "</script>", "<a onx=", "\u{fdfa}", "a.b(", "__", "ｆ", "＜", "\u{7f}", "e\u{301}",
];

/// Texts of one piece each, all that encodings allow, and what the rules look for.
pub fn hostile() -> Vec<Sample> {
    let mut samples: Vec<Sample> = PIECES.iter().flat_map(|piece| of_piece(piece)).collect();
    samples.extend(of_encodings());
    samples.extend(of_rules());
    samples
}

fn of_encodings() -> Vec<Sample> {
    let nested = || repeated("[", LONGEST / 2) + &repeated("]", LONGEST / 2);
    vec![
        Sample::new("nested arrays", move || Value::String(nested())),
        Sample::new(
            "nested arrays in a text",
            move || json!({ "body": nested() }),
        ),
        Sample::new("keys", || {
            let pair = |n| (format!("a'{n}"), json!("b'"));
            (0..380_000)
                .map(pair)
                .collect::<serde_json::Map<_, _>>()
                .into()
        }),
        Sample::new("members of gzip", || {
            let member = gzip(&[3, 0]);
            json!({"body": STANDARD.encode(member.repeat(LONGEST * 3 / 4 / member.len()))})
        }),
        Sample::new("bombs", || {
            let bomb = STANDARD.encode(gzip(&deflated()));
            (0..LONGEST / (bomb.len() + 3))
                .map(|_| json!(bomb))
                .collect()
        }),
        Sample::new("boundaries", || {
            let field = |n| format!("--{n:06}\nContent-Disposition: form-data; name=q\n\na'b\n");
            json!({"body": numbered(LONGEST * 4 / 5, field)})
        }),
        Sample::new("base64 of base64", || {
            let mut within = repeated("' or 1=1 <", LONGEST * 27 / 64 - 999);
            (0..3).for_each(|_| within = STANDARD.encode(&within));
            json!({"body": within})
        }),
        Sample::new("JSON in JSON", || {
            let mut within = json!(repeated("a'b ", LONGEST - 99));
            (0..4).for_each(|_| within = json!([within.to_string()]));
            within
        }),
        Sample::new("base64 in a text", || {
            let run = STANDARD.encode("' union select a from b -- ");
            json!({"body": repeated(&format!("x {run}, "), LONGEST - 99)})
        }),
        Sample::new("base64 in leaves", || {
            let run = STANDARD.encode("it is late, is it not? ".repeat(9));
            let leaf = json!(format!("x {run}"));
            (0..LONGEST / (run.len() + 5))
                .map(|_| leaf.clone())
                .collect()
        }),
        Sample::new("base64 with blanks", || {
            let letters = STANDARD.encode(repeated("' or 1=1 <", LONGEST / 2));
            let groups = letters.as_bytes().chunks(4).map(String::from_utf8_lossy);
            json!({"q": groups.collect::<Vec<_>>().join(" ")})
        }),
        Sample::new("words that begin as base64", || {
            let leaf = json!(format!(
                "{}, {}",
                STANDARD.encode("it is late, i"),
                "\u{fe}".repeat(200)
            ));
            (0..LONGEST / 420).map(|_| leaf.clone()).collect()
        }),
        Sample::new(
            "a long pickle",
            || json!({"q": STANDARD.encode(repeated("N0K\u{1}0", LONGEST * 3 / 4 - 99))}),
        ),
        Sample::new("pickles", || {
            let pickle = format!("{}cos\nsystem\n)R.", "(lp0\n0".repeat(9));
            let leaf = json!(STANDARD.encode(pickle));
            (0..LONGEST / 110).map(|_| leaf.clone()).collect()
        }),
        Sample::new("deflate below base64", || {
            let leaf = json!(STANDARD.encode(deflated()));
            (0..LONGEST / (leaf.to_string().len() + 1))
                .map(|_| leaf.clone())
                .collect()
        }),
        Sample::new("what begins as deflate", || {
            let leaf = |n: u32| {
                json!(
                    STANDARD.encode(
                        (0..30)
                            .map(|at| (n * 7919 + at * at * 31) as u8)
                            .collect::<Vec<u8>>()
                    )
                )
            };
            (0..130_000).map(leaf).collect()
        }),
        Sample::new(
            "lines of JSON",
            || json!({"body": repeated("{\"a\":\"b'\"}\n", LONGEST * 2 / 3)}),
        ),
        Sample::new(
            "comments in JSON",
            || json!({"body": format!("[{}", repeated("/* a */1,", LONGEST - 99))}),
        ),
        Sample::new("parameters of parts", || {
            let field = |n| {
                format!(
                    "--{n:06}\nContent-Disposition: x{}\n\na'b\n",
                    repeated("; filename*1='a%20'", 999)
                )
            };
            json!({"body": numbered(LONGEST * 4 / 5, field)})
        }),
        Sample::new(
            "EBCDIC",
            || json!({"headers": {"content-type": "x/y; charset=cp037"}, "body": repeated("a=%7D&", LONGEST - 99)}),
        ),
        Sample::new("words without syntax", || {
            (0..1_500_000).map(|_| json!("ab")).collect()
        }),
        Sample::new(
            "percent of percent",
            || json!({"body": repeated("%25252527", LONGEST - 99)}),
        ),
    ]
}

fn gzip(deflated: &[u8]) -> Vec<u8> {
    [&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], deflated, &[0; 8]].concat()
}

/// Two megabytes of one letter: a block of fixed codes (RFC 1951, 3.2.6), then copies of 258 bytes.
fn deflated() -> Vec<u8> {
    let mut bits: Vec<u8> = vec![1, 1, 0]; // the last block, fixed codes
    let code = |bits: &mut Vec<u8>, value: u16, length: u32| {
        bits.extend((0..length).rev().map(|at| (value >> at & 1) as u8));
    };
    code(&mut bits, 0x30 + u16::from(b'a'), 8);
    for _ in 0..8_000 {
        code(&mut bits, 0b1100_0101, 8); // the length 258
        code(&mut bits, 0, 5); // from one byte before
    }
    code(&mut bits, 0, 7);
    let byte = |bits: &[u8]| bits.iter().rev().fold(0, |all, bit| all << 1 | bit);
    bits.chunks(8).map(byte).collect()
}

/// How much of a text of `piece` an event has room for.
fn room(piece: &str) -> usize {
    let escaped = json!(piece).to_string().len() - 2;
    LONGEST * piece.len() / escaped - 99
}

/// One text, long leaves, small leaves, all of one piece.
fn of_piece(piece: &'static str) -> [Sample; 3] {
    let shown = piece.escape_debug();
    let cut = move |bytes: usize| -> Value {
        let leaf = json!(repeated(piece, bytes));
        let count = LONGEST / (leaf.to_string().len() + 1);
        (0..count).map(|_| leaf.clone()).collect()
    };
    [
        Sample::new(
            format!("one text: {shown}"),
            move || json!({"body": repeated(piece, room(piece))}),
        ),
        Sample::new(format!("leaves of 48 KB: {shown}"), move || cut(48 << 10)),
        Sample::new(format!("leaves of 300 bytes: {shown}"), move || cut(300)),
    ]
}

/// For each rule what its prefilter takes for it, and its attacks, repeated.
fn of_rules() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let (mut samples, mut all) = (Vec::new(), Vec::new());
    for file in fs::read_dir(folder).expect("the rules are there") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("readable");
        let detector: toml::Value = toml::from_str(&text).expect("rules");
        let rules = detector["rules"].as_array().expect("rules");
        samples.extend(rules.iter().flat_map(of_rule));
        all.extend(
            rules
                .iter()
                .flat_map(|rule| texts(rule, "literals"))
                .map(str::to_owned),
        );
    }
    let piece = all.join(" ");
    samples.push(Sample::new(
        "literals of all rules",
        move || json!({"body": repeated(&piece, room(&piece))}),
    ));
    samples
}

fn texts<'r>(rule: &'r toml::Value, field: &str) -> impl Iterator<Item = &'r str> {
    let texts = rule.get(field).and_then(toml::Value::as_array);
    texts.into_iter().flatten().filter_map(toml::Value::as_str)
}

fn of_rule(rule: &toml::Value) -> Vec<Sample> {
    let id = rule["id"].as_str().expect("an id");
    let mut samples = Vec::new();
    for (kind, separator, field) in [
        ("near misses of", " ", "literals"),
        ("bait for", "", "literals"),
        ("attacks by", "\n", "attacks"),
    ] {
        let piece: String = texts(rule, field)
            .flat_map(|word| [word, separator])
            .collect();
        if !piece.is_empty() {
            samples.push(Sample::new(
                format!("{kind} {id}"),
                move || json!({"body": repeated(&piece, room(&piece))}),
            ));
        }
    }
    samples
}
