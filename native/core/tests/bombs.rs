//! Compressed texts that grow without end, in any place where an event may hold one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hauberk_core::inspection::inspect;
use hauberk_core::judge::Action;
use hauberk_core::policy::{Mode, Policy};
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::{Value, json};

fn detectors(event: &Value) -> (Action, Vec<(&'static str, String)>) {
    let told = inspect(
        event.to_string().as_bytes(),
        &Policy::built_in(Mode::Prevent),
    );
    let found = told.detections.into_iter();
    (
        told.verdict,
        found.map(|one| (one.detector, one.path)).collect(),
    )
}

fn packed(text: &[u8]) -> String {
    STANDARD.encode(compress_to_vec_zlib(text, 9))
}

#[test]
fn a_bomb_is_blocked_wherever_it_is() {
    let bomb = packed(&vec![0; 32 << 20]);
    let rows = [
        (
            json!({ "body": bomb, "isBase64Encoded": true }),
            "body→base64→zlib",
        ),
        (json!({"detail": {"file": bomb}}), "detail.file→base64→zlib"),
        (
            json!({"Records": [{"eventSource": "aws:sqs", "body": json!({"a": bomb}).to_string()}]}),
            "Records[0].body→$.a→base64→zlib",
        ),
    ];
    for (event, path) in rows {
        let (verdict, found) = detectors(&event);
        assert_eq!(verdict, Action::Block, "{path}");
        assert!(
            found.contains(&("decompression-bomb", path.to_owned())),
            "{found:?}"
        );
    }
}

#[test]
fn what_was_written_to_be_read_is_no_bomb() {
    let log: String = (0..60_000)
        .map(|n| format!("2026-11-27T00:00:00Z INFO request {n} took {} ms\n", n % 90))
        .collect();
    let table = "0;0;0;0;0;0;0;0;0;0\n".repeat(20_000);
    for text in [&*log, &table, "a short text", &"x".repeat(500_000)] {
        let (verdict, found) = detectors(&json!({ "body": packed(text.as_bytes()) }));
        assert_eq!((verdict, found), (Action::Allow, vec![]));
    }
}
