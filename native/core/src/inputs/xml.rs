//! The values of an XML or HTML text: what stands between its tags, and its attributes. Lenient, as a firewall must
//! be: what no parser would take is read as far as it goes.

use super::escapes::html_decoded;
use super::parts::{Part, Visit};
use super::path::Label;
use std::borrow::Cow;

/// Shows the values of a text that is markup; nothing where it is none.
pub(super) fn values(text: &[u8], visit: Visit<'_>) {
    let trimmed = text.trim_ascii();
    if !trimmed.starts_with(b"<") || !trimmed.ends_with(b">") {
        return;
    }
    let mut rest = trimmed;
    while let Some(start) = memchr::memchr(b'<', rest) {
        show_text(&rest[..start], visit);
        rest = &rest[start..];
        if let Some(inner) = rest.strip_prefix(b"<![CDATA[") {
            let end = memchr::memmem::find(inner, b"]]>").unwrap_or(inner.len());
            show(
                Cow::Borrowed(&inner[..end]),
                &|path| path.push_str("→xml"),
                visit,
            );
            rest = &inner[end..];
        } else if let Some(inner) = rest.strip_prefix(b"<!--") {
            rest = memchr::memmem::find(inner, b"-->").map_or(&[], |end| &inner[end + 3..]);
        } else {
            rest = tag(&rest[1..], visit);
        }
    }
    show_text(rest, visit);
}

/// Shows the attributes of a tag, and gives what is behind it.
fn tag<'a>(text: &'a [u8], visit: Visit<'_>) -> &'a [u8] {
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'>', b'"', b'\'', rest) {
        if rest[at] == b'>' {
            return &rest[at + 1..];
        }
        let value = &rest[at + 1..];
        let end = memchr::memchr(rest[at], value).unwrap_or(value.len());
        let name = name_before(&rest[..at]);
        if !name.is_empty() {
            let label: Label<'_> = &|path| {
                path.push_str("→xml@");
                path.push_str(&String::from_utf8_lossy(&name[..name.len().min(64)]));
            };
            show(plain(&value[..end]), label, visit);
        }
        rest = value.get(end + 1..).unwrap_or_default();
    }
    &[]
}

/// `name` of `… name =`.
fn name_before(text: &[u8]) -> &[u8] {
    let Some(text) = text.trim_ascii_end().strip_suffix(b"=") else {
        return &[];
    };
    let text = text.trim_ascii_end();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(byte);
    let start = text
        .iter()
        .rposition(|byte| !is_name(byte))
        .map_or(0, |at| at + 1);
    &text[start..]
}

fn show_text(text: &[u8], visit: Visit<'_>) {
    if !text.trim_ascii().is_empty() {
        show(
            plain(text.trim_ascii()),
            &|path| path.push_str("→xml"),
            visit,
        );
    }
}

fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    html_decoded(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn show(text: Cow<'_, [u8]>, label: Label<'_>, visit: Visit<'_>) {
    let is_covered = matches!(text, Cow::Borrowed(_));
    visit(&Part {
        is_covered,
        ..Part::new(text, label)
    });
}
