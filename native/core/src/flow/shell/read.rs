//! A shell command, read once: roles of bytes, words, and what each word is.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::grammar::{Part, State};
use super::options::script_of;
use super::readers::only_reads;
use super::runners::Run;
use super::syntax::{Given, Role, Syntax, Word, read};

/// Nothing that the grammar knows is longer.
const LONGEST_KEYWORD: usize = 256;

/// More shells than this are not followed in one command.
const MOST_SCRIPTS: usize = 16;

/// A command and what its bytes and words mean.
pub struct Command<'a> {
    pub text: &'a [u8],
    pub roles: Vec<Role>,
    /// Sorted by their ends.
    pub words: Vec<(Word, Part)>,
    /// Start and end of unquoted words that are options, sorted.
    pub options: Vec<(usize, usize)>,
    singles: Vec<(usize, usize)>,
    /// Which words are the shells that read commands from their standard input, sorted.
    readers: Vec<usize>,
    /// Start and end of what programs that run it are given on their standard input, and what it is to them.
    given: Vec<(Given, Run)>,
    is_open: OnceCell<bool>,
}

/// A command that another shell gets.
pub struct Script {
    /// Which word it is, or begins with.
    pub word: usize,
    pub run: Run,
    pub text: Vec<u8>,
}

impl<'a> Command<'a> {
    /// Reads `text`.
    pub fn read(text: &'a [u8]) -> Self {
        let Syntax {
            roles,
            words,
            singles,
            commands,
            given,
        } = read(text);
        let (known, options) = (Vec::with_capacity(words.len()), Vec::new());
        let mut command = Self {
            text,
            roles,
            words: known,
            options,
            singles,
            readers: Vec::new(),
            given: Vec::new(),
            is_open: OnceCell::new(),
        };
        let mut states = vec![(State::default(), false, 0); commands];
        for (at, word) in words.into_iter().enumerate() {
            let (state, is_operand, last_program) = &mut states[word.command];
            let bare = command.bare(&word);
            let bare = &bare[..bare.len().min(LONGEST_KEYWORD)];
            let part = match word.is_aside {
                true => Part::Argument,
                false => state.step(bare),
            };
            let is_value = matches!(part, Part::Argument | Part::Inner { from: 1.., .. });
            let may_be_option = is_value && !*is_operand;
            if may_be_option && is_option(bare) && text[word.start] == b'-' {
                command.options.push((word.start, word.end));
            }
            *is_operand |= bare == b"--" || (part == Part::Program && only_reads(bare));
            if part == Part::Program {
                *last_program = at;
            }
            command.words.push((word, part));
        }
        command.options.sort_unstable();
        let readers = states.iter().filter(|(state, ..)| state.reads_input());
        command.readers = readers.map(|(_, _, program)| *program).collect();
        command.readers.sort_unstable();
        command.given = given
            .into_iter()
            .filter_map(|one| Some((one, states.get(one.command)?.0.reads()?)))
            .collect();
        command
    }

    /// A word without its quotes; as it is written where the shell computes a part of it.
    pub fn bare(&self, word: &Word) -> Cow<'a, [u8]> {
        let roles = &self.roles[word.start..word.end];
        if roles.contains(&Role::Expand) || !roles.iter().any(is_mark) {
            return Cow::Borrowed(&self.text[word.start..word.end]);
        }
        Cow::Owned(self.unquoted(word))
    }

    fn unquoted(&self, word: &Word) -> Vec<u8> {
        let roles = &self.roles[word.start..word.end];
        let bytes = self.text[word.start..word.end].iter().zip(roles);
        bytes
            .filter(|(_, role)| !is_mark(role))
            .map(|(byte, _)| *byte)
            .collect()
    }

    /// Does the command end inside quotes?
    pub fn leaves_quote_open(&self) -> bool {
        *self.is_open.get_or_init(|| self.ends_open())
    }

    fn ends_open(&self) -> bool {
        let count = |role: Role| self.roles.iter().filter(|one| **one == role).count();
        let dollars = self.text.windows(2).zip(&self.roles);
        let marked = dollars.filter(|(pair, role)| {
            **role == Role::QuoteOpen && matches!(pair, [b'$', b'\'' | b'"'])
        });
        count(Role::QuoteOpen) - marked.count() > count(Role::QuoteClose)
    }

    /// Does the byte at `at` stand in single quotes, or end them?
    pub fn is_single_quoted(&self, at: usize) -> bool {
        let after = self.singles.partition_point(|(start, _)| *start <= at);
        after > 0 && at <= self.singles[after - 1].1
    }

    /// Is the word at this index a shell that reads commands from its standard input?
    pub fn reads_input(&self, word: usize) -> bool {
        self.readers.binary_search(&word).is_ok()
    }

    /// The commands that other shells get, as far as they are written here; the first few.
    ///
    /// The words of one `eval` are one command.
    pub fn scripts(&self) -> Vec<Script> {
        let mut scripts: Vec<(usize, Script)> = Vec::new();
        for (at, (word, part)) in self.words.iter().enumerate() {
            let word_text = self.unquoted(word);
            let (run, mut text) = match part {
                Part::Script => (Run::Shell, script_of(&word_text).to_vec()),
                Part::Inner { run, from } => {
                    (*run, word_text.get(*from..).unwrap_or_default().to_vec())
                }
                _ => continue,
            };
            let joins = run == Run::Shell && !matches!(part, Part::Inner { from: 1.., .. });
            let begun = scripts
                .iter_mut()
                .find(|(id, _)| joins && *id == word.command);
            if let Some((_, script)) = begun {
                script.text.push(b' ');
                script.text.append(&mut text);
            } else if scripts.len() < MOST_SCRIPTS {
                scripts.push((
                    word.command,
                    Script {
                        word: at,
                        run,
                        text,
                    },
                ));
            }
        }
        scripts.into_iter().map(|(_, script)| script).collect()
    }

    /// What programs run of their standard input, as far as it is written here.
    pub fn given(&self) -> impl Iterator<Item = (Run, Cow<'a, [u8]>)> {
        self.given.iter().map(|(given, run)| {
            let text = match given.word {
                Some(word) => self.bare(&word),
                None => Cow::Borrowed(&self.text[given.start..given.end]),
            };
            (*run, text)
        })
    }
}

fn is_mark(role: &Role) -> bool {
    matches!(role, Role::QuoteOpen | Role::QuoteClose | Role::Escape)
}

/// Starts with `-`, and is neither a negative number nor a sign of its own, nor a line of a list (`- x`).
pub fn is_option(word: &[u8]) -> bool {
    let Some(rest) = word.strip_prefix(b"-") else {
        return false;
    };
    let is_number = rest
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let is_text = matches!(rest, [] | [b'-'] | [b' ', ..] | [b'-', b' ' | b'-', ..]);
    !is_number && !is_text
}
