//! `a=1&b=2` and `a=1; b=2`: forms, queries of URLs, cookies; however unescaped.

use super::encodings::percent_decoded;
use super::keys::{Usual, is_odd_name, usual};
use super::parts::{Part, Visit, show_replaced};
use super::path::{Label, push_key};
use crate::script_line::keeps_what_is_told;

/// Shows the values, and keys that hold what keys usually don't.
pub(super) fn form(text: &[u8], visit: Visit<'_>) {
    // `=` at the end only is base64's.
    let inner = text.trim_ascii_end();
    let end = inner
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    if memchr::memchr(b'=', &inner[..end]).is_none() {
        return;
    }
    let is_constant = text.first().is_some_and(u8::is_ascii_uppercase);
    if is_constant && keeps_what_is_told(inner) {
        return;
    }
    // No cookie, and no form that is cut at `;`, has lines: a page of markup has both.
    let has_lines = memchr::memchr(b'\n', inner).is_some();
    let is_page = text.trim_ascii_start().starts_with(b"<");
    let mut own = MOST_OWN;
    for piece in text.split(|byte| *byte == b'&') {
        if is_page && is_of_page(piece) {
            continue;
        }
        if has_lines {
            show_pair(piece, false, &mut own, visit);
            continue;
        }
        piece
            .split(|byte| *byte == b';')
            .for_each(|pair| show_pair(pair, false, &mut own, visit));
        // Cookies, and forms of old, are cut at `;`; others are not.
        let (_, value) = piece.split_at(memchr::memchr(b'=', piece).unwrap_or(piece.len()));
        if memchr::memchr(b';', value).is_some() {
            show_pair(piece, true, &mut own, visit);
        }
    }
}

/// `<a href="?x=1`, `y=2"><b>x</b>`: is it a part of the markup that a text begins with? No code asks for such a name, and
/// such a value begins or ends within a tag.
fn is_of_page(piece: &[u8]) -> bool {
    let (key, value) = piece.split_at(memchr::memchr(b'=', piece).unwrap_or(piece.len()));
    let tag = first_tag(value).map(|at| value[..at].trim_ascii_end());
    let is_within_tag = |before: &[u8]| {
        let inner = before.strip_suffix(b">").map(<[u8]>::trim_ascii_end);
        let inner = inner.map(|inner| inner.strip_suffix(b"/").unwrap_or(inner).trim_ascii_end());
        inner.is_some_and(|inner| matches!(inner.last(), Some(b'"' | b'\'' | b']')))
    };
    let is_cut = || {
        let last = memchr::memrchr(b'<', value).map_or(&[][..], |at| &value[at..]);
        first_tag(last).is_some() && memchr::memchr(b'>', last).is_none()
    };
    first_tag(key).is_some() || tag.is_some_and(is_within_tag) || is_cut()
}

fn first_tag(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'<', text).find(|at| {
        let next = text.get(at + 1);
        next.is_some_and(|byte| byte.is_ascii_alphabetic() || b"/!".contains(byte))
    })
}

/// The longest value that is read once more by itself, and so many bytes of them in a form.
const LONGEST_OWN: usize = 2 << 10;
const MOST_OWN: usize = 128 << 10;

/// `data[id]=1 union select 2`: has `key` no signs but those of names, and `value` no quote around it? Then the value
/// is one of a form, and is read by itself, whatever stands beside it: what a value tells as a whole is not read in the
/// form (`next=//a.example`, `id=1 or 1=1`).
fn is_own(key: &[u8], value: &[u8]) -> bool {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.[]$".contains(byte);
    let is_named = key
        .first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && key.iter().all(is_of_name);
    let is_quoted = matches!(value.first(), Some(b'"' | b'\'' | b'`'))
        && value.first() == value.last()
        && value.len() > 1;
    is_named && !is_quoted && value.len() <= LONGEST_OWN
}

/// Shows the value of a pair; `is_cut`: shorter ones were shown of it already; `own`: so many bytes may be read once more.
fn show_pair(pair: &[u8], is_cut: bool, own: &mut usize, visit: Visit<'_>) {
    let Some(at) = memchr::memchr(b'=', pair) else {
        return;
    };
    let (key, value) = (pair[..at].trim_ascii(), &pair[at + 1..]);
    // A name with a line break in it: these are lines of a program.
    if memchr::memchr(b'\n', key).is_some() {
        return;
    }
    let label: Label<'_> = &|path| {
        path.push_str("→form.");
        push_key(path, behind_path(key));
    };
    let part = form_part(value, label);
    show_replaced(&part.text, Some(value), label, visit);
    let is_own = is_own(behind_path(key), value) && value.len() <= *own;
    *own -= if is_own { value.len() } else { 0 };
    let is_covered = part.is_covered && !is_own;
    visit(&Part {
        is_cut,
        is_covered,
        ..part
    });
    if is_cut || !is_odd_key(key) {
        return;
    }
    let label: Label<'_> = &|path| {
        label(path);
        path.push_str("#key");
    };
    visit(&Part {
        is_key: true,
        ..form_part(key, label)
    });
}

/// `q` of `/search?q`: a URL has its path in front of its first name.
fn behind_path(key: &[u8]) -> &[u8] {
    let start = memchr::memrchr(b'?', key).map_or(0, |at| at + 1);
    &key[start..]
}

static USUAL_IN_FORMS: Usual = usual(b"_-.:/[]?");
static USUAL_IN_WORDS: Usual = usual(b"_-.:/?");

/// `user[$ne]`, `a[__proto__]`: are its words odd?
pub(super) fn is_odd_key(key: &[u8]) -> bool {
    let is_end = |byte: &u8| matches!(byte, b'[' | b']' | b'.');
    is_odd_name(key, &USUAL_IN_FORMS)
        || key
            .split(is_end)
            .any(|word| is_odd_name(word, &USUAL_IN_WORDS))
}

fn form_part<'a>(text: &'a [u8], label: Label<'a>) -> Part<'a> {
    if memchr::memchr2(b'+', b'%', text).is_none() {
        return Part::slice(text, label);
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let plain = percent_decoded(&spaced).unwrap_or(spaced);
    if plain == text {
        return Part::slice(text, label);
    }
    Part {
        source: Some(text),
        ..Part::new(plain, label)
    }
}
