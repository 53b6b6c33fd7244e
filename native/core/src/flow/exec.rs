//! Does an input change what the start of a program means?
//!
//! Injection: the input is the program (`/tmp/x`, or a plain name that is all there is); the
//! command given to `sh -c`, also through `env`, `sudo` or `timeout`, is changed by it; an argument
//! that equals the input is an option (`--output=/etc/x`; not `-5`, not `-`, not after `--`).
//! Safe: any other argument, for no shell reads it. Look-alikes: a plain name (`convert`) that the
//! code also uses as its program, with arguments of its own, cannot be told apart and is safe.
//! Not seen: code for interpreters (`python -c`), options inside a longer argument, a value for `PATH`
//! or `LD_PRELOAD`, what a shell reads from its standard input.

use super::shell::{Part, State, is_option, shell};
use super::{Change, SHORTEST_INPUT};

/// More arguments than this are not judged; the kernel takes more, no code passes them by hand.
const MOST_ARGUMENTS: usize = 4096;

/// Says where `input` changes what `argv` starts; the range is in the changed argument.
pub fn exec(argv: &[&[u8]], input: &[u8]) -> Option<Change> {
    let (program, arguments) = argv.split_first()?;
    if input.len() < SHORTEST_INPUT {
        return None;
    }
    if let Some(start) = chosen(program, input, arguments.is_empty()) {
        return Some(Change {
            reason: "is the program",
            start,
            end: start + input.len(),
        });
    }
    let mut state = State::after_program(program);
    let mut is_operand = false;
    for argument in arguments.iter().take(MOST_ARGUMENTS) {
        let change = match state.step(argument) {
            Part::Program => as_program(argument, input),
            Part::Script => shell(argument, input),
            Part::Argument | Part::Setting if is_operand => None,
            Part::Argument | Part::Setting => as_option(argument, input),
        };
        if change.is_some() {
            return change;
        }
        is_operand |= *argument == b"--";
    }
    None
}

/// Where the input names the program: all of a path's end, or a plain name that stands alone.
fn chosen(program: &[u8], input: &[u8], is_alone: bool) -> Option<usize> {
    let is_plain = input
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.+-".contains(byte));
    let is_chosen = if program == input {
        is_alone || !is_plain
    } else {
        input.contains(&b'/')
    };
    if !is_chosen || !program.ends_with(input) {
        return None;
    }
    Some(program.len() - input.len())
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
    if argument != input || !is_option(argument) {
        return None;
    }
    Some(Change {
        reason: "adds an option",
        start: 0,
        end: input.len(),
    })
}
