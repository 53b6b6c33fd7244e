//! A policy variable is opened whole and verified, or refused with the remedy.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{KeyPair, Seed};
use hauberk_core::envelope::{MOST_DOCUMENT_BYTES, Refused, fingerprint_of, open};
use proptest::prelude::*;

fn keys(seed: u8) -> KeyPair {
    KeyPair::from_seed(Seed::new([seed; 32]))
}

fn document(keys: &KeyPair) -> String {
    let key = URL_SAFE_NO_PAD.encode(*keys.pk);
    format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent", "key": "{key}"}}"#)
}

fn sealed(on_error: &str, document: &[u8], keys: &KeyPair) -> String {
    let payload = URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec(document, 9));
    let signed = format!("1.{on_error}.{}.{payload}", fingerprint_of(&keys.pk));
    let signature = URL_SAFE_NO_PAD.encode(*keys.sk.sign(&signed, None));
    format!("{signed}.{signature}")
}

fn good() -> String {
    sealed("open", document(&keys(1)).as_bytes(), &keys(1))
}

#[test]
fn a_signed_policy_is_opened() {
    let opened = open(&good(), &[]).unwrap();
    assert_eq!(opened.document, document(&keys(1)).as_bytes());
    assert_eq!(
        open(&good(), std::slice::from_ref(&opened.fingerprint)),
        Ok(opened)
    );
}

#[test]
fn each_damage_is_named() {
    let value = good();
    let parts: Vec<&str> = value.split('.').collect();
    let with = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    let other = sealed("open", document(&keys(2)).as_bytes(), &keys(2));
    let foreign_signature = other.rsplit('.').next().unwrap().to_owned();
    let bomb = sealed("open", &vec![b' '; MOST_DOCUMENT_BYTES + 1], &keys(1));
    let rows = [
        (String::new(), "unreadable: no compiled policy"),
        ("rubbish".to_owned(), "unreadable: no compiled policy"),
        (parts[..4].join("."), "not signed"),
        (with(0, "2"), "unknown form"),
        (with(1, "maybe"), "unknown form"),
        (with(1, "block"), "signature is wrong"),
        (with(2, "00"), "key is"),
        (with(3, "!!"), "unreadable: it was cut off or changed; set"),
        (
            with(3, &parts[3][..20]),
            "unreadable: it was cut off or changed; set",
        ),
        (with(4, ""), "signature is wrong"),
        (with(4, &foreign_signature), "signature is wrong"),
        (sealed("open", b"[]", &keys(1)), "names no key"),
        (sealed("open", br#"{"key": "AAAA"}"#, &keys(1)), "32 bytes"),
        (bomb, "unreadable: it is too large"),
        ("x".repeat(2 << 20), "bytes long"),
    ];
    for (value, expected) in rows {
        let refused = open(&value, &[]).unwrap_err();
        assert!(
            refused.message.contains(expected),
            "{value:.60}: {}",
            refused.message
        );
    }
}

#[test]
fn a_key_that_is_not_trusted_is_refused() {
    let refused = open(&good(), &["00".repeat(16)]).unwrap_err();
    assert!(
        refused.message.contains("does not trust"),
        "{}",
        refused.message
    );
}

#[test]
fn whether_to_block_is_read_even_from_a_damaged_value() {
    for (value, blocks) in [
        ("1.block.x.y", true),
        ("1.open.x.y", false),
        ("block", false),
    ] {
        let Refused { blocks: answer, .. } = open(value, &[]).unwrap_err();
        assert_eq!(answer, blocks, "{value}");
    }
}

proptest! {
    #[test]
    fn any_text_is_opened_or_refused(value in ".{0,80}") {
        let _ = open(&value, &[]);
    }

    #[test]
    fn one_changed_character_is_noticed(at in 0usize..400, character in "[A-Za-z0-9]") {
        let value = good();
        let at = at % value.len();
        let mut changed: Vec<u8> = value.clone().into_bytes();
        changed[at] = character.as_bytes()[0];
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != value);
        // The last character of base64 holds bits that stand for nothing; the decoder refuses all but one spelling.
        prop_assert!(open(&changed, &[]).is_err());
    }
}
