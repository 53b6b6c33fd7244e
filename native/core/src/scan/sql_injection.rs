//! SQL injection: a text that continues a query instead of a value.
//!
//! The text is read as what follows a quote it holds, and as what follows a number. Sees:
//! tautologies, `UNION SELECT`, stacked statements, comment tails, delays, subqueries, probing by
//! `ORDER BY`. Reads the first 256 tokens after the quote. Does not see: whole statements (SQL
//! editors send them), conditions on names alone, what needs the query to be told apart.

use memchr::{memchr, memchr_iter};

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::sql_injection as rules;
use super::sql_clauses::{self, Clause};
use super::sql_constants;
use super::sql_forms;
use super::sql_openings::may_connect;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(
            Signs::QUOTE
                .or(Signs::DIGIT)
                .or(Signs::PAREN)
                .or(Signs::SEPARATOR)
                .or(Signs::OPERATOR)
                .or(Signs::BACKTICK),
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
        Clause::Condition => &rules::LOOSE_CONDITION,
        Clause::CutOff => &rules::CUT_OFF,
    }
}

/// Quotes behind the first that are read as the end of a value.
const MOST_QUOTES: usize = 12;

const QUOTES: [(Signs, u8); 3] = [
    (Signs::SINGLE_QUOTE, b'\''),
    (Signs::DOUBLE_QUOTE, b'"'),
    (Signs::BACKTICK, b'`'),
];

/// A value that more quotes than one stand in is shorter; so much is read behind each.
const LONGEST_VALUE: usize = 64;
const LONGEST_BEHIND: usize = 4 << 10;

/// So configuration of API Gateway writes the value of a header that allows every origin.
const EVERY_ORIGIN: &[u8] = b"'*'";

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    if leaf.lower == EVERY_ORIGIN {
        return;
    }
    let found = in_text(&leaf.lower, leaf.signs);
    if !found.is_empty() {
        findings.extend(found);
    } else if let Some(form) = sql_forms::plain(&leaf.lower, leaf.signs) {
        let whole = |finding: Finding| Finding::new(finding.rule, 0, leaf.lower.len());
        let found = in_text(&form, Signs::of(&form));
        findings.extend(found.into_iter().map(whole));
    }
}

fn in_text(text: &[u8], signs: Signs) -> Vec<Finding> {
    if is_program(text) {
        return sql_constants::compared(text).into_iter().collect();
    }
    let quotes = QUOTES
        .iter()
        .filter(|(sign, _)| signs.has(*sign))
        .filter_map(|(_, quote)| in_quotes(text, *quote));
    let number = || after_number(text, signs);
    let name = || after_name(text);
    let mut found: Vec<Finding> = quotes.collect();
    found.extend(number().or_else(name));
    if signs.has(Signs::EQUALS) {
        found.extend(sql_constants::compared(text));
    }
    found
}

fn in_quotes(text: &[u8], quote: u8) -> Option<Finding> {
    let mut quotes = memchr_iter(quote, text).take(MOST_QUOTES);
    let first = quotes.next()?;
    after_quote(text, first, quote).or_else(|| {
        let near = quotes.take_while(|at| *at <= LONGEST_VALUE && !is_statement(text));
        near.filter(|at| !is_sentence(&text[..*at]))
            .find_map(|at| after_later_quote(text, at, quote))
    })
}

fn after_quote(text: &[u8], at: usize, quote: u8) -> Option<Finding> {
    let before = &text[..at];
    let rest = &text[at + 1..];
    let (clause, end) = sql_clauses::after_quote(rest, quote, is_one_word(before))?;
    if is_sentence(before) && begins_with_sum(rest) {
        return None;
    }
    // Between backticks stand options and commands: `--quiet`.
    if quote == b'`'
        && matches!(
            clause,
            Clause::CommentTail | Clause::CutOff | Clause::Condition
        )
    {
        return None;
    }
    let is_meant =
        matches!(clause, Clause::Union | Clause::Stacked | Clause::Delay) && is_cut_off(text);
    let rule = if is_sentence(before) && !is_meant || quote == b'`' && clause != Clause::Union {
        &rules::SQL_IN_TEXT
    } else {
        rule(clause)
    };
    Some(Finding::new(rule, at, at + 1 + end))
}

/// Does a comment cut off what would follow the text? Nobody who writes about SQL has a use for that.
fn is_cut_off(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    [&b"--"[..], b"-- -", b"--+", b"#", b"/*"]
        .iter()
        .any(|end| text.ends_with(end))
}

/// How many lines, and bytes, a value has at most that continues a query.
const MOST_LINES: usize = 3;
const LONGEST_OF_LINES: usize = 160;

/// More lines than a value has: its quotes and numbers are a program's own.
fn is_program(text: &[u8]) -> bool {
    let lines = || text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    text.len() > LONGEST_OF_LINES
        && lines()
            .filter(|line| !line.is_empty())
            .nth(MOST_LINES)
            .is_some()
        && lines().map(<[u8]>::len).sum::<usize>() > LONGEST_OF_LINES
}

/// In code a quoted sign is a text: `indexOf('=') + 1`.
fn begins_with_sum(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| !b" )".contains(byte));
    first.is_some_and(|byte| b"=+-<>,".contains(byte))
}

/// What a second quote begins is an attack only where nothing else is like it.
fn after_later_quote(text: &[u8], at: usize, quote: u8) -> Option<Finding> {
    let rest = &text[at + 1..];
    let near = &rest[..rest.len().min(LONGEST_BEHIND)];
    let (clause, end) = sql_clauses::after_quote(near, quote, false)?;
    let rule = match clause {
        Clause::Tautology if quote != b'`' => &rules::SQL_IN_TEXT,
        Clause::Union | Clause::Stacked => rule(clause),
        _ => return None,
    };
    Some(Finding::new(rule, at, at + 1 + end))
}

/// A text that begins with a number, a bracket or the keyword itself.
fn after_number(text: &[u8], signs: Signs) -> Option<Finding> {
    let (clause, end) = sql_clauses::after_number(text, signs)?;
    Some(Finding::new(rule(clause), 0, end))
}

/// A text that begins with a name, and goes on with the keyword.
fn after_name(text: &[u8]) -> Option<Finding> {
    let word = text.trim_ascii_start();
    let length = word
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(word.len());
    let rest = &word[length.min(word.len())..];
    if length > LONGEST_VALUE
        || !(may_connect(rest) || memchr(b';', word).is_some() && may_end(word))
        || is_statement(text)
    {
        return None;
    }
    let (clause, end) = sql_clauses::after_name(text)?;
    let is_meant = matches!(clause, Clause::Union | Clause::Delay) && is_cut_off(text);
    let rule = if is_meant {
        rule(clause)
    } else {
        &rules::SQL_IN_TEXT
    };
    Some(Finding::new(rule, 0, end.min(text.len())))
}

/// May the name with which `text` begins be all of a value: does a sign of SQL, or a comment, follow it?
fn may_end(text: &[u8]) -> bool {
    let is_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || b"_$".contains(byte) || **byte >= 0x80;
    let length = text.iter().take_while(is_name).count();
    let rest = text[length..].trim_ascii_start();
    matches!(
        rest,
        [b';' | b')' | b'|' | b'&' | b'\x0b', ..] | [b'/', b'*', ..]
    )
}

/// Does it begin as statements do? A person may send one to read it.
fn is_statement(text: &[u8]) -> bool {
    const STATEMENTS: [&[u8]; 9] = [
        b"select", b"insert", b"update", b"delete", b"create", b"with", b"alter", b"drop", b"grant",
    ];
    let text = text.trim_ascii_start();
    STATEMENTS
        .iter()
        .any(|statement| text.starts_with(statement))
}

/// More words than a value of a query has.
fn is_sentence(text: &[u8]) -> bool {
    text.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .nth(3)
        .is_some()
}

fn is_one_word(text: &[u8]) -> bool {
    text.len() <= 64
        && !text
            .trim_ascii()
            .iter()
            .any(|byte| byte.is_ascii_whitespace())
}
