//! The strings of a JSON text, and their escapes.

use super::{Malformed, Reader};

/// Strings that are longer are searched for their end by a search that has to be set up.
const SHORT: usize = 64;

impl<'a> Reader<'a> {
    /// The string that begins here: a slice of the text, or nothing where it has escapes; then it stands in `plain`.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let start = self.at + 1;
        let end = until_quote(self.text, start)?;
        self.at = end;
        if self.text[end] == b'\\' {
            self.escaped(start)?;
            return Ok(None);
        }
        self.at += 1;
        Ok(Some(&self.text[start..end]))
    }

    /// Reads a string that has escapes, from the first of them on.
    #[inline(never)]
    fn escaped(&mut self, start: usize) -> Result<(), Malformed> {
        self.plain.clear();
        self.plain.extend_from_slice(&self.text[start..self.at]);
        while self.text[self.at] == b'\\' {
            let escaped = self.text.get(self.at + 1).copied();
            let plain = match escaped {
                Some(byte @ (b'"' | b'\\' | b'/')) => byte,
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'b') => 8,
                Some(b'f') => 12,
                _ => 0,
            };
            self.at += 1;
            if plain != 0 {
                self.at += 1;
                self.plain.push(plain);
            } else if escaped == Some(b'u') {
                self.unicode()?;
            } else {
                return Err(self.malformed());
            }
            self.at = copy_until_quote(self.text, self.at, &mut self.plain)?;
        }
        self.at += 1;
        Ok(())
    }

    fn unicode(&mut self) -> Result<(), Malformed> {
        let first = self.hex4(self.at + 1).ok_or(self.malformed())?;
        self.at += 5;
        let is_high = (0xD800..0xDC00).contains(&first);
        if is_high && self.text[self.at..].starts_with(b"\\u") {
            if let Some(second @ 0xDC00..=0xDFFF) = self.hex4(self.at + 2) {
                self.at += 6;
                let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                push_code_point(&mut self.plain, code);
                return Ok(());
            }
        }
        push_code_point(&mut self.plain, first);
        Ok(())
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4)?;
        digits.iter().try_fold(0, |value, digit| {
            Some(value * 16 + (*digit as char).to_digit(16)?)
        })
    }
}

/// Where the next quote or backslash stands. Most strings are short: eight bytes at a time find their end sooner than
/// a search that has to be set up.
#[inline]
fn until_quote(text: &[u8], from: usize) -> Result<usize, Malformed> {
    let mut at = from;
    while let Some(eight) = text[at..].first_chunk::<8>() {
        if let Some(length) = ending(eight) {
            return Ok(at + length);
        }
        at += 8;
        if at - from == SHORT {
            break;
        }
    }
    let found = memchr::memchr2(b'"', b'\\', &text[at..]);
    let length = found.ok_or(Malformed { at: text.len() })?;
    Ok(at + length)
}

/// Copies what stands in front of the next quote or backslash, and says where that is. Between escapes there is little:
/// eight bytes at a time, and what was too much is taken back.
fn copy_until_quote(text: &[u8], from: usize, plain: &mut Vec<u8>) -> Result<usize, Malformed> {
    let mut at = from;
    while let Some(eight) = text[at..].first_chunk::<8>() {
        plain.extend_from_slice(eight);
        if let Some(length) = ending(eight) {
            plain.truncate(plain.len() - 8 + length);
            return Ok(at + length);
        }
        at += 8;
        if at - from == SHORT {
            break;
        }
    }
    let end = until_quote(text, at)?;
    plain.extend_from_slice(&text[at..end]);
    Ok(end)
}

const EACH: u64 = u64::from_le_bytes([1; 8]);
const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);

/// How many of eight bytes stand in front of a quote or a backslash.
fn ending(eight: &[u8; 8]) -> Option<usize> {
    let eight = u64::from_le_bytes(*eight);
    let ends = zeros(eight ^ QUOTES) | zeros(eight ^ BACKSLASHES);
    (ends != 0).then(|| ends.trailing_zeros() as usize / 8)
}

/// The highest bit of the first byte that is zero, and perhaps bits behind it.
fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(EACH) & !eight & (EACH << 7)
}

/// Appends a code point, a lone surrogate too, in generalised UTF-8.
fn push_code_point(out: &mut Vec<u8>, code: u32) {
    if let Some(character) = char::from_u32(code) {
        let mut buffer = [0; 4];
        out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        return;
    }
    let low_bits = |shift: u32| 0x80 | u8::try_from((code >> shift) & 0x3F).unwrap_or(0);
    out.extend_from_slice(&[
        0xE0 | u8::try_from(code >> 12).unwrap_or(0),
        low_bits(6),
        low_bits(0),
    ]);
}
