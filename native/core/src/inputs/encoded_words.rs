//! Words of mail headers in other alphabets (RFC 2047): `=?utf-8?B?JyBPUg==?=`.

use super::encodings::hex_decoded;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::borrow::Cow;

const START: &[u8] = b"=?";

/// The text with its encoded words read; none where there is none.
pub(super) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let mut rest = text;
    let mut is_behind_word = false;
    while let Some(at) = memchr::memmem::find(rest, START) {
        let (before, from) = rest.split_at(at);
        // Blanks between two words are not meant.
        if !(is_behind_word && before.trim_ascii().is_empty()) {
            plain.extend_from_slice(before);
        }
        match word(&from[START.len()..]) {
            Some((letters, behind)) => {
                plain.extend_from_slice(&letters);
                (rest, is_behind_word) = (behind, true);
            }
            None => {
                plain.extend_from_slice(START);
                (rest, is_behind_word) = (&from[START.len()..], false);
            }
        }
    }
    plain.extend_from_slice(rest);
    (plain != text).then_some(plain)
}

/// What a word says, and what is behind it. Each part ends at the next `?`, so that no byte is asked twice.
fn word(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (alphabet, rest) = until_mark(text)?;
    let (encoding, rest) = until_mark(rest)?;
    let (letters, rest) = until_mark(rest)?;
    let behind = rest.strip_prefix(b"=")?;
    let bytes = match encoding {
        b"B" | b"b" => {
            let end = letters.trim_ascii_end();
            let length = end.iter().rposition(|byte| *byte != b'=')? + 1;
            STANDARD_NO_PAD.decode(&end[..length]).ok()?
        }
        b"Q" | b"q" => {
            let blank = |byte: &u8| if *byte == b'_' { b' ' } else { *byte };
            let spaced: Vec<u8> = letters.iter().map(blank).collect();
            hex_decoded(&spaced, b'=').unwrap_or(spaced)
        }
        _ => return None,
    };
    Some((in_utf8(&bytes, alphabet).into_owned(), behind))
}

fn until_mark(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'?', text)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Latin-1 has one byte a character; all other alphabets share ASCII with UTF-8.
fn in_utf8<'a>(bytes: &'a [u8], alphabet: &[u8]) -> Cow<'a, [u8]> {
    let alphabet = alphabet.to_ascii_lowercase();
    if alphabet.starts_with(b"iso-8859-") || alphabet.starts_with(b"windows-125") {
        let text: String = bytes.iter().copied().map(char::from).collect();
        return Cow::Owned(text.into_bytes());
    }
    Cow::Borrowed(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_read() {
        let rows: [(&str, Option<&str>); 11] = [
            ("=?utf-8?B?JyBPUiAn?=", Some("' OR '")),
            ("=?UTF-8?q?a=27_b?= c", Some("a' b c")),
            ("Re: =?iso-8859-1?Q?caf=E9?=", Some("Re: café")),
            (
                "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?= =?utf-8?Q?c?= d",
                Some("abc d"),
            ),
            ("=?utf-8?B?w6k?=", Some("é")),
            ("=?utf-8*en?Q?x=27?=", Some("x'")),
            ("a=?b", None),
            ("=?utf-8?X?abc?=", None),
            ("=?utf-8?B?***?=", None),
            ("=?utf-8?Q?open", None),
            ("?q=1?=2", None),
        ];
        for (text, expected) in rows {
            let found = decoded(text.as_bytes()).map(|plain| String::from_utf8(plain).unwrap());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn words_that_never_end_are_read_in_a_moment() {
        let text = "=?a?B?x".repeat(200_000);
        assert_eq!(decoded(text.as_bytes()), None);
    }
}
