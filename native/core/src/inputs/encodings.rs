//! Text in forms that code usually decodes.

use super::compressed::is_compressed;
use crate::hex;
use crate::serialized::{base64_group, begins_serialized};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use std::borrow::Cow;

/// As most decoders read base64: bits behind the last byte are ignored.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// Of base64 that is no longer, most is words that only look like it.
const MOST_WORD_BYTES: usize = 22;
/// Of what is longer than all samples together, these are looked at for noise, and as many bytes of each.
const SAMPLES: usize = 64;
const SAMPLE: usize = 4 << 10;
/// Below that what is no UTF-8 is read as text all the same.
const SHORTEST_BINARY: usize = 64;

/// The text without `%XX`; none where there is none.
#[must_use]
pub fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    hex_decoded(text, b'%')
}

/// The text with a byte for each `sign` and two hex digits; none where there is none.
pub(super) fn hex_decoded(text: &[u8], sign: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(sign, text) {
        let byte = match text.get(at + 1..at + 3) {
            Some([high, low]) if at >= from => hex::byte(*high, *low),
            _ => None,
        };
        let Some(byte) = byte else {
            continue;
        };
        if from == 0 {
            out.reserve(text.len());
        }
        out.extend_from_slice(&text[from..at]);
        out.push(byte);
        from = at + 3;
    }
    if from == 0 {
        return None;
    }
    out.extend_from_slice(&text[from..]);
    Some(out)
}

/// The text, plain or compressed, that base64 hides; none where it is no base64, or of something that is no text.
pub(super) fn base64_text(text: &[u8]) -> Option<Vec<u8>> {
    let is_word = text.len() <= MOST_WORD_BYTES && !may_hide_text(text);
    let plain = (!is_word).then(|| any_base64(text)).flatten()?;
    holds_text(&plain).then_some(plain)
}

/// The bytes that base64 hides, in either alphabet; none where it is none.
pub(super) fn any_base64(text: &[u8]) -> Option<Vec<u8>> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    if text.len() < 4 || !text.iter().all(is_base64) {
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
    LENIENT.decode(url_safe).ok()
}

/// Whether bytes are text, plain, compressed or wide, or what readers make objects of.
pub(super) fn holds_text(plain: &[u8]) -> bool {
    !is_noise(plain)
        || is_compressed(plain)
        || wide_text(plain).is_some()
        || begins_serialized(plain)
}

/// Whether bytes are an image, a sound, a compressed file: no UTF-8, and more noise than in any text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    bytes.len() >= SHORTEST_BINARY && std::str::from_utf8(bytes).is_err() && is_noise(bytes)
}

/// Whether more than a quarter of the bytes belong to no character, not even an overlong one, or are controls.
pub(super) fn is_noise(bytes: &[u8]) -> bool {
    if bytes.len() <= SAMPLES * SAMPLE {
        return odd_bytes(bytes, bytes.len() / 4) > bytes.len() / 4;
    }
    let samples = bytes.chunks_exact(bytes.len() / SAMPLES);
    let odd: usize = samples.map(|part| odd_bytes(&part[..SAMPLE], SAMPLE)).sum();
    odd > SAMPLES * SAMPLE / 4
}

/// How many bytes belong to no character or are controls; counted up to one more than `most`.
fn odd_bytes(bytes: &[u8], most: usize) -> usize {
    let is_control = |byte: &&u8| byte.is_ascii_control() && !b"\n\r\t".contains(byte);
    let mut allowed = most;
    let mut overlong = 0; // bytes that an overlong character still has
    for chunk in bytes.utf8_chunks() {
        overlong = if chunk.valid().is_empty() {
            overlong
        } else {
            0
        };
        let mut odd = chunk.valid().as_bytes().iter().filter(is_control).count();
        match chunk.invalid() {
            [0xC0 | 0xC1] => overlong = 1,
            [0xE0] => overlong = 2,
            [0x80..=0xBF] if overlong > 0 => overlong -= 1,
            other => odd += other.len(),
        }
        match allowed.checked_sub(odd) {
            Some(rest) => allowed = rest,
            None => return most + 1,
        }
    }
    most - allowed
}

/// The label and the text of UTF-16 or UTF-32, with a mark of the byte order or plainly Latin, as `json.loads` takes
/// them.
pub(super) fn wide_text(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let (width, is_big, rest) = match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => (4, true, rest),
        [0xFF, 0xFE, 0, 0, rest @ ..] => (4, false, rest),
        [0xFE, 0xFF, rest @ ..] => (2, true, rest),
        [0xFF, 0xFE, rest @ ..] => (2, false, rest),
        [0, 0, 0, 1..=255, ..] => (4, true, bytes),
        [1..=255, 0, 0, 0, ..] => (4, false, bytes),
        [0, 1..=255, 0, 1..=255, ..] => (2, true, bytes),
        [1..=255, 0, 1..=255, 0, ..] => (2, false, bytes),
        _ => return None,
    };
    let number = |unit: &[u8]| {
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        if is_big {
            unit.iter().fold(0, join)
        } else {
            unit.iter().rev().fold(0, join)
        }
    };
    let units = rest.chunks_exact(width).map(number);
    if width == 4 {
        let character = |unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((
            "→utf-32",
            units.map(character).collect::<String>().into_bytes(),
        ));
    }
    let units: Vec<u16> = units.filter_map(|unit| u16::try_from(unit).ok()).collect();
    Some(("→utf-16", String::from_utf16_lossy(&units).into_bytes()))
}

/// Whether the first six bytes that base64 hides may be text: those of most words are not.
fn may_hide_text(text: &[u8]) -> bool {
    let mut plain = [0; 6];
    for (four, three) in text.chunks_exact(4).zip(plain.chunks_exact_mut(3)) {
        let Some(bytes) = base64_group(four) else {
            return true; // a line break; or no base64, as will be seen
        };
        three.copy_from_slice(&bytes);
    }
    is_compressed(&plain)
        || begins_serialized(&plain)
        || wide_text(&plain).is_some()
        || !std::str::from_utf8(&plain).is_err_and(|error| error.error_len().is_some())
}

/// How many bytes at the start of a text standard base64 may have.
pub(super) fn standard_length(text: &[u8]) -> usize {
    let is_other = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte);
    text.iter().position(is_other).unwrap_or(text.len())
}

/// The bytes that standard base64 hides, where `base64_text` finds none in it because they are no text.
pub(super) fn standard_base64(text: &[u8]) -> Option<Vec<u8>> {
    if base64_text(text).is_some() {
        return None;
    }
    STANDARD.decode(text).ok()
}
