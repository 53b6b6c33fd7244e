//! The string leaves of a JSON text, without building the tree.
//!
//! Accepts all that CPython's `json.loads` accepts (NaN, lone surrogates, any depth) and keeps no
//! recursion, so that no event can be too deep. Text is given in generalised UTF-8: a lone surrogate
//! becomes its three bytes, as CPython's `surrogatepass` writes it.

mod string;

use std::borrow::Cow;

/// Levels that are followed; what is deeper counts as malformed. CPython's own limit is far below.
const MOST_LEVELS: usize = 400_000;

/// One step from the root to a leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    Key(Cow<'a, [u8]>),
    Index(usize),
}

/// What was found at the end of a trail of steps. A text without escapes is a slice of the walked one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf<'t> {
    Text(&'t [u8]),
    Key(&'t [u8]),
    True,
    /// A number or another word, as it stands.
    Other(&'t [u8]),
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
    mut visit: impl FnMut(&[Step<'a>], Leaf<'_>),
) -> Result<(), Malformed> {
    let mut reader = Reader {
        text,
        at: 0,
        plain: Vec::new(),
    };
    let mut trail: Vec<Step<'a>> = Vec::new();
    loop {
        if reader.open(&mut trail, &mut visit)? {
            if trail.len() > MOST_LEVELS {
                return Err(reader.malformed());
            }
            continue;
        }
        while !trail.is_empty() && !reader.advance(&mut trail, &mut visit)? {
            trail.pop();
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

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// The last string that has escapes, without them.
    plain: Vec<u8>,
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

    /// Reads a scalar or an empty container whole; of another container what is in front of its first value: then there
    /// is one step more, and it answers true.
    fn open(
        &mut self,
        trail: &mut Vec<Step<'a>>,
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'_>),
    ) -> Result<bool, Malformed> {
        self.space();
        match self.peek() {
            Some(b'"') => {
                let text = self.string()?;
                visit(trail, Leaf::Text(text.unwrap_or(&self.plain)));
            }
            Some(b'{') => {
                self.at += 1;
                if !self.take(b'}') {
                    let key = self.key(trail, visit)?;
                    trail.push(Step::Key(key));
                    return Ok(true);
                }
            }
            Some(b'[') => {
                self.at += 1;
                if !self.take(b']') {
                    trail.push(Step::Index(0));
                    return Ok(true);
                }
            }
            Some(_) => visit(trail, self.word()?),
            None => return Err(self.malformed()),
        }
        Ok(false)
    }

    /// After the value of the last step: turns that to the next value and answers true, or reads the container's end.
    fn advance(
        &mut self,
        trail: &mut Vec<Step<'a>>,
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'_>),
    ) -> Result<bool, Malformed> {
        let has_next = self.take(b',');
        let closing = match trail.last_mut() {
            Some(Step::Index(index)) => {
                *index += usize::from(has_next);
                b']'
            }
            _ => b'}',
        };
        if !has_next {
            return if self.take(closing) {
                Ok(false)
            } else {
                Err(self.malformed())
            };
        }
        if closing == b'}' {
            trail.pop();
            let key = self.key(trail, visit)?;
            trail.push(Step::Key(key));
        }
        Ok(true)
    }

    /// A key and its colon; `trail` leads to its object.
    fn key(
        &mut self,
        trail: &[Step<'a>],
        visit: &mut impl FnMut(&[Step<'a>], Leaf<'_>),
    ) -> Result<Cow<'a, [u8]>, Malformed> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.malformed());
        }
        let key = self.string()?;
        if !self.take(b':') {
            return Err(self.malformed());
        }
        visit(trail, Leaf::Key(key.unwrap_or(&self.plain)));
        Ok(key.map_or_else(|| Cow::Owned(self.plain.clone()), Cow::Borrowed))
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
}
