//! Cross-site scripting: markup that runs a script.
//!
//! Sees: `<script`, event handlers inside a tag or after a quote that ends an attribute, script
//! URLs in attributes or as the whole text. Looks at the first 64 tags and 2 KB of each. Does not
//! see: scripts without a tag or handler, style tricks of old browsers, template expressions.

use memchr::{memchr, memchr_iter, memmem};

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::cross_site_scripting as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::ANGLE)
            || signs.has(Signs::COLON)
            || (signs.has(Signs::QUOTE) && signs.has(Signs::OPERATOR))
    },
    find,
};

const MOST_TAGS: usize = 64;
const LONGEST_TAG: usize = 2048;

/// Longer than this, a text with a doctype or a head is a document.
const SHORT: usize = 1024;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let tags = memchr_iter(b'<', &leaf.lower)
        .take(MOST_TAGS)
        .filter_map(|at| tag(leaf, at));
    let breakouts = memchr_iter(b'=', &leaf.lower)
        .take(MOST_TAGS)
        .filter_map(|at| breakout(leaf, at));
    findings.extend(tags.chain(breakouts).chain(script_url(leaf)));
}

fn tag(leaf: &Leaf, at: usize) -> Option<Finding> {
    let near = leaf.near(at + 1, LONGEST_TAG);
    let name = near
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b':')
        .unwrap_or(near.len());
    if name == 0 {
        return None;
    }
    let end = memchr(b'>', near).unwrap_or(near.len());
    let range = (at, at + 1 + end);
    if &near[..name] == b"script" {
        let runs = carries_script(leaf.near(at, LONGEST_TAG));
        let rule = if !runs || is_document(leaf) {
            &rules::SCRIPT_TAG_IN_DOCUMENT
        } else {
            &rules::SCRIPT_TAG
        };
        return Some(Finding::new(rule, range.0, range.1));
    }
    let attributes = &near[name..end];
    let rule = if has_handler(attributes) {
        &rules::EVENT_HANDLER
    } else if has_script_url(attributes) {
        &rules::SCRIPT_URL
    } else {
        return None;
    };
    Some(Finding::new(rule, range.0, range.1))
}

/// Is there a script, and not only the name of the tag?
fn carries_script(from_tag: &[u8]) -> bool {
    let mentions = [&b"</script"[..], b"src"]
        .iter()
        .any(|mark| memmem::find(from_tag, mark).is_some());
    mentions || from_tag.iter().any(|byte| b"(=`".contains(byte))
}

fn is_document(leaf: &Leaf) -> bool {
    leaf.lower.len() > SHORT
        || ["<!doctype", "<html", "<head", "<body"]
            .iter()
            .any(|mark| leaf.find(mark).is_some())
}

fn has_handler(attributes: &[u8]) -> bool {
    memchr_iter(b'=', attributes).any(|equals| {
        handler_start(attributes, equals).is_some_and(|start| {
            start
                .checked_sub(1)
                .is_some_and(|before| b" \t\r\n\x0c/\"'`;".contains(&attributes[before]))
        })
    })
}

/// Where the name of an event handler begins that ends before `equals`.
fn handler_start(text: &[u8], equals: usize) -> Option<usize> {
    let end = text[..equals].trim_ascii_end().len();
    let letters = text[..end]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .take(24)
        .count();
    let name = &text[end - letters..end];
    (name.starts_with(b"on") && name.len() > 4).then_some(end - letters)
}

fn has_script_url(attributes: &[u8]) -> bool {
    memchr_iter(b'=', attributes).any(|equals| {
        let value = attributes[equals + 1..].trim_ascii_start();
        let value = value
            .strip_prefix(b"\"")
            .or_else(|| value.strip_prefix(b"'"))
            .unwrap_or(value);
        is_script_url(value)
    })
}

fn is_script_url(text: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 3] = [b"javascript:", b"vbscript:", b"data:text/html"];
    let first = text.trim_ascii_start().first();
    if !first.is_some_and(|first| *first <= b' ' || b"jvd".contains(first)) {
        return false;
    }
    let start: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| *byte > b' ')
        .take(16)
        .collect();
    SCHEMES.iter().any(|scheme| start.starts_with(scheme))
}

fn script_url(leaf: &Leaf) -> Option<Finding> {
    let calls = leaf.lower.iter().any(|byte| b"(`=".contains(byte));
    let is_url = is_script_url(&leaf.lower) && calls && !leaf.lower.starts_with(b"data:");
    is_url.then(|| Finding::new(&rules::SCRIPT_URL, 0, leaf.lower.len()))
}

/// `" onfocus=alert(1)`: a quote, blanks or other attributes, a handler, a call.
fn breakout(leaf: &Leaf, equals: usize) -> Option<Finding> {
    let start = handler_start(&leaf.lower, equals)?;
    let before = leaf.lower[..start].trim_ascii_end();
    let has_blank = before.len() < start || before.ends_with(b"/");
    let quote = before.iter().rposition(|byte| b"\"'".contains(byte))?;
    let value = leaf.near(equals + 1, 64);
    let calls = value.iter().any(|byte| b"(`".contains(byte));
    (has_blank && calls && start - quote < 64)
        .then(|| Finding::new(&rules::ATTRIBUTE_BREAKOUT, quote, equals + 1))
}
