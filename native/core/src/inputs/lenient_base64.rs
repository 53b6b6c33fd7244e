//! Base64 as lenient decoders read it: those of Python, PHP and Node leave out what is no letter of it.

use super::compressed::is_compressed;
use super::encodings::holds_text;
use crate::serialized::{begins_serialized, sextet};
use std::cell::Cell;

/// By so many bytes it is seen that most texts are no base64: a letter is no more than a text's byte before that.
const START: usize = 12;
/// What a letter costs behind that.
pub(super) const COST: usize = 4;

/// What base64 of so many letters hides, whatever stands between them; adds what that cost to `work`.
/// None where it is neither text nor what readers make something of.
pub(super) fn skipping(text: &[u8], shortest: usize, work: &Cell<usize>) -> Option<Vec<u8>> {
    let mut bytes = bytes_of(text);
    let mut start = [0; START];
    let mut length = 0;
    for (place, byte) in start.iter_mut().zip(&mut bytes) {
        *place = byte;
        length += 1;
    }
    let start = &start[..length];
    if start.is_empty() || !may_begin(start) {
        return None;
    }
    let mut plain = start.to_vec();
    if length == START {
        work.set(work.get() + COST * text.len());
        plain.extend(bytes);
    }
    let is_long = plain.len() * 4 / 3 + 2 >= shortest;
    (is_long && holds_text(&plain)).then_some(plain)
}

/// The bytes of the letters of base64 in a text.
fn bytes_of(text: &[u8]) -> impl Iterator<Item = u8> {
    let (mut bits, mut count) = (0, 0);
    let sextets = text.iter().filter_map(|byte| sextet(*byte));
    sextets.filter_map(move |six| {
        bits = bits << 6 | six;
        count += 6;
        if count < 8 {
            return None;
        }
        count -= 8;
        Some((bits >> count & 0xFF) as u8)
    })
}

/// Whether a text, or what readers make something of, begins so.
fn may_begin(start: &[u8]) -> bool {
    if begins_serialized(start) || is_compressed(start) {
        return true;
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\n\r\t".contains(byte);
    let is_whole = |error: std::str::Utf8Error| error.error_len().is_none();
    !start.iter().any(is_control) && std::str::from_utf8(start).map_or_else(is_whole, |_| true)
}
