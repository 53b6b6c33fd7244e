//! The options of a shell: where they end, and where its commands come from.

use super::grammar::Part;

/// Where a shell's commands come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Source {
    /// The file that the first operand names; without one, the standard input.
    File,
    /// The standard input (`-s`).
    Input,
    /// The first operand itself (`-c`).
    Operand,
}

/// The options of one shell, so far.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    source: Source,
    /// How many words are values of options before.
    values: usize,
    is_over: bool,
    /// `-opipefail` is one option with its value.
    joins_values: bool,
}

const SHELLS: [&[u8]; 13] = [
    b"ash", b"bash", b"csh", b"dash", b"fish", b"ksh", b"mksh", b"rbash", b"rksh", b"rzsh", b"sh",
    b"tcsh", b"zsh",
];
const JOINING: [&[u8]; 5] = [b"ksh", b"mksh", b"rksh", b"rzsh", b"zsh"];

/// The long option of `fish` for what others call `-c`.
const LONG_COMMAND: &[u8] = b"--command";

/// The command in a word that holds one, without the option before it.
pub fn script_of(word: &[u8]) -> &[u8] {
    let value = word.strip_prefix(LONG_COMMAND);
    value
        .and_then(|value| value.strip_prefix(b"="))
        .unwrap_or(word)
}

impl Options {
    /// Of the shell with this file name; none where it is no shell's.
    pub fn of(shell: &[u8]) -> Option<Self> {
        SHELLS.contains(&shell).then(|| Self {
            source: Source::File,
            values: 0,
            is_over: false,
            joins_values: JOINING.contains(&shell),
        })
    }

    /// Takes the next word; what it is, and the options unless the rest are arguments.
    pub fn step(self, word: &[u8]) -> (Part, Option<Self>) {
        let stays = (Part::Argument, Some(self));
        if self.values > 0 {
            let values = self.values - 1;
            return (Part::Argument, Some(Self { values, ..self }));
        }
        match word {
            _ if self.is_over => self.operand(),
            b"-" | b"--" => (Part::Argument, Some(self.over())),
            LONG_COMMAND => (Part::Argument, Some(self.with(b"c"))),
            _ if script_of(word).len() < word.len() => (Part::Script, None),
            b"--help" | b"--version" => (Part::Argument, None),
            // `bash` takes its long options with one dash too.
            b"--rcfile" | b"--init-file" | b"-rcfile" | b"-init-file" => {
                (Part::Argument, Some(Self { values: 1, ..self }))
            }
            b"-norc" | b"-restricted" | b"-protected" | [b'-', b'-', ..] => stays,
            [b'-' | b'+', letters @ ..] => (Part::Argument, Some(self.with(letters))),
            _ => self.operand(),
        }
    }

    /// Whether the shell reads its commands from its standard input, if no more words follow.
    pub fn reads_input(self) -> bool {
        self.source != Source::Operand
    }

    fn over(self) -> Self {
        Self {
            is_over: true,
            ..self
        }
    }

    fn operand(self) -> (Part, Option<Self>) {
        match self.source {
            Source::File => (Part::File, None),
            Source::Input => (Part::Argument, Some(self.over())),
            Source::Operand => (Part::Script, None),
        }
    }

    fn with(self, letters: &[u8]) -> Self {
        let (flags, values) = self.split(letters);
        let source = if flags.contains(&b'c') {
            Source::Operand
        } else if flags.contains(&b's') && self.source == Source::File {
            Source::Input
        } else {
            self.source
        };
        Self {
            source,
            values,
            ..self
        }
    }

    /// The letters that are options, and how many of them take a word.
    fn split(self, letters: &[u8]) -> (&[u8], usize) {
        if !self.joins_values {
            let takes_word = |letter: &&u8| matches!(letter, b'o' | b'O');
            return (letters, letters.iter().filter(takes_word).count());
        }
        match letters.iter().position(|letter| *letter == b'o') {
            Some(at) => (&letters[..at], usize::from(at + 1 == letters.len())),
            None => (letters, 0),
        }
    }
}
