//! Spellings of single characters that code, browsers and interpreters read as the character itself.

use crate::hex;
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Characters of HTML by name (WHATWG, Named character references): those of a syntax.
const NAMED: [(&[u8], u8); 38] = [
    (b"amp", b'&'),
    (b"apos", b'\''),
    (b"ast", b'*'),
    (b"bsol", b'\\'),
    (b"colon", b':'),
    (b"comma", b','),
    (b"commat", b'@'),
    (b"dollar", b'$'),
    (b"equals", b'='),
    (b"excl", b'!'),
    (b"grave", b'`'),
    (b"gt", b'>'),
    (b"hat", b'^'),
    (b"lbrace", b'{'),
    (b"lbrack", b'['),
    (b"lcub", b'{'),
    (b"lowbar", b'_'),
    (b"lpar", b'('),
    (b"lsqb", b'['),
    (b"lt", b'<'),
    (b"midast", b'*'),
    (b"nbsp", b' '),
    (b"newline", b'\n'),
    (b"num", b'#'),
    (b"percnt", b'%'),
    (b"period", b'.'),
    (b"plus", b'+'),
    (b"quest", b'?'),
    (b"quot", b'"'),
    (b"rbrace", b'}'),
    (b"rbrack", b']'),
    (b"rcub", b'}'),
    (b"rpar", b')'),
    (b"rsqb", b']'),
    (b"semi", b';'),
    (b"sol", b'/'),
    (b"tab", b'\t'),
    (b"vert", b'|'),
];
/// Bytes of the longest reference: `&#x0000000041;`.
const LONGEST: usize = 16;

/// The text without HTML's character references; none where there is none.
pub(super) fn html_decoded(text: &[u8]) -> Option<Vec<u8>> {
    replaced(text, b'&', |rest| {
        let rest = &rest[1..rest.len().min(LONGEST)];
        if let Some(number) = rest.strip_prefix(b"#") {
            let (radix, digits) = match number {
                [b'x' | b'X', digits @ ..] => (16, digits),
                digits => (10, digits),
            };
            let (code, length) = number_at(digits, radix, usize::MAX)?;
            let before = rest.len() - digits.len() + length;
            let end = before + usize::from(rest.get(before) == Some(&b';'));
            return Some((char::from_u32(code)?, 1 + end));
        }
        let end = memchr::memchr(b';', rest)?;
        let name = rest[..end].to_ascii_lowercase();
        let row = NAMED
            .binary_search_by_key(&name.as_slice(), |row| row.0)
            .ok()?;
        Some((char::from(NAMED[row].1), end + 2))
    })
}

/// The text without `\u0027`, `\x27`, `\u{27}`; none where there is none.
pub(super) fn backslash_decoded(text: &[u8]) -> Option<Vec<u8>> {
    replaced(text, b'\\', |rest| match rest {
        [_, b'u', b'{', digits @ ..] => {
            let (code, length) = number_at(digits, 16, 6)?;
            (digits.get(length) == Some(&b'}')).then_some(())?;
            Some((char::from_u32(code)?, length + 4))
        }
        [_, b'u', digits @ ..] => exactly(digits, 4).map(|character| (character, 6)),
        [_, b'x', digits @ ..] => exactly(digits, 2).map(|character| (character, 4)),
        _ => None,
    })
}

/// The text in a quoted cookie, as Python writes it: `"\047 or"`; none where it has no escape.
pub(super) fn cookie_unquoted(text: &[u8]) -> Option<Vec<u8>> {
    let inner = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    replaced(inner, b'\\', |rest| match rest {
        [
            _,
            high @ b'0'..=b'3',
            middle @ b'0'..=b'7',
            low @ b'0'..=b'7',
            ..,
        ] => {
            let digits = [high, middle, low].into_iter();
            let code = digits.fold(0, |code, digit| code << 3 | (digit - b'0'));
            Some((char::from(code), 4))
        }
        [_, sign @ (b'"' | b'\\'), ..] => Some((char::from(*sign), 2)),
        _ => None,
    })
}

/// The text without `%u0027`, as some servers take it; none where there is none.
pub(super) fn percent_u_decoded(text: &[u8]) -> Option<Vec<u8>> {
    replaced(text, b'%', |rest| match rest {
        [_, b'u' | b'U', digits @ ..] => exactly(digits, 4).map(|character| (character, 6)),
        _ => None,
    })
}

/// The text with ASCII in place of its overlong forms in UTF-8 (`C0 AE` for a dot); none where there is none.
pub(super) fn overlong_decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr3(0xC0, 0xC1, 0xE0, text)?;
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let (byte, length) = match rest {
            [0xC0 | 0xC1, last, ..] => (first << 6 | last & 0x3F, 2),
            [0xE0, 0x80 | 0x81, last @ 0x80..=0xBF, ..] => (rest[1] << 6 | last & 0x3F, 3),
            _ => (*first, 1),
        };
        plain.push(byte & if length > 1 { 0x7F } else { 0xFF });
        rest = if length > 1 { &rest[length..] } else { tail };
    }
    (plain.len() < text.len()).then_some(plain)
}

/// The text in Unicode's form NFKC (UAX #15), in which `＜` is `<`; none where that adds no ASCII. Of a text that grows
/// by that (one character may become eighteen) no more than two characters a byte are read: whether that cut it short.
pub(super) fn nfkc(text: &[u8]) -> Option<(Vec<u8>, bool)> {
    let text = std::str::from_utf8(text).ok()?;
    if text.is_ascii() || is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        return None;
    }
    let mut characters = text.nfkc();
    let normal: String = characters.by_ref().take(2 * text.len()).collect();
    let is_cut_short = characters.next().is_some();
    let ascii = |text: &str| text.bytes().filter(u8::is_ascii_graphic).count();
    (ascii(&normal) > ascii(text) || is_cut_short).then(|| (normal.into_bytes(), is_cut_short))
}

/// The text with each spelling that begins with `sign` and that `read` knows replaced by its character; `read` gives
/// that and the spelling's length. Borrows nothing and reads each byte once.
fn replaced(
    text: &[u8],
    sign: u8,
    read: impl Fn(&[u8]) -> Option<(char, usize)>,
) -> Option<Vec<u8>> {
    let mut plain: Cow<'_, [u8]> = Cow::Borrowed(&[]);
    let mut from = 0;
    for at in memchr::memchr_iter(sign, text) {
        if at < from {
            continue;
        }
        let Some((character, length)) = read(&text[at..]) else {
            continue;
        };
        let plain = plain.to_mut();
        plain.extend_from_slice(&text[from..at]);
        plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        from = at + length;
    }
    if from == 0 {
        return None;
    }
    let mut plain = plain.into_owned();
    plain.extend_from_slice(&text[from..]);
    Some(plain)
}

fn exactly(digits: &[u8], length: usize) -> Option<char> {
    char::from_u32(hex::number(digits.get(..length)?)?)
}

/// The number at the start of `text`, and how many digits it has, at most `most`.
fn number_at(text: &[u8], radix: u32, most: usize) -> Option<(u32, usize)> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let length = text.iter().take(most).take_while(is_digit).count();
    let digits = std::str::from_utf8(&text[..length]).ok()?;
    Some((u32::from_str_radix(digits, radix).ok()?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Decode = fn(&[u8]) -> Option<Vec<u8>>;

    fn whole_nfkc(text: &[u8]) -> Option<Vec<u8>> {
        nfkc(text).map(|(normal, is_cut_short)| {
            assert!(!is_cut_short);
            normal
        })
    }

    #[test]
    fn a_text_that_grows_is_cut_short() {
        let (normal, is_cut_short) = nfkc("\u{fdfa}".repeat(100).as_bytes()).unwrap();
        assert!(is_cut_short && String::from_utf8(normal).unwrap().chars().count() == 600);
    }

    #[test]
    fn each_spelling_is_read() {
        let rows: [(Decode, &[u8], Option<&str>); 25] = [
            (html_decoded, b"&lt;b&gt;", Some("<b>")),
            (html_decoded, b"&LT;x", Some("<x")),
            (html_decoded, b"a&#39;b&#x27g&#0000039;", Some("a'b'g'")),
            (
                html_decoded,
                b"java&Tab;script&colon;x",
                Some("java\tscript:x"),
            ),
            (html_decoded, b"a & b; c&d=e;f", None),
            (html_decoded, b"&#xD800;&#;&", None),
            (html_decoded, b"&amp;lt;", Some("&lt;")),
            (backslash_decoded, b"\\u003cb\\x3e\\u{27}", Some("<b>'")),
            (backslash_decoded, b"C:\\users\\x", None),
            (backslash_decoded, b"\\ud83d\\u{zz}\\u{41", None),
            (cookie_unquoted, b"\"\\047 or \\\"1\"", Some("' or \"1")),
            (cookie_unquoted, b"\"a or b\"", None),
            (cookie_unquoted, b"\\047", None),
            (percent_u_decoded, b"%u0027%uff1c", Some("'\u{ff1c}")),
            (percent_u_decoded, b"100%up", None),
            (
                overlong_decoded,
                b"\xC0\xAE\xC0\xAE\xC0\xAFetc",
                Some("../etc"),
            ),
            (overlong_decoded, b"\xE0\x80\xAE.", Some("..")),
            (overlong_decoded, "é".as_bytes(), None),
            (overlong_decoded, "\u{e00}ก".as_bytes(), None),
            (overlong_decoded, b"x\xC0", None),
            (whole_nfkc, "＜script＞".as_bytes(), Some("<script>")),
            (whole_nfkc, "ʼ or 1".as_bytes(), None),
            (whole_nfkc, "日本語 ガ".as_bytes(), None),
            (whole_nfkc, "½".as_bytes(), Some("1\u{2044}2")),
            (whole_nfkc, b"plain", None),
        ];
        for (decode, text, expected) in rows {
            let found = decode(text).map(|text| String::from_utf8_lossy(&text).into_owned());
            assert_eq!(
                found.as_deref(),
                expected,
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }

    #[test]
    fn the_names_are_in_order() {
        assert!(NAMED.is_sorted_by_key(|row| row.0));
    }
}
