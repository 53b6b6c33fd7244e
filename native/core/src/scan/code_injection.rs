//! Code injection: a short value that is code of PHP, JavaScript, Python, Perl or Java. Most of it is patterns; here
//! is what needs a look at the whole value: a call that is all of it.
//!
//! Does not see: code in longer texts, which people send each other, but for the patterns' unmistakable acts.

use super::leaf::{Detector, Leaf};
use super::php_functions::is_function;
use super::rule::Finding;
use super::rules::code_injection as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::PAREN),
    find,
};

/// Longer values are no lone calls.
const LONGEST: usize = 80;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = leaf.lower.trim_ascii();
    if text.len() > LONGEST {
        return;
    }
    let start = text
        .iter()
        .position(|byte| !b"@;:|& \"'".contains(byte))
        .unwrap_or(0);
    let call = &text[start..];
    let length = call.iter().take_while(|byte| is_name(**byte)).count();
    let (name, behind) = call.split_at(length);
    let is_glued = !behind.first().is_some_and(u8::is_ascii_whitespace);
    let (behind, is_hidden) = without_comments(behind);
    let is_variable = name.starts_with(b"$")
        && name
            .iter()
            .any(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let behind = if is_variable {
        behind_index(behind)
    } else {
        behind
    };
    if !is_call(behind) || name.is_empty() {
        return;
    }
    let rule = if is_variable && has_php_shape(name, behind, call)
        || is_hidden && is_glued && name.len() > 1
    {
        &rules::ODD_CALL
    } else if is_function(name) {
        &rules::LONE_PHP_CALL
    } else {
        return;
    };
    findings.push(Finding::new(rule, 0, leaf.lower.len()));
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$".contains(&byte)
}

/// `$x(…)` alone may be of a shell or a price list; with `@`, an index or a second `$` it is PHP's.
fn has_php_shape(name: &[u8], behind: &[u8], call: &[u8]) -> bool {
    let is_doubled = name.starts_with(b"$$");
    let is_longer = call.len() > name.len() + behind.len();
    let is_quoted = behind.iter().any(|byte| b"\"'$".contains(byte));
    is_doubled || is_longer || is_quoted
}

/// What is behind blanks, comments and line breaks, and whether there were comments.
fn without_comments(mut text: &[u8]) -> (&[u8], bool) {
    let mut is_hidden = false;
    loop {
        // A vertical tab is a blank for PHP, too.
        let blanks = text
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace() || **byte == 0x0B);
        text = &text[blanks.count()..];
        let end = match text {
            [b'/', b'*', inner @ ..] => memchr::memmem::find(inner, b"*/").map(|end| end + 4),
            [b'/', b'/', inner @ ..] => memchr::memchr(b'\n', inner).map(|end| end + 3),
            [b'#', inner @ ..] => memchr::memchr(b'\n', inner).map(|end| end + 2),
            _ => None,
        };
        let Some(end) = end else {
            return (text, is_hidden);
        };
        (text, is_hidden) = (&text[end..], true);
    }
}

/// Behind `[…]` or `{…}`, however many.
fn behind_index(mut text: &[u8]) -> &[u8] {
    loop {
        let closer = match text.first() {
            Some(b'[') => b']',
            Some(b'{') => b'}',
            _ => return text,
        };
        let Some(end) = memchr::memchr(closer, text) else {
            return text;
        };
        text = without_comments(&text[end + 1..]).0;
    }
}

/// `(…)`, at most with an index and a semicolon behind it; or a bracket that nothing follows.
fn is_call(text: &[u8]) -> bool {
    let end = text.trim_ascii_end();
    let end = end.strip_suffix(b";").unwrap_or(end).trim_ascii_end();
    let end = end.strip_suffix(b"\"").unwrap_or(end);
    let Some(close) = memchr::memchr(b')', text) else {
        return end == b"(";
    };
    let behind = end.get(close + 1..).unwrap_or_default();
    let is_index =
        behind.starts_with(b"[") && memchr::memchr(b']', behind) == Some(behind.len() - 1);
    text.starts_with(b"(") && (close + 1 == end.len() || is_index)
}
