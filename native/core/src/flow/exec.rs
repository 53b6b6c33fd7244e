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

use super::shell::{Part, State, is_option, only_reads, script_of, shell, strict_shell};
use super::{Change, SHORTEST_INPUT};

/// More arguments than this are not judged; the kernel takes more, no code passes them by hand.
const MOST_ARGUMENTS: usize = 4096;

type Judge = fn(&[u8], &[u8]) -> Option<Change>;

/// Says where `input` changes what `argv` starts; the range is in the changed argument.
pub fn exec(argv: &[&[u8]], input: &[u8]) -> Option<Change> {
    judge(argv, input, shell)
}

/// As [`exec`], with the commands of shells judged as by [`strict_shell`].
pub fn strict_exec(argv: &[&[u8]], input: &[u8]) -> Option<Change> {
    judge(argv, input, strict_shell)
}

fn judge(argv: &[&[u8]], input: &[u8], script: Judge) -> Option<Change> {
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
    for argument in arguments.iter().take(MOST_ARGUMENTS) {
        let change = match state.step(argument) {
            Part::Program | Part::File => as_program(argument, input),
            Part::Script => as_script(argument, input, script),
            Part::Argument | Part::Setting if is_operand => None,
            Part::Argument | Part::Setting => as_option(argument, input),
        };
        if change.is_some() {
            return change;
        }
        is_operand |= *argument == b"--" || state.is_over();
    }
    None
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

fn as_script(argument: &[u8], input: &[u8], judge: Judge) -> Option<Change> {
    let script = script_of(argument);
    let before = argument.len() - script.len();
    judge(script, input).map(|change| Change {
        start: change.start + before,
        end: change.end + before,
        ..change
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
