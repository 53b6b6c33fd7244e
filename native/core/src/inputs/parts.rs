//! What code usually makes of a text before it uses it: decoded, or cut out.

use super::compressed::inflated;
use super::encodings::{base64_text, percent_decoded, utf16_text};
use super::multipart::{Field, fields};
use super::path::{Label, push_key, push_trail};
use crate::json::{Leaf, walk};
use crate::signs::Signs;
use std::borrow::Cow;
use std::fmt::Write;

/// Texts longer than this are decoded whole, but not cut into words and segments.
const MOST_CUT_BYTES: usize = 16 << 10;
/// What a text of base64 may hold.
const BASE64: Signs = Signs::DIGIT
    .or(Signs::SLASH)
    .or(Signs::OPERATOR)
    .or(Signs::DASH)
    .or(Signs::SEPARATOR);

/// A text that another one holds.
pub(super) struct Part<'a> {
    /// Borrowed where it is a slice of the whole.
    pub(super) text: Cow<'a, [u8]>,
    /// Whether it stands in the whole as it is, so that who reads the whole has read it.
    pub(super) is_covered: bool,
    /// Behind the path of the whole: `→$.q`.
    pub(super) label: Label<'a>,
}

type Visit<'v> = &'v mut dyn FnMut(&Part<'_>);

/// Shows the texts that `text`, whose signs are `signs`, holds, one layer deep. True where they are all of it.
pub(super) fn parts(text: &[u8], signs: Signs, visit: Visit<'_>) -> bool {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if matches!(first, Some(b'{' | b'[' | b'"')) && leaves(text, visit) {
        return true;
    }
    if let Some(rest) = text.strip_prefix(b"\xEF\xBB\xBF") {
        let label: Label<'_> = &|path| path.push_str("→utf-8");
        visit(&Part {
            text: Cow::Borrowed(rest),
            is_covered: true,
            label,
        });
    }
    if let Some(plain) = utf16_text(text) {
        decoded(plain, "→utf-16", visit);
    }
    if let Some((label, content)) = inflated(text) {
        decoded(content, label, visit);
        return true;
    }
    if signs.has(Signs::DASH) {
        multipart(text, visit);
    }
    if let Some(plain) = signs.only(BASE64).then(|| base64_text(text)).flatten() {
        decoded(plain, "→base64", visit);
    }
    if !signs.has_syntax() {
        return false;
    }
    if let Some(plain) = signs
        .has(Signs::PERCENT)
        .then(|| percent_decoded(text))
        .flatten()
    {
        show_replaced(&plain, &|path| path.push_str("→url"), visit);
        decoded(plain, "→url", visit);
    }
    if signs.has(Signs::OPERATOR) {
        form(text, visit);
    }
    if text.len() <= MOST_CUT_BYTES {
        if signs.has(Signs::DOT) {
            token(text, visit);
        }
        if signs.has(Signs::SLASH) {
            segments(text, visit);
        }
    }
    let trimmed = trimmed(text);
    if trimmed.len() < text.len() {
        let label: Label<'_> = &|path| path.push_str("→trimmed");
        visit(&Part {
            text: Cow::Borrowed(trimmed),
            is_covered: true,
            label,
        });
    }
    false
}

/// As Python's `str.strip` does: Unicode's blanks, and the four separators of ASCII.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_word(text.first()) && is_word(text.last()) {
        return text;
    }
    let is_blank =
        |character: char| character.is_whitespace() || ('\x1c'..='\x1f').contains(&character);
    std::str::from_utf8(text).map_or_else(
        |_| text.trim_ascii(),
        |text| text.trim_matches(is_blank).as_bytes(),
    )
}

/// Does a key hold what keys usually don't?
pub(super) fn is_unusual_key(key: &[u8]) -> bool {
    is_odd_name(key, b"_-.$:/")
}

/// Is there another sign than `usual` ones, or may the name climb or start at the root?
fn is_odd_name(name: &[u8], usual: &[u8]) -> bool {
    let is_usual = |byte: &u8| byte.is_ascii_alphanumeric() || usual.contains(byte);
    !name.iter().all(is_usual)
        || name.starts_with(b"/")
        || memchr::memmem::find(name, b"..").is_some()
}

fn decoded(plain: Vec<u8>, label: &str, visit: Visit<'_>) {
    let label: Label<'_> = &|path| path.push_str(label);
    visit(&Part {
        text: Cow::Owned(plain),
        is_covered: false,
        label,
    });
}

/// Decoders put U+FFFD in the place of what is no UTF-8: then the text that code gets is another one.
fn show_replaced(plain: &[u8], label: Label<'_>, visit: Visit<'_>) {
    if let Cow::Owned(replaced) = String::from_utf8_lossy(plain) {
        let text = Cow::Owned(replaced.into_bytes());
        visit(&Part {
            text,
            is_covered: false,
            label,
        });
    }
}

/// The leaves of a text that is JSON; false where it is none, though what stood before that was shown.
fn leaves(text: &[u8], visit: Visit<'_>) -> bool {
    let outcome = walk(text, |trail, leaf| {
        let (text, end) = match leaf {
            Leaf::Text(text) => (text, ""),
            Leaf::Key(key) if is_unusual_key(&key) => (key, "#key"),
            _ => return,
        };
        let label: Label<'_> = &|path| {
            path.push('→');
            push_trail(path, "$", trail);
            path.push_str(end);
        };
        visit(&Part {
            text,
            is_covered: false,
            label,
        });
    });
    outcome.is_ok()
}

/// `a=1&b=2` and `a=1; b=2`: forms, queries of URLs, cookies; however unescaped.
fn form(text: &[u8], visit: Visit<'_>) {
    // `=` at the end only is base64's.
    let inner = text.trim_ascii_end();
    let end = inner
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    if memchr::memchr(b'=', &inner[..end]).is_none() {
        return;
    }
    for pair in text.split(|byte| matches!(byte, b'&' | b';')) {
        let Some(at) = memchr::memchr(b'=', pair) else {
            continue;
        };
        let (key, value) = (pair[..at].trim_ascii(), &pair[at + 1..]);
        let label: Label<'_> = &|path| {
            path.push_str("→form.");
            push_key(path, key);
        };
        let part = form_part(value, label);
        show_replaced(&part.text, label, visit);
        visit(&part);
        if !is_odd_name(key, b"_-.$:/[]?") {
            continue;
        }
        let label: Label<'_> = &|path| {
            label(path);
            path.push_str("#key");
        };
        visit(&form_part(key, label));
    }
}

fn form_part<'a>(text: &'a [u8], label: Label<'a>) -> Part<'a> {
    if memchr::memchr2(b'+', b'%', text).is_none() {
        return Part {
            text: Cow::Borrowed(text),
            is_covered: true,
            label,
        };
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let plain = percent_decoded(&spaced).unwrap_or(spaced);
    if plain == text {
        return Part {
            text: Cow::Borrowed(text),
            is_covered: true,
            label,
        };
    }
    Part {
        text: Cow::Owned(plain),
        is_covered: false,
        label,
    }
}

/// The fields of a multipart form, and the names of its files.
fn multipart(text: &[u8], visit: Visit<'_>) {
    for Field {
        name,
        file_name,
        content,
    } in fields(text)
    {
        let label: Label<'_> = &|path| {
            path.push_str("→multipart.");
            push_key(path, name);
        };
        visit(&Part {
            text: Cow::Borrowed(content),
            is_covered: false,
            label,
        });
        let label: Label<'_> = &|path| {
            label(path);
            path.push_str("#filename");
        };
        if let Some(file_name) = file_name {
            visit(&Part {
                text: Cow::Borrowed(file_name),
                is_covered: false,
                label,
            });
        }
    }
}

/// A JSON web token (RFC 7519), alone or behind `Bearer`: its header and its claims.
fn token(text: &[u8], visit: Visit<'_>) {
    let start = memchr::memrchr(b' ', text).map_or(0, |at| at + 1);
    let token = &text[start..];
    if !token.starts_with(b"eyJ") {
        return;
    }
    for (part, label) in token
        .split(|byte| *byte == b'.')
        .zip(["→jwt.header", "→jwt.claims"])
    {
        if let Some(plain) = base64_text(part) {
            decoded(plain, label, visit);
        }
    }
}

/// `/orders/x'--/items`: what code takes out of a path.
fn segments(text: &[u8], visit: Visit<'_>) {
    let end = memchr::memchr(b'?', text).unwrap_or(text.len());
    let segments = text[..end].split(|byte| *byte == b'/').enumerate();
    for (at, segment) in segments {
        let is_plain = segment
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if is_plain || segment.len() == text.len() {
            continue;
        }
        let label: Label<'_> = &|path| {
            let _ = write!(path, "→segment[{at}]"); // writing to a String cannot fail
        };
        visit(&Part {
            text: Cow::Borrowed(segment),
            is_covered: true,
            label,
        });
    }
}
