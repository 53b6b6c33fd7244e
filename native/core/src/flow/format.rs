//! Does an input become a field of a format string that reaches into an object?
//!
//! Resource: a format string of Python (`str.format`). Injection: the input opens a field that reads an attribute or an
//! item (`{0.x}`, `{0[x]}`), or stands in a field of the code's and reads an attribute that is not public (`._x`, `__x__`).
//! Safe: text, `{{`, `{}`, `{name}`, `{0:>10}`; `{name.part}` that the code itself wrote.
//! Not seen: a width that takes much memory (`{:9999999999}`), public attributes in a field that the code opened.

use memchr::memmem::{self, Finder};
use std::ops::Range;

use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT};

/// Says where `input` reaches into an object in the format string `format`.
pub fn format(format: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > format.len() {
        return None;
    }
    let finder = Finder::new(input);
    finder.find(format)?;
    let fields: Vec<Field> = Fields::of(format).collect();
    Occurrences::new(format, &finder).find_map(|start| {
        let end = start + input.len();
        let reaches = |field: &Field| {
            let by_input = field.path.start.max(start)..field.path.end.min(end);
            let read = format.get(by_input).unwrap_or_default();
            let opens = start <= field.open && field.open < end;
            (opens && !read.is_empty())
                || memmem::find(read, b"._").is_some()
                || (read.starts_with(b"__") && format[..start].ends_with(b"."))
        };
        fields.iter().any(reaches).then_some(Change {
            reason: "reads an object's attributes",
            start,
            end,
        })
    })
}

/// Whether a field of a format string reads an attribute or an item of what it is given.
#[must_use]
pub fn reaches(format: &[u8]) -> bool {
    Fields::of(format).next().is_some()
}

/// A field that reads an attribute or an item: where it opens, and what it reads.
struct Field {
    open: usize,
    path: Range<usize>,
}

/// The fields of a format string that read attributes or items.
struct Fields<'a> {
    format: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn of(format: &'a [u8]) -> Self {
        Self { format, at: 0 }
    }
}

impl Iterator for Fields<'_> {
    type Item = Field;

    fn next(&mut self) -> Option<Field> {
        loop {
            let open = self.at + memchr::memchr(b'{', self.format.get(self.at..)?)?;
            if self.format.get(open + 1) == Some(&b'{') {
                self.at = open + 2;
                continue;
            }
            let name = open + 1..end_of_name(self.format, open + 1)?;
            // Not behind what ends the field: its form may hold fields of its own.
            self.at = name.end;
            let reads = memchr::memchr2(b'.', b'[', &self.format[name.clone()]);
            if let Some(offset) = reads {
                return Some(Field {
                    open,
                    path: name.start + offset..name.end,
                });
            }
        }
    }
}

/// Where the name of a field ends, which may hold any signs in brackets.
fn end_of_name(format: &[u8], start: usize) -> Option<usize> {
    let mut is_item = false;
    let end = format[start..].iter().position(|byte| {
        match byte {
            b'[' => is_item = true,
            b']' => is_item = false,
            b'{' | b'}' | b'!' | b':' => return !is_item,
            _ => {}
        }
        false
    })?;
    Some(start + end)
}
