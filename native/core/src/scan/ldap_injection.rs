//! LDAP injection: a text that closes the filter it stands in and goes on with a condition.
//!
//! Sees: a bracket that closes what the text did not open, then `(` and a condition or an operator.
//! Does not see: wildcards alone, distinguished names, filters that the text holds whole.

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::ldap_injection as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::PAREN) && signs.has(Signs::OPERATOR.or(Signs::SEPARATOR)),
    find,
};

/// Values of a directory are shorter.
const LONGEST: usize = 1024;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &leaf.lower[..leaf.lower.len().min(LONGEST)];
    let Some(close) = text.iter().position(|byte| b"()".contains(byte)) else {
        return;
    };
    let is_value = text[..close].iter().all(|byte| !b"<>{};=\n".contains(byte));
    if text[close] != b')' || !is_value {
        return;
    }
    let brackets = text[close..]
        .iter()
        .take_while(|byte| **byte == b')')
        .count();
    let opens = text[close + brackets..]
        .iter()
        .take_while(|byte| **byte == b'(')
        .count();
    let rest = &text[close + brackets + opens..];
    if opens > 0 && begins_condition(rest) {
        findings.push(Finding::new(&rules::FILTER_BREAKOUT, close, text.len()));
    }
}

/// `|(`, `&)`, `!(`, `uid=`.
fn begins_condition(text: &[u8]) -> bool {
    if let [b'|' | b'&' | b'!', rest @ ..] = text {
        return rest.first().is_none_or(|byte| b"()".contains(byte));
    }
    let name = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.;:".contains(byte));
    let length = name.count();
    let operator = text[length..].iter().find(|byte| !b"<>~".contains(byte));
    length > 1 && operator == Some(&b'=') && text.get(length + 1) != Some(&b'=')
}
