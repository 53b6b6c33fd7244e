//! The forms in which markup hides from its reader: null bytes, escaped and typographic quotes, signs that a list
//! of attacks lost or gained when it was copied (`<;script>;`).

use memchr::{memchr, memmem};

/// Longer texts are read as they are.
const LONGEST: usize = 4096;

/// What browsers, programs or the copying of lists leave out, and what stands for a quote.
const WRITTEN: [(&[u8], &[u8]); 14] = [
    (b"\"\"", b"\""),
    (b"&lt", b"<"),
    (b"&gt", b">"),
    (b"\\0", b""),
    (b"\0", b""),
    (b"<;", b"<"),
    (b">;", b">"),
    (b"&;", b"&"),
    (b"\\\"", b"\""),
    (b"\\'", b"'"),
    ("\u{2018}".as_bytes(), b"'"),
    ("\u{2019}".as_bytes(), b"'"),
    ("\u{201c}".as_bytes(), b"\""),
    ("\u{201d}".as_bytes(), b"\""),
];

/// `lower` as a browser may read it in the end; nothing where that is the text itself, or no markup.
pub fn plain(lower: &[u8]) -> Option<Vec<u8>> {
    let is_short = lower.len() <= LONGEST
        && (memchr(b'<', lower).is_some() || memmem::find(lower, b"&lt").is_some());
    let is_written = || {
        WRITTEN
            .iter()
            .any(|row| memmem::find(lower, row.0).is_some())
    };
    if !is_short || !is_written() {
        return None;
    }
    let mut plain = Vec::with_capacity(lower.len());
    let mut rest = lower;
    let mut is_shown = false;
    while !rest.is_empty() {
        is_shown = match shows(rest) {
            Some(shows) => shows,
            None => is_shown,
        };
        let row = WRITTEN
            .iter()
            .find(|row| rest.starts_with(row.0) && !(is_shown && row.0.starts_with(b"&")));
        let (meant, length) = row.map_or((&rest[..1], 1), |row| (row.1, row.0.len()));
        plain.extend_from_slice(meant);
        rest = &rest[length..];
        let is_entity = row.is_some_and(|row| row.0.starts_with(b"&") && row.0.len() > 2);
        rest = rest
            .strip_prefix(b";")
            .filter(|_| is_entity)
            .unwrap_or(rest);
    }
    Some(plain)
}

/// Does `text` begin with a tag within which, or behind which, entities are shown as what they stand for: code?
fn shows(text: &[u8]) -> Option<bool> {
    let name = text.strip_prefix(b"<")?;
    let closes = name.starts_with(b"/");
    let name = name.strip_prefix(b"/").unwrap_or(name);
    let is_code = [&b"code"[..], b"pre"].iter().any(|code| {
        name.strip_prefix(*code)
            .is_some_and(|rest| rest.starts_with(b">") || rest.starts_with(b" "))
    });
    is_code.then_some(!closes)
}
