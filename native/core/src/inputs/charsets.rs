//! Bodies in an alphabet that their header names and in which ASCII is not ASCII.
//!
//! Sees:         EBCDIC (IBM037; others of its kind differ in a few signs), UTF-7 (RFC 2152); EBCDIC also by how a
//!               document of XML begins (XML 1.0, appendix F)
//! Does not see: alphabets that a multipart field or a mail names; those of Shift JIS's kind, in which signs of ASCII
//!               are halves of characters

use super::encodings::percent_decoded;
use crate::serialized::sextet;

/// An alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Ebcdic,
    Utf7,
}

const EBCDIC: [&[u8]; 10] = [
    b"ibm037",
    b"cp037",
    b"ibm-037",
    b"ebcdic-cp-us",
    b"ibm500",
    b"cp500",
    b"ibm1047",
    b"cp1047",
    b"ibm01140",
    b"cp1140",
];
const UTF_7: [&[u8]; 4] = [b"utf-7", b"utf7", b"unicode-1-1-utf-7", b"csutf7"];

/// How a document of XML begins in EBCDIC.
pub(super) const XML_IN_EBCDIC: &[u8] = b"\x4C\x6F\xA7\x94\x93";

/// What each byte of IBM037 is in Latin-1.
#[rustfmt::skip]
static LATIN: [u8; 256] = [
    0x00, 0x01, 0x02, 0x03, 0x9C, 0x09, 0x86, 0x7F, 0x97, 0x8D, 0x8E, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
    0x10, 0x11, 0x12, 0x13, 0x9D, 0x85, 0x08, 0x87, 0x18, 0x19, 0x92, 0x8F, 0x1C, 0x1D, 0x1E, 0x1F,
    0x80, 0x81, 0x82, 0x83, 0x84, 0x0A, 0x17, 0x1B, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x05, 0x06, 0x07,
    0x90, 0x91, 0x16, 0x93, 0x94, 0x95, 0x96, 0x04, 0x98, 0x99, 0x9A, 0x9B, 0x14, 0x15, 0x9E, 0x1A,
    0x20, 0xA0, 0xE2, 0xE4, 0xE0, 0xE1, 0xE3, 0xE5, 0xE7, 0xF1, 0xA2, 0x2E, 0x3C, 0x28, 0x2B, 0x7C,
    0x26, 0xE9, 0xEA, 0xEB, 0xE8, 0xED, 0xEE, 0xEF, 0xEC, 0xDF, 0x21, 0x24, 0x2A, 0x29, 0x3B, 0xAC,
    0x2D, 0x2F, 0xC2, 0xC4, 0xC0, 0xC1, 0xC3, 0xC5, 0xC7, 0xD1, 0xA6, 0x2C, 0x25, 0x5F, 0x3E, 0x3F,
    0xF8, 0xC9, 0xCA, 0xCB, 0xC8, 0xCD, 0xCE, 0xCF, 0xCC, 0x60, 0x3A, 0x23, 0x40, 0x27, 0x3D, 0x22,
    0xD8, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xAB, 0xBB, 0xF0, 0xFD, 0xFE, 0xB1,
    0xB0, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70, 0x71, 0x72, 0xAA, 0xBA, 0xE6, 0xB8, 0xC6, 0xA4,
    0xB5, 0x7E, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0xA1, 0xBF, 0xD0, 0xDD, 0xDE, 0xAE,
    0x5E, 0xA3, 0xA5, 0xB7, 0xA9, 0xA7, 0xB6, 0xBC, 0xBD, 0xBE, 0x5B, 0x5D, 0xAF, 0xA8, 0xB4, 0xD7,
    0x7B, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0xAD, 0xF4, 0xF6, 0xF2, 0xF3, 0xF5,
    0x7D, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F, 0x50, 0x51, 0x52, 0xB9, 0xFB, 0xFC, 0xF9, 0xFA, 0xFF,
    0x5C, 0xF7, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0xB2, 0xD4, 0xD6, 0xD2, 0xD3, 0xD5,
    0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0xB3, 0xDB, 0xDC, 0xD9, 0xDA, 0x9F,
];

impl Charset {
    /// The one that the value of a `Content-Type` names; none where it names none of these.
    pub(super) fn of_type(value: &[u8]) -> Option<Self> {
        let lower = value.to_ascii_lowercase();
        let start = memchr::memmem::find(&lower, b"charset=")? + b"charset=".len();
        let name = lower[start..].split(|byte| *byte == b';').next()?;
        let name = name.trim_ascii();
        let name = name.strip_prefix(b"\"").unwrap_or(name);
        let name = name.strip_suffix(b"\"").unwrap_or(name);
        if EBCDIC.contains(&name) {
            return Some(Self::Ebcdic);
        }
        UTF_7.contains(&name).then_some(Self::Utf7)
    }

    /// The text in UTF-8.
    pub(super) fn decoded(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Ebcdic => ebcdic(bytes),
            Self::Utf7 => utf_7(bytes),
        }
    }

    /// The values of a form, each read in this alphabet after its percent signs.
    pub(super) fn values(self, text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        text.split(|byte| *byte == b'&').filter_map(move |pair| {
            let equals = memchr::memchr(b'=', pair)?;
            Some(self.decoded(&percent_decoded(&pair[equals + 1..])?))
        })
    }
}

/// The text of EBCDIC.
pub(super) fn ebcdic(bytes: &[u8]) -> Vec<u8> {
    let latin = bytes
        .iter()
        .map(|byte| char::from(LATIN[usize::from(*byte)]));
    latin.collect::<String>().into_bytes()
}

fn utf_7(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        plain.extend_from_slice(&rest[..at]);
        let inner = &rest[at + 1..];
        let is_letter = |byte: &&u8| **byte != b'-' && **byte != b'_' && sextet(**byte).is_some();
        let length = inner.iter().take_while(is_letter).count();
        if length == 0 {
            plain.push(b'+');
        }
        plain.extend_from_slice(in_utf_16(&inner[..length]).as_bytes());
        rest = &inner[length..];
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    plain.extend_from_slice(rest);
    plain
}

fn in_utf_16(letters: &[u8]) -> String {
    let (mut bits, mut count, mut units) = (0u32, 0, Vec::new());
    for six in letters.iter().filter_map(|byte| sextet(*byte)) {
        bits = bits << 6 | six;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push((bits >> count & 0xFFFF) as u16);
        }
    }
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charset_is_known_by_its_names() {
        let rows = [
            ("text/xml; charset=IBM037", Some(Charset::Ebcdic)),
            ("text/xml;charset=\"cp500\"; x=y", Some(Charset::Ebcdic)),
            ("text/html; charset=utf-7", Some(Charset::Utf7)),
            ("application/json; charset=utf-8", None),
            ("application/json", None),
        ];
        for (value, expected) in rows {
            assert_eq!(Charset::of_type(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn a_text_is_read_in_its_alphabet() {
        let rows: [(Charset, &[u8], &str); 4] = [
            (
                Charset::Ebcdic,
                b"\x7D\x40\x96\x99\x40\xF1\x7E\xF1",
                "' or 1=1",
            ),
            (Charset::Utf7, b"+ADw-script+AD4 a+-b+", "<script> a+b+"),
            (Charset::Utf7, b"1 +AGEAYg-c", "1 abc"),
            (Charset::Utf7, b"plain", "plain"),
        ];
        for (charset, bytes, expected) in rows {
            assert_eq!(String::from_utf8_lossy(&charset.decoded(bytes)), expected);
        }
        let values: Vec<_> = Charset::Ebcdic.values(b"%98=%7D%40%96&b=c").collect();
        assert_eq!(values, [b"' o"]);
    }
}
