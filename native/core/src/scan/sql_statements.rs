//! Statements behind a value: `; DROP TABLE …`.

use super::sql_clauses::{Clause, Clauses, is_one};
use crate::flow::sql_tokens::Kind;

const MADE: [&str; 14] = [
    "table",
    "database",
    "user",
    "view",
    "function",
    "role",
    "procedure",
    "schema",
    "login",
    "index",
    "trigger",
    "assembly",
    "column",
    "extension",
];

const SHOWN: [&str; 8] = [
    "tables",
    "databases",
    "schemas",
    "columns",
    "grants",
    "variables",
    "processlist",
    "full",
];

impl Clauses<'_> {
    /// A statement behind the semicolon at `at`.
    pub(super) fn stacked(&self, at: usize) -> Option<(Clause, usize)> {
        let next = (at + 1..self.len()).find(|at| self.kind_at(*at) != Some(Kind::Semicolon))?;
        self.statement(next).then_some((Clause::Stacked, next + 1))
    }

    fn statement(&self, at: usize) -> bool {
        let (second, third) = (self.word_at(at + 1), self.word_at(at + 2));
        match self.word_at(at) {
            b"drop" | b"alter" | b"create" => {
                is_one(second, &MADE) || second == b"or" && third == b"replace" || self.is_cut()
            }
            b"insert" | b"replace" => second == b"into" || self.has_word(at, "values"),
            b"delete" => second == b"from" || is_one(third, &["from", "where"]),
            b"show" => is_one(second, &SHOWN),
            b"truncate" => second == b"table" || self.is_cut(),
            b"exec" | b"execute" => self.executes(at + 1),
            b"waitfor" => is_one(second, &["delay", "time"]),
            b"select" | b"values" => self.selects(at + 1),
            b"declare" => second.starts_with(b"@") || self.has_word(at, "begin"),
            b"set" => second.starts_with(b"@"),
            b"update" => third == b"set" || self.has_word(at, "set") && self.has_word(at, "where"),
            b"shutdown" => {
                self.kind_at(at + 1)
                    .is_none_or(|kind| matches!(kind, Kind::LineComment | Kind::Semicolon))
                    || is_one(second, &["with", "immediate", "abort", "transactional"])
            }
            b"if" | b"iif" | b"while" => {
                second == b"(" && self.is_condition(at + 2) && self.has_consequence(at)
            }
            b"call" | b"do" | b"sleep" | b"benchmark" | b"pg_sleep" => {
                self.kind_at(at + 1) == Some(Kind::Open) || third == b"(" || second == b"$$"
            }
            b"begin" => is_one(
                second,
                &["declare", "dbms_lock", "dbms_session", "execute", "waitfor"],
            ),
            b"copy" => {
                self.has_word(at, "program") || self.has_word(at, "from") || self.has_word(at, "to")
            }
            b"prepare" | b"deallocate" | b"handler" | b"pragma" | b"attach" | b"grant"
            | b"backup" | b"load" | b"rename" | b"merge" | b"revoke" => {
                self.is_cut()
                    || self.has_word(at, "from")
                    || self.has_word(at, "to")
                    || self.has_word(at, "as")
                    || self.has_word(at, "database")
                    || self.has_word(at, "table")
            }
            _ => false,
        }
    }

    fn executes(&self, at: usize) -> bool {
        let word = self.word_at(at);
        word.starts_with(b"xp_")
            || word.starts_with(b"sp_")
            || word.starts_with(b"@")
            || is_one(word, &["master", "(", "immediate", "sys", "msdb"])
    }

    /// A list of columns, not the object of a sentence.
    fn selects(&self, at: usize) -> bool {
        let is_column = !matches!(self.kind_at(at), None | Some(Kind::Word))
            || is_one(self.word_at(at), &["null", "case", "distinct", "top"]);
        is_column || is_one(self.word_at(at + 1), &["(", "from", ",", "."]) || self.is_cut()
    }

    fn is_condition(&self, at: usize) -> bool {
        let compares = self.kind_at(at + 1) == Some(Kind::Operator);
        compares || self.word_at(at) == b"select" || self.word_at(at + 1) == b"("
    }

    /// Does a statement follow that no other language has?
    fn has_consequence(&self, from: usize) -> bool {
        const WORDS: [&str; 12] = [
            "waitfor",
            "select",
            "sleep",
            "shutdown",
            "exec",
            "execute",
            "raiserror",
            "benchmark",
            "drop",
            "pg_sleep",
            "print",
            "union",
        ];
        WORDS.iter().any(|word| self.has_word(from, word))
    }

    fn has_word(&self, from: usize, wanted: &str) -> bool {
        (from..self.len()).any(|at| self.word_at(at) == wanted.as_bytes())
    }
}
