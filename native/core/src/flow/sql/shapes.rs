//! The few shapes of several tokens that fill a place for a value and change nothing else.

use super::expected::Expected;
use super::judge::{NAMES_A_COLUMN, Place, is_whole};
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
    /// Numbers and whole literals, with commas between.
    list: Expects,
    depth: usize,
    names: Expects,
    has_name: bool,
    has_comma: bool,
    /// How many parts of `1 AND 5` were there; none where it is something else.
    range: Option<u8>,
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
            list: Expects::Term,
            depth: 0,
            names: Expects::Term,
            has_name: false,
            has_comma: false,
            range: Some(0),
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
        self.range = self.after_range(place, token);
        self.list = self.after_value(place, token);
        self.names = self.after_name(place, token);
        self.has_name |= matches!(token.kind, Kind::Word | Kind::Name);
        self.has_comma |= token.kind == Kind::Comma;
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

    fn after_range(&self, place: &Place<'_>, token: &Token) -> Option<u8> {
        let is_value =
            token.kind == Kind::Number || token.kind == Kind::Text && is_whole(place, token);
        match (self.range?, place.written(token)) {
            (0 | 2, b"-" | b"+") => self.range,
            (at @ (0 | 2), _) if is_value => Some(at + 1),
            (1, b"and") => Some(2),
            _ => None,
        }
    }

    fn after_value(&mut self, place: &Place<'_>, token: &Token) -> Expects {
        let (kind, written) = (token.kind, place.written(token));
        match (self.list, kind) {
            (Expects::Term, Kind::Number) => Expects::Separator,
            (Expects::Term, Kind::Text) if is_whole(place, token) => Expects::Separator,
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
            (Expects::Term, Kind::Operator)
                if matches!(written, b"-" | b"+") && place.expected() == Expected::Columns =>
            {
                Expects::Term
            }
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
    pub fn fit(&self, place: &Place<'_>) -> bool {
        let is_list = self.list != Expects::Nothing && self.depth == 0;
        let is_range = self.range == Some(3) && place.expected() == Expected::Range;
        is_list
            || is_range
            || (self.names != Expects::Nothing && !self.names_other(place))
            || (self.is_phrase && self.words <= LONGEST_PHRASE)
    }

    /// Names are columns to sort by: not values, nor one more table.
    fn names_other(&self, place: &Place<'_>) -> bool {
        let adds_table = self.has_comma && place.expected() == Expected::Table;
        adds_table || (self.has_name && place.names_value())
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
            _ if self.names != Expects::Nothing && place.expected() == Expected::Table => {
                "adds a table"
            }
            _ if self.names != Expects::Nothing => NAMES_A_COLUMN,
            _ => "spans several tokens",
        }
    }
}
