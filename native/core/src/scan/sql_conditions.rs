//! Conditions that hang on to a query: what follows `OR`, `AND`, `=` or `LIKE`.

use super::sql_clauses::{Clause, Clauses, is_one};
use crate::flow::sql_tokens::Kind;

const COMPARING: [&str; 15] = [
    "like", "ilike", "is", "in", "between", "rlike", "regexp", "glob", "not", "sounds", "div",
    "mod", "isnull", "notnull", "similar",
];

const CONNECTING: [&str; 9] = [
    "or", "and", "xor", "||", "&&", "having", "where", "when", "not",
];

/// Functions that ask, wait, convert or fail for an attacker; after a value they are nobody else's.
const FUNCTIONS: [&str; 78] = [
    "abs",
    "ascii",
    "benchmark",
    "bin",
    "cast",
    "char",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "conv",
    "convert",
    "count",
    "crypt_key",
    "current_database",
    "current_user",
    "database",
    "db_name",
    "elt",
    "exp",
    "extractvalue",
    "field",
    "find_in_set",
    "floor",
    "gtid_subset",
    "hex",
    "host_name",
    "if",
    "ifnull",
    "iif",
    "instr",
    "is_srvrolemember",
    "isnull",
    "json",
    "json_extract",
    "json_keys",
    "json_valid",
    "lcase",
    "left",
    "len",
    "length",
    "like",
    "load_file",
    "locate",
    "lower",
    "lpad",
    "make_set",
    "md5",
    "mid",
    "name_const",
    "nullif",
    "nvl",
    "ord",
    "pg_sleep",
    "polygon",
    "position",
    "quote",
    "randomblob",
    "regexp_like",
    "regexp_substring",
    "repeat",
    "replace",
    "right",
    "row",
    "schema",
    "sleep",
    "st_latfromgeohash",
    "strcmp",
    "substr",
    "substring",
    "system_user",
    "unhex",
    "unicode",
    "updatexml",
    "upper",
    "user",
    "version",
];

/// What may follow a condition's last value when the attacker goes on.
const AFTER_TRUTH: [&str; 7] = [
    "group",
    "order",
    "limit",
    "having",
    "union",
    "procedure",
    "like",
];

impl Clauses<'_> {
    /// What follows OR or AND: two literals compared, a delay, a subquery, a bare truth at the end.
    pub(super) fn condition(&self, at: usize) -> Option<(Clause, usize)> {
        let mut at = at;
        while is_one(
            self.word_at(at),
            &["(", "not", "!", "-", "+", "~", "binary"],
        ) {
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

    fn compares(&self, at: usize) -> bool {
        matches!(self.kind_at(at), Some(Kind::Operator)) && self.word_at(at) != b"#"
            || is_one(self.word_at(at), &COMPARING)
    }

    /// Is it a comparison, not a sum or an option?
    fn relates(&self, at: usize) -> bool {
        let asks = |byte: &u8| b"=<>!~@?".contains(byte);
        self.kind_at(at) == Some(Kind::Parameter)
            || self.compares(at)
                && (self.kind_at(at) == Some(Kind::Word) || self.word_at(at).iter().any(asks))
    }

    /// Does the text, or what of it is read as a query, end at `at`?
    fn ends(&self, at: usize) -> bool {
        matches!(
            self.kind_at(at),
            None | Some(Kind::LineComment | Kind::BlockComment | Kind::Semicolon)
        ) || self.word_at(at) == b"#"
    }

    fn tautology(&self, at: usize) -> Option<(Clause, usize)> {
        if !self.is_literal(at) {
            return None;
        }
        let closing = (at + 1..)
            .take_while(|at| self.kind_at(*at) == Some(Kind::Close))
            .count();
        let next = at + 1 + closing;
        let cuts = self.ends(next) && next < self.len();
        let goes_on =
            is_one(self.word_at(next), &AFTER_TRUTH[..6]) && self.word_at(next + 1) != b"";
        let is_truth = self.kind_at(at) != Some(Kind::Text) || !self.is_closed(at);
        if is_truth
            && (cuts || goes_on || self.ends(next) && self.kind_at(at) == Some(Kind::Number))
        {
            return Some((Clause::Tautology, at));
        }
        let mut second = next + 1;
        while is_one(self.word_at(second), &["(", "-", "+", "~", "binary"]) {
            second += 1;
        }
        let is_pair = self.is_literal(second)
            || is_one(self.word_at(second), &["select", "null", "not", "true"])
            || is_one(self.word_at(second), &FUNCTIONS) && self.word_at(second + 1) == b"("
            || second > next + 1 && self.word_at(next + 1) == b"(";
        (self.compares(next) && is_pair).then_some((Clause::Tautology, second))
    }

    /// A function that only attackers call here.
    pub(super) fn delay(&self, at: usize) -> Option<(Clause, usize)> {
        let calls = is_one(self.word_at(at), &FUNCTIONS) && self.word_at(at + 1) == b"(";
        let is_call = self.touches(at + 1) || self.waits(at);
        (calls && is_call).then_some((Clause::Delay, at + 1))
    }

    /// A function that waits or fails: it needs no condition.
    pub(super) fn waits(&self, at: usize) -> bool {
        const WAITING: [&str; 9] = [
            "sleep",
            "pg_sleep",
            "benchmark",
            "extractvalue",
            "updatexml",
            "randomblob",
            "load_file",
            "convert",
            "name_const",
        ];
        is_one(self.word_at(at), &WAITING)
    }

    /// The token behind the value that begins at `at`: a literal, a name, a call, what brackets hold.
    fn after_value(&self, at: usize) -> Option<usize> {
        let mut at = at;
        while is_one(
            self.word_at(at),
            &["(", "not", "!", "-", "+", "~", "binary", "all", "any"],
        ) {
            at += 1;
        }
        match self.kind_at(at)? {
            Kind::Number | Kind::Text | Kind::Name | Kind::Parameter | Kind::Word => at += 1,
            Kind::Operator if self.word_at(at).starts_with(b"@") => at += 2,
            _ => return None,
        }
        while self.kind_at(at) == Some(Kind::Dot) {
            at += 2;
        }
        if self.kind_at(at) == Some(Kind::Open) {
            at = self.behind_bracket(at);
        }
        while self.word_at(at) == b":" || self.kind_at(at) == Some(Kind::Close) {
            at += if self.word_at(at) == b":" { 2 } else { 1 };
        }
        Some(at)
    }

    fn behind_bracket(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for at in open..self.len() {
            match self.kind_at(at) {
                Some(Kind::Open) => depth += 1,
                Some(Kind::Close) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.len()
    }

    /// A condition on names, `OR user LIKE '…`, or one that the query's own quote is to end: `OR '`.
    pub(super) fn loose_condition(&self, at: usize) -> Option<(Clause, usize)> {
        let closing = (at..)
            .take_while(|at| self.kind_at(*at) == Some(Kind::Close))
            .count();
        let connector = at + closing;
        let value = connector + 1;
        if is_one(self.word_at(connector), &CONNECTING) {
            let next = self.after_value(value)?;
            let is_open = self.kind_at(value) == Some(Kind::Text) && next >= self.len();
            let is_said = self.kind_at(value) != Some(Kind::Word) || self.is_asked(next);
            let asks = self.relates(next) && is_said
                || is_one(self.word_at(value), &["true", "false"]) && self.ends(next)
                || self.kind_at(value + 1) == Some(Kind::Open) && self.is_cut();
            return (is_open || asks || self.delay(value).is_some())
                .then_some((Clause::Condition, next));
        }
        if !self.compares(connector) {
            return None;
        }
        let value = (connector..self.len()).find(|at| !self.compares(*at))?;
        let is_text = matches!(self.kind_at(value), Some(Kind::Text | Kind::Name));
        let is_open = is_text && (!self.is_closed(value) || value + 1 >= self.len());
        let calls = self.delay(value).is_some()
            || self.word_at(value) == b"(" && is_one(self.word_at(value + 1), &["select", "case"])
            || self.word_at(value) == b"(" && self.delay(value + 1).is_some()
            || is_one(self.word_at(value), &["true", "false"]) && self.ends(value + 1);
        (is_open || calls).then_some((Clause::Condition, value))
    }

    /// What is compared with a name: not the next word of a sentence.
    fn is_asked(&self, at: usize) -> bool {
        if self.kind_at(at) == Some(Kind::Operator) {
            return true;
        }
        let value = (at..self.len()).find(|at| !self.compares(*at));
        value.is_none_or(|at| {
            self.kind_at(at) != Some(Kind::Word) || self.ends(at + 1) || self.is_cut()
        })
    }

    /// Does a comment cut the end off?
    pub(super) fn is_cut(&self) -> bool {
        let last = self.len().wrapping_sub(1);
        match self.kind_at(last) {
            Some(Kind::LineComment) => self.token_length(last) < 12,
            Some(Kind::BlockComment) => !self.is_closed(last),
            _ => self.word_at(last) == b"#" || self.word_at(last) == b";",
        }
    }
}
