//! What is remembered of texts changes nothing of what is found.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hauberk_core::inputs::{Event, decode};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use serde_json::json;

const ATTACK: &str = "1 UNION SELECT password FROM users";

fn gzip(text: &str) -> Vec<u8> {
    let deflated = compress_to_vec(text.as_bytes(), 6);
    [&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], &*deflated, &[0; 8]].concat()
}

fn zlib(text: &str) -> String {
    STANDARD.encode(compress_to_vec_zlib(text.as_bytes(), 6))
}

fn shown(event: &Event) -> (Vec<(String, Vec<u8>, bool)>, usize) {
    let inputs = event.inputs().map(|input| {
        (
            input.path().to_owned(),
            input.text().to_vec(),
            input.is_covered(),
        )
    });
    (inputs.collect(), event.gap().inputs())
}

#[test]
fn an_event_is_decoded_as_if_it_was_the_first_one() {
    let empty = STANDARD.encode(gzip(""));
    let compressed: Vec<String> = (0..9).map(|n| zlib(&format!("a text {n}"))).collect();
    let rows = [
        json!([compressed, empty]),
        json!([empty, empty, empty, empty, empty, empty, empty, zlib("b'c")]),
        json!(vec!["(SELECT it)"; 40]),
        json!({"q": "a=&b=", "body": "a=&b=", "c": "x' y", "d": ["x' y", "a%20b"]}),
        json!([compressed[8], compressed[7], "x' y"]),
    ];
    let mut event = Event::default();
    for round in 0..2 {
        for row in &rows {
            let row = row.to_string();
            event.read(row.as_bytes());
            let first = decode(row.as_bytes());
            assert_eq!(shown(&event), shown(&first), "{round} {row}");
        }
    }
}

#[test]
fn what_was_too_much_to_inflate_is_inflated_the_next_time() {
    let others: Vec<String> = (0..9).map(|n| zlib(&format!("a text {n}"))).collect();
    let mut event = Event::default();
    event.read(json!([others, zlib(ATTACK)]).to_string().as_bytes());
    assert!(event.gap().inputs() > 0);
    event.read(json!([zlib(ATTACK)]).to_string().as_bytes());
    let found = event
        .inputs()
        .any(|input| input.text() == ATTACK.as_bytes());
    assert!(found);
}

#[test]
fn what_only_begins_as_a_compressed_text_is_not_paid_for_as_one() {
    let event = json!({"notes": vec!["(Some words) a b"; 60], "data": zlib(ATTACK)});
    let decoded = decode(event.to_string().as_bytes());
    assert_eq!(decoded.gap().inputs(), 0);
}
