//! What code cuts out of a text: the parts of a token, the segments of a path.

use super::encodings::base64_text;
use super::parts::{Part, Visit};
use super::path::Label;
use std::fmt::Write;

/// A JSON web token (RFC 7519), alone or behind `Bearer`: its header and its claims.
pub(super) fn token(text: &[u8], visit: Visit<'_>) {
    let start = memchr::memrchr(b' ', text).map_or(0, |at| at + 1);
    let token = &text[start..];
    if !token.starts_with(b"eyJ") {
        return;
    }
    for (part, label) in token
        .split(|byte| *byte == b'.')
        .zip(["→jwt.header", "→jwt.claims"])
    {
        if let Some(plain) = base64_text(part) {
            let label: Label<'_> = &|path| path.push_str(label);
            visit(&Part {
                source: Some(part),
                ..Part::new(plain, label)
            });
        }
    }
}

/// `/orders/x'--/items`: what code takes out of a path.
pub(super) fn segments(text: &[u8], visit: Visit<'_>) {
    // Markup has slashes, too.
    if text.trim_ascii_start().starts_with(b"<") {
        return;
    }
    let end = memchr::memchr(b'?', text).unwrap_or(text.len());
    let segments = text[..end].split(|byte| *byte == b'/').enumerate();
    for (at, segment) in segments {
        let is_plain = segment
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if is_plain || segment.len() == text.len() {
            continue;
        }
        let label: Label<'_> = &|path| {
            let _ = write!(path, "→segment[{at}]"); // writing to a String cannot fail
        };
        visit(&Part::slice(segment, label));
    }
}
