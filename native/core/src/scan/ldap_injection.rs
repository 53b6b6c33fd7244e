//! LDAP injection: a text that closes the filter it stands in and goes on with a condition.
//!
//! Sees: a bracket that closes what the text did not open, then `(` and a condition or an operator, or the end
//! that a null byte makes. Does not see: wildcards alone, distinguished names, filters that the text holds whole.

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::ldap_injection as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::OPERATOR.or(Signs::SEPARATOR)),
    find,
};

/// Values of a directory are shorter.
const LONGEST: usize = 1024;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &leaf.lower[..leaf.lower.len().min(LONGEST)];
    if matches!(text.trim_ascii(), b"*|" | b"*&") {
        findings.push(Finding::new(&rules::FILTER_IN_PIECES, 0, text.len()));
    }
    let Some(close) = text.iter().position(|byte| b"()".contains(byte)) else {
        return;
    };
    if text[close] != b')' || !is_value(&text[..close]) {
        return;
    }
    let closed = &text[close..];
    let after = &closed[count(closed, b')')..];
    let next = after.trim_ascii_start();
    let opens = count(next, b'(');
    let is_apart = next.len() < after.len();
    let rest = &next[opens..];
    let goes_on = match (opens > 0, is_apart) {
        (true, false) => begins_condition(rest),
        // In prose a blank stands between brackets.
        (true, true) => {
            rest.first().is_some_and(|byte| b"|&!".contains(byte)) && begins_condition(rest)
        }
        (false, _) => !is_apart && matches!(rest, [b'|' | b'&' | b'!', b'(', ..]),
    };
    if goes_on {
        findings.push(Finding::new(&rules::FILTER_BREAKOUT, close, text.len()));
    }
}

/// A value, or a value with its attribute in front.
fn is_value(text: &[u8]) -> bool {
    let plain = text.iter().all(|byte| !b"<>{};\n".contains(byte));
    let equals = text.iter().filter(|byte| **byte == b'=').count();
    plain && (equals == 0 || equals == 1 && condition(text))
}

fn count(text: &[u8], byte: u8) -> usize {
    text.iter().take_while(|one| **one == byte).count()
}

/// `|(`, `&)`, `!(`, `uid=`, `|uid=`.
fn begins_condition(text: &[u8]) -> bool {
    match text {
        [b'|' | b'&' | b'!', rest @ ..] => {
            rest.first().is_none_or(|byte| b"()".contains(byte)) || condition(rest)
        }
        _ => condition(text),
    }
}

/// `uid=`, `cn>=`, `cn:2.5.13.2:=`.
fn condition(text: &[u8]) -> bool {
    let name = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.;:".contains(byte));
    let length = name.count();
    let operator = text[length..].iter().find(|byte| !b"<>~".contains(byte));
    length > 1 && operator == Some(&b'=') && text.get(length + 1) != Some(&b'=')
}
