//! The values of an XML or HTML text: what stands between its tags, and its attributes. Lenient, as a firewall must
//! be: what no parser would take is read as far as it goes.

use super::escapes::html_decoded;
use super::parts::{Part, Visit};
use super::path::Label;
use std::borrow::Cow;

/// Shows the values of a text that is markup; nothing where it is none.
pub(super) fn values(text: &[u8], visit: Visit<'_>) {
    let trimmed = text.trim_ascii();
    if !trimmed.starts_with(b"<") {
        return;
    }
    let is_data = is_data(trimmed);
    let is_cut_short = is_data && memchr::memmem::find(trimmed, b"</").is_some();
    if !trimmed.ends_with(b">") && !is_cut_short {
        return;
    }
    let mut rest = trimmed;
    let mut is_shown = false;
    while let Some(start) = memchr::memchr(b'<', rest) {
        if !is_shown {
            show_text(&rest[..start], is_data, visit);
        }
        rest = &rest[start..];
        is_shown = !is_data && is_code(rest);
        if let Some(inner) = rest.strip_prefix(b"<![CDATA[") {
            let end = memchr::memmem::find(inner, b"]]>").unwrap_or(inner.len());
            show(
                (Cow::Borrowed(&inner[..end]), &inner[..end]),
                &|path| path.push_str("→xml"),
                is_data,
                visit,
            );
            rest = inner.get(end + 3..).unwrap_or_default();
        } else if let Some(inner) = rest.strip_prefix(b"<!--") {
            rest = memchr::memmem::find(inner, b"-->").map_or(&[], |end| &inner[end + 3..]);
        } else {
            rest = tag(&rest[1..], visit);
        }
    }
    show_text(rest, is_data, visit);
}

/// Does a tag begin here by which a page shows code? Its entities stand for what is read, not for what is done.
fn is_code(text: &[u8]) -> bool {
    [&b"<code"[..], b"<pre"].iter().any(|tag| {
        let name = text.get(..tag.len());
        name.is_some_and(|name| name.eq_ignore_ascii_case(tag))
            && matches!(text.get(tag.len()), Some(b'>' | b' '))
    })
}

/// The longest value of data that is read once more by itself.
const LONGEST_VALUE: usize = 512;

/// Elements with which a page, or a part of one, begins.
const OF_PAGES: [&[u8]; 86] = [
    b"a",
    b"abbr",
    b"address",
    b"applet",
    b"area",
    b"article",
    b"aside",
    b"audio",
    b"b",
    b"base",
    b"bdo",
    b"big",
    b"blink",
    b"blockquote",
    b"body",
    b"br",
    b"button",
    b"canvas",
    b"center",
    b"code",
    b"dd",
    b"details",
    b"dialog",
    b"div",
    b"dl",
    b"dt",
    b"em",
    b"embed",
    b"fieldset",
    b"figure",
    b"font",
    b"footer",
    b"form",
    b"frame",
    b"frameset",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"head",
    b"header",
    b"hr",
    b"html",
    b"i",
    b"iframe",
    b"image",
    b"img",
    b"input",
    b"isindex",
    b"label",
    b"li",
    b"link",
    b"main",
    b"marquee",
    b"math",
    b"meta",
    b"nav",
    b"object",
    b"ol",
    b"option",
    b"p",
    b"param",
    b"pre",
    b"s",
    b"script",
    b"section",
    b"select",
    b"small",
    b"span",
    b"strong",
    b"style",
    b"sub",
    b"summary",
    b"sup",
    b"svg",
    b"table",
    b"td",
    b"template",
    b"textarea",
    b"title",
    b"tr",
    b"u",
    b"ul",
    b"video",
];

/// Is it data, not a page? Then what a value tells as a whole is not read in the document: `<id>1 or 1=1</id>`.
fn is_data(text: &[u8]) -> bool {
    let rest = &text[1..text.len().min(64)];
    if rest.starts_with(b"?") {
        return !rest[1..].starts_with(b"php") && !rest[1..].starts_with(b"=");
    }
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b":_-.".contains(byte);
    let length = rest.iter().take_while(|byte| is_of_name(byte)).count();
    let name = rest[..length].to_ascii_lowercase();
    let is_ended = rest
        .get(length)
        .is_some_and(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
    name.first().is_some_and(u8::is_ascii_alphabetic) && is_ended && !OF_PAGES.contains(&&name[..])
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
            show(plain(&value[..end]), label, false, visit);
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

fn show_text(text: &[u8], is_data: bool, visit: Visit<'_>) {
    if !text.trim_ascii().is_empty() {
        show(
            plain(text.trim_ascii()),
            &|path| path.push_str("→xml"),
            is_data,
            visit,
        );
    }
}

/// A value, and how it is written.
fn plain(text: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let plain = html_decoded(text).map_or(Cow::Borrowed(text), Cow::Owned);
    (plain, text)
}

fn show((text, source): (Cow<'_, [u8]>, &[u8]), label: Label<'_>, is_data: bool, visit: Visit<'_>) {
    let is_read_again = is_data && text.len() <= LONGEST_VALUE;
    let is_covered = matches!(text, Cow::Borrowed(_)) && !is_read_again;
    visit(&Part {
        is_covered,
        source: Some(source),
        ..Part::new(text, label)
    });
}
