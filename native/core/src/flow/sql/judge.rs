//! Judges one occurrence of an input in a tokenized statement.

use super::expected::{Expected, expected};
use super::shapes::Shapes;
use super::tokens::{Kind, Token, Tokens, is_word};
use super::whole::Whole;
use memchr::memmem;

/// How far back a run of quotes or backslashes is followed to see which of them escape.
const LONGEST_ESCAPE_RUN: usize = 1024;

/// Inputs of no more bytes that begin or end inside a word of the code are not the code's: `e=` in `active = 1`.
const LONGEST_SCRAP: usize = 4;

/// One occurrence: `start..end` in the lower-cased statement.
pub struct Place<'a> {
    pub text: &'a [u8],
    pub start: usize,
    pub end: usize,
    pub whole: &'a Whole<'a>,
}

impl Place<'_> {
    /// The part of `token` that the input wrote.
    pub fn written<'t>(&'t self, token: &Token) -> &'t [u8] {
        let (start, end) = (token.start.max(self.start), token.end.min(self.end));
        self.text.get(start..end).unwrap_or_default()
    }

    /// What the code has a place for here.
    pub fn expected(&self) -> Expected {
        expected(&self.text[..self.start])
    }

    /// Does the input name a column where a value belongs? Code writes its own names there too (`a.id = b.id`), but
    /// seldom in words that are an input, and then in other places beside; it compares nothing with itself.
    pub fn names_value(&self) -> bool {
        if !matches!(
            self.expected(),
            Expected::Value | Expected::Values | Expected::Range
        ) {
            return false;
        }
        let input = &self.text[self.start..self.end];
        let rest = self.text[self.end..].trim_ascii_start();
        let goes_on = matches!(rest.first(), Some(b'(' | b'\'' | b'.' | b'"'));
        let is_sign = |byte: &u8| byte.is_ascii_whitespace() || b"=<>!".contains(byte);
        let length = self.text[..self.start]
            .iter()
            .rposition(|byte| !is_sign(byte));
        let operand = &self.text[..length.map_or(0, |last| last + 1)];
        let is_itself = operand.ends_with(input)
            && !operand[..operand.len() - input.len()]
                .last()
                .is_some_and(|byte| is_word(*byte));
        let is_alone = memmem::find_iter(self.text, input).nth(1).is_none();
        !goes_on && (is_itself || is_alone)
    }

    /// Is there nothing in the statement but the input?
    pub fn is_whole_statement(&self) -> bool {
        let rest = [&self.text[..self.start], &self.text[self.end..]];
        rest.iter().all(|part| part.trim_ascii().is_empty())
    }
}

/// What a name does where a value belongs; letters and digits alone do nothing else.
pub const NAMES_A_COLUMN: &str = "names a column in the place of a value";

/// Words that are values, or of which one follows.
const VALUES: [&[u8]; 11] = [
    b"all", b"any", b"default", b"exists", b"false", b"not", b"null", b"select", b"some", b"true",
    b"unknown",
];

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
    let mut last = first;
    for token in std::iter::once(first).chain(others) {
        shapes.admit(place, &token);
        last = token;
    }
    let is_code = shapes.fit(place) || is_scrap(place, &first, &last) || shapes.is_own_edge(place);
    (!is_code).then(|| shapes.reason(place, &first))
}

/// Is it so short that it stands there by accident, cut out of the code's own words?
fn is_scrap(place: &Place<'_>, first: &Token, last: &Token) -> bool {
    let is_bare = |token: &Token| matches!(token.kind, Kind::Word | Kind::Number | Kind::Parameter);
    let is_glued = |at: usize| {
        let pair = at
            .checked_sub(1)
            .and_then(|before| place.text.get(before..=at));
        pair.is_some_and(|pair| pair.iter().all(|byte| is_word(*byte)))
    };
    let is_cut =
        (is_bare(first) && is_glued(place.start)) || (is_bare(last) && is_glued(place.end));
    place.end - place.start <= LONGEST_SCRAP && is_cut && !place.whole.ends_open()
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
    (joins && place.whole.ends_open()).then_some("breaks the query: its literal does not end")
}

/// Does the run of `byte` that ends with the input begin an escape that the input does not end?
fn is_odd(place: &Place<'_>, token: &Token, byte: u8) -> bool {
    let from = token
        .inner
        .0
        .max(place.end.saturating_sub(LONGEST_ESCAPE_RUN));
    let mut before = place.text[from..place.end].iter().rev();
    let run = before.by_ref().take_while(|other| **other == byte).count();
    let slashes = place.text[from..place.end - run].iter().rev();
    let escapes = slashes.take_while(|other| **other == b'\\').count();
    let is_escaped = byte != b'\\' && token.backslash && escapes % 2 == 1;
    (run - usize::from(is_escaped)) % 2 == 1
}

fn changes_one(place: &Place<'_>, token: &Token) -> Option<&'static str> {
    match token.kind {
        Kind::LineComment | Kind::BlockComment if place.start < token.inner.0 => {
            Some("starts a comment")
        }
        Kind::LineComment | Kind::BlockComment => Some("ends a comment"),
        Kind::Text | Kind::Name if is_whole(place, token) || has_own_quote(place, token) => None,
        Kind::Text | Kind::Name if place.start > token.start => Some("closes its literal"),
        Kind::Text | Kind::Name => Some("opens a literal"),
        Kind::Word if is_whole_word(place, token) && place.names_value() => Some(NAMES_A_COLUMN),
        _ => None,
    }
}

fn is_whole_word(place: &Place<'_>, token: &Token) -> bool {
    let is_whole = place.start <= token.start && place.end >= token.end;
    is_whole && !VALUES.contains(&&place.text[token.start..token.end])
}

/// The input brought the literal with both its quotes: one value in a value's place.
pub fn is_whole(place: &Place<'_>, token: &Token) -> bool {
    token.closed && place.start <= token.start && place.end >= token.end
}

/// `'open` and `open'` also stand in the code's own `'open'`; pasted raw they would leave the query open.
fn has_own_quote(place: &Place<'_>, token: &Token) -> bool {
    let written = place.text[place.start..place.end].iter();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-'\"`[]".contains(byte);
    token.closed && written.clone().all(is_plain) && !place.whole.ends_open()
}
