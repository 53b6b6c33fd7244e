//! The forms in which code may read a text after it decoded it.

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
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        if let Some((byte, after)) = escape(rest) {
            plain.push(byte);
            rest = after;
        } else {
            plain.push(if *first == b'+' { b' ' } else { *first });
            rest = tail;
        }
    }
    (plain.len() < text.len()).then_some(plain)
}

/// `%2e` and, as some servers read it, `%u002e`.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [b'%', b'u' | b'U', b'0', b'0', high, low, rest @ ..] => Some((byte(*high, *low)?, rest)),
        [b'%', high, low, rest @ ..] => Some((byte(*high, *low)?, rest)),
        _ => None,
    }
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(high)? << 4 | digit(low)?)
}
