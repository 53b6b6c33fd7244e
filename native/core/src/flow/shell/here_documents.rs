//! Here-documents: the lines after `<<END` up to the line `END`.

use memchr::memchr;

use super::syntax::{Frame, Given, Reader, Role, Word, read_in};

/// Here-documents in substitutions in here-documents that are read; deeper ones are text.
const MOST_HERE_DOCUMENTS: usize = 2;

/// More here-documents on one line than any command has; the rest are read as commands.
const MOST_PENDING: usize = 16;

/// The here-documents that the current line opened.
#[derive(Default)]
pub struct HereDocuments {
    expected: Option<(usize, bool, usize)>,
    pending: Vec<Pending>,
}

struct Pending {
    delimiter: Vec<u8>,
    strips_tabs: bool,
    is_literal: bool,
    command: usize,
}

/// The bytes of one here-document.
pub struct Body {
    pub start: usize,
    /// Where the line that ends it begins.
    pub delimiter: usize,
    /// Its delimiter was quoted: nothing in it is computed.
    pub is_literal: bool,
    /// Where commands go on.
    pub end: usize,
    /// Which command gets it.
    pub command: usize,
}

impl HereDocuments {
    /// The word at `start` will be a delimiter, of what this command gets.
    pub fn expect(&mut self, start: usize, strips_tabs: bool, command: usize) {
        self.expected = Some((start, strips_tabs, command));
    }

    /// Is the word at `start` a delimiter?
    pub fn wants_delimiter(&self, start: usize) -> bool {
        self.expected
            .is_some_and(|(expected, ..)| expected == start)
    }

    /// Takes the delimiter, with its quotes.
    pub fn add(&mut self, word: &[u8]) {
        let Some((_, strips_tabs, command)) = self.expected.take() else {
            return;
        };
        let is_quote = |byte: &u8| b"'\"\\".contains(byte);
        let delimiter: Vec<u8> = word
            .iter()
            .copied()
            .filter(|byte| !is_quote(byte))
            .collect();
        let is_literal = delimiter.len() < word.len();
        if self.pending.len() < MOST_PENDING && !delimiter.is_empty() {
            self.pending.push(Pending {
                delimiter,
                strips_tabs,
                is_literal,
                command,
            });
        }
    }

    /// The next document, which begins at `start`; none when the line opened no more.
    pub fn next_body(&mut self, text: &[u8], start: usize) -> Option<Body> {
        if self.pending.is_empty() {
            return None;
        }
        let pending = self.pending.remove(0);
        let (is_literal, command) = (pending.is_literal, pending.command);
        let mut line = start;
        while let Some(rest) = text.get(line..).filter(|rest| !rest.is_empty()) {
            let length = memchr(b'\n', rest).unwrap_or(rest.len());
            let mut content = &rest[..length];
            while let Some(stripped) = content.strip_prefix(b"\t").filter(|_| pending.strips_tabs) {
                content = stripped;
            }
            let end = (line + length + 1).min(text.len());
            if content == pending.delimiter {
                return Some(Body {
                    start,
                    delimiter: line,
                    is_literal,
                    end,
                    command,
                });
            }
            line = end;
        }
        Some(Body {
            start,
            delimiter: text.len(),
            is_literal,
            end: text.len(),
            command,
        })
    }
}

impl Reader<'_> {
    /// Reads a here-document: its text, with substitutions where the delimiter was not quoted.
    pub(super) fn read_body(&mut self, body: &Body) {
        self.roles[body.delimiter..body.end].fill(Role::HereEnd);
        self.at = body.end;
        self.given.push(Given {
            start: body.start,
            end: body.delimiter,
            command: body.command,
            word: None,
        });
        if body.is_literal || self.depth >= MOST_HERE_DOCUMENTS {
            return;
        }
        let (start, first) = (body.start, self.commands);
        let text = &self.text[start..body.delimiter];
        let inner = read_in(text, Frame::HereDocument, self.depth + 1);
        self.roles[start..body.delimiter].copy_from_slice(&inner.roles);
        self.commands += inner.commands;
        let spans = inner
            .singles
            .iter()
            .map(|(from, to)| (start + from, start + to));
        self.singles.extend(spans);
        self.words.extend(inner.words.iter().map(|word| Word {
            start: start + word.start,
            end: start + word.end,
            command: first + word.command,
            is_aside: word.is_aside,
        }));
    }
}
