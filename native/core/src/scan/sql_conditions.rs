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
#[rustfmt::skip]
const FUNCTIONS: [&str; 149] = [
    "abs", "aes_encrypt", "array_to_string", "ascii", "benchmark", "bin", "bit_length", "cast", "char",
    "char_length", "charindex", "chr", "coalesce", "col_name", "compress", "concat", "concat_ws",
    "connection_id", "conv", "convert", "count", "crc32", "crypt_key", "current_database", "current_setting",
    "current_user", "database", "database_to_xml", "datalength", "db_name", "elt", "exp", "export_set",
    "extractvalue", "field", "find_in_set", "floor", "get_byte", "get_lock", "greatest", "group_concat",
    "gtid_subset", "has_dbaccess", "hex", "host_name", "if", "ifnull", "iif", "inet_ntoa", "instr",
    "is_free_lock", "is_member", "is_srvrolemember", "isnull", "isnumeric", "json", "json_array_length",
    "json_contains", "json_contains_path", "json_depth", "json_extract", "json_keys", "json_length",
    "json_quote", "json_type", "json_valid", "last_insert_id", "lcase", "least", "left", "len", "length",
    "like", "likelihood", "likely", "load_extension", "load_file", "locate", "lower", "lpad", "ltrim",
    "make_set", "md5", "mid", "name_const", "nullif", "nvl", "object_id", "object_name", "octet_length", "ord",
    "parsename", "patindex", "pg_client_encoding", "pg_read_file", "pg_sleep", "polygon", "position",
    "query_to_xml", "quote", "randomblob", "rawtohex", "regexp_like", "regexp_substring", "release_lock",
    "repeat", "replace", "reverse", "right", "row", "row_count", "rtrim", "schema", "session_user", "sha1",
    "sign", "sleep", "soundex", "sqlite_source_id", "sqlite_version", "st_latfromgeohash", "strcmp",
    "string_agg", "substr", "substring", "suser_name", "suser_sname", "sys_context", "system_user", "to_char",
    "to_hex", "to_number", "total_changes", "translate", "trim", "typeof", "uncompress", "unhex", "unicode",
    "unlikely", "updatexml", "upper", "user", "user_name", "utl_raw", "uuid", "version", "xmltype", "zeroblob",
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

    /// Is it a sign between columns: `|`, `||`, `&`?
    fn separates(&self, at: usize) -> bool {
        let word = self.word_at(at);
        !word.is_empty() && word.iter().all(|byte| b"|&".contains(byte))
    }

    /// Does the text, or what of it is read as a query, end at `at`?
    pub(super) fn ends(&self, at: usize) -> bool {
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
        let is_number = self.kind_at(at) == Some(Kind::Number);
        let begins_as_value = matches!(self.kind_at(0), Some(Kind::Number | Kind::Open));
        // `1 or 2; 3`: a list.
        let is_list = begins_as_value && self.kind_at(next) == Some(Kind::Semicolon) && {
            self.kind_at(next + 1) == Some(Kind::Number)
        };
        let cuts = self.ends(next) && next < self.len() && !is_list;
        let goes_on =
            is_one(self.word_at(next), &AFTER_TRUTH[..6]) && self.word_at(next + 1) != b"";
        let is_truth = self.kind_at(at) != Some(Kind::Text) || !self.is_closed(at);
        if is_truth && (cuts || goes_on || self.ends(next) && is_number && !begins_as_value) {
            return Some((Clause::Tautology, at));
        }
        // `1||2||3`, `5&6`: columns of a log, not a comparison.
        if begins_as_value && self.separates(next) {
            return None;
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
        let calls = self.word_at(at + 1) == b"(" && is_one(self.word_at(at), &FUNCTIONS);
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
        // `"$@"` is a shell's.
        let is_variable = |byte: &u8| b"$@?".contains(byte);
        if !self.compares(connector) || self.word_at(connector).iter().all(is_variable) {
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

    /// `', role='admin`: sets another column, to a text that the query's own quote is to end.
    pub(super) fn other_column(&self, at: usize) -> Option<(Clause, usize)> {
        let is_set = self.kind_at(at) == Some(Kind::Comma)
            && self.kind_at(at + 1) == Some(Kind::Word)
            && self.word_at(at + 2) == b"="
            && self.kind_at(at + 3) == Some(Kind::Text);
        let is_open = !self.is_closed(at + 3) && self.kind_at(at + 4).is_none();
        (is_set && is_open).then_some((Clause::Condition, at + 3))
    }

    /// What is compared with a name: not the next word of a sentence.
    fn is_asked(&self, at: usize) -> bool {
        if self.kind_at(at) == Some(Kind::Operator) {
            return true;
        }
        let value = (at..self.len()).find(|at| !self.compares(*at));
        value.is_none_or(|at| {
            self.kind_at(at) != Some(Kind::Word)
                || is_one(self.word_at(at), &["null", "true", "false", "unknown"])
                || self.ends(at + 1)
                || self.is_cut()
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
