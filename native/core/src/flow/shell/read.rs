//! A shell command, read once: roles of bytes, words, and what each word is.

use super::grammar::{Part, State};
use super::syntax::{Role, Syntax, Word, read};

/// A command and what its bytes and words mean.
pub struct Command<'a> {
    pub text: &'a [u8],
    pub roles: Vec<Role>,
    /// Sorted by their ends.
    pub words: Vec<(Word, Part)>,
    /// Start and end of unquoted words that are options, sorted.
    pub options: Vec<(usize, usize)>,
}

impl<'a> Command<'a> {
    /// Reads `text`.
    pub fn read(text: &'a [u8]) -> Self {
        let Syntax { roles, words, commands } = read(text);
        let mut command = Self { text, roles, words: Vec::with_capacity(words.len()), options: Vec::new() };
        let mut states = vec![(State::default(), false); commands];
        for word in words {
            let (state, is_operand) = &mut states[word.command];
            let bare = command.unquoted(&word).unwrap_or_else(|| text[word.start..word.end].to_vec());
            let part = if word.is_aside { Part::Argument } else { state.step(&bare) };
            if part == Part::Argument && !*is_operand && is_option(&bare) && text[word.start] == b'-' {
                command.options.push((word.start, word.end));
            }
            *is_operand |= bare == b"--";
            command.words.push((word, part));
        }
        command.options.sort_unstable();
        command
    }

    /// A word without its quotes; none where the shell computes a part of it.
    pub fn unquoted(&self, word: &Word) -> Option<Vec<u8>> {
        let roles = &self.roles[word.start..word.end];
        if roles.contains(&Role::Expand) {
            return None;
        }
        let is_mark = |role: &Role| matches!(role, Role::QuoteOpen | Role::QuoteClose | Role::Escape);
        let bytes = self.text[word.start..word.end].iter().zip(roles);
        Some(bytes.filter(|(_, role)| !is_mark(role)).map(|(byte, _)| *byte).collect())
    }

    /// The commands that other shells get, as far as they are written here.
    pub fn scripts(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let scripts = self.words.iter().filter(|(_, part)| *part == Part::Script);
        scripts.map(|(word, _)| {
            self.unquoted(word).unwrap_or_else(|| self.text[word.start..word.end].trim_ascii().to_vec())
        })
    }
}

/// Starts with `-`, and is neither a negative number nor a sign of its own.
pub fn is_option(word: &[u8]) -> bool {
    let Some(rest) = word.strip_prefix(b"-") else { return false };
    let is_number = rest.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    !is_number && rest != b"-"
}
