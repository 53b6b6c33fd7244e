//! What code cuts out of a text: the segments of a path.

use super::parts::{Part, Visit};
use super::path::Label;
use std::fmt::Write;

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
