//! The programs that a shell command would start.

use super::grammar::Part;
use super::read::Command;
use super::{DEEPEST, LONGEST_COMMAND};

/// More names than this are not given.
const MOST_PROGRAMS: usize = 64;

/// What the shell does itself.
const BUILTINS: [&[u8]; 44] = [
    b".",
    b":",
    b"[",
    b"alias",
    b"bg",
    b"break",
    b"builtin",
    b"cd",
    b"command",
    b"continue",
    b"declare",
    b"dirs",
    b"echo",
    b"eval",
    b"exec",
    b"exit",
    b"export",
    b"false",
    b"fg",
    b"getopts",
    b"hash",
    b"jobs",
    b"kill",
    b"let",
    b"local",
    b"popd",
    b"printf",
    b"pushd",
    b"pwd",
    b"read",
    b"readonly",
    b"return",
    b"set",
    b"shift",
    b"shopt",
    b"source",
    b"test",
    b"times",
    b"trap",
    b"true",
    b"type",
    b"ulimit",
    b"unset",
    b"wait",
];

/// The program names a shell command would start, in order, quotes removed; at most 64.
///
/// Builtins are left out. A name that is computed (`$x`, `$(which x)`) is given as it is written,
/// after the programs that compute it. Commands for `sh -c` and `eval` are followed.
pub fn programs(command: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    collect(command, 0, &mut names);
    names.truncate(MOST_PROGRAMS);
    names
}

fn collect(command: &[u8], depth: usize, names: &mut Vec<Vec<u8>>) {
    let command = &command[..command.len().min(LONGEST_COMMAND)];
    let read = Command::read(command);
    let mut scripts = read.scripts().filter(|_| depth < DEEPEST);
    for (word, part) in &read.words {
        match part {
            Part::Program => {
                let name = read.bare(word).into_owned();
                names.extend(Some(name).filter(|name| !BUILTINS.contains(&name.as_slice())));
            }
            Part::Script => scripts
                .by_ref()
                .take(1)
                .for_each(|script| collect(&script, depth + 1, names)),
            Part::Argument => {}
        }
        if names.len() >= MOST_PROGRAMS {
            return;
        }
    }
}
