//! Event handlers outside of tags: what follows a quote that ends an attribute, and what lands within a tag.
//!
//! Linear: each sign is looked at once by each that looks for it, however many handlers a text has.

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::handler::{handler_start, is_event};
use super::page_handler;
use super::rule::Finding;
use super::rules::cross_site_scripting as rules;

/// So far behind a handler's `=` its call stands.
const NEAR: usize = 96;
/// So far before a handler the quote stands that ends an attribute.
const BEFORE: usize = 64;
/// So long a tag is read for one that a handler stands in.
const LONGEST_TAG: usize = 2048;

/// The surest handler outside of tags.
pub(super) fn handlers_outside(text: &[u8]) -> Option<Finding> {
    let mut calls = Calls::of(text);
    let mut alone = None;
    for equals in memchr_iter(b'=', text) {
        let Some(found) = handler(text, equals, &mut calls) else {
            continue;
        };
        if found.rule.id == rules::ATTRIBUTE_BREAKOUT.id {
            return Some(found);
        }
        alone = alone.or(Some(found));
    }
    alone
}

/// `" onfocus=alert(1)`: perhaps a quote and other attributes, a handler, a call.
fn handler(text: &[u8], equals: usize, calls: &mut Calls) -> Option<Finding> {
    let start = handler_start(text, equals)?;
    let name = text[start..equals].trim_ascii_end();
    let value = &text[equals + 1..text.len().min(equals + 1 + NEAR)];
    let behind = equals + 1 + value.len();
    let value = value.trim_ascii_start();
    let starts_as_code = value
        .first()
        .is_some_and(|byte| *byte != b'{' && *byte != b'=');
    let is_page = || is_call_of_page(name, value) && is_in_tag(&text[..start]);
    if !starts_as_code || !is_event(&name[2..]) || !calls.stand_in(equals + 1, behind) || is_page()
    {
        return None;
    }
    let before = text[..start].last();
    let window = start.saturating_sub(BEFORE);
    let quote = text[window..start]
        .iter()
        .rposition(|byte| b"\"'`".contains(byte))
        .map(|quote| window + quote);
    if let Some(quote) = quote {
        let between = &text[quote + 1..start];
        let are_attributes = between.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || byte.is_ascii_whitespace()
                || b"=/-.:#%+*>\\_\x0b".contains(byte)
        });
        if are_attributes {
            return Some(Finding::new(&rules::ATTRIBUTE_BREAKOUT, quote, equals + 1));
        }
    }
    let is_tight = text.get(equals - 1) == name.last()
        && before.is_none_or(|byte| b" \t\r\n/+>".contains(byte));
    let follows = is_tight && !value.starts_with(b"function") && value.first() != Some(&b'(');
    follows.then(|| Finding::new(&rules::HANDLER_ALONE, start, equals + 1))
}

fn is_in_tag(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(LONGEST_TAG)..];
    let open = memrchr(b'<', before);
    open.is_some_and(|open| memchr(b'>', &before[open..]).is_none())
}

/// `"init()"`
fn is_call_of_page(name: &[u8], value: &[u8]) -> bool {
    let code = value.strip_prefix(b"\"").unwrap_or_default();
    memchr(b'"', code).is_some_and(|end| page_handler::is_plain(name, &code[..end], false))
}

/// What a call has, or what it is made for without one.
const MARKS: [&[u8]; 7] = [
    b"(",
    b"`",
    b"javascript:",
    b"alert",
    b"location",
    b"document.",
    b"eval",
];

/// Where the next call of a text stands, asked from its start to its end.
struct Calls<'t> {
    text: &'t [u8],
    /// Of each mark, where it stands next, as far as was asked; the text's length where it stands no more.
    next: [usize; MARKS.len()],
}

impl<'t> Calls<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self {
            text,
            next: [0; MARKS.len()],
        }
    }

    fn find(&mut self, mark: usize, from: usize) {
        let found = memmem::find(&self.text[from..], MARKS[mark]);
        self.next[mark] = found.map_or(self.text.len(), |at| from + at);
    }

    /// Does one stand whole between `start` and `end`, which only grow?
    fn stand_in(&mut self, start: usize, end: usize) -> bool {
        (0..MARKS.len()).any(|mark| {
            if self.next[mark] < start {
                self.find(mark, start);
            }
            self.next[mark] + MARKS[mark].len() <= end
        })
    }
}
