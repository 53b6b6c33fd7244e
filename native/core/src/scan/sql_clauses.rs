//! Which clauses of an attack stand in SQL tokens.

use super::sql_openings::{may_continue_number, may_follow_literal};
use crate::flow::Dialect;
use crate::flow::sql_tokens::{Kind, Token, Tokens};

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
}

/// How many tokens are read.
const MOST_TOKENS: usize = 256;

/// A text's first tokens; comments that only replace blanks are left out.
struct Clauses<'a> {
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
    let tail = clauses.comment_tail().filter(|_| follows_word);
    clauses
        .first(0)
        .or_else(|| Some((Clause::CommentTail, tail?)))
}

/// The first clause in `text`, which begins with a number, a bracket or the clause itself.
pub fn after_number(text: &[u8]) -> Option<(Clause, usize)> {
    if !may_continue_number(text) {
        return None;
    }
    let clauses = Clauses::read(text, b'\'');
    let is_sign = |token: &&Token| token.kind == Kind::Open || clauses.word(token) == b"-";
    let signs = clauses.tokens.iter().take_while(is_sign).count();
    let is_number = |token: &&Token| matches!(token.kind, Kind::Number | Kind::Close | Kind::Open);
    let start = signs + clauses.tokens[signs..].iter().take_while(is_number).count();
    let starts_clause = clauses.tokens.get(start).is_some_and(|token| {
        token.kind == Kind::Semicolon
            || is_one(
                clauses.word(token),
                &["or", "and", "union", "||", "&&", "order", "having"],
            )
    });
    clauses.first(start).filter(|_| starts_clause || start > 0)
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

    fn word_at(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(b"", |token| self.word(token))
    }

    fn kind_at(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
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
        found.map(|(clause, last)| {
            (
                clause,
                self.tokens
                    .get(last)
                    .map_or(self.text.len(), |token| token.end),
            )
        })
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
            b"waitfor" if self.word_at(at + 1) == b"delay" => Some((Clause::Delay, at + 1)),
            b"(" if (is_start || connects) && self.word_at(at + 1) == b"select" => {
                Some((Clause::Subquery, at + 1))
            }
            _ if is_start && connects && self.is_literal(at) && !self.is_sum(at) => {
                self.condition(at)
            }
            _ if is_start && connects => self.delay(at),
            _ => None,
        }
    }

    /// `1+1=2` is arithmetic: a number that goes on with a plus or a minus continues no query.
    fn is_sum(&self, at: usize) -> bool {
        self.kind_at(0) == Some(Kind::Number) && [&b"+"[..], b"-"].contains(&self.word_at(at - 1))
    }

    fn union(&self, at: usize) -> Option<(Clause, usize)> {
        let mut next = at + 1;
        while is_one(self.word_at(next), &["all", "distinct", "("]) {
            next += 1;
        }
        let selects = self.word_at(next) == b"select";
        let column = next + 1;
        let lists = self.is_literal(column)
            || is_one(
                self.word_at(column),
                &["null", "(", "*", "distinct", "concat", "group_concat"],
            )
            || is_one(self.word_at(column + 1), &[",", "(", "from", "."])
            || matches!(
                self.kind_at(column + 1),
                Some(Kind::LineComment | Kind::BlockComment)
            );
        (selects && lists).then_some((Clause::Union, column))
    }

    /// What follows OR or AND: two literals compared, a delay, a subquery, a bare truth at the end.
    fn condition(&self, at: usize) -> Option<(Clause, usize)> {
        let mut at = at;
        while is_one(self.word_at(at), &["(", "not", "!", "-", "+"]) {
            at += 1;
        }
        let is_nested = self.word_at(at) == b"select" || self.word_at(at) == b"exists";
        if is_nested && self.word_at(at - 1) == b"("
            || self.word_at(at) == b"exists" && self.word_at(at + 1) == b"("
        {
            return Some((Clause::Subquery, at));
        }
        self.tautology(at).or_else(|| self.delay(at))
    }

    fn tautology(&self, at: usize) -> Option<(Clause, usize)> {
        if !self.is_literal(at) {
            return None;
        }
        let compares = self.kind_at(at + 1) == Some(Kind::Operator)
            || is_one(
                self.word_at(at + 1),
                &["like", "is", "in", "between", "rlike", "regexp"],
            );
        let ends = self.tokens.get(at + 1).is_none_or(|token| {
            matches!(token.kind, Kind::LineComment | Kind::BlockComment) || self.word(token) == b"#"
        });
        if ends && self.kind_at(at) == Some(Kind::Number) {
            return Some((Clause::Tautology, at));
        }
        let second = at + 2;
        let is_pair =
            self.is_literal(second) || is_one(self.word_at(second), &["(", "null", "not", "true"]);
        (compares && is_pair).then_some((Clause::Tautology, second))
    }

    fn is_literal(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| match token.kind {
            Kind::Number | Kind::Text => true,
            Kind::Name => self.text[token.start] == b'"' && self.quote == b'"',
            _ => is_one(self.word(token), &["true", "false", "null"]),
        })
    }

    fn delay(&self, at: usize) -> Option<(Clause, usize)> {
        const DELAYS: [&str; 14] = [
            "sleep",
            "pg_sleep",
            "benchmark",
            "extractvalue",
            "updatexml",
            "load_file",
            "randomblob",
            "row",
            "exp",
            "ascii",
            "substring",
            "ord",
            "gtid_subset",
            "json_keys",
        ];
        let calls = is_one(self.word_at(at), &DELAYS) && self.word_at(at + 1) == b"(";
        calls.then_some((Clause::Delay, at + 1))
    }

    fn stacked(&self, at: usize) -> Option<(Clause, usize)> {
        let pair = (self.word_at(at + 1), self.word_at(at + 2));
        let is_statement = match pair.0 {
            b"drop" | b"alter" | b"create" => is_one(
                pair.1,
                &["table", "database", "user", "view", "function", "role"],
            ),
            b"insert" => pair.1 == b"into",
            b"delete" => pair.1 == b"from",
            b"truncate" => pair.1 == b"table",
            b"exec" | b"execute" => {
                pair.1.starts_with(b"xp_")
                    || pair.1.starts_with(b"sp_")
                    || pair.1 == b"master"
                    || pair.1 == b"("
            }
            b"waitfor" => pair.1 == b"delay",
            b"select" => is_one(self.word_at(at + 3), &["(", "from", ",", "."]) || pair.1 == b"(",
            b"declare" => pair.1.starts_with(b"@"),
            b"update" => self.word_at(at + 3) == b"set",
            b"shutdown" => self
                .kind_at(at + 2)
                .is_none_or(|kind| kind == Kind::LineComment || kind == Kind::Semicolon),
            _ => false,
        };
        is_statement.then_some((Clause::Stacked, at + 2))
    }

    fn column_probe(&self, at: usize) -> Option<(Clause, usize)> {
        let counts = self.word_at(at + 1) == b"by" && self.kind_at(at + 2) == Some(Kind::Number);
        let cuts = self.tokens[at..]
            .iter()
            .any(|token| token.kind == Kind::LineComment || self.word(token) == b"#");
        (counts && cuts).then_some((Clause::ColumnProbe, at + 2))
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
    words.iter().any(|one| one.as_bytes() == word)
}
