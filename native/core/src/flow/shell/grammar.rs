//! Which words of a command are programs, and which are commands for another shell.
//!
//! Knows the words that stand before a program (`then`, `X=1`), programs that start another one
//! (`env`, `sudo`, `xargs`), shells with `-c`, `eval` and `find -exec`. Does not know aliases,
//! functions of the command's own, `env -S`, and interpreters that run code (`python -c`).

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The program to start.
    Program,
    /// A command for another shell.
    Script,
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
    /// The options of a program that starts another one; how many operands come before it.
    Wrapper {
        of: &'static Wrapper,
        operands: u8,
        skips: bool,
    },
    /// The options of a shell.
    Shell { skips: bool },
    /// The command for a shell is next.
    Script,
    /// The arguments of `find`; is a program next?
    Find { executes: bool },
}

/// A program that starts the program named in its arguments.
pub struct Wrapper {
    name: &'static [u8],
    with_value: &'static [u8],
    operands: u8,
}

const fn wrapper(name: &'static [u8], with_value: &'static [u8], operands: u8) -> Wrapper {
    Wrapper {
        name,
        with_value,
        operands,
    }
}

/// Each with its options that take a value and its operands before the program.
static WRAPPERS: [Wrapper; 18] = [
    wrapper(b"builtin", b"", 0),
    wrapper(b"busybox", b"", 0),
    wrapper(b"chroot", b"", 1),
    wrapper(b"command", b"", 0),
    wrapper(b"doas", b"Cu", 0),
    wrapper(b"env", b"uC", 0),
    wrapper(b"exec", b"a", 0),
    wrapper(b"flock", b"wE", 1),
    wrapper(b"ionice", b"cn", 0),
    wrapper(b"nice", b"n", 0),
    wrapper(b"nohup", b"", 0),
    wrapper(b"setsid", b"", 0),
    wrapper(b"stdbuf", b"ioe", 0),
    wrapper(b"sudo", b"ugphCrtTRD", 0),
    wrapper(b"time", b"fo", 0),
    wrapper(b"timeout", b"sk", 1),
    wrapper(b"watch", b"n", 0),
    wrapper(b"xargs", b"InPLdEsa", 0),
];

const SHELLS: [&[u8]; 6] = [b"ash", b"bash", b"dash", b"ksh", b"sh", b"zsh"];

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
        let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
        if SHELLS.contains(&base) {
            return Self::Shell { skips: false };
        }
        match base {
            b"eval" => Self::Script,
            b"find" => Self::Find { executes: false },
            _ => {
                WRAPPERS
                    .iter()
                    .find(|wrapper| wrapper.name == base)
                    .map_or(Self::Arguments, |of| Self::Wrapper {
                        of,
                        operands: of.operands,
                        skips: false,
                    })
            }
        }
    }

    /// Takes the next word, without its quotes.
    pub fn step(&mut self, word: &[u8]) -> Part {
        match *self {
            Self::Program if is_assignment(word) || BEFORE_PROGRAM.contains(&word) => {
                Part::Argument
            }
            Self::Program if COMPOUND.contains(&word) => self.pass(Self::Arguments),
            Self::Program | Self::Find { executes: true } => self.start(word),
            Self::Arguments => Part::Argument,
            Self::Wrapper {
                of,
                operands,
                skips,
            } => self.in_wrapper(of, operands, skips, word),
            Self::Shell { skips } => self.in_shell(skips, word),
            Self::Script if word.starts_with(b"-") => Part::Argument,
            Self::Script => {
                *self = Self::Arguments;
                Part::Script
            }
            Self::Find { executes: false } => self.pass(Self::Find {
                executes: FIND_EXECUTES.contains(&word),
            }),
        }
    }

    fn pass(&mut self, next: Self) -> Part {
        *self = next;
        Part::Argument
    }

    fn start(&mut self, name: &[u8]) -> Part {
        let is_find = matches!(self, Self::Find { .. });
        *self = match Self::after_program(name) {
            Self::Arguments if is_find => Self::Find { executes: false },
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
        if let [b'-', option @ ..] = word {
            let takes_next = matches!(option, [letter] if of.with_value.contains(letter));
            return self.pass(Self::Wrapper {
                of,
                operands,
                skips: takes_next,
            });
        }
        if is_assignment(word) {
            return Part::Argument;
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

    fn in_shell(&mut self, skips: bool, word: &[u8]) -> Part {
        if skips {
            return self.pass(Self::Shell { skips: false });
        }
        match word {
            [b'-', b'-', ..] => Part::Argument,
            [b'-', options @ ..] if options.contains(&b'c') => self.pass(Self::Script),
            [b'-' | b'+', b'o' | b'O'] => self.pass(Self::Shell { skips: true }),
            [b'-' | b'+', ..] => Part::Argument,
            _ => self.pass(Self::Arguments),
        }
    }
}

fn is_assignment(word: &[u8]) -> bool {
    let Some(equals) = word.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let name = &word[..equals];
    let is_name = name
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_name && name.first().is_some_and(|first| !first.is_ascii_digit())
}
