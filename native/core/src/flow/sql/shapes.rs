//! The few shapes of several tokens that fill a place for a value and change nothing else.

use super::judge::{Place, is_whole};
use super::tokens::{Kind, Token};

/// Words that SQL and people use; they do harm only with something other than keywords beside them.
const KEYWORDS: [&str; 101] = [
    "add",
    "all",
    "alter",
    "and",
    "as",
    "asc",
    "at",
    "between",
    "by",
    "call",
    "case",
    "cast",
    "collate",
    "column",
    "conflict",
    "constraint",
    "count",
    "create",
    "cross",
    "current",
    "default",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "duplicate",
    "else",
    "end",
    "escape",
    "except",
    "exec",
    "execute",
    "exists",
    "fetch",
    "first",
    "for",
    "foreign",
    "from",
    "full",
    "glob",
    "grant",
    "group",
    "having",
    "if",
    "ignore",
    "ilike",
    "in",
    "index",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "join",
    "key",
    "last",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "nothing",
    "null",
    "nulls",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "partition",
    "primary",
    "procedure",
    "recursive",
    "references",
    "regexp",
    "replace",
    "returning",
    "right",
    "rlike",
    "rows",
    "select",
    "set",
    "similar",
    "some",
    "table",
    "then",
    "time",
    "truncate",
    "union",
    "unique",
    "update",
    "using",
    "values",
    "view",
    "when",
    "where",
    "with",
    "zone",
];

fn is_keyword(word: &[u8]) -> bool {
    KEYWORDS
        .binary_search_by(|keyword| keyword.as_bytes().cmp(word))
        .is_ok()
}

/// More keywords than this nobody writes by accident.
const LONGEST_PHRASE: usize = 6;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    Term,
    Separator,
    AfterDirection,
    NullsPlace,
    Nothing,
}

/// Which shapes the tokens so far still fit.
pub struct Shapes {
    numbers: Expects,
    depth: usize,
    names: Expects,
    is_phrase: bool,
    words: usize,
    values: usize,
    opens: usize,
    closes: usize,
    has_semicolon: bool,
    has_comment: bool,
}

impl Default for Shapes {
    fn default() -> Self {
        Self {
            numbers: Expects::Term,
            depth: 0,
            names: Expects::Term,
            is_phrase: true,
            words: 0,
            values: 0,
            opens: 0,
            closes: 0,
            has_semicolon: false,
            has_comment: false,
        }
    }
}

impl Shapes {
    /// Takes the next token.
    pub fn admit(&mut self, place: &Place<'_>, token: &Token) {
        let written = place.written(token);
        self.has_semicolon |= token.kind == Kind::Semicolon;
        self.has_comment |= matches!(token.kind, Kind::LineComment | Kind::BlockComment);
        self.numbers = self.after_number(token.kind, written);
        self.names = self.after_name(place, token);
        self.is_phrase &= (token.kind == Kind::Word && is_keyword(written))
            || matches!(written, b"*" | b"(" | b")");
        self.words += 1;
        match token.kind {
            Kind::Open => self.opens += 1,
            Kind::Close => self.closes += 1,
            Kind::Word | Kind::Number | Kind::Parameter => self.values += 1,
            _ => self.values += 2,
        }
    }

    fn after_number(&mut self, kind: Kind, written: &[u8]) -> Expects {
        match (self.numbers, kind) {
            (Expects::Term, Kind::Number) => Expects::Separator,
            (Expects::Term, Kind::Operator) if written == b"-" || written == b"+" => Expects::Term,
            (Expects::Term, Kind::Open) => {
                self.depth += 1;
                Expects::Term
            }
            (Expects::Separator, Kind::Comma) => Expects::Term,
            (Expects::Separator, Kind::Close) if self.depth > 0 => {
                self.depth -= 1;
                Expects::Separator
            }
            _ => Expects::Nothing,
        }
    }

    fn after_name(&self, place: &Place<'_>, token: &Token) -> Expects {
        let written = place.written(token);
        match (self.names, token.kind) {
            (Expects::Term, Kind::Word | Kind::Number) => Expects::Separator,
            (Expects::Term, Kind::Name) if is_whole(place, token) => Expects::Separator,
            (Expects::Separator, Kind::Dot | Kind::Comma) => Expects::Term,
            (Expects::AfterDirection, Kind::Comma) => Expects::Term,
            (Expects::Separator, Kind::Word) if written == b"asc" || written == b"desc" => {
                Expects::AfterDirection
            }
            (Expects::AfterDirection, Kind::Word) if written == b"nulls" => Expects::NullsPlace,
            (Expects::NullsPlace, Kind::Word) if written == b"first" || written == b"last" => {
                Expects::AfterDirection
            }
            _ => Expects::Nothing,
        }
    }

    /// Do the tokens fit a harmless shape?
    pub fn fit(&self) -> bool {
        let has_numbers = self.numbers != Expects::Nothing && self.depth == 0;
        has_numbers
            || self.names != Expects::Nothing
            || (self.is_phrase && self.words <= LONGEST_PHRASE)
    }

    /// `(5` and `5)` also stand in the code's own `(5)`; pasted raw they would leave a parenthesis alone.
    pub fn is_own_edge(&self, place: &Place<'_>) -> bool {
        let is_edge = self.values <= 1 && (self.opens == 0 || self.closes == 0);
        is_edge && place.whole.is_balanced() && !place.whole.ends_open()
    }

    /// What an input does that fits no shape.
    pub fn reason(&self, place: &Place<'_>, first: &Token) -> &'static str {
        match first.kind {
            Kind::Text | Kind::Name if place.start > first.start => "closes its literal",
            Kind::LineComment | Kind::BlockComment if place.start > first.start => "ends a comment",
            _ if place.is_whole_statement() => "is the whole statement",
            _ if self.has_comment => "starts a comment",
            _ if self.has_semicolon => "adds a statement",
            _ => "spans several tokens",
        }
    }
}
