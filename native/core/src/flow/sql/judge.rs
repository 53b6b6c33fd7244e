//! Judges one occurrence of an input in a tokenized statement.

use super::shapes::Shapes;
use super::tokens::{Kind, Token, Tokens};

/// How far back a run of quotes or backslashes is followed to see which of them escape.
const LONGEST_ESCAPE_RUN: usize = 1024;

/// One occurrence: `start..end` in the lower-cased statement.
pub struct Place<'a> {
    pub text: &'a [u8],
    pub start: usize,
    pub end: usize,
}

impl Place<'_> {
    /// The part of `token` that the input wrote.
    pub fn written<'t>(&'t self, token: &Token) -> &'t [u8] {
        let (start, end) = (token.start.max(self.start), token.end.min(self.end));
        self.text.get(start..end).unwrap_or_default()
    }

    /// Is there nothing in the statement but the input?
    pub fn is_whole_statement(&self) -> bool {
        let rest = [&self.text[..self.start], &self.text[self.end..]];
        rest.iter().all(|part| part.trim_ascii().is_empty())
    }
}

/// Why the occurrence at `place` changes the syntax; `first` is the first token that reaches into it.
pub fn judge(place: &Place<'_>, first: Token, rest: Tokens<'_>) -> Option<&'static str> {
    if first.start >= place.end {
        return None; // blanks between tokens
    }
    if place.start >= first.inner.0 && place.end <= first.inner.1 && has_inside(&first) {
        return leaves_open(place, &first);
    }
    let mut others = rest.take_while(|token| token.start < place.end).peekable();
    if others.peek().is_none() {
        return changes_one(place, &first);
    }
    let mut shapes = Shapes::default();
    std::iter::once(first)
        .chain(others)
        .for_each(|token| shapes.admit(place, &token));
    (!shapes.fit()).then(|| shapes.reason(place, &first))
}

fn has_inside(token: &Token) -> bool {
    matches!(
        token.kind,
        Kind::Text | Kind::Name | Kind::LineComment | Kind::BlockComment
    )
}

fn leaves_open(place: &Place<'_>, token: &Token) -> Option<&'static str> {
    let written = &place.text[place.start..place.end];
    let last = written.last().copied()?;
    let next = place.text.get(place.end).copied();
    if token.kind == Kind::BlockComment {
        let opens = written.windows(2).any(|pair| pair == b"/*");
        return (!token.closed && opens).then_some("opens a comment that does not end");
    }
    if token.kind == Kind::LineComment || place.text[token.inner.0 - 1] == b'$' {
        return None;
    }
    let quote = place.text[token.inner.0 - 1];
    if last == b'\\' && token.backslash && next == Some(quote) && is_odd(place, token, b'\\') {
        return Some("takes away the quote that closes its literal");
    }
    let joins = last == quote && next == Some(quote) && is_odd(place, token, quote);
    let breaks = joins && (!token.closed || runs_on(place, token, quote));
    breaks.then_some("breaks the query: its literal does not end")
}

/// Does an input that is all the code put between its quotes take the closing one, so that the literal goes on?
fn runs_on(place: &Place<'_>, token: &Token, quote: u8) -> bool {
    place.start == token.inner.0 && place.text.get(place.end + 1) != Some(&quote)
}

/// Does the run of `byte` that ends with the input begin an escape that the input does not end?
fn is_odd(place: &Place<'_>, token: &Token, byte: u8) -> bool {
    let from = token
        .inner
        .0
        .max(place.end.saturating_sub(LONGEST_ESCAPE_RUN));
    let run = place.text[from..place.end]
        .iter()
        .rev()
        .take_while(|other| **other == byte)
        .count();
    run % 2 == 1
}

fn changes_one(place: &Place<'_>, token: &Token) -> Option<&'static str> {
    match token.kind {
        Kind::LineComment | Kind::BlockComment if place.start < token.inner.0 => {
            Some("starts a comment")
        }
        Kind::LineComment | Kind::BlockComment => Some("ends a comment"),
        Kind::Text | Kind::Name if is_whole(place, token) || is_own_word(place, token) => None,
        Kind::Text | Kind::Name if place.start > token.start => Some("closes its literal"),
        Kind::Text | Kind::Name => Some("opens a literal"),
        _ => None,
    }
}

/// The input brought the literal with both its quotes: one value in a value's place.
pub fn is_whole(place: &Place<'_>, token: &Token) -> bool {
    token.closed && place.start <= token.start && place.end >= token.end
}

/// `'open` and `open'` also stand in the code's own `'open'`; pasted raw they would break it.
fn is_own_word(place: &Place<'_>, token: &Token) -> bool {
    let content = &place.text[token.inner.0..token.inner.1];
    let misses_one_quote = token.closed
        && place.start <= token.inner.0
        && place.end >= token.inner.1
        && content.len() + 1 >= place.end - place.start;
    misses_one_quote
        && content
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
}
