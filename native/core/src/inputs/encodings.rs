//! Text in forms that code usually decodes.

use super::compressed::is_compressed;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use std::borrow::Cow;

/// As most decoders read base64: bits behind the last byte are ignored.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// The text without `%XX`; none where there is none.
#[must_use]
pub fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let hex = |offset: usize| (*text.get(at + offset)? as char).to_digit(16);
        match (text[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    (out != text).then_some(out)
}

/// The text, plain or compressed, that base64 hides; none where it is no base64, or of something that is no text.
pub(super) fn base64_text(text: &[u8]) -> Option<Vec<u8>> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    if text.len() < 4 || !may_hide_text(text) || !text.iter().all(is_base64) {
        return None;
    }
    // RFC 2045 breaks lines.
    let unbroken: Vec<u8>;
    let text = if memchr::memchr2(b'\n', b'\r', text).is_some() {
        unbroken = text
            .iter()
            .copied()
            .filter(|byte| !b"\r\n".contains(byte))
            .collect();
        &unbroken
    } else {
        text
    };
    let end = text.iter().rposition(|byte| *byte != b'=')? + 1;
    let url_safe: Cow<'_, [u8]> = if memchr::memchr2(b'+', b'/', text).is_some() {
        text[..end]
            .iter()
            .map(|byte| match byte {
                b'+' => b'-',
                b'/' => b'_',
                other => *other,
            })
            .collect()
    } else {
        Cow::Borrowed(&text[..end])
    };
    let plain = LENIENT.decode(url_safe).ok()?;
    (is_text(&plain) || is_compressed(&plain)).then_some(plain)
}

/// UTF-8 with few control characters.
fn is_text(plain: &[u8]) -> bool {
    std::str::from_utf8(plain).is_ok_and(|text| {
        let is_odd = |character: &char| character.is_control() && !"\n\r\t".contains(*character);
        text.chars().filter(is_odd).count() * 4 <= text.len()
    })
}

/// The text that UTF-16 hides, with a mark of its byte order or plainly Latin, as `json.loads` takes it.
pub(super) fn utf16_text(bytes: &[u8]) -> Option<Vec<u8>> {
    let (is_big, rest) = match bytes {
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        [0, 1..=255, 0, 1..=255, ..] => (true, bytes),
        [1..=255, 0, 1..=255, 0, ..] => (false, bytes),
        _ => return None,
    };
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if is_big {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    };
    let units: Vec<u16> = rest.chunks_exact(2).map(unit).collect();
    Some(String::from_utf16_lossy(&units).into_bytes())
}

/// Whether the first six bytes that base64 hides may be text: those of most words are not.
fn may_hide_text(text: &[u8]) -> bool {
    if text.starts_with(b"H4sI") || text.starts_with(b"eJ") || text.starts_with(b"eN") {
        return true; // gzip, zlib
    }
    let mut plain = [0; 6];
    for (four, three) in text.chunks_exact(4).zip(plain.chunks_exact_mut(3)) {
        let Some(bits) = four
            .iter()
            .try_fold(0, |bits, byte| Some(bits << 6 | sextet(*byte)?))
        else {
            return true; // a line break; or no base64, as will be seen
        };
        three.copy_from_slice(&u32::to_be_bytes(bits)[1..]);
    }
    !std::str::from_utf8(&plain).is_err_and(|error| error.error_len().is_some())
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The bytes, text or not, that standard base64 hides; none where it is none, or where they are a text that
/// `base64_text` gave already.
pub(super) fn standard_base64(text: &[u8]) -> Option<Vec<u8>> {
    if base64_text(text).is_some() {
        return None;
    }
    STANDARD.decode(text).ok()
}
