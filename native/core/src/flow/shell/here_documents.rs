//! Here-documents: the lines after `<<END` up to the line `END`.

use memchr::memchr;

/// More here-documents on one line than any command has; the rest are read as commands.
const MOST_PENDING: usize = 16;

/// The here-documents that the current line opened.
#[derive(Default)]
pub struct HereDocuments {
    expected: Option<(usize, bool)>,
    pending: Vec<Pending>,
}

struct Pending {
    delimiter: Vec<u8>,
    strips_tabs: bool,
    is_literal: bool,
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
}

impl HereDocuments {
    /// The word at `start` will be a delimiter.
    pub fn expect(&mut self, start: usize, strips_tabs: bool) {
        self.expected = Some((start, strips_tabs));
    }

    /// Is the word at `start` a delimiter?
    pub fn wants_delimiter(&self, start: usize) -> bool {
        self.expected.is_some_and(|(expected, _)| expected == start)
    }

    /// Takes the delimiter, with its quotes.
    pub fn add(&mut self, word: &[u8]) {
        let Some((_, strips_tabs)) = self.expected.take() else {
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
            });
        }
    }

    /// The next document, which begins at `start`; none when the line opened no more.
    pub fn next_body(&mut self, text: &[u8], start: usize) -> Option<Body> {
        if self.pending.is_empty() {
            return None;
        }
        let pending = self.pending.remove(0);
        let is_literal = pending.is_literal;
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
                });
            }
            line = end;
        }
        Some(Body {
            start,
            delimiter: text.len(),
            is_literal,
            end: text.len(),
        })
    }
}
