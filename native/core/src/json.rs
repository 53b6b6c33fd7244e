//! The string leaves of a JSON text, without building the tree.
//!
//! Accepts all that CPython's `json.loads` accepts (NaN, lone surrogates, any depth) and keeps no
//! recursion, so that no event can be too deep. Text is given in generalised UTF-8: a lone surrogate
//! becomes its three bytes, as CPython's `surrogatepass` writes it.

use std::borrow::Cow;

/// Levels that are followed; what is deeper counts as malformed. CPython's own limit is far below.
const MOST_LEVELS: usize = 400_000;

/// One step from the root to a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    Key(Cow<'a, [u8]>),
    Index(usize),
}

/// What was found at the end of a trail of steps.
#[derive(Debug, PartialEq, Eq)]
pub enum Leaf<'a> {
    Text(Cow<'a, [u8]>),
    Key(Cow<'a, [u8]>),
    True,
    /// A number or another word, as it stands.
    Other(&'a [u8]),
}

/// The text stops being JSON at this byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    pub at: usize,
}

/// Calls `visit` with the trail and the leaf for each key and each scalar, in order of the text.
///
/// # Errors
/// [`Malformed`] where the text stops being JSON; leaves before that were visited.
pub fn walk<'a>(
    text: &'a [u8],
    mut visit: impl FnMut(&[Step<'a>], Leaf<'a>),
) -> Result<(), Malformed> {
    let mut reader = Reader { text, at: 0 };
    let mut trail: Vec<Step<'a>> = Vec::new();
    loop {
        match reader.open(&mut trail, &mut visit)? {
            Opened::Container if trail.len() > MOST_LEVELS => return Err(reader.malformed()),
            Opened::Container => continue,
            Opened::Scalar(leaf) => visit(&trail, leaf),
            Opened::Empty => {}
        }
        while let Some(step) = trail.pop() {
            if reader.advance(step, &mut trail, &mut visit)? {
                break;
            }
        }
        if trail.is_empty() {
            reader.space();
            return if reader.at == text.len() {
                Ok(())
            } else {
                Err(reader.malformed())
            };
        }
    }
}

enum Opened<'a> {
    Container,
    Scalar(Leaf<'a>),
    Empty,
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn malformed(&self) -> Malformed {
        Malformed { at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn open(
        &mut self,
        trail: &mut Vec<Step<'a>>,
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'a>),
    ) -> Result<Opened<'a>, Malformed> {
        self.space();
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                if self.take(b'}') {
                    return Ok(Opened::Empty);
                }
                self.key(trail, visit)?;
                Ok(Opened::Container)
            }
            Some(b'[') => {
                self.at += 1;
                if self.take(b']') {
                    return Ok(Opened::Empty);
                }
                trail.push(Step::Index(0));
                Ok(Opened::Container)
            }
            Some(b'"') => Ok(Opened::Scalar(Leaf::Text(self.string()?))),
            Some(_) => Ok(Opened::Scalar(self.word()?)),
            None => Err(self.malformed()),
        }
    }

    /// After a value below `step`: pushes the next step and answers true, or closes the container.
    fn advance(
        &mut self,
        step: Step<'a>,
        trail: &mut Vec<Step<'a>>,
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'a>),
    ) -> Result<bool, Malformed> {
        if self.take(b',') {
            match step {
                Step::Index(index) => trail.push(Step::Index(index + 1)),
                Step::Key(_) => self.key(trail, visit)?,
            }
            return Ok(true);
        }
        let closing = if matches!(step, Step::Key(_)) {
            b'}'
        } else {
            b']'
        };
        if self.take(closing) {
            Ok(false)
        } else {
            Err(self.malformed())
        }
    }

    fn key(
        &mut self,
        trail: &mut Vec<Step<'a>>,
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'a>),
    ) -> Result<(), Malformed> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.malformed());
        }
        let key = self.string()?;
        if !self.take(b':') {
            return Err(self.malformed());
        }
        visit(trail, Leaf::Key(key.clone()));
        trail.push(Step::Key(key));
        Ok(())
    }

    fn word(&mut self) -> Result<Leaf<'a>, Malformed> {
        let start = self.at;
        while matches!(
            self.peek(),
            Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.')
        ) {
            self.at += 1;
        }
        match &self.text[start..self.at] {
            [] => Err(self.malformed()),
            b"true" => Ok(Leaf::True),
            word => Ok(Leaf::Other(word)),
        }
    }

    fn string(&mut self) -> Result<Cow<'a, [u8]>, Malformed> {
        let start = self.at + 1;
        let Some(length) = until_quote(&self.text[start..]) else {
            self.at = self.text.len();
            return Err(self.malformed());
        };
        self.at = start + length;
        if self.text[self.at] == b'"' {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..self.at - 1]));
        }
        self.escaped(start).map(Cow::Owned)
    }

    fn escaped(&mut self, start: usize) -> Result<Vec<u8>, Malformed> {
        let mut out = self.text[start..self.at].to_vec();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                _ => {
                    let Some(length) = until_quote(&self.text[self.at..]) else {
                        self.at = self.text.len();
                        return Err(self.malformed());
                    };
                    out.extend_from_slice(&self.text[self.at..self.at + length]);
                    self.at += length;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let plain = match self.peek() {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'u') => return self.unicode(out),
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            _ => return Err(self.malformed()),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn unicode(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        let first = self.hex4(self.at + 1).ok_or(self.malformed())?;
        self.at += 5;
        let is_high = (0xD800..0xDC00).contains(&first);
        if is_high && self.text[self.at..].starts_with(b"\\u") {
            if let Some(second @ 0xDC00..=0xDFFF) = self.hex4(self.at + 2) {
                self.at += 6;
                push_code_point(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                return Ok(());
            }
        }
        push_code_point(out, first);
        Ok(())
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4)?;
        digits.iter().try_fold(0, |value, digit| {
            Some(value * 16 + (*digit as char).to_digit(16)?)
        })
    }
}

/// Where the first quote or backslash stands. Most strings are short: eight bytes at a time find their end sooner
/// than a search that has to be set up.
fn until_quote(text: &[u8]) -> Option<usize> {
    const SHORT: usize = 64;
    let mut at = 0;
    while let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let eight = u64::from_le_bytes(eight);
        let ends = zeros(eight ^ QUOTES) | zeros(eight ^ BACKSLASHES);
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize / 8);
        }
        at += 8;
        if at == SHORT {
            return Some(at + memchr::memchr2(b'"', b'\\', &text[at..])?);
        }
    }
    let rest = text[at..].iter();
    Some(
        at + rest
            .into_iter()
            .position(|byte| matches!(byte, b'"' | b'\\'))?,
    )
}

const EACH: u64 = u64::from_le_bytes([1; 8]);
const QUOTES: u64 = u64::from_le_bytes([b'"'; 8]);
const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; 8]);

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
