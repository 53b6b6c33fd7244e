//! Styles that run script or load another style.

use memchr::memmem;

use super::html::Tag;
use super::markup::LONGEST_CODE;
use super::rule::Rule;
use super::rules::cross_site_scripting as rules;

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
    MARKS
        .iter()
        .any(|mark| memmem::find(&plain, mark).is_some())
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
    let imports = body.trim_ascii_start().starts_with(b"@im") && text.len() < 512;
    let is_script = tag
        .value(b"type")
        .is_some_and(|kind| memmem::find(kind, b"script").is_some());
    (imports || is_script || runs_style(body)).then_some(&rules::RUNNING_STYLE)
}
