//! Inputs with single quotes that the code escaped inside single quotes.

use memchr::{memchr, memmem};

use super::read::Command;

/// What code writes for a quote inside single quotes: `shlex.quote`, and the usual form by hand.
const QUOTES: [&[u8]; 2] = [b"'\"'\"'", b"'\\''"];

/// The escaped forms of one input.
pub struct Escaped(Vec<Vec<u8>>);

impl Escaped {
    /// No forms where the input has no single quote: then there is nothing to escape.
    pub fn of(input: &[u8]) -> Self {
        if memchr(b'\'', input).is_none() {
            return Self(Vec::new());
        }
        let escape = |quote: &[u8]| {
            input
                .split(|byte| *byte == b'\'')
                .collect::<Vec<_>>()
                .join(quote)
        };
        Self(QUOTES.iter().map(|quote| escape(quote)).collect())
    }

    /// All of them.
    pub fn into_forms(self) -> Vec<Vec<u8>> {
        self.0
    }

    /// Do the bytes `start..end` belong to an escaped form that stands in single quotes?
    pub fn covers(&self, command: &Command<'_>, start: usize, end: usize) -> bool {
        self.0.iter().any(|form| {
            let from = end.saturating_sub(form.len());
            let to = (start + form.len()).min(command.text.len());
            let near = command.text.get(from..to).unwrap_or_default();
            memmem::find_iter(near, form).any(|at| command.is_single_quoted(from + at))
        })
    }
}
