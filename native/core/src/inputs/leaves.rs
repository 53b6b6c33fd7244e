//! The leaves of a text that is JSON, or one JSON value behind another.
//!
//! Sees:         lines of JSON, values that follow each other; comments and commas at the end of lists, left out
//! Does not see: keys without quotes, single quotes

use super::fields::{form_decoded, is_form_encoded};
use super::keys::{ListPath, named_value, unusual_key};
use super::parts::{Part, Visit};
use super::path::{Label, push_trail};
use crate::json::{Leaf, Malformed, Step, walk};
use std::borrow::Cow;

/// Shows the leaves of a text; nothing but those in front of where it is no JSON. True where they are all of it: an
/// object or a list, whose quotes are its own. A lone string may be a text that leaves its place by its quotes.
pub(super) fn leaves(text: &[u8], visit: Visit<'_>) -> bool {
    let mut rest = text;
    loop {
        let mut list_path = ListPath::default();
        let outcome = walk(rest, |trail, leaf| show(trail, leaf, &mut list_path, visit));
        match outcome {
            Ok(()) => {
                let is_all = rest.len() == text.len();
                return is_all && !text.trim_ascii_start().starts_with(b"\"");
            }
            Err(Malformed { at }) if at > 0 && matches!(rest.get(at), Some(b'{' | b'[')) => {
                rest = &rest[at..];
            }
            Err(_) => break,
        }
    }
    if let Some(plain) = relaxed(text) {
        let label: Label<'_> = &|path| path.push_str("→json");
        visit(&Part::new(plain, label));
    }
    false
}

fn show(trail: &[Step<'_>], leaf: Leaf<'_>, list_path: &mut ListPath, visit: Visit<'_>) {
    if let Some(key) = list_path.notice(trail, leaf) {
        show_key(trail, key.into(), visit);
    }
    let text = match leaf {
        Leaf::Text(text) => text,
        Leaf::Key(key) => {
            if let Some(key) = unusual_key(trail, key) {
                show_key(trail, key, visit);
            }
            return;
        }
        _ => return,
    };
    let label: Label<'_> = &|path| {
        path.push('→');
        push_trail(path, "$", trail);
    };
    if let Some(named) = named_value(trail, text) {
        show_key(trail, named.into(), visit);
    }
    let plain = is_form_encoded(trail).then(|| form_decoded(text)).flatten();
    if let Some(plain) = plain {
        visit(&Part::new(plain, &|path| {
            label(path);
            path.push_str("→url");
        }));
    }
    visit(&Part::new(text, label));
}

fn show_key(trail: &[Step<'_>], key: Cow<'_, [u8]>, visit: Visit<'_>) {
    let label: Label<'_> = &|path| {
        path.push('→');
        push_trail(path, "$", trail);
        path.push_str("#key");
    };
    visit(&Part {
        is_key: true,
        ..Part::new(key, label)
    });
}

/// The text without comments and without commas behind which nothing comes, as lenient readers take it; none where it
/// has neither.
fn relaxed(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = memchr::memchr3(b'"', b'/', b',', &text[at..]) {
        let sign = at + found;
        let rest = &text[sign..];
        let length = match rest {
            [b'"', inner @ ..] => {
                at = sign + 1 + string_length(inner);
                continue;
            }
            [b'/', b'/', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            [b'/', b'*', inner @ ..] => {
                memchr::memmem::find(inner, b"*/").map_or(rest.len(), |end| end + 4)
            }
            [b',', behind @ ..] if matches!(behind.trim_ascii_start(), [b'}' | b']', ..]) => 1,
            _ => 0,
        };
        if length > 0 {
            plain.extend_from_slice(&text[from..sign]);
            from = sign + length;
        }
        at = sign + length.max(1);
    }
    if from == 0 {
        return None;
    }
    plain.extend_from_slice(&text[from..]);
    Some(plain)
}

/// Bytes up to and with the quote that closes a string.
fn string_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[at..]) {
        if text[at + found] == b'"' {
            return at + found + 1;
        }
        at = text.len().min(at + found + 2);
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (Vec<String>, bool) {
        let mut found = Vec::new();
        let is_whole = leaves(text.as_bytes(), &mut |part| {
            found.push(String::from_utf8_lossy(&part.text).into_owned());
        });
        (found, is_whole)
    }

    #[test]
    fn leaves_are_shown_and_said_to_be_all_only_where_they_are() {
        let rows: [(&str, &[&str], bool); 10] = [
            (r#"{"a": "b"}"#, &["b"], true),
            (r#""a or b""#, &["a or b"], false),
            (
                "{\"a\": \"b\"}\n{\"$ne\": \"c\"}\n",
                &["b", "$ne", "c"],
                false,
            ),
            (r#"["a"]["b"] c"#, &["a", "b"], false),
            (r#"{"a": "b",}"#, &["b", r#"{"a": "b"}"#], false),
            (
                "[1, // \"\n\"/*b*/\" /* c */]",
                &["[1, \n\"/*b*/\" ]"],
                false,
            ),
            (
                r#"{"x": ["__proto__", "y"]}"#,
                &["__proto__", "__proto__", "y"],
                true,
            ),
            (
                r#"["constructor", "prototype"]"#,
                &["constructor", "constructor.prototype", "prototype"],
                true,
            ),
            (r#"["sketch", "prototype"]"#, &["sketch", "prototype"], true),
            (
                r#"{"@type": "a.B"}"#,
                &["@type", r#""@type": "a.B""#, "a.B"],
                true,
            ),
        ];
        for (text, expected, is_whole) in rows {
            let (found, is_all) = shown(text);
            assert_eq!(
                (found.iter().map(String::as_str).collect::<Vec<_>>(), is_all),
                (expected.to_vec(), is_whole),
                "{text}"
            );
        }
    }
}
