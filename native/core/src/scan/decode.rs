//! The forms in which code may read a text after it decoded it.

use memchr::{memchr_iter, memchr2_iter};

use crate::hex;
use crate::signs::Signs;

/// How often a text may have been encoded.
const DEEPEST: usize = 2;

/// The percent-decoded forms of `text`, once and twice; none where nothing is encoded.
pub fn forms(text: &[u8], signs: Signs) -> Vec<Vec<u8>> {
    let mut forms: Vec<Vec<u8>> = Vec::new();
    while signs.has(Signs::PERCENT) && forms.len() < DEEPEST {
        let last = forms.last().map_or(text, Vec::as_slice);
        let Some(next) = percent_decoded(last) else {
            break;
        };
        forms.push(next);
    }
    forms
}

fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr_iter(b'%', text).find_map(|at| escape(&text[at..]))?;
    let mut plain = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memchr2_iter(b'%', b'+', text) {
        if at < from {
            continue;
        }
        let read = escape(&text[at..]).or((text[at] == b'+').then_some((b' ', 1)));
        let Some((byte, length)) = read else {
            continue;
        };
        plain.extend_from_slice(&text[from..at]);
        plain.push(byte);
        from = at + length;
    }
    plain.extend_from_slice(&text[from..]);
    Some(plain)
}

/// What `%2e` and, as some servers read it, `%u002e` at the start of `text` stand for, and how long that is.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', b'u' | b'U', b'0', b'0', high, low, ..] => Some((hex::byte(*high, *low)?, 6)),
        [b'%', high, low, ..] => Some((hex::byte(*high, *low)?, 3)),
        _ => None,
    }
}
