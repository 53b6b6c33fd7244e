//! Which clauses of an attack stand in SQL tokens.

use super::sql_openings::{may_continue_number, may_follow_literal};
use crate::flow::Dialect;
use crate::flow::sql_tokens::{Kind, Token, Tokens};
use crate::signs::Signs;

/// What continues a query.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clause {
    Union,
    Tautology,
    Stacked,
    CommentTail,
    Delay,
    Subquery,
    ColumnProbe,
    Condition,
    CutOff,
}

/// What begins a clause after a number.
const STARTING: [&str; 12] = [
    "or",
    "and",
    "union",
    "||",
    "&&",
    "order",
    "having",
    "xor",
    "group",
    "rlike",
    "procedure",
    "regexp",
];

/// How many tokens are read.
const MOST_TOKENS: usize = 256;

/// A text's first tokens; comments that only replace blanks are left out.
pub(super) struct Clauses<'a> {
    text: &'a [u8],
    tokens: Vec<Token>,
    quote: u8,
}

/// The first clause in `text`, which follows `quote`, and where it ends.
pub fn after_quote(text: &[u8], quote: u8, follows_word: bool) -> Option<(Clause, usize)> {
    if !may_follow_literal(text) {
        return None;
    }
    let clauses = Clauses::read(text, quote);
    let word = |found: &(Clause, usize)| follows_word.then_some(*found);
    clauses.first(0).or_else(|| {
        let tail = clauses.comment_tail().map(|end| (Clause::CommentTail, end));
        tail.or_else(|| clauses.loose(0)).as_ref().and_then(word)
    })
}

/// The first clause in `text`, which begins with a number, a bracket or the clause itself.
pub fn after_number(text: &[u8], signs: Signs) -> Option<(Clause, usize)> {
    // `5 or 5 = 10?` is asked of people.
    if !may_continue_number(text, signs) || text.trim_ascii_end().ends_with(b"?") {
        return None;
    }
    let clauses = Clauses::read(text, b'\'');
    let is_sign = |token: &&Token| token.kind == Kind::Open || clauses.word(token) == b"-";
    let signs = clauses.tokens.iter().take_while(is_sign).count();
    if signs > 0
        && is_one(clauses.word_at(signs), &["select"])
        && clauses.word_at(signs - 1) == b"("
    {
        return Some((Clause::Subquery, clauses.end_of(signs)));
    }
    let is_number = |token: &&Token| matches!(token.kind, Kind::Number | Kind::Close | Kind::Open);
    let start = signs + clauses.tokens[signs..].iter().take_while(is_number).count();
    let starts_clause = clauses.tokens.get(start).is_some_and(|token| {
        token.kind == Kind::Semicolon || is_one(clauses.word(token), &STARTING)
    });
    clauses
        .first(start)
        .filter(|_| starts_clause || start > 0)
        .or_else(|| clauses.loose(start).filter(|_| starts_clause))
}

/// The first clause behind the one word with which `text` begins.
pub fn after_name(text: &[u8]) -> Option<(Clause, usize)> {
    let clauses = Clauses::read(text, b'\'');
    let is_name = clauses.kind_at(0) == Some(Kind::Word);
    let goes_on = clauses.kind_at(1) == Some(Kind::Semicolon)
        || is_one(clauses.word_at(1), &STARTING)
        || clauses.kind_at(1) == Some(Kind::Close) && is_one(clauses.word_at(2), &STARTING);
    let found = clauses.first(1).filter(|_| is_name && goes_on)?;
    let is_sure = matches!(
        found.0,
        Clause::Union | Clause::Tautology | Clause::Delay | Clause::Stacked
    );
    is_sure.then_some(found)
}

impl<'a> Clauses<'a> {
    fn read(text: &'a [u8], quote: u8) -> Self {
        let near = &text[..text.len().min(16 * 1024)];
        let all = Tokens::new(near, Dialect::Any);
        let is_blank = |token: &Token| token.kind == Kind::BlockComment && token.closed;
        let mut tokens = Vec::with_capacity((near.len() / 4 + 4).min(MOST_TOKENS));
        tokens.extend(all.filter(|token| !is_blank(token)).take(MOST_TOKENS));
        Self {
            text: near,
            tokens,
            quote,
        }
    }

    fn word(&self, token: &Token) -> &[u8] {
        &self.text[token.start..token.end]
    }

    pub(super) fn word_at(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(b"", |token| self.word(token))
    }

    pub(super) fn kind_at(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn is_closed(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.closed)
    }

    pub(super) fn token_length(&self, at: usize) -> usize {
        self.word_at(at).len()
    }

    /// Does the token at `at` follow the one before without a blank?
    pub(super) fn touches(&self, at: usize) -> bool {
        let end = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        end.zip(self.tokens.get(at))
            .is_some_and(|(before, token)| before.end == token.start)
    }

    fn end_of(&self, last: usize) -> usize {
        self.tokens
            .get(last)
            .map_or(self.text.len(), |token| token.end)
    }

    /// The first clause that begins at the token `start`, or after brackets and operators there.
    fn first(&self, start: usize) -> Option<(Clause, usize)> {
        let is_sign =
            |token: &&Token| matches!(token.kind, Kind::Close | Kind::Comma | Kind::Operator);
        let signs = self.tokens[start.min(self.tokens.len())..]
            .iter()
            .take_while(is_sign)
            .count();
        let from = start + signs;
        let connects =
            signs > 0 && [&b"||"[..], b"&&", b"+", b"-", b"="].contains(&self.word_at(from - 1));
        let found = (from..self.tokens.len()).find_map(|at| self.at(at, at == from, connects));
        found.map(|(clause, last)| (clause, self.end_of(last)))
    }

    fn at(&self, at: usize, is_start: bool, connects: bool) -> Option<(Clause, usize)> {
        let word = self.word_at(at);
        match word {
            b"union" => self.union(at),
            b"or" | b"and" | b"||" | b"&&" | b"xor" | b"where" | b"having" => {
                self.condition(at + 1)
            }
            b";" => self.stacked(at),
            b"order" if is_start => self.column_probe(at),
            b"waitfor" if is_one(self.word_at(at + 1), &["delay", "time"]) => {
                Some((Clause::Delay, at + 1))
            }
            b"rlike" | b"regexp" | b"by" | b"like" if !is_start => self.delay(at + 1),
            b"," => self.delay(at + 1).filter(|_| self.waits(at + 1)),
            b"{" => self.delay(at + 2),
            b"(" if (is_start || connects) && self.word_at(at + 1) == b"select" => {
                Some((Clause::Subquery, at + 1))
            }
            b"(" if is_start && connects => self.delay(at + 1),
            _ if is_start && connects && self.is_literal(at) && !self.is_sum(at) => {
                self.condition(at)
            }
            _ if is_start && connects => self.delay(at),
            _ => None,
        }
    }

    /// `1+1=2` is arithmetic: a number that goes on with a plus or a minus continues no query.
    fn is_sum(&self, at: usize) -> bool {
        let first = usize::from(self.word_at(0) == b"-");
        matches!(self.kind_at(first), Some(Kind::Number | Kind::Open))
            && [&b"+"[..], b"-"].contains(&self.word_at(at - 1))
    }

    fn union(&self, at: usize) -> Option<(Clause, usize)> {
        let mut next = at + 1;
        while is_one(self.word_at(next), &["all", "distinct", "("]) {
            next += 1;
        }
        if self.word_at(next) == b"table" && self.kind_at(next + 1) == Some(Kind::Word) {
            return self.ends(next + 2).then_some((Clause::Union, next + 1));
        }
        let selects = self.word_at(next) == b"select";
        let column = next + 1;
        let lists = self.is_literal(column)
            || is_one(
                self.word_at(column),
                &["null", "(", "*", "distinct", "concat", "group_concat"],
            )
            || is_one(self.word_at(column + 1), &[",", "(", "from", ".", "as"])
            || self.word_at(column + 2) == b"from"
            || matches!(
                self.kind_at(column),
                Some(Kind::Operator | Kind::Parameter | Kind::Dot)
            )
            || matches!(
                self.kind_at(column + 1),
                Some(Kind::LineComment | Kind::BlockComment)
            );
        (selects && lists).then_some((Clause::Union, column))
    }

    pub(super) fn is_literal(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| match token.kind {
            Kind::Number | Kind::Text => true,
            Kind::Name => self.text[token.start] == b'"' && self.quote == b'"',
            _ => is_one(self.word(token), &["true", "false", "null"]),
        })
    }

    fn column_probe(&self, at: usize) -> Option<(Clause, usize)> {
        let counts = self.word_at(at + 1) == b"by" && self.kind_at(at + 2) == Some(Kind::Number);
        let cuts = self.tokens[at..]
            .iter()
            .any(|token| token.kind == Kind::LineComment || self.word(token) == b"#");
        let is_last = at > 0 && self.kind_at(at + 3).is_none_or(|kind| kind == Kind::Comma);
        (counts && (cuts || is_last)).then_some((Clause::ColumnProbe, at + 2))
    }

    /// A clause that alone is less sure: a condition on names, a rest that is cut off.
    fn loose(&self, at: usize) -> Option<(Clause, usize)> {
        if self.is_code() {
            return None;
        }
        let condition = self.loose_condition(at).or_else(|| self.other_column(at));
        let found = condition.or_else(|| self.cut_off(at).then(|| (Clause::CutOff, self.len())));
        found.map(|(clause, last)| (clause, self.end_of(last)))
    }

    /// Lines of a program have quotes, names and comparisons, too; and `===` is no operator of SQL.
    fn is_code(&self) -> bool {
        let lines = memchr::memchr_iter(b'\n', self.text.trim_ascii());
        lines.take(2).count() > 1 || memchr::memmem::find(self.text, b"===").is_some()
    }

    /// An operator behind the value, and a comment at the end.
    fn cut_off(&self, at: usize) -> bool {
        let last = self.len().wrapping_sub(1);
        let is_comment = matches!(self.kind_at(last), Some(Kind::LineComment));
        is_comment && last > at && self.len() < 32 && self.is_cut()
    }

    /// Brackets, then at once a comment that runs to the end of the text.
    fn comment_tail(&self) -> Option<usize> {
        let is_bracket = |token: &&Token| matches!(token.kind, Kind::Close | Kind::Semicolon);
        let at = self.tokens.iter().take_while(is_bracket).count();
        let token = self.tokens.get(at)?;
        let is_hash = self.word(token) == b"#" && at + 1 == self.tokens.len();
        let runs_on = token.kind == Kind::BlockComment && !token.closed;
        let is_comment = token.kind == Kind::LineComment || runs_on || is_hash;
        let is_tight = self.text[..token.start]
            .iter()
            .all(|byte| b") ;".contains(byte))
            && token.start < 4;
        (is_comment && is_tight && token.end - token.start < 16).then_some(token.end)
    }
}

/// Is `word` one of `words`?
pub fn is_one(word: &[u8], words: &[&str]) -> bool {
    let is_near = |one: &str| one.len() == word.len() && one.as_bytes().first() == word.first();
    words
        .iter()
        .any(|one| is_near(one) && one.as_bytes() == word)
}
