//! What code usually makes of a text before it uses it: decoded, or cut out.

use super::base64_runs::runs;
use super::charsets::{XML_IN_EBCDIC, ebcdic};
use super::compressed::Inflated;
use super::cuts::segments;
use super::encodings::{is_noise, percent_decoded, wide_text};
use super::escapes::{
    backslash_decoded, cookie_unquoted, html_decoded, nfkc, overlong_decoded, percent_u_decoded,
};
use super::form::{form, is_odd_key};
use super::hidden_bytes::{base64, globals};
use super::leaves::leaves;
use super::multipart::{self, Field};
use super::path::{Label, push_key};
use super::prefixed::behind_prefix;
use super::{encoded_words, graphql, xml, xml_joined};
use crate::signs::Signs;
use std::borrow::Cow;
use std::cell::Cell;

/// Texts longer than this are decoded whole, but not cut into segments: no path is so long.
const MOST_CUT_BYTES: usize = 16 << 10;
/// What a text of base64 may hold.
pub(super) const BASE64: Signs = Signs::DIGIT
    .or(Signs::FORWARD_SLASH)
    .or(Signs::PLUS)
    .or(Signs::EQUALS)
    .or(Signs::DASH)
    .or(Signs::LINE_BREAK);

/// A text that another one holds.
pub(super) struct Part<'a> {
    /// Borrowed where it is a slice of the whole.
    pub(super) text: Cow<'a, [u8]>,
    /// The slice of the whole that it was made of, where it is none itself.
    pub(super) source: Option<&'a [u8]>,
    /// Whether it stands in the whole as it is, so that who reads the whole has read it.
    pub(super) is_covered: bool,
    /// Whether it is the key of a value, not a value.
    pub(super) is_key: bool,
    /// Whether the pairs of a form in it were shown already.
    pub(super) is_cut: bool,
    /// Whether the whole holds more than was read of it.
    pub(super) is_cut_short: bool,
    /// Whether the whole was made to grow without end.
    pub(super) is_bomb: bool,
    /// Behind the path of the whole: `→$.q`.
    pub(super) label: Label<'a>,
}

impl<'a> Part<'a> {
    pub(super) fn new(text: impl Into<Cow<'a, [u8]>>, label: Label<'a>) -> Self {
        Self {
            text: text.into(),
            source: None,
            is_covered: false,
            is_key: false,
            is_cut: false,
            is_cut_short: false,
            is_bomb: false,
            label,
        }
    }

    /// One that stands in the whole as it is.
    pub(super) fn slice(text: &'a [u8], label: Label<'a>) -> Self {
        Self {
            is_covered: true,
            ..Self::new(text, label)
        }
    }
}

pub(super) type Visit<'v> = &'v mut dyn FnMut(&Part<'_>);

/// What to look for in a text.
pub(super) struct Wanted {
    /// Those that occur in it.
    pub(super) signs: Signs,
    /// Whether it is no text, so that no code takes values out of it.
    pub(super) is_binary: bool,
    /// The pairs of a form.
    pub(super) pairs: bool,
    /// What it held compressed.
    pub(super) inflated: Option<Inflated>,
    /// What looking for it cost beside what was paid for.
    pub(super) work: Cell<usize>,
}

/// The longest string of JSON that is read with its quotes, too.
const LONGEST_QUOTED: usize = 1 << 10;

/// Shows the texts that `text` holds, one layer deep. True where they are all of it.
pub(super) fn parts(text: &[u8], wanted: &Wanted, visit: Visit<'_>) -> bool {
    let signs = wanted.signs;
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    // `"-x-"` is a string to who reads JSON, and leaves one for who does not.
    let is_quoted = first == Some(&b'"') && text.len() <= LONGEST_QUOTED;
    if matches!(first, Some(b'{' | b'[' | b'"')) && leaves(text, visit) && !is_quoted {
        return true;
    }
    if wanted.is_binary || signs.has(Signs::LINE_BREAK.or(Signs::HIGH)) {
        globals(text, &wanted.work, visit);
    }
    if let Some((label, plain)) = wide_text(text) {
        decoded(plain, label, visit);
    }
    if text.starts_with(XML_IN_EBCDIC) {
        decoded(ebcdic(text), "→ebcdic", visit);
    }
    if let Some(inflated) = &wanted.inflated {
        visit(&Part {
            is_cut_short: inflated.is_cut_short,
            is_bomb: inflated.is_bomb,
            ..Part::new(&*inflated.content, &|path| path.push_str(inflated.label))
        });
    }
    let is_multipart = signs.has(Signs::DASH) && multipart(text, visit);
    if wanted.is_binary {
        return false;
    }
    if signs.has(Signs::HIGH) {
        other_alphabets(text, visit);
    }
    let is_base64 = signs.only(BASE64) && base64(text, &wanted.work, visit);
    if !signs.has_syntax() {
        return false;
    }
    behind_prefix(text, visit);
    if !is_base64 {
        runs(text, &wanted.work, visit);
    }
    spellings(text, signs, visit);
    if signs.has(Signs::EQUALS) {
        if signs.has(Signs::QUESTION) {
            if let Some(plain) = encoded_words::decoded(text) {
                decoded(plain, "→encoded-word", visit);
            }
        }
        // The headers of a part have pairs, too: those were read.
        if wanted.pairs && !is_multipart {
            form(text, visit);
        }
    }
    if signs.has(Signs::ANGLE) {
        xml::values(text, visit);
        xml_joined::joined(text, visit);
    }
    if signs.has(Signs::BRACE) && signs.has(Signs::DOUBLE_QUOTE) {
        graphql::strings(text, visit);
    }
    if text.len() <= MOST_CUT_BYTES && signs.has(Signs::FORWARD_SLASH) {
        segments(text, visit);
    }
    let trimmed = trimmed(text);
    if trimmed.len() < text.len() {
        let label: Label<'_> = &|path| path.push_str("→trimmed");
        visit(&Part::slice(trimmed, label));
    }
    false
}

/// The text behind a byte order mark, in UTF-8 that is not overlong, and in the form NFKC.
fn other_alphabets(text: &[u8], visit: Visit<'_>) {
    if let Some(rest) = text.strip_prefix(b"\xEF\xBB\xBF") {
        let label: Label<'_> = &|path| path.push_str("→utf-8");
        visit(&Part::slice(rest, label));
    }
    if let Some(plain) = overlong_decoded(text) {
        decoded(plain, "→overlong", visit);
    }
    if let Some((plain, is_cut_short)) = nfkc(text) {
        let label: Label<'_> = &|path| path.push_str("→nfkc");
        visit(&Part {
            is_cut_short,
            ..Part::new(plain, label)
        });
    }
}

/// The text with the spellings of single characters read.
fn spellings(text: &[u8], signs: Signs, visit: Visit<'_>) {
    let mut show = |plain: Option<Vec<u8>>, label| {
        if let Some(plain) = plain {
            decoded(plain, label, visit);
        }
    };
    if signs.has(Signs::PERCENT) {
        if let Some(plain) = percent_decoded(text) {
            show(replaced(&plain), "→url");
            show(Some(plain), "→url");
        }
        show(percent_u_decoded(text), "→url");
    }
    if signs.has(Signs::AMPERSAND) {
        show(html_decoded(text), "→html");
    }
    if signs.has(Signs::BACKSLASH) {
        show(backslash_decoded(text), "→unicode");
        show(cookie_unquoted(text), "→cookie");
    }
}

/// As Python's `str.strip` does: Unicode's blanks, and the four separators of ASCII.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_word(text.first()) && is_word(text.last()) {
        return text;
    }
    let is_blank =
        |character: char| character.is_whitespace() || ('\x1c'..='\x1f').contains(&character);
    std::str::from_utf8(text).map_or_else(
        |_| text.trim_ascii(),
        |text| text.trim_matches(is_blank).as_bytes(),
    )
}

pub(super) fn decoded(plain: Vec<u8>, label: &str, visit: Visit<'_>) {
    let label: Label<'_> = &|path| path.push_str(label);
    visit(&Part::new(plain, label));
}

/// Decoders put U+FFFD in the place of what is no UTF-8: then the text that code gets is another one.
fn replaced(plain: &[u8]) -> Option<Vec<u8>> {
    match String::from_utf8_lossy(plain) {
        Cow::Owned(replaced) => Some(replaced.into_bytes()),
        Cow::Borrowed(_) => None,
    }
}

pub(super) fn show_replaced(
    plain: &[u8],
    source: Option<&[u8]>,
    label: Label<'_>,
    visit: Visit<'_>,
) {
    if let Some(replaced) = replaced(plain) {
        visit(&Part {
            source,
            ..Part::new(replaced, label)
        });
    }
}

/// What lenient readers make of a text with a few bytes in it that are none: replaced, or left out.
pub(super) fn show_lenient(plain: &[u8], label: Label<'_>, visit: Visit<'_>) {
    if std::str::from_utf8(plain).is_err() && !is_noise(plain) {
        show_replaced(plain, None, label, visit);
        let kept: Vec<&str> = plain.utf8_chunks().map(|chunk| chunk.valid()).collect();
        visit(&Part::new(kept.concat().into_bytes(), label));
    }
}

/// The fields of a multipart form, names that hold what names usually don't, and the names of its files. Whether the text begins as such a form does.
fn multipart(text: &[u8], visit: Visit<'_>) -> bool {
    let mut has_fields = false;
    multipart::read(text, &mut |field: &Field<'_>| {
        has_fields = true;
        let label: Label<'_> = &|path| {
            path.push_str("→multipart.");
            push_key(path, &field.name);
        };
        for content in &field.contents {
            visit(&Part {
                source: field.contents.first().map(|content| &**content),
                ..Part::new(&**content, label)
            });
        }
        for name in field.names.iter().filter(|name| is_odd_key(name)) {
            visit(&Part {
                is_key: true,
                ..Part::new(&name[..], &|path| {
                    label(path);
                    path.push_str("#key");
                })
            });
        }
        let label: Label<'_> = &|path| {
            label(path);
            path.push_str("#filename");
        };
        for file_name in &field.file_names {
            let at = memchr::memmem::find(text, file_name);
            visit(&Part {
                source: at.map(|at| &text[at..at + file_name.len()]),
                ..Part::new(&file_name[..], label)
            });
        }
    });
    has_fields && text.starts_with(b"--")
}
