//! The cheap questions before a text is read as SQL: may it continue a query at all?

use memchr::memmem;

use super::sql_clauses::is_one;
use crate::signs::Signs;

/// Words that may follow a literal in a query.
const FOLLOWING_WORDS: [&str; 48] = [
    "or",
    "and",
    "union",
    "having",
    "order",
    "group",
    "where",
    "like",
    "in",
    "is",
    "between",
    "regexp",
    "rlike",
    "not",
    "xor",
    "limit",
    "as",
    "div",
    "mod",
    "collate",
    "procedure",
    "into",
    "escape",
    "glob",
    "sounds",
    "then",
    "else",
    "end",
    "from",
    "intersect",
    "except",
    "waitfor",
    "exec",
    "execute",
    "isnull",
    "notnull",
    "match",
    "ilike",
    "similar",
    "when",
    "if",
    "begin",
    "select",
    "offset",
    "returning",
    "for",
    "sleep",
    "asc",
];

/// Words that begin what continues a query after a number.
const CLAUSE_WORDS: [&str; 11] = [
    "or",
    "and",
    "union",
    "xor",
    "order",
    "having",
    "group",
    "rlike",
    "regexp",
    "procedure",
    "limit",
];

/// May `text`, which follows a name, go on with a clause?
pub fn may_connect(text: &[u8]) -> bool {
    is_one(first_word(text), &CLAUSE_WORDS)
}

/// One of these stands in every clause after a number, but for `UNION SELECT`.
const CLAUSE_SIGNS: Signs = Signs::OPERATOR
    .or(Signs::PAREN)
    .or(Signs::SEPARATOR)
    .or(Signs::ANGLE)
    .or(Signs::QUOTE)
    .or(Signs::DASH);

fn first_word(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(text.len());
    &text[..end]
}

/// In a query only certain words and signs follow a literal; in prose other words do.
pub fn may_follow_literal(text: &[u8]) -> bool {
    let word = first_word(text);
    !text.trim_ascii().is_empty() && (word.is_empty() || is_one(word, &FOLLOWING_WORDS))
}

/// A number or a bracket and something to continue with, or a word that continues.
pub fn may_continue_number(text: &[u8], signs: Signs) -> bool {
    let Some(first) = text.trim_ascii_start().first() else {
        return false;
    };
    if first.is_ascii_digit() {
        return signs.has(CLAUSE_SIGNS)
            || [
                &b"select"[..],
                b" like ",
                b" or true",
                b" null",
                b" table ",
                b" order by ",
            ]
            .iter()
            .any(|word| memmem::find(text, word).is_some());
    }
    b"(-);|&,".contains(first) || is_one(first_word(text), &CLAUSE_WORDS)
}
