//! Which words of a command are programs, and which are commands for another shell.
//!
//! Knows the words that stand before a program (`then`, `X=1`), programs that start another one
//! (`env`, `sudo`, `xargs`), shells with `-c`, `eval`, `trap`, `.`, `hash -p`, `find -exec`, and those that
//! run a text (`runners.rs`). Does not know functions of the command's own and `env -S`.

use super::options::Options;
use super::power_shell::{self, Meaning};
use super::runners::{Run, Running};
use super::wrappers::Wrapper;

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The program to start.
    Program,
    /// A command for another shell.
    Script,
    /// A file whose commands a shell or an interpreter runs.
    File,
    /// Behind so many bytes of it, what a program runs or fetches by itself.
    Inner { run: Run, from: usize },
    /// Gives a value to a variable that decides which code later names stand for.
    Setting,
    /// Anything else.
    Argument,
}

/// What the words so far of one simple command lead to.
#[derive(Clone, Copy, Default)]
pub enum State {
    /// The program is next.
    #[default]
    Program,
    /// Nothing but arguments.
    Arguments,
    /// Nothing but arguments of a command that a shell was given.
    Parameters,
    /// The options of a program that starts another one; how many operands come before it.
    Wrapper {
        of: &'static Wrapper,
        operands: u8,
        skips: bool,
    },
    /// The options of a shell.
    Shell(Options),
    /// The options of PowerShell.
    PowerShell { skips: bool },
    /// The words of `eval` are a command.
    Eval,
    /// The first operand of `trap` is one.
    Trap,
    /// The file of `.` is next.
    File,
    /// The arguments of `hash`.
    Hash,
    /// The variables of `export` and its like.
    Variables,
    /// The arguments of `find`; is a program next?
    Find { executes: bool },
    /// The arguments of a program that runs a text.
    Runner(Running),
}

/// Words after which a program may follow.
const BEFORE_PROGRAM: [&[u8]; 14] = [
    b"!", b"coproc", b"do", b"done", b"elif", b"else", b"esac", b"fi", b"if", b"then", b"until",
    b"while", b"{", b"}",
];

/// Words whose line names no program.
const COMPOUND: [&[u8]; 6] = [b"[[", b"case", b"for", b"function", b"in", b"select"];

const FIND_EXECUTES: [&[u8]; 4] = [b"-exec", b"-execdir", b"-ok", b"-okdir"];

impl State {
    /// The state after a program's name.
    pub fn after_program(name: &[u8]) -> Self {
        let base = file_name(name);
        if let Some(options) = Options::of(base) {
            return Self::Shell(options);
        }
        if power_shell::is_named(name) {
            return Self::PowerShell { skips: false };
        }
        match base {
            b"eval" => Self::Eval,
            b"trap" => Self::Trap,
            b"." | b"source" => Self::File,
            b"hash" => Self::Hash,
            b"export" | b"declare" | b"typeset" | b"readonly" | b"local" => Self::Variables,
            b"find" => Self::Find { executes: false },
            _ => Self::after_other(base),
        }
    }

    fn after_other(base: &[u8]) -> Self {
        if let Some(running) = Running::named(base) {
            return Self::Runner(running);
        }
        Wrapper::named(base).map_or(Self::Arguments, |of| Self::Wrapper {
            of,
            operands: of.operands,
            skips: false,
        })
    }

    /// What is made of the standard input, where that is run.
    pub fn reads(&self) -> Option<Run> {
        match self {
            Self::Shell(options) => options.reads_input().then_some(Run::Shell),
            Self::Runner(running) => running.reads(),
            _ => None,
        }
    }

    /// Whether this is a shell that reads its commands from its standard input.
    pub fn reads_input(&self) -> bool {
        matches!(self, Self::Shell(options) if options.reads_input())
    }

    /// Whether no word to come can be an option: they are what a script calls `$1`.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Parameters)
    }

    /// Whether this is a shell.
    pub fn is_shell(&self) -> bool {
        matches!(self, Self::Shell(_))
    }

    /// Takes the next word, without its quotes.
    pub fn step(&mut self, word: &[u8]) -> Part {
        match *self {
            Self::Program => self.in_front(word),
            Self::Find { executes: true } => self.start(word),
            Self::Find { executes: false } => self.pass(Self::Find {
                executes: FIND_EXECUTES.contains(&word),
            }),
            Self::Wrapper {
                of,
                operands,
                skips,
            } => self.in_wrapper(of, operands, skips, word),
            Self::Shell(options) => {
                let (part, rest) = options.step(word);
                let after = if part == Part::Script {
                    Self::Parameters
                } else {
                    Self::Arguments
                };
                *self = rest.map_or(after, Self::Shell);
                part
            }
            Self::PowerShell { skips } => self.in_power_shell(skips, word),
            Self::Runner(mut running) => {
                let (part, is_over) = running.step(word);
                *self = if is_over {
                    Self::Arguments
                } else {
                    Self::Runner(running)
                };
                part
            }
            _ => self.in_builtin(word),
        }
    }

    fn in_front(&mut self, word: &[u8]) -> Part {
        if is_assignment(word) {
            return assigned(word);
        }
        if BEFORE_PROGRAM.contains(&word) {
            return Part::Argument;
        }
        if COMPOUND.contains(&word) {
            return self.pass(Self::Arguments);
        }
        self.start(word)
    }

    fn in_builtin(&mut self, word: &[u8]) -> Part {
        let part = match *self {
            Self::Eval => return Part::Script,
            Self::Variables => return assigned(word),
            Self::Hash => match word {
                b"-p" => return self.pass(Self::File),
                [b'-', b'p', ..] => return Part::Program,
                _ => return Part::Argument,
            },
            Self::Trap if word == b"-" => Part::Argument,
            Self::Trap | Self::File if word.starts_with(b"-") => return Part::Argument,
            Self::Trap => Part::Script,
            Self::File => Part::Program,
            _ => Part::Argument,
        };
        *self = Self::Arguments;
        part
    }

    fn in_power_shell(&mut self, skips: bool, word: &[u8]) -> Part {
        if skips {
            return self.pass(Self::PowerShell { skips: false });
        }
        let Some(meaning) = power_shell::meaning(word) else {
            *self = Self::Eval;
            return Part::Script;
        };
        self.pass(match meaning {
            Meaning::Command => Self::Eval,
            Meaning::File => Self::File,
            Meaning::Value => Self::PowerShell { skips: true },
            Meaning::Flag => Self::PowerShell { skips: false },
        })
    }

    fn pass(&mut self, next: Self) -> Part {
        *self = next;
        Part::Argument
    }

    fn start(&mut self, name: &[u8]) -> Part {
        let is_find = matches!(self, Self::Find { .. });
        *self = match Self::after_program(name) {
            // What else `find` starts is behind the arguments of this one.
            Self::Arguments | Self::Runner(_) if is_find => Self::Find { executes: false },
            next => next,
        };
        Part::Program
    }

    fn in_wrapper(&mut self, of: &'static Wrapper, operands: u8, skips: bool, word: &[u8]) -> Part {
        if skips {
            return self.pass(Self::Wrapper {
                of,
                operands,
                skips: false,
            });
        }
        if of.runs_option(word) {
            return self.pass(Self::Trap);
        }
        if let [b'-', option @ ..] = word {
            return self.pass(Self::Wrapper {
                of,
                operands,
                skips: of.takes_next(option),
            });
        }
        if is_assignment(word) {
            return assigned(word);
        }
        match operands.checked_sub(1) {
            Some(operands) => self.pass(Self::Wrapper {
                of,
                operands,
                skips: false,
            }),
            None => self.start(word),
        }
    }
}

/// The last part of a path.
pub fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// The name that `NAME=value` or `NAME+=value` sets.
fn name_of(word: &[u8]) -> &[u8] {
    let name = word.split(|byte| *byte == b'=').next().unwrap_or(word);
    name.strip_suffix(b"+").unwrap_or(name)
}

fn assigned(word: &[u8]) -> Part {
    let name = name_of(word);
    let decides = matches!(name, b"PATH" | b"BASH_ENV" | b"ENV") || name.starts_with(b"LD_");
    if decides && word.contains(&b'=') {
        Part::Setting
    } else {
        Part::Argument
    }
}

/// Whether a setting only changes where programs are looked for.
pub fn is_search_path(word: &[u8]) -> bool {
    name_of(word) == b"PATH"
}

fn is_assignment(word: &[u8]) -> bool {
    let name = name_of(word);
    let is_name = name
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let starts_well = name.first().is_some_and(|first| !first.is_ascii_digit());
    word.contains(&b'=') && is_name && starts_well
}
