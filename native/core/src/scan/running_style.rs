//! Styles that run script or load another style.

use memchr::memmem;

use super::embeds::is_known_style;
use super::html::Tag;
use super::markup::LONGEST_CODE;
use super::rule::Rule;
use super::rules::cross_site_scripting as rules;

/// What Word writes into each mail: it draws, and is built in.
const OF_OFFICE: &[u8] = b"behavior:url(#default#vml";

/// Is this a style that runs script, comments and backslashes left out?
pub fn runs_style(style: &[u8]) -> bool {
    const MARKS: [&[u8]; 8] = [
        b"behaviour:",
        b"binding:url(",
        b"expression(",
        b"javascript:",
        b"vbscript:",
        b"-moz-binding",
        b"behavior:",
        b"ression(",
    ];
    let mut plain = Vec::with_capacity(style.len());
    let mut rest = style;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'/' && tail.starts_with(b"*") {
            let end = memmem::find(&tail[1..], b"*/").map_or(tail.len(), |end| end + 3);
            rest = &tail[end..];
        } else if *first == b'\\' {
            let (byte, length) = style_escape(tail);
            plain.extend(byte);
            rest = &tail[length..];
        } else if *first > b' ' {
            plain.push(*first);
        }
    }
    let is_foreign = |at: usize| !plain[at..].starts_with(OF_OFFICE);
    MARKS
        .iter()
        .any(|mark| memmem::find_iter(&plain, mark).any(is_foreign))
}

/// `\6a` is a `j`, to browsers; a single digit may as well be a letter that is only marked.
fn style_escape(text: &[u8]) -> (Option<u8>, usize) {
    let is_digit = |byte: &&u8| byte.is_ascii_hexdigit();
    let length = text.iter().take(6).take_while(is_digit).count();
    let digits = std::str::from_utf8(&text[..length]).ok();
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let byte = value.and_then(|value| u8::try_from(value).ok());
    match byte {
        Some(byte) if length > 1 && byte.is_ascii_graphic() => {
            (Some(byte.to_ascii_lowercase()), length)
        }
        _ => (None, 0),
    }
}

/// What a style element does that an attack would.
pub fn style(text: &[u8], tag: &Tag) -> Option<&'static Rule> {
    if tag.name != b"style" || tag.closes {
        return None;
    }
    let after = &text[tag.end..text.len().min(tag.end + LONGEST_CODE)];
    let body = &after[..memmem::find(after, b"</style").unwrap_or(after.len())];
    let imports = text.len() < 512 && imports_foreign(body);
    let is_script = tag
        .value(b"type")
        .is_some_and(|kind| memmem::find(kind, b"script").is_some());
    (imports || is_script || runs_style(body)).then_some(&rules::RUNNING_STYLE)
}

/// `@import url('https://a.example/x.css')`; fonts are nobody's own.
fn imports_foreign(style: &[u8]) -> bool {
    let Some(rest) = style.trim_ascii_start().strip_prefix(b"@im") else {
        return false;
    };
    let rest = rest.strip_prefix(b"port").unwrap_or_default().trim_ascii();
    let rest = rest.strip_prefix(b"url(").unwrap_or(rest);
    let rest = rest.strip_prefix(b"'").unwrap_or(rest);
    !is_known_style(rest.strip_prefix(b"\"").unwrap_or(rest))
}
