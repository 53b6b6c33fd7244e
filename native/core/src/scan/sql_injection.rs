//! SQL injection: a text that continues a query instead of a value.
//!
//! The text is read as what follows a quote it holds, and as what follows a number. Sees:
//! tautologies, `UNION SELECT`, stacked statements, comment tails, delays, subqueries, probing by
//! `ORDER BY`. Reads the first 256 tokens after the quote. Does not see: whole statements (SQL
//! editors send them), conditions on names alone, what needs the query to be told apart.

use memchr::memchr;

use super::leaf::{Detector, Finding, Leaf, Mark, Rule, mark, strongest};
use super::sql_clauses::{self, Clause};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    name: "sql-injection",
    rules: &RULES,
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

static RULES: [Rule; 9] = [
    Rule {
        id: "union-select",
        confidence: 96,
        cwe: 89,
        reason: "UNION SELECT after a value",
        rationale: "a value that ends and goes on with UNION SELECT and columns is no value",
    },
    Rule {
        id: "tautology",
        confidence: 95,
        cwe: 89,
        reason: "a condition that is always true or false",
        rationale: "OR or AND and two literals compared: a person compares names with values",
    },
    Rule {
        id: "stacked-statement",
        confidence: 95,
        cwe: 89,
        reason: "a second statement after a value",
        rationale: "a semicolon and DROP TABLE, INSERT INTO and their like right after a value",
    },
    Rule {
        id: "comment-tail",
        confidence: 90,
        cwe: 89,
        reason: "a quote and a comment that cuts the rest off",
        rationale: "one word, a quote, then -- or /* at once; in prose a blank stands before a dash",
    },
    Rule {
        id: "delay",
        confidence: 96,
        cwe: 89,
        reason: "a delay or error function after a value",
        rationale: "SLEEP(5), WAITFOR DELAY and their like have no place after a value",
    },
    Rule {
        id: "subquery",
        confidence: 93,
        cwe: 89,
        reason: "a subquery after a value",
        rationale: "(SELECT … after a quote or a number continues a query",
    },
    Rule {
        id: "column-probe",
        confidence: 91,
        cwe: 89,
        reason: "ORDER BY a position, then a comment",
        rationale: "it counts the columns of a query that the sender cannot see",
    },
    Rule {
        id: "sql-function",
        confidence: 70,
        cwe: 89,
        reason: "a function that attackers use",
        rationale: "the same names occur in code and in texts about databases",
    },
    Rule {
        id: "sql-in-text",
        confidence: 75,
        cwe: 89,
        reason: "a clause of an SQL injection in a text",
        rationale: "after a sentence a quote and OR '1'='1' may be a question about them",
    },
];

fn rule(clause: Clause) -> &'static Rule {
    match clause {
        Clause::Union => &RULES[0],
        Clause::Tautology => &RULES[1],
        Clause::Stacked => &RULES[2],
        Clause::CommentTail => &RULES[3],
        Clause::Delay => &RULES[4],
        Clause::Subquery => &RULES[5],
        Clause::ColumnProbe => &RULES[6],
    }
}

fn find(leaf: &Leaf) -> Option<Finding> {
    let quotes = [b'\'', b'"'].into_iter().filter_map(|quote| {
        let at = memchr(quote, &leaf.lower)?;
        after_quote(leaf, at, quote)
    });
    strongest(quotes.chain(after_number(leaf)).chain(function(leaf)))
}

fn after_quote(leaf: &Leaf, at: usize, quote: u8) -> Option<Finding> {
    let rest = &leaf.lower[at + 1..];
    let before = &leaf.lower[..at];
    let (clause, end) = sql_clauses::after_quote(rest, quote, is_one_word(before))?;
    let rule = if is_sentence(before) {
        &RULES[8]
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

/// Functions and names, by the byte they are found by.
const FUNCTIONS: [(u8, &[Mark]); 2] = [
    (
        b'(',
        &[
            mark("extractvalue(", 12, 7),
            mark("updatexml(", 9, 7),
            mark("load_file(", 9, 7),
            mark("pg_sleep(", 8, 7),
            mark("benchmark(", 9, 7),
        ],
    ),
    (
        b'_',
        &[
            mark("xp_cmdshell", 2, 7),
            mark("information_schema.", 11, 7),
            mark("utl_inaddr.", 3, 7),
            mark("dbms_pipe.", 4, 7),
        ],
    ),
];

fn function(leaf: &Leaf) -> Option<Finding> {
    let (start, mark) = FUNCTIONS
        .iter()
        .find_map(|(byte, marks)| leaf.find_mark(*byte, marks))?;
    Some(Finding::new(
        &RULES[mark.rule],
        start,
        start + mark.text.len(),
    ))
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
