//! The values that stand in a GraphQL document (October 2021, 2.9): a query with its arguments written out.

use super::parts::{Part, Visit};
use super::path::Label;
use std::borrow::Cow;

/// What a document begins with.
const STARTS: [&[u8]; 5] = [b"{", b"query", b"mutation", b"subscription", b"fragment"];

/// Shows each string of a document; nothing where the text is none.
pub(super) fn strings(text: &[u8], visit: Visit<'_>) {
    if text.starts_with(b"\xEF\xBB\xBF") {
        return; // what is behind it is read by itself
    }
    let start = behind_ignored(text);
    let is_document = STARTS.iter().any(|word| start.starts_with(word));
    if !is_document || memchr::memchr(b'{', text).is_none() || memchr::memchr(b'"', text).is_none()
    {
        return;
    }
    let label: Label<'_> = &|path| path.push_str("→graphql");
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'"', b'#', rest) {
        if rest[at] == b'#' {
            let end = memchr::memchr2(b'\n', b'\r', &rest[at..]).map_or(rest.len(), |end| at + end);
            rest = &rest[end..];
            continue;
        }
        let (value, behind) = string_at(&rest[at..]);
        visit(&Part {
            source: Some(value),
            ..Part::new(unescaped(value), label)
        });
        rest = behind;
    }
}

/// Without the blanks, commas, comments and the mark of the byte order in front (2.1.7: Ignored Tokens).
fn behind_ignored(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'\n' | b'\r' | b',', behind @ ..]
            | [0xEF, 0xBB, 0xBF, behind @ ..] => behind,
            [b'#', ..] => memchr::memchr2(b'\n', b'\r', rest).map_or(&[], |end| &rest[end..]),
            _ => return rest,
        };
    }
}

/// What stands in the quotes that `text` begins with, and what is behind them; to the end where none closes.
fn string_at(text: &[u8]) -> (&[u8], &[u8]) {
    if let Some(inner) = text.strip_prefix(b"\"\"\"") {
        return match memchr::memmem::find(inner, b"\"\"\"") {
            Some(end) => (&inner[..end], &inner[end + 3..]),
            None => (inner, &[]),
        };
    }
    let inner = &text[1..];
    let mut at = 0;
    while let Some(found) = inner
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        let sign = at + found;
        if inner[sign] == b'"' {
            return (&inner[..sign], &inner[sign + 1..]);
        }
        at = sign + 2;
    }
    (inner, &[])
}

/// Without the escapes of single characters; `\u0027` is read by who reads the part.
fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', value).is_none() {
        return Cow::Borrowed(value);
    }
    let mut plain = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((first, tail)) = rest.split_first() {
        let (byte, behind) = match rest {
            [b'\\', b'n', behind @ ..] => (b'\n', behind),
            [b'\\', b't', behind @ ..] => (b'\t', behind),
            [b'\\', sign @ (b'"' | b'\\' | b'/'), behind @ ..] => (*sign, behind),
            _ => (*first, tail),
        };
        plain.push(byte);
        rest = behind;
    }
    Cow::Owned(plain)
}
