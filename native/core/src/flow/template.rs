//! Does an input become a part of a template's syntax?
//!
//! Resource: the source of a template, with the input in it. Injection: the input holds what begins or ends an
//! expression, a statement or a comment in a usual language of templates (`{{`, `{%`, `${`, `<%`, `#{`, `*{`,
//! `@(`, `[[${`, `#set(`, `{php}`, `<#`), or stands in an expression and adds code to it.
//! Safe: text, prices (`$5`), `{name}`, percentages, tags of HTML; one name, number or string in an expression.
//! Not seen: languages with single braces, but for `{x.__y__}` (`str.format` is asked about as what it is); an input that is
//! a template's value, not its source: no engine reads that.

use memchr::memmem::{self, Finder};

use super::code::{Language, code};
use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT};

/// What begins syntax in one of the usual languages.
const OPENERS: [&[u8]; 25] = [
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
    b"<?php",
    b"<?=",
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
    finder.find(source)?;
    let expressions = Expressions::of(source);
    let mut judged = None;
    Occurrences::new(source, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = match expressions.around(start) {
            Some(around) if judged == Some(around.begin) && around.end >= end => None,
            Some(around) => {
                judged = Some(around.begin);
                in_expression(source, input, around)
            }
            None => in_text(source, start, end),
        }?;
        Some(Change { reason, start, end })
    })
}

/// The code of an expression changes as a whole: all places of the input in it are judged at once.
fn in_expression(source: &[u8], input: &[u8], around: Around) -> Option<&'static str> {
    if memmem::find(input, around.close).is_some() {
        return Some("ends its expression");
    }
    let expression = &source[around.begin..around.end];
    code(expression, input, Language::Any).map(|change| change.reason)
}

fn in_text(source: &[u8], start: usize, end: usize) -> Option<&'static str> {
    let input = &source[start..end];
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

/// An expression: from behind its mark to the mark that ends it.
#[derive(Clone, Copy)]
struct Around {
    begin: usize,
    end: usize,
    close: &'static [u8],
}

/// The expressions of a source, those of each kind in order.
struct Expressions(Vec<Vec<Around>>);

impl Expressions {
    fn of(source: &[u8]) -> Self {
        Self(
            EXPRESSIONS
                .iter()
                .map(|marks| Self::with(source, marks))
                .collect(),
        )
    }

    fn with(source: &[u8], (open, close): &(&'static [u8], &'static [u8])) -> Vec<Around> {
        let (mut found, mut end) = (Vec::new(), 0);
        for at in 0..source.len() {
            if !source[at..].starts_with(open) {
                continue;
            }
            let begin = at + open.len();
            if end < begin {
                let next = memmem::find(&source[begin..], close);
                end = next.map_or(source.len(), |offset| begin + offset);
            }
            found.push(Around { begin, end, close });
        }
        found
    }

    /// The one that `at` stands in: the last one begun before, if it has not ended there.
    fn around(&self, at: usize) -> Option<Around> {
        self.0.iter().find_map(|kind| {
            let after = kind.partition_point(|one| one.begin <= at);
            let last = kind.get(after.checked_sub(1)?)?;
            (last.end + last.close.len() > at).then_some(*last)
        })
    }
}

/// `{x.__class__}` and `{x[y].__init__}`: formats of Python reach into objects.
fn reads_attributes(input: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'{', input) else {
        return false;
    };
    let rest = &input[open..];
    memchr::memchr(b'}', rest).is_some_and(|close| memmem::find(&rest[..close], b".__").is_some())
}
