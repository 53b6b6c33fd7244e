//! The vectors of `spec/vectors/escaped.jsonl`: what no text of a stranger does to who reads it.

mod vectors;

use hauberk_core::escaped::escaped;
use hauberk_core::record::{Body, Entry, Origin};
use vectors::{rows, text};

#[test]
fn text_is_escaped_as_its_vectors_say() {
    let count = rows("escaped", |row| {
        assert_eq!(escaped(text(row, "text")), text(row, "escaped"), "{row}");
    });
    assert_eq!(count, 10);
}

#[test]
fn a_record_holds_nothing_raw_and_is_read_as_what_was_meant() {
    let count = rows("escaped", |row| {
        let message = text(row, "text");
        let line = line_with(message);
        let line = std::str::from_utf8(&line).unwrap().trim_end();
        assert_eq!(escaped(line), line);
        let read: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(read["message"], message);
        assert_eq!(read["coverage"][message], "armed");
    });
    assert_eq!(count, 10);
}

fn line_with(message: &str) -> Vec<u8> {
    let body = Body {
        message: Some(message.to_owned()),
        coverage: [(message.to_owned(), "armed".to_owned())].into(),
        ..Body::default()
    };
    let entry = Entry {
        kind: "status",
        level: "FATAL",
        now_ms: 0,
        id: 1,
        request_id: message.to_owned(),
        body,
    };
    entry.line(&Origin::default())
}
