//! Python and JavaScript in tokens, as far as literals and comments go: total, linear.

use memchr::{memchr, memmem};

use super::code::Language;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Word,
    Number,
    Text,
    Comment,
    Operator,
}

/// One token: its bytes, and those between its quotes or comment marks.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    pub first: u8,
    pub start: usize,
    pub end: usize,
    pub inner: (usize, usize),
    pub closed: bool,
    /// Whether code may stand in it: `` `${…}` ``, `f"{…}"`.
    pub substitutes: bool,
}

impl Token {
    /// Whether it is a string or a comment.
    pub fn has_inside(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Comment)
    }

    /// Whether it stops at `at`, without its quote.
    pub fn breaks_at(&self, at: usize) -> bool {
        self.inner.1 == at && self.end == at
    }

    /// What begins code in it.
    pub fn opener(&self) -> Option<&'static [u8]> {
        match (self.substitutes, self.first) {
            (false, _) => None,
            (true, b'`') => Some(b"${"),
            (true, _) => Some(b"{"),
        }
    }
}

/// Reads tokens one by one; a clone goes on from the same place.
#[derive(Clone)]
pub struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
    is_python: bool,
}

impl<'a> Tokens<'a> {
    /// Reads `text` as `language` does.
    pub fn new(text: &'a [u8], language: Language) -> Self {
        Self {
            text,
            at: 0,
            is_python: language == Language::Python,
        }
    }

    fn token(&mut self, kind: Kind, end: usize) -> Token {
        let start = self.at;
        self.at = end.min(self.text.len());
        Token {
            kind,
            first: self.text[start],
            start,
            end: self.at,
            inner: (start, self.at),
            closed: true,
            substitutes: false,
        }
    }

    fn run(&self, from: usize, belongs: fn(u8) -> bool) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| belongs(**byte)).count()
    }

    fn comment(&mut self) -> Option<Token> {
        let rest = &self.text[self.at..];
        let mark = if self.is_python { &b"#"[..] } else { b"//" };
        if rest.starts_with(mark) {
            let end = self.at + memchr(b'\n', rest).unwrap_or(rest.len());
            let open = self.at + mark.len();
            let token = self.token(Kind::Comment, end);
            return Some(Token {
                inner: (open, end),
                ..token
            });
        }
        if self.is_python || !rest.starts_with(b"/*") {
            return None;
        }
        let found = memmem::find(&rest[2..], b"*/").map(|offset| self.at + 2 + offset);
        let open = self.at + 2;
        let close = found.unwrap_or(self.text.len());
        let token = self.token(Kind::Comment, found.map_or(close, |close| close + 2));
        Some(Token {
            inner: (open, close),
            closed: found.is_some(),
            ..token
        })
    }

    /// A string whose quote is at `quote`; the token begins with its prefix.
    fn string(&mut self, quote: usize) -> Token {
        let mark = self.text[quote];
        let prefix = &self.text[self.at..quote];
        let is_triple = self.is_python && self.text[quote..].starts_with(&[mark; 3]);
        let width = if is_triple { 3 } else { 1 };
        let substitutes = mark == b'`' || prefix.iter().any(|byte| byte | 0x20 == b'f');
        let spans_lines = is_triple || mark == b'`';
        let mut at = quote + width;
        let mut closed = false;
        while at < self.text.len() {
            let rest = &self.text[at..];
            if rest.starts_with(&[mark; 3][..width]) {
                closed = true;
                break;
            }
            if rest[0] == b'\n' && !spans_lines {
                break;
            }
            at += if rest[0] == b'\\' { 2 } else { 1 };
        }
        let close = at.min(self.text.len());
        let end = if closed { close + width } else { close };
        let token = self.token(Kind::Text, end);
        Token {
            first: mark,
            inner: (quote + width, close),
            closed,
            substitutes,
            ..token
        }
    }

    fn quote_at(&self, at: usize) -> bool {
        let quotes: &[u8] = if self.is_python { b"'\"" } else { b"'\"`" };
        self.text.get(at).is_some_and(|byte| quotes.contains(byte))
    }

    fn word(&mut self) -> Token {
        let end = self.run(self.at, is_word);
        let is_prefix = self.is_python
            && end - self.at <= 2
            && self.text[self.at..end]
                .iter()
                .all(|byte| b"rbuft".contains(&(byte | 0x20)));
        if is_prefix && self.quote_at(end) {
            return self.string(end);
        }
        self.token(Kind::Word, end)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.at = self.run(self.at, |byte| byte.is_ascii_whitespace());
        let first = *self.text.get(self.at)?;
        if let Some(comment) = self.comment() {
            return Some(comment);
        }
        if self.quote_at(self.at) {
            return Some(self.string(self.at));
        }
        Some(match first {
            b'0'..=b'9' => {
                let end = self.run(self.at, |byte| is_word(byte) || byte == b'.');
                self.token(Kind::Number, end)
            }
            first if is_word(first) => self.word(),
            _ => self.token(Kind::Operator, self.at + 1),
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$".contains(&byte) || byte >= 0x80
}
