//! Does an input change the syntax of an SQL statement?
//!
//! Safe: inside one string, quoted name or comment; one token (a number, a name, a keyword);
//! a list of numbers; names with `.`, `,`, `ASC`, `DESC`; keywords alone ("order by").
//! Injection: it spans other tokens, closes its literal, starts or ends a comment, or takes away
//! the quote that closes its literal. `O'Brien` pasted raw into `'…'` breaks the query: it counts.
//! A quote that the driver doubled or a backslash escaped is inside its literal: safe.
//! The whole statement (an SQL console) is an injection. So is an input of several tokens that the
//! code itself writes as well (`id = 1`): the two cannot be told apart. A lone quote
//! or backslash counts where a literal does not end; one quote or parenthesis that leaves the statement whole
//! is the code's own. Not seen: a name that should have been another name, `ANSI_QUOTES`, multi-byte escape tricks.

mod expected;
mod files;
mod judge;
mod rules;
mod shapes;
mod token;
pub(crate) mod tokens;
mod whole;

use memchr::{memchr, memchr2, memmem, memmem::Finder};

use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT, is_short_punctuation};
pub use files::{Named, files};
use judge::{Place, judge};
use tokens::Tokens;
use whole::Whole;

/// Whose SQL it is; `Any` reads standard SQL, and MySQL's too where the input holds a backslash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// A driver that we do not know.
    Any,
    /// `sqlite3`
    Sqlite,
    /// `psycopg`, `psycopg2`, `asyncpg`, Redshift
    Postgres,
    /// `PyMySQL`, `mysqlclient`, MariaDB
    MySql,
}

/// Says where `input` changes the syntax of `statement`.
pub fn sql(statement: &[u8], input: &[u8], dialect: Dialect) -> Option<Change> {
    if is_only_quotes(input) {
        return left_open(statement, input, dialect);
    }
    if input.len() < SHORTEST_INPUT || input.len() > statement.len() || is_inert(input) {
        return None;
    }
    let folded = Folded {
        statement: statement.to_ascii_lowercase(),
        input: input.to_ascii_lowercase(),
    };
    let finder = Finder::new(&folded.input);
    finder.find(&folded.statement)?;
    let change = |dialect| first_change(statement, &folded, &finder, dialect);
    match dialect {
        Dialect::Any if memchr(b'\\', input).is_some() => {
            let as_mysql = || change(Dialect::MySql).filter(|one| has_quote(&statement[one.end..]));
            change(Dialect::Any).or_else(as_mysql)
        }
        _ => change(dialect),
    }
}

/// Is there a literal to go on in? Without one only MySQL's query breaks, and who knows whether it is MySQL.
fn has_quote(rest: &[u8]) -> bool {
    memchr2(b'\'', b'"', rest.get(1..).unwrap_or_default()).is_some()
}

/// Quotes alone stand in every statement; they did something where a literal does not end.
fn left_open(statement: &[u8], input: &[u8], dialect: Dialect) -> Option<Change> {
    let last = Tokens::new(statement, dialect).last()?;
    let is_open = matches!(last.kind, tokens::Kind::Text | tokens::Kind::Name) && !last.closed;
    let start = is_open.then(|| memmem::find(statement, input)).flatten()?;
    Some(Change {
        reason: "breaks the query: its literal does not end",
        start,
        end: start + input.len(),
    })
}

fn is_only_quotes(input: &[u8]) -> bool {
    let is_only = |bytes: &[u8]| input.iter().all(|byte| bytes.contains(byte));
    is_only(b"'\"` \t\r\n\\") && input.iter().any(|byte| b"'\"`\\".contains(byte))
}

struct Folded {
    statement: Vec<u8>,
    input: Vec<u8>,
}

fn is_inert(input: &[u8]) -> bool {
    let is_only = |bytes: &[u8]| input.iter().all(|byte| bytes.contains(byte));
    let is_word = input
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let is_dashes = is_only(b"- \t\r\n");
    is_word || is_dashes || is_short_punctuation(input)
}

fn first_change(
    statement: &[u8],
    folded: &Folded,
    finder: &Finder<'_>,
    dialect: Dialect,
) -> Option<Change> {
    let mut tokens = Tokens::new(statement, dialect);
    let mut current = tokens.next();
    let whole = Whole::new(statement, dialect);
    for start in Occurrences::new(&folded.statement, finder) {
        let end = start + folded.input.len();
        while current.is_some_and(|token| token.end <= start) {
            current = tokens.next();
        }
        let place = Place {
            text: &folded.statement,
            start,
            end,
            whole: &whole,
        };
        if let Some(reason) = judge(&place, current?, tokens.clone()) {
            return Some(Change { reason, start, end });
        }
    }
    None
}
