//! The programs that a shell command, or the arguments of a program, would start.

use super::grammar::{Part, State, file_name, is_search_path};
use super::options::script_of;
use super::read::Command;
use super::{DEEPEST, LONGEST_COMMAND};

/// More names than this are not given.
const MOST_PROGRAMS: usize = 64;

/// More arguments than this are not looked at.
const MOST_ARGUMENTS: usize = 4096;

/// A command that is given as a name is cut here.
const LONGEST_NAME: usize = 256;

/// The name of the program that a shell reads from its standard input.
const STANDARD_INPUT: &[u8] = b"-";

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

/// A program that would be started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// As it is written, quotes removed.
    pub name: Vec<u8>,
    /// What the name stands for cannot be told: not to be looked for in the folders of programs.
    pub is_as_written: bool,
}

/// The programs a shell command would start, in order; at most 64.
///
/// Builtins are left out. A name that is computed (`$x`, `$(which x)`) is given as it is written,
/// after the programs that compute it. Commands for `sh -c`, `eval` and `trap` are followed. A file
/// that is read for commands (`. x`) or code (`LD_PRELOAD=x`) is a program, and so is `-`: what a
/// shell reads from its standard input.
pub fn programs(command: &[u8]) -> Vec<Program> {
    let mut found = Found::default();
    found.in_command(command, 0);
    found.programs.truncate(MOST_PROGRAMS);
    found.programs
}

/// The programs that these arguments would start, the first argument among them.
pub fn started(argv: &[&[u8]]) -> Vec<Program> {
    let mut found = Found::default();
    let Some((program, arguments)) = argv.split_first() else {
        return Vec::new();
    };
    found.word(program, Part::Program);
    let mut state = State::after_program(program);
    for word in arguments.iter().take(MOST_ARGUMENTS) {
        match state.step(word) {
            Part::Script => found.in_command(script_of(word), 0),
            part => found.word(word, part),
        }
    }
    if state.reads_input() {
        found.add(STANDARD_INPUT, true);
    }
    found.programs.truncate(MOST_PROGRAMS);
    found.programs
}

/// The command of `sh -c COMMAND`; none where the first argument is no shell.
pub fn command_of<'a>(argv: &[&'a [u8]]) -> Option<&'a [u8]> {
    let (shell, arguments) = argv.split_first()?;
    let mut state = State::after_program(shell);
    if !state.is_shell() {
        return None;
    }
    arguments
        .iter()
        .take(MOST_ARGUMENTS)
        .find(|argument| state.step(argument) == Part::Script)
        .map(|argument| script_of(argument))
}

/// What was found so far, and what later names depend on.
#[derive(Default)]
struct Found {
    programs: Vec<Program>,
    /// Names may stand for other programs than ours.
    searches_elsewhere: bool,
    /// The working directory is not ours.
    is_elsewhere: bool,
}

impl Found {
    fn in_command(&mut self, command: &[u8], depth: usize) {
        let command = &command[..command.len().min(LONGEST_COMMAND)];
        let read = Command::read(command);
        let scripts = read.scripts();
        let mut scripts = scripts.iter().peekable();
        for (at, (word, part)) in read.words.iter().enumerate() {
            let bare = read.bare(word);
            let script = scripts.next_if(|script| script.word == at);
            match part {
                Part::Script => {
                    if let Some(script) = script {
                        self.in_script(&script.text, depth + 1);
                    }
                }
                Part::Program if BUILTINS.contains(&&*bare) => self.effect(&bare),
                part => self.word(&bare, *part),
            }
            if *part == Part::Program && read.reads_input(at) {
                self.add(STANDARD_INPUT, true);
            }
            if self.programs.len() >= MOST_PROGRAMS {
                return;
            }
        }
    }

    /// A command that is too deep is given as it is written.
    fn in_script(&mut self, command: &[u8], depth: usize) {
        if depth > DEEPEST {
            self.add(&command[..command.len().min(LONGEST_NAME)], true);
        } else {
            self.in_command(command, depth);
        }
    }

    fn word(&mut self, word: &[u8], part: Part) {
        match part {
            Part::Program => {
                let is_path = word.contains(&b'/');
                let moves = is_path && self.is_elsewhere && !word.starts_with(b"/");
                self.add(word, moves || (!is_path && self.searches_elsewhere));
                self.effect(word);
            }
            Part::Setting => {
                self.searches_elsewhere = true;
                if !is_search_path(word) {
                    self.add(word, true);
                }
            }
            Part::Argument if word.starts_with(b"-C") || word.starts_with(b"--chdir") => {
                self.is_elsewhere = true;
            }
            Part::Argument | Part::Script | Part::File | Part::Inner { .. } => {}
        }
    }

    fn effect(&mut self, program: &[u8]) {
        let name = file_name(program);
        self.is_elsewhere |= matches!(name, b"cd" | b"pushd" | b"popd" | b"chroot");
        self.searches_elsewhere |= matches!(name, b"alias" | b"chroot");
    }

    fn add(&mut self, name: &[u8], is_as_written: bool) {
        self.programs.push(Program {
            name: name.to_vec(),
            is_as_written,
        });
    }
}
