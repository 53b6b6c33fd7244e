//! What an input does in a text that a program of a command runs.

use super::runners::Run;
use super::stream::stream;
use super::{Judge, change};
use crate::flow::code::{Language, code};
use crate::flow::destination::destination;
use crate::flow::sql::sql;
use crate::flow::{Change, SHORTEST_INPUT};

/// How git is told to find a repository by a program.
const TRANSPORTS: [&[u8]; 2] = [b"ext::", b"fd::"];

/// Signs without which code of Perl and its like calls nothing.
const CALLS: &[u8] = b"(`;|{}$@<>";

/// Says where `input` changes the syntax of `text`; commands are judged by `judge`, so deep in others.
pub fn inner(run: Run, text: &[u8], input: &[u8], judge: Judge, depth: usize) -> Option<Change> {
    match run {
        Run::Shell => change(text, input, judge, depth),
        Run::Python => code(text, input, Language::Python),
        Run::JavaScript => code(text, input, Language::JavaScript),
        Run::Code => code(text, input, Language::Any).filter(|change| may_call(change, input)),
        Run::Stream => stream(text, input),
        Run::Sql(dialect) => sql(text, input, dialect),
        Run::Url => destination(text, input).filter(|change| asks_elsewhere(change, input)),
        Run::Repository => repository(text, input),
    }
}

/// Operators alone stand in patterns too, which are read here as code.
fn may_call(change: &Change, input: &[u8]) -> bool {
    change.reason != "adds code" || input.iter().any(|byte| CALLS.contains(byte))
}

/// What breaks a line breaks no request of a program, and a host may end with a name that inputs have too.
fn asks_elsewhere(change: &Change, input: &[u8]) -> bool {
    match change.reason {
        "adds a line" => false,
        "chooses the end of the host" => !input.first().is_some_and(u8::is_ascii_alphanumeric),
        _ => true,
    }
}

fn repository(text: &[u8], input: &[u8]) -> Option<Change> {
    let is_chosen = input.len() >= SHORTEST_INPUT && text.starts_with(input);
    let runs = TRANSPORTS.iter().any(|name| text.starts_with(name));
    (is_chosen && runs).then_some(Change {
        reason: "runs a program",
        start: 0,
        end: input.len(),
    })
}
