//! SQL injection: a text that continues a query instead of a value.
//!
//! The text is read as what follows a quote it holds, and as what follows a number. Sees:
//! tautologies, `UNION SELECT`, stacked statements, comment tails, delays, subqueries, probing by
//! `ORDER BY`. Reads the first 256 tokens after the quote. Does not see: whole statements (SQL
//! editors send them), conditions on names alone, what needs the query to be told apart.

use memchr::memchr;

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::sql_injection as rules;
use super::sql_clauses::{self, Clause};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(
            Signs::QUOTE
                .or(Signs::DIGIT)
                .or(Signs::PAREN)
                .or(Signs::SEPARATOR),
        )
    },
    find,
};

fn rule(clause: Clause) -> &'static Rule {
    match clause {
        Clause::Union => &rules::UNION_SELECT,
        Clause::Tautology => &rules::TAUTOLOGY,
        Clause::Stacked => &rules::STACKED_STATEMENT,
        Clause::CommentTail => &rules::COMMENT_TAIL,
        Clause::Delay => &rules::DELAY,
        Clause::Subquery => &rules::SUBQUERY,
        Clause::ColumnProbe => &rules::COLUMN_PROBE,
    }
}

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let quotes = [b'\'', b'"'].into_iter().filter_map(|quote| {
        let at = memchr(quote, &leaf.lower)?;
        after_quote(leaf, at, quote)
    });
    findings.extend(quotes.chain(after_number(leaf)));
}

fn after_quote(leaf: &Leaf, at: usize, quote: u8) -> Option<Finding> {
    let rest = &leaf.lower[at + 1..];
    let before = &leaf.lower[..at];
    let (clause, end) = sql_clauses::after_quote(rest, quote, is_one_word(before))?;
    let rule = if is_sentence(before) {
        &rules::SQL_IN_TEXT
    } else {
        rule(clause)
    };
    Some(Finding::new(rule, at, at + 1 + end))
}

/// A text that begins with a number, a bracket or the keyword itself.
fn after_number(leaf: &Leaf) -> Option<Finding> {
    let (clause, end) = sql_clauses::after_number(&leaf.lower)?;
    Some(Finding::new(rule(clause), 0, end))
}

/// More words than a value of a query has.
fn is_sentence(text: &[u8]) -> bool {
    text.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .count()
        > 3
}

fn is_one_word(text: &[u8]) -> bool {
    text.len() <= 64
        && !text
            .trim_ascii()
            .iter()
            .any(|byte| byte.is_ascii_whitespace())
}
