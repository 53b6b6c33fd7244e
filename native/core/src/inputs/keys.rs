//! Which names of values are read as values are: those that hold what names usually don't.

use crate::json::Step;
use std::borrow::Cow;

/// A key that holds what keys usually don't; and, with the key above it, the one that leads to JavaScript's prototypes.
pub(super) fn unusual_key<'t>(trail: &[Step<'_>], key: &'t [u8]) -> Option<Cow<'t, [u8]>> {
    if let Some(Step::Key(above)) = trail.last() {
        if **above == *b"constructor" && key == b"prototype" {
            return Some(b"constructor.prototype"[..].into());
        }
        if asks_for_secret(above, key) {
            return Some([&**above, b".", key].concat().into());
        }
    }
    let makes_object = key.starts_with(b"py/") || key.starts_with(b"ruby/") || key == b"json_class";
    (makes_object || is_odd_name(key, &USUAL_IN_KEYS)).then_some(key.into())
}

/// What an object mapper compares with, as a key below the field.
const COMPARING: [&[u8]; 8] = [
    b"like",
    b"ilike",
    b"contains",
    b"regexp",
    b"substring",
    b"startswith",
    b"endswith",
    b"notlike",
];
const SECRETS: [&[u8]; 6] = [b"password", b"passwd", b"pwd", b"token", b"secret", b"hash"];

/// `{"password": {"like": …}}`: a filter on what the sender does not know.
fn asks_for_secret(above: &[u8], key: &[u8]) -> bool {
    COMPARING.iter().any(|word| key.eq_ignore_ascii_case(word))
        && SECRETS.iter().any(|word| {
            let end = above.len().saturating_sub(word.len());
            above[end..].eq_ignore_ascii_case(word)
        })
}

/// What each byte is in a name.
pub(super) type Usual = [u8; 256];

const ODD: u8 = 1;
/// Usual, but not twice in a row.
const ODD_TWICE: u8 = 2;

static USUAL_IN_KEYS: Usual = usual(b"_-.:/");

/// Letters, digits and `signs`.
pub(super) const fn usual(signs: &[u8]) -> Usual {
    let mut usual = [ODD; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            usual[byte] = 0;
        }
        byte += 1;
    }
    let mut at = 0;
    while at < signs.len() {
        let is_odd_twice = matches!(signs[at], b'.' | b'_');
        usual[signs[at] as usize] = if is_odd_twice { ODD_TWICE } else { 0 };
        at += 1;
    }
    usual
}

/// Is there another sign than `usual` ones, may the name climb or start at the root, or is it one of a language's own?
pub(super) fn is_odd_name(name: &[u8], usual: &Usual) -> bool {
    let all = name
        .iter()
        .fold(0, |all, byte| all | usual[usize::from(*byte)]);
    let is_twice = || name.windows(2).any(|pair| pair == b".." || pair == b"__");
    all & ODD != 0 || name.starts_with(b"/") || all & ODD_TWICE != 0 && is_twice()
}
