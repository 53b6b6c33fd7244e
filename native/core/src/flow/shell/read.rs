//! A shell command, read once: roles of bytes, words, and what each word is.

use std::borrow::Cow;

use super::grammar::{Part, State};
use super::syntax::{Role, Syntax, Word, read};

/// Nothing that the grammar knows is longer.
const LONGEST_KEYWORD: usize = 256;

/// More shells than this are not followed in one command.
const MOST_SCRIPTS: usize = 8;

/// A command and what its bytes and words mean.
pub struct Command<'a> {
    pub text: &'a [u8],
    pub roles: Vec<Role>,
    /// Sorted by their ends.
    pub words: Vec<(Word, Part)>,
    /// Start and end of unquoted words that are options, sorted.
    pub options: Vec<(usize, usize)>,
    singles: Vec<(usize, usize)>,
}

impl<'a> Command<'a> {
    /// Reads `text`.
    pub fn read(text: &'a [u8]) -> Self {
        let Syntax {
            roles,
            words,
            singles,
            commands,
        } = read(text);
        let (known, options) = (Vec::with_capacity(words.len()), Vec::new());
        let mut command = Self {
            text,
            roles,
            words: known,
            options,
            singles,
        };
        let mut states = vec![(State::default(), false); commands];
        for word in words {
            let (state, is_operand) = &mut states[word.command];
            let bare = command.bare(&word);
            let bare = if bare.len() > LONGEST_KEYWORD {
                &bare[..LONGEST_KEYWORD]
            } else {
                &bare
            };
            let part = if word.is_aside {
                Part::Argument
            } else {
                state.step(bare)
            };
            if part == Part::Argument && !*is_operand && is_option(bare) && text[word.start] == b'-'
            {
                command.options.push((word.start, word.end));
            }
            *is_operand |= bare == b"--";
            command.words.push((word, part));
        }
        command.options.sort_unstable();
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

    /// Does the byte at `at` stand in single quotes, or end them?
    pub fn is_single_quoted(&self, at: usize) -> bool {
        let after = self.singles.partition_point(|(start, _)| *start <= at);
        after > 0 && at <= self.singles[after - 1].1
    }

    /// The commands that other shells get, as far as they are written here; the first few.
    pub fn scripts(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let scripts = self.words.iter().filter(|(_, part)| *part == Part::Script);
        scripts
            .take(MOST_SCRIPTS)
            .map(|(word, _)| self.unquoted(word))
    }
}

fn is_mark(role: &Role) -> bool {
    matches!(role, Role::QuoteOpen | Role::QuoteClose | Role::Escape)
}

/// Starts with `-`, and is neither a negative number nor a sign of its own.
pub fn is_option(word: &[u8]) -> bool {
    let Some(rest) = word.strip_prefix(b"-") else {
        return false;
    };
    let is_number = rest
        .iter()
        .all(|byte| byte.is_ascii_digit() || *byte == b'.');
    !is_number && rest != b"-"
}
