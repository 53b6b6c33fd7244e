//! Does an input change what the start of a program means?
//!
//! Injection: the input is the program (`/tmp/x`, or a plain name that is all there is); the
//! command given to `sh -c`, also through `env`, `sudo` or `timeout`, is changed by it; an argument
//! that equals the input is an option (`--output=/etc/x`; not `-5`, not `-`, not after `--`, not of a program like `ls`
//! that only reads).
//! Safe: any other argument, for no shell reads it. Look-alikes: a plain name (`convert`) that the
//! code also uses as its program, with arguments of its own, cannot be told apart and is safe.
//! Not seen: code for interpreters (`python -c`), options inside a longer argument, a value for `PATH`
//! or `LD_PRELOAD`, what a shell reads from its standard input.

use super::shell::{
    AS_IT_IS, Judge, Part, Run, STRICTLY, State, inner, is_option, only_reads, script_of,
};
use super::{Change, SHORTEST_INPUT};
use memchr::memmem;

/// More arguments than this are not judged; the kernel takes more, no code passes them by hand.
const MOST_ARGUMENTS: usize = 4096;

/// Says where `input` changes what `argv` starts; the range is in the changed argument.
pub fn exec(argv: &[&[u8]], input: &[u8]) -> Option<Change> {
    judge(argv, input, AS_IT_IS)
}

/// As [`exec`], with the commands of shells judged as by [`strict_shell`].
pub fn strict_exec(argv: &[&[u8]], input: &[u8]) -> Option<Change> {
    judge(argv, input, STRICTLY)
}

fn judge(argv: &[&[u8]], input: &[u8], judge: Judge) -> Option<Change> {
    let (program, arguments) = argv.split_first()?;
    if let Some(start) = chosen(program, input, arguments.is_empty()) {
        return Some(Change {
            reason: "is the program",
            start,
            end: start + input.len(),
        });
    }
    let mut state = State::after_program(program);
    let mut is_operand = only_reads(program);
    let mut command = Vec::new();
    for argument in arguments.iter().take(MOST_ARGUMENTS) {
        let part = state.step(argument);
        let change = match part {
            Part::Program => as_program(argument, input),
            Part::File => as_file(argument, input),
            Part::Script
            | Part::Inner {
                run: Run::Shell,
                from: 0,
            } => {
                // Of several words a shell makes one command.
                command.push(script_of(argument));
                None
            }
            Part::Inner { run, from } => as_text(run, argument, from, input, judge),
            Part::Argument | Part::Setting => None,
        };
        let may_be_option =
            !is_operand && !matches!(part, Part::Program | Part::File | Part::Script);
        let change = change.or_else(|| may_be_option.then(|| as_option(argument, input)).flatten());
        if change.is_some() {
            return change;
        }
        is_operand |= *argument == b"--" || state.is_over();
    }
    let change = inner(Run::Shell, &command.join(&b' '), input, judge, 0)?;
    let holds = |argument: &&[u8]| memmem::find(argument, input);
    let start = arguments.iter().find_map(holds)?;
    Some(Change {
        start,
        end: start + input.len(),
        ..change
    })
}

/// Where the input names the program: all of a path's end, or a plain name that stands alone.
fn chosen(program: &[u8], input: &[u8], is_alone: bool) -> Option<usize> {
    let is_plain = input
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.+-".contains(byte));
    let (program, offset) = trimmed(program);
    let is_chosen = if program == input {
        is_alone || !is_plain
    } else {
        input.contains(&b'/')
    };
    if !is_chosen || !program.ends_with(input) || input.len() < SHORTEST_INPUT {
        return None;
    }
    Some(offset + program.len() - input.len())
}

/// Without the blanks around it, and how many bytes of them stand in front.
fn trimmed(program: &[u8]) -> (&[u8], usize) {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let start = program.iter().position(|byte| !is_blank(byte));
    let end = program.iter().rposition(|byte| !is_blank(byte));
    match (start, end) {
        (Some(start), Some(end)) => (&program[start..=end], start),
        _ => (program, 0),
    }
}

/// A text that the program runs, behind an option in the same word.
fn as_text(run: Run, argument: &[u8], from: usize, input: &[u8], judge: Judge) -> Option<Change> {
    let change = inner(run, argument.get(from..)?, input, judge, 0)?;
    Some(Change {
        start: change.start + from,
        end: change.end + from,
        ..change
    })
}

/// A file that is run: its name with an ending is no word that code and inputs have both.
fn as_file(argument: &[u8], input: &[u8]) -> Option<Change> {
    let is_named = argument == input && memchr::memchr(b'.', input).is_some();
    let is_named = is_named && input.len() >= SHORTEST_INPUT;
    as_program(argument, input).or_else(|| {
        is_named.then_some(Change {
            reason: "is the program",
            start: 0,
            end: input.len(),
        })
    })
}

fn as_program(argument: &[u8], input: &[u8]) -> Option<Change> {
    let start = chosen(argument, input, false)?;
    Some(Change {
        reason: "is the program",
        start,
        end: start + input.len(),
    })
}

fn as_option(argument: &[u8], input: &[u8]) -> Option<Change> {
    if argument != input || !is_option(argument) || input.len() < SHORTEST_INPUT {
        return None;
    }
    Some(Change {
        reason: "adds an option",
        start: 0,
        end: input.len(),
    })
}
