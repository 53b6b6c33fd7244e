//! Does an input change the syntax of a shell command?
//!
//! Safe: it stands in quotes that it does not end; it is made of words whose characters mean
//! nothing there (`echo hello world`); the quotes that it ends are its own (`"a b"`). Injection: it
//! ends or leaves open a quote, adds an operator, a substitution, a redirection, a line or a comment
//! that cuts something off, chooses the program, is the whole command, or adds a word that starts
//! with `-` outside quotes ("adds an argument"; not `-5`, not after `--`, not to a program like `ls` that only
//! reads). What `shlex.quote` and
//! backslashes protect is safe. The command given to `sh -c`, `eval`, `trap` or `ssh`, code for an interpreter, and what
//! either gets in a here-document or here-string, are judged by themselves (`inner.rs`).
//! Not seen: options in quotes, globs and `~`, a plain name that is also the code's own program,
//! a value for `PATH` or `LD_PRELOAD`.

mod escaped;
mod grammar;
mod here_documents;
mod inner;
mod judge;
mod operators;
mod options;
mod power_shell;
mod programs;
mod quoting;
mod read;
mod readers;
mod runners;
mod stream;
mod syntax;
mod wrappers;

use memchr::memmem::{self, Finder};

use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT, is_short_punctuation};
use escaped::Escaped;
pub(crate) use grammar::{Part, State};
pub(super) use inner::inner;
pub(crate) use options::script_of;
pub use programs::{Program, command_of, programs, started};
use read::Command;
pub(super) use read::is_option;
pub(super) use readers::only_reads;
pub(crate) use runners::Run;

/// Linux starts no program with a longer argument (`MAX_ARG_STRLEN`), so no shell with it.
const LONGEST_COMMAND: usize = 128 * 1024;

/// Commands within commands (`sh -c "sh -c …"`) that are followed.
const DEEPEST: usize = 2;

/// Says where `input` changes the syntax of `command`.
pub fn shell(command: &[u8], input: &[u8]) -> Option<Change> {
    change(command, input, AS_IT_IS, 0)
}

/// As [`shell`], and a second word is one too many: where one value belongs there is one word.
pub fn strict_shell(command: &[u8], input: &[u8]) -> Option<Change> {
    change(command, input, STRICTLY, 0)
}

/// Where the code quoted `input` for the shell only the commands within the command can still be changed by it.
pub fn quoted_shell(command: &[u8], input: &[u8]) -> Option<Change> {
    let command = &command[..command.len().min(LONGEST_COMMAND)];
    in_texts(&Command::read(command), input, STRICTLY, 0)
}

/// The forms in which code quotes `input` for a shell, without the outermost quotes.
pub fn quoted_forms(input: &[u8]) -> Vec<Vec<u8>> {
    Escaped::of(input).into_forms()
}

pub(super) const STRICTLY: Judge = |command: &Command<'_>, start, end| {
    judge::judge(command, start, end).or_else(|| judge::adds_words(command, start, end))
};

pub(super) const AS_IT_IS: Judge = judge::judge;

pub(super) type Judge = fn(&Command<'_>, usize, usize) -> Option<&'static str>;

/// What the input does in the texts that programs of the command run.
fn in_texts(command: &Command<'_>, input: &[u8], judge: Judge, depth: usize) -> Option<Change> {
    if depth >= DEEPEST {
        return None;
    }
    let scripts = command.scripts();
    let written = scripts
        .iter()
        .find_map(|script| inner(script.run, &script.text, input, judge, depth + 1));
    written.or_else(|| {
        let mut given = command.given();
        given.find_map(|(run, text)| inner(run, &text, input, judge, depth + 1))
    })
}

fn change(command: &[u8], input: &[u8], judge: Judge, depth: usize) -> Option<Change> {
    let command = &command[..command.len().min(LONGEST_COMMAND)];
    if is_only_quotes(input) {
        return left_open(command, input);
    }
    if input.len() < SHORTEST_INPUT || input.len() > command.len() || is_short_punctuation(input) {
        return None;
    }
    let finder = Finder::new(input);
    let first = finder.find(command)?;
    let read = Command::read(command);
    let escaped = Escaped::of(input);
    let own = Occurrences::new(command, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(&read, start, end)?;
        (!escaped.covers(&read, start, end)).then_some(Change { reason, start, end })
    });
    own.or_else(|| {
        let inner = in_texts(&read, input, judge, depth)?;
        Some(Change {
            reason: inner.reason,
            start: first,
            end: first + input.len(),
        })
    })
}

/// Quotes alone stand in many commands; they did something where one does not end.
fn left_open(command: &[u8], input: &[u8]) -> Option<Change> {
    let start = memmem::find(command, input)?;
    let read = Command::read(command);
    read.leaves_quote_open().then_some(Change {
        reason: "leaves a quote open",
        start,
        end: start + input.len(),
    })
}

fn is_only_quotes(input: &[u8]) -> bool {
    let is_only = |bytes: &[u8]| input.iter().all(|byte| bytes.contains(byte));
    is_only(b"'\" \t\r\n") && input.iter().any(|byte| b"'\"".contains(byte))
}
