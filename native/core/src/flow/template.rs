//! Does an input become a part of a template's syntax?
//!
//! Resource: the source of a template, with the input in it. Injection: the input holds what begins or ends an
//! expression, a statement or a comment in a usual language of templates (`{{`, `{%`, `${`, `<%`, `#{`, `*{`,
//! `@(`, `[[${`, `#set(`, `{php}`, `<#`), or stands in an expression and adds code to it.
//! Safe: text, prices (`$5`), `{name}`, percentages, tags of HTML; one name, number or string in an expression.
//! Not seen: `str.format` (`{0.x}`) and other languages with single braces, but for `{x.__y__}`; an input that is
//! a template's value, not its source: no engine reads that.

use memchr::memmem::{self, Finder};

use super::code::{Language, code};
use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT};

/// What begins syntax in one of the usual languages.
const OPENERS: [&[u8]; 24] = [
    b"{{",
    b"{%",
    b"{#",
    b"${",
    b"<%",
    b"#{",
    b"*{",
    b"~{",
    b"@{",
    b"@(",
    b"[[${",
    b"[(${",
    b"#set",
    b"#foreach",
    b"#include",
    b"#evaluate",
    b"{php}",
    b"<#",
    b"<@",
    b"<?",
    b"#if(",
    b"[%",
    b"$!{",
    b"${{",
];

/// Expressions: what begins and what ends them.
const EXPRESSIONS: [(&[u8], &[u8]); 5] = [
    (b"{{", b"}}"),
    (b"{%", b"%}"),
    (b"<%", b"%>"),
    (b"${", b"}"),
    (b"#{", b"}"),
];

/// Says where `input` becomes syntax of the template `source`.
pub fn template(source: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > source.len() {
        return None;
    }
    let finder = Finder::new(input);
    Occurrences::new(source, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(source, start, end)?;
        Some(Change { reason, start, end })
    })
}

fn judge(source: &[u8], start: usize, end: usize) -> Option<&'static str> {
    let input = &source[start..end];
    if let Some((open, close)) = around(source, start) {
        if memmem::find(input, close).is_some() {
            return Some("ends its expression");
        }
        let rest = &source[end..];
        let length = memmem::find(rest, close).unwrap_or(rest.len());
        let expression = &source[open..end + length];
        return code(expression, input, Language::Any).map(|change| change.reason);
    }
    if OPENERS
        .iter()
        .any(|opener| memmem::find(input, opener).is_some())
    {
        return Some("adds an expression");
    }
    let reaches = |opener: &&[u8]| {
        let from = start.saturating_sub(opener.len() - 1);
        let to = (end + opener.len() - 1).min(source.len());
        let near = &source[from..to];
        let own = memmem::find_iter(near, opener);
        own.map(|at| from + at)
            .any(|at| at < end && at + opener.len() > start)
    };
    if b"{$<#*@[%"
        .iter()
        .any(|byte| input.ends_with(&[*byte]) || input.starts_with(&[*byte]))
        && OPENERS.iter().any(reaches)
    {
        return Some("completes the mark of an expression");
    }
    reads_attributes(input).then_some("reads an object's attributes")
}

/// Where the expression that `at` stands in begins behind its mark, and what ends it.
fn around(source: &[u8], at: usize) -> Option<(usize, &'static [u8])> {
    EXPRESSIONS.iter().find_map(|(open, close)| {
        let begun = memmem::rfind(&source[..at], open)? + open.len();
        let is_open = memmem::find(&source[begun..at], close).is_none();
        is_open.then_some((begun, *close))
    })
}

/// `{x.__class__}` and `{x[y].__init__}`: formats of Python reach into objects.
fn reads_attributes(input: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'{', input) else {
        return false;
    };
    let rest = &input[open..];
    memchr::memchr(b'}', rest).is_some_and(|close| memmem::find(&rest[..close], b".__").is_some())
}
