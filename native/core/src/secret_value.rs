//! Where in a text the values of secret names stand: `password=x`, `"apiKey": "x"`, `<pwd>x</pwd>`, `Bearer x`.

use crate::secret_name::{always_names_a_secret, names_a_secret, names_cookies};
use std::ops::Range;

/// What may stand between a name and its value.
#[rustfmt::skip]
const ASSIGNMENTS: [&str; 9] = ["=>", ":=", "=", ":", "%3d", "%3a", "&#61;", "\\u003d", "\\u003a"];
/// What closes the quotes, or the brackets, around a name.
const CLOSING: [&str; 7] = ["\\", "\"", "'", "`", "]", "&quot;", "%22"];
const SCHEMES: [&str; 6] = ["bearer", "basic", "digest", "token", "negotiate", "apikey"];
/// Words of SQL and of prose that follow a name of a column or a noun.
#[rustfmt::skip]
const NO_VALUES: [&str; 30] = [
    "from", "where", "and", "or", "like", "is", "in", "as", "between", "union", "order", "group", "limit", "set", "asc",
    "desc", "for", "to", "of", "on", "not", "null", "varchar", "text", "having", "into", "values", "select", "regexp",
    "the",
];
/// Bytes in which the end of a tag is looked for.
const LONGEST_TAG: usize = 200;
/// The shortest credentials of `Basic`.
const SHORTEST_BASIC: usize = 8;

/// Adds where values of secret names stand.
pub(crate) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(start) = text[at..].find(is_of_name).map(|start| at + start) {
        let rest = &text[start..];
        let end = start + rest.find(|one| !is_of_name(one)).unwrap_or(rest.len());
        let (before, name, rest) = (&text[..start], &text[start..end], &text[end..]);
        let value = if names_a_secret(name) {
            behind(before, name, rest)
        } else {
            behind_scheme(name, rest)
        };
        found.extend(value.map(|value| end + value.start..end + value.end));
        at = end;
    }
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn behind(before: &str, name: &str, rest: &str) -> Option<Range<usize>> {
    in_element(before, rest)
        .or_else(|| assigned(rest, names_cookies(name)))
        .or_else(|| beside(rest))
        .or_else(|| in_next_word(before, name, rest))
        .filter(|value| !value.is_empty())
}

/// `<password>x</password>`, also with a prefix and attributes.
fn in_element(before: &str, rest: &str) -> Option<Range<usize>> {
    let prefix = before.trim_end_matches(|one| is_of_name(one) || one == ':');
    if !prefix.ends_with('<') {
        return None;
    }
    let end = rest.find(['>', '<']).filter(|end| *end < LONGEST_TAG)?;
    if !rest[end..].starts_with('>') || rest[..end].ends_with('/') {
        return None;
    }
    let value = &rest[end + 1..];
    Some(end + 1..end + 1 + value.find('<').unwrap_or(value.len()))
}

/// `=x`, `": "x"`, `\":\"x\"`, `%3Dx`.
fn assigned(rest: &str, is_list: bool) -> Option<Range<usize>> {
    let closed = without_closing(rest).trim_start_matches([' ', '\t']);
    let sign = ASSIGNMENTS
        .iter()
        .find(|sign| starts_with(closed, sign))
        .filter(|_| !closed.starts_with("::") && !closed.starts_with("://"))?;
    let value = closed[sign.len()..].trim_start();
    let value = without_scheme(value);
    let start = rest.len() - value.len();
    let (opening, length) = if is_list {
        (
            0,
            value.find(['\n', '\r', '"', '\'']).unwrap_or(value.len()),
        )
    } else {
        extent(value)
    };
    Some(start + opening..start + opening + length)
}

/// `"name": "password", "value": "x"`, `name="password" value="x"`, and the part of a form that is called so.
fn beside(rest: &str) -> Option<Range<usize>> {
    let closed = without_closing(rest);
    if closed.len() == rest.len() {
        return None;
    }
    let lines = closed.trim_start_matches('\r');
    for blank_line in ["\n\r\n", "\n\n"] {
        if let Some(value) = lines.strip_prefix(blank_line) {
            let start = rest.len() - value.len();
            return Some(start..start + value.find(['\r', '\n']).unwrap_or(value.len()));
        }
    }
    let next = closed.trim_start_matches([' ', ',', '\n', '\r', '\t', '\\', '"', '\'']);
    if !starts_with(next, "value") {
        return None;
    }
    let next = &next["value".len()..];
    let offset = rest.len() - next.len();
    assigned(next, false).map(|value| offset + value.start..offset + value.end)
}

/// `--password x`, `password x`, but not `select password from`, nor a file that is called so.
fn in_next_word(before: &str, name: &str, rest: &str) -> Option<Range<usize>> {
    if !always_names_a_secret(name) || !rest.starts_with(' ') || ends_a_folder(before) {
        return None;
    }
    let value = rest.trim_start_matches([' ', '#']);
    let start = rest.len() - value.len();
    if name.starts_with('-') {
        let (opening, length) = extent(value);
        return Some(start + opening..start + opening + length);
    }
    let length = word_of(value);
    let is_value = !NO_VALUES.contains(&&*value[..length].to_ascii_lowercase());
    is_value.then_some(start..start + length)
}

/// `Bearer x`, and `Basic` where what follows is like base64.
fn behind_scheme(name: &str, rest: &str) -> Option<Range<usize>> {
    let value = rest.strip_prefix(' ')?;
    let length = unquoted(value);
    let is_value = match name {
        "Bearer" => length > 0,
        "bearer" | "BEARER" => value[..length].bytes().any(|byte| byte.is_ascii_digit()),
        "Basic" | "basic" | "BASIC" => is_like_base64(&value[..length]),
        _ => false,
    };
    is_value.then_some(1..1 + length)
}

fn is_like_base64(text: &str) -> bool {
    let is_of_it = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let inner = text.get(1..).unwrap_or_default().as_bytes();
    text.len() >= SHORTEST_BASIC
        && text.bytes().all(is_of_it)
        && (inner.iter().any(u8::is_ascii_uppercase)
            || text.bytes().any(|byte| byte.is_ascii_digit()))
}

fn without_scheme(value: &str) -> &str {
    let quotes = value.len() - value.trim_start_matches(['"', '\'', '\\']).len();
    let inner = &value[quotes..];
    let end = inner.find(' ').unwrap_or(0);
    if SCHEMES.contains(&&*inner[..end].to_ascii_lowercase()) {
        inner[end..].trim_start_matches(' ')
    } else {
        value
    }
}

/// How many bytes open a value, and how long it is: to its closing quote, or as far as it may go without quotes.
fn extent(value: &str) -> (usize, usize) {
    let slashes = value.len() - value.trim_start_matches('\\').len();
    let Some(quote @ ('"' | '\'' | '`')) = value[slashes..].chars().next() else {
        let opening = ["&quot;", "%22"].iter().find(|one| starts_with(value, one));
        return match opening {
            Some(opening) => {
                let inner = &value[opening.len()..];
                (opening.len(), inner.find(opening).unwrap_or(inner.len()))
            }
            None => (0, unquoted(value)),
        };
    };
    let opening = slashes + 1;
    let inner = &value[opening..];
    let closes = |at: &usize| {
        let before = &inner[..*at];
        before.len() - before.trim_end_matches('\\').len() <= slashes
    };
    let end = inner.match_indices(quote).map(|(at, _)| at).find(closes);
    (
        opening,
        end.map_or(inner.len(), |end| inner[..end].trim_end_matches('\\').len()),
    )
}

/// How far a value goes that is in no quotes.
fn unquoted(value: &str) -> usize {
    let ends = |(at, character): (usize, char)| match character {
        '&' | ';' | ',' | '"' | '\'' | '<' | '>' | ')' | '}' | ']' | '|' | '`' => true,
        '\\' => value[at + 1..].starts_with(['"', '\'', 'n', 'r', 't']),
        _ => character.is_whitespace(),
    };
    let end = value.char_indices().find(|one| ends(*one));
    end.map_or(value.len(), |(at, _)| at)
}

/// A word, and what goes on behind a dot.
pub(crate) fn word_of(value: &str) -> usize {
    let is_inside = |one: char| one.is_alphanumeric() || matches!(one, '_' | '+' | '-' | '.');
    value.find(|one| !is_inside(one)).unwrap_or(value.len())
}

fn without_closing(mut rest: &str) -> &str {
    while let Some(closing) = CLOSING.iter().find(|closing| rest.starts_with(**closing)) {
        rest = &rest[closing.len()..];
    }
    rest
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

/// Whether a text ends with a path to a folder: `/etc/`, `../`. What a space parts from a file in it is no value of
/// its name (`cat /etc/passwd | wc`); a slash alone opens a command (`/password x`).
fn ends_a_folder(text: &str) -> bool {
    let is_of_a_path =
        |one: char| one.is_alphanumeric() || matches!(one, '_' | '+' | '-' | '/' | '.' | '~');
    let path = text
        .rfind(|character| !is_of_a_path(character))
        .map_or(text, |at| {
            text[at..].trim_start_matches(|one| !is_of_a_path(one))
        });
    path.len() > 1 && path.ends_with('/') && path.starts_with(['/', '.', '~'])
}
