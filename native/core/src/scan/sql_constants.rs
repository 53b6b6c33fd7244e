//! Constants that are compared where a query asks for a condition: `OR 1=1`, `CASE WHEN (2=2)`, `IIF(3=3,`.
//!
//! Read around each `=`, wherever it stands, so that neither the start of the text nor its quotes need to be
//! understood. Does not see: other comparisons, constants in calculations.

use memchr::memchr_iter;

use super::rule::{Finding, Rule};
use super::rules::sql_injection as rules;

/// How many comparisons are looked at.
const MOST: usize = 64;
/// How far in front of a condition its statement may begin.
const NEAR: usize = 1024;
/// A constant is shorter.
const LONGEST: usize = 24;

/// The first comparison of constants in `text`, in lower case, that a query is asked with.
pub fn compared(text: &[u8]) -> Option<Finding> {
    memchr_iter(b'=', text).take(MOST).find_map(|at| {
        let (start, end) = constants(text, at).or_else(|| same_names(text, at))?;
        let (rule, word) = asking(text, start)?;
        Some(Finding::new(rule, word, end))
    })
}

/// From where to where two constants stand around `equals`.
fn constants(text: &[u8], equals: usize) -> Option<(usize, usize)> {
    before(text, equals).zip(behind(text, equals + 1))
}

/// From where to where `a = a` stands around `equals`: a name compared with itself.
fn same_names(text: &[u8], equals: usize) -> Option<(usize, usize)> {
    let near = &text[equals.saturating_sub(LONGEST)..equals];
    let trimmed = near.trim_ascii_end();
    let end = equals - (near.len() - trimmed.len());
    let length = letters_at_end(trimmed);
    let name = &text[end - length..end];
    let next = text[equals + 1..text.len().min(equals + 1 + LONGEST)].trim_ascii_start();
    let is_end = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"._:(%\"'/".contains(byte);
    let is_same = next
        .strip_prefix(name)
        .is_some_and(|rest| rest.first().is_none_or(is_end));
    (length > 0 && is_same).then_some((end - length, equals + 1))
}

fn letters_at_end(text: &[u8]) -> usize {
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic() || **byte == b'_';
    text.iter().rev().take_while(is_letter).count()
}

/// Where the constant begins that ends in front of `equals`.
fn before(text: &[u8], equals: usize) -> Option<usize> {
    let near = &text[equals.saturating_sub(LONGEST)..equals];
    let trimmed = near.trim_ascii_end();
    let end = equals - (near.len() - trimmed.len());
    let last = *trimmed.last()?;
    if last == b'\'' || last == b'"' {
        let open = trimmed[..trimmed.len() - 1]
            .iter()
            .rposition(|byte| *byte == last)?;
        return Some(end - (trimmed.len() - open));
    }
    let digits = trimmed
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let number = &trimmed[trimmed.len() - digits..];
    (digits > 0 && is_number(number)).then(|| end - digits)
}

fn is_number(text: &[u8]) -> bool {
    let hex = text.strip_prefix(b"0x");
    hex.map_or_else(
        || text.iter().all(u8::is_ascii_digit),
        |digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit),
    )
}

/// Where the constant ends that begins behind the equals sign.
fn behind(text: &[u8], from: usize) -> Option<usize> {
    let near = &text[from..text.len().min(from + LONGEST)];
    let value = near.trim_ascii_start();
    let start = from + near.len() - value.len();
    let first = *value.first()?;
    if first == b'\'' || first == b'"' {
        let rest = &value[1..];
        let end = rest.iter().position(|byte| *byte == first);
        let is_whole = end.is_some() || start + value.len() == text.len();
        return is_whole.then(|| start + 1 + end.unwrap_or(rest.len()));
    }
    let length = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let next = value.get(length).copied().unwrap_or(b' ');
    let is_asked = next == b'?' && start + length + 1 == text.len();
    let is_plain =
        length > 0 && is_number(&value[..length]) && !b"._:%\"'".contains(&next) && !is_asked;
    is_plain.then(|| start + length)
}

/// The word in front of the comparison that asks for a condition, and what is said of it.
fn asking(text: &[u8], start: usize) -> Option<(&'static Rule, usize)> {
    let is_sign = |byte: &u8| byte.is_ascii_whitespace() || b"(!~-+".contains(byte);
    let mut end = start;
    let floor = start.saturating_sub(32);
    while end > floor && is_sign(&text[end - 1]) {
        end -= 1;
    }
    let has_bracket = text[end..start].contains(&b'(');
    let letters = letters_at_end(&text[floor..end]);
    let word = &text[end - letters..end];
    let at = end - letters;
    match word {
        b"or" | b"and" | b"xor" | b"having" | b"not" | b"rlike" if end < start => {
            Some((&rules::CONSTANT_CONDITION, at))
        }
        b"when" if end < start => Some((&rules::CONSTANT_CASE, at)),
        b"iif" | b"elt" | b"make_set" | b"if" if has_bracket => Some((&rules::CONSTANT_CASE, at)),
        b"where"
            if !text[at.saturating_sub(NEAR)..at]
                .windows(6)
                .any(|word| word == b"select") =>
        {
            Some((&rules::CONSTANT_CONDITION, at))
        }
        b"" if at > 1
            && [b"||", b"&&"]
                .iter()
                .any(|sign| text[..at].ends_with(*sign)) =>
        {
            Some((&rules::CONSTANT_CONDITION, at - 2))
        }
        _ => None,
    }
}
