//! SQL in tokens, for four dialects: total, linear, no token is ever refused.
//!
//! A literal or comment without an end runs to the end of the text and says so (`closed`).

use memchr::{memchr, memchr2, memmem};

use super::Dialect;
use super::rules::{Bracket, Rules, rules};
pub use super::token::{Kind, Token};

/// The longest name that `[…]` may hold where brackets also index arrays.
const LONGEST_BRACKET_NAME: usize = 128;

/// Reads tokens one by one; a clone goes on from the same place.
#[derive(Clone)]
pub struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
    rules: Rules,
}

impl<'a> Tokens<'a> {
    /// Reads `text` as `dialect` does.
    pub fn new(text: &'a [u8], dialect: Dialect) -> Self {
        Self {
            text,
            at: 0,
            rules: rules(dialect),
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn token(&mut self, kind: Kind, end: usize) -> Token {
        let start = self.at;
        self.at = end;
        Token {
            kind,
            start,
            end,
            inner: (start, end),
            closed: true,
            backslash: false,
        }
    }

    fn run(&self, from: usize, belongs: fn(u8) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest
            .iter()
            .position(|byte| !belongs(*byte))
            .unwrap_or(rest.len())
    }

    fn quoted(&mut self, kind: Kind, open: usize, quote: u8, backslash: bool) -> Token {
        let (close, closed) = self.closing(open, quote, backslash);
        let mut token = self.token(kind, close + usize::from(closed));
        token.inner = (open, close);
        token.closed = closed;
        token.backslash = backslash;
        token
    }

    fn closing(&self, open: usize, quote: u8, backslash: bool) -> (usize, bool) {
        let mut at = open;
        while let Some(rest) = self.text.get(at..) {
            let found = if backslash {
                soon(rest, quote, b'\\').or_else(|| memchr2(quote, b'\\', rest))
            } else {
                soon(rest, quote, quote).or_else(|| memchr(quote, rest))
            };
            let Some(offset) = found else { break };
            at += offset;
            let escapes = self.text[at] == b'\\' || self.text.get(at + 1) == Some(&quote);
            if !escapes || quote == b']' {
                return (at, true);
            }
            at += 2;
        }
        (self.text.len(), false)
    }

    fn dollar(&mut self) -> Option<Token> {
        let tag = self.run(self.at + 1, |byte| is_word(byte) && byte != b'$') + 1;
        let opener = self.text.get(self.at..tag)?;
        if opener.last() != Some(&b'$') || opener[1].is_ascii_digit() {
            return None;
        }
        let found = memmem::find(&self.text[tag..], opener);
        let close = found.map_or(self.text.len(), |offset| tag + offset);
        let end = found.map_or(close, |_| close + opener.len());
        let mut token = self.token(Kind::Text, end);
        token.inner = (tag, close);
        token.closed = found.is_some();
        Some(token)
    }

    fn line_comment(&mut self, mark: usize) -> Token {
        let open = self.at + mark;
        let end = memchr(b'\n', &self.text[open..]).map_or(self.text.len(), |offset| open + offset);
        let mut token = self.token(Kind::LineComment, end);
        token.inner = (open, end);
        token
    }

    fn block_comment(&mut self) -> Token {
        let open = self.at + 2;
        let mut depth = 1;
        let mut at = open;
        while depth > 0 {
            let rest = self.text.get(at..).unwrap_or_default();
            let found = soon(rest, b'*', b'/').or_else(|| memchr2(b'*', b'/', rest));
            let Some(offset) = found else { break };
            at += offset;
            match (self.text[at], self.text.get(at + 1)) {
                (b'*', Some(b'/')) => depth -= 1,
                (b'/', Some(b'*')) if self.rules.nested_comments => depth += 1,
                _ => at -= 1,
            }
            at += 2;
        }
        let closed = depth == 0;
        let end = if closed { at } else { self.text.len() };
        let mut token = self.token(Kind::BlockComment, end);
        token.inner = (open, if closed { end - 2 } else { end });
        token.closed = closed;
        token
    }

    fn comment(&mut self) -> Option<Token> {
        match (self.peek(0), self.peek(1)) {
            (b'#', _) if self.rules.hash_comment => Some(self.line_comment(1)),
            (b'-', b'-') if self.is_dash_comment() => Some(self.line_comment(2)),
            (b'/', b'*') if self.rules.runs_versioned_comments && self.peek(2) == b'!' => {
                let end = self.run(self.at + 3, |byte| byte.is_ascii_digit());
                Some(self.token(Kind::Operator, end))
            }
            (b'/', b'*') => Some(self.block_comment()),
            _ => None,
        }
    }

    fn is_dash_comment(&self) -> bool {
        !self.rules.dash_needs_blank || self.peek(2) <= b' '
    }

    fn word(&mut self) -> Token {
        let end = self.run(self.at, is_word);
        let is_escape = self.text[self.at] | 0x20 == b'e' && end == self.at + 1;
        if is_escape && self.rules.dollar && self.text.get(end) == Some(&b'\'') {
            return self.quoted(Kind::Text, end + 1, b'\'', true);
        }
        self.token(Kind::Word, end)
    }

    fn number(&mut self) -> Token {
        let mut end = self.run(self.at, is_number);
        let is_decimal = !self.text[self.at..end].starts_with(b"0x");
        let signs = self.text.get(end).is_some_and(|byte| b"+-".contains(byte));
        let has_exponent = self.text[self.at..end]
            .last()
            .is_some_and(|byte| byte | 0x20 == b'e');
        if is_decimal && signs && has_exponent {
            end = self.run(end + 1, |byte| byte.is_ascii_digit());
        }
        self.token(Kind::Number, end)
    }

    fn parameter(&mut self) -> Option<Token> {
        let end = match (self.peek(0), self.peek(1)) {
            (b'?', _) => self.run(self.at + 1, |byte| byte.is_ascii_digit()),
            (b'%', b's') if !is_word(self.peek(2)) => self.at + 2,
            (b'%', b'(') => {
                let close = self.run(self.at + 2, is_word);
                let is_whole = self.text.get(close..close + 2) == Some(b")s");
                is_whole.then_some(close + 2)?
            }
            (b'$', next) if next.is_ascii_digit() => self.run(self.at + 1, is_word),
            (b':' | b'@', next) if is_word(next) => self.run(self.at + 1, is_word),
            _ => return None,
        };
        Some(self.token(Kind::Parameter, end))
    }

    fn operator(&mut self) -> Token {
        let mut end = self.at + 1;
        while self.text.get(end).is_some_and(|byte| is_operator(*byte)) {
            let pair = self.text.get(end..end + 2).unwrap_or_default();
            let is_mark = [b"--", b"/*", b"*/"].iter().any(|mark| pair == *mark);
            if is_mark || (self.rules.hash_comment && self.peek(end - self.at) == b'#') {
                break;
            }
            end += 1;
        }
        self.token(Kind::Operator, end)
    }

    fn bracket(&mut self) -> Option<Token> {
        let is_quote = match self.rules.bracket {
            Bracket::Never => false,
            Bracket::Always => true,
            Bracket::AroundName => self.is_bracket_name(),
        };
        is_quote.then(|| self.quoted(Kind::Name, self.at + 1, b']', false))
    }

    fn is_bracket_name(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let near = &rest[..rest.len().min(LONGEST_BRACKET_NAME)];
        let length = near
            .iter()
            .position(|byte| !is_word(*byte) && !b" .-".contains(byte));
        length.is_some_and(|length| length > 0 && near[length] == b']')
    }

    fn special(&mut self) -> Token {
        let first = self.peek(0);
        let found = match first {
            b'\'' => Some(self.quoted(Kind::Text, self.at + 1, first, self.rules.backslash)),
            b'"' => Some(self.quoted(Kind::Name, self.at + 1, first, self.rules.backslash)),
            b'`' if self.rules.backtick => Some(self.quoted(Kind::Name, self.at + 1, first, false)),
            b'[' => self.bracket(),
            b'$' if self.rules.dollar => self.dollar().or_else(|| self.parameter()),
            _ => self.comment().or_else(|| self.parameter()),
        };
        found.unwrap_or_else(|| match first {
            b',' => self.token(Kind::Comma, self.at + 1),
            b'.' => self.token(Kind::Dot, self.at + 1),
            b';' => self.token(Kind::Semicolon, self.at + 1),
            b'(' => self.token(Kind::Open, self.at + 1),
            b')' => self.token(Kind::Close, self.at + 1),
            _ => self.operator(),
        })
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.at = self.run(self.at, |byte| byte.is_ascii_whitespace() || byte == 0x0b);
        let first = *self.text.get(self.at)?;
        let second = self.peek(1);
        Some(
            if first.is_ascii_digit() || (first == b'.' && second.is_ascii_digit()) {
                self.number()
            } else if is_word(first) && (first != b'$' || !self.rules.dollar) {
                self.word()
            } else {
                self.special()
            },
        )
    }
}

/// Does it belong to a bare name?
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_number(byte: u8) -> bool {
    is_word(byte) || byte == b'.'
}

fn is_operator(byte: u8) -> bool {
    b"=<>!|&~^+-*/#".contains(&byte)
}

/// Where one of two bytes stands in the first few: where they follow each other soon, a search that has to be set up
/// for each is slower.
fn soon(text: &[u8], one: u8, other: u8) -> Option<usize> {
    const SOON: usize = 8;
    let mut first = text.iter().take(SOON);
    first.position(|byte| *byte == one || *byte == other)
}
