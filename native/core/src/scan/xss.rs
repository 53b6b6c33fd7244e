//! Cross-site scripting: markup that runs a script.
//!
//! Sees: in tags as browsers read them (`html.rs`) scripts, event handlers, script URLs, and elements and
//! styles that load or run something (`markup.rs`); outside of tags event handlers after a quote that ends an
//! attribute, text that first leaves an attribute, a comment or an element and then opens a tag, script URLs.
//! The rules with patterns see calls that leave a script's string, and code in disguise. In a whole document
//! scripts, handlers and loaded files are at home: there only what tries itself or steals cookies counts. Does
//! not see: markup in which nothing runs or loads, script without any mark of an attack.

use memchr::{memchr_iter, memmem};

use super::html::Tag;
use super::leaf::{Detector, Leaf};
use super::markup::{self, is_event, judge};
use super::markup_forms;
use super::page_handler;
use super::rule::Finding;
use super::rules::cross_site_scripting as rules;
use super::script_url;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::ANGLE)
            || signs.has(Signs::COLON)
            || (signs.has(Signs::OPERATOR) && signs.has(Signs::PAREN.or(Signs::BACKTICK)))
    },
    find,
};

/// Bytes of tags that are read in one text.
const MOST_TAG_BYTES: usize = 1 << 20;
/// From here on more tags say nothing more.
const SURE: u8 = 92;
const MOST_BREAKOUTS: usize = 64;

/// Shorter than this, a text with a doctype is no document.
const SHORTEST_DOCUMENT: usize = 512;

/// Within this the first tag opens after what was left.
const LEAVES_WITHIN: usize = 160;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let before = findings.len();
    find_in(leaf, findings);
    if findings.len() > before {
        return;
    }
    if let Some(lower) = markup_forms::plain(&leaf.lower) {
        let signs = Signs::of(&lower);
        find_in(
            &Leaf {
                lower,
                signs,
                is_of_document: leaf.is_of_document,
            },
            findings,
        );
        for finding in &mut findings[before..] {
            (finding.start, finding.end) = (0, leaf.lower.len());
        }
    }
}

fn find_in(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &*leaf.lower;
    let is_document = is_document(leaf);
    let mut read = 0;
    let mut tags = 0;
    for at in memchr_iter(b'<', text) {
        if read > MOST_TAG_BYTES {
            break;
        }
        let Some(tag) = Tag::at(text, at) else {
            continue;
        };
        read += tag.end - tag.start + markup::read_behind(&tag);
        tags += 1;
        let found = judge(text, &tag, is_document);
        findings.extend(found);
        if found.is_some_and(|found| found.rule.confidence >= SURE) {
            break;
        }
    }
    if tags > 0 && !ends_document(leaf) {
        findings.extend(leaves_first(text));
    }
    let breakouts = memchr_iter(b'=', text)
        .take(MOST_BREAKOUTS)
        .filter_map(|at| handler_outside(leaf, at, is_document));
    findings.extend(breakouts.chain(script_address(text)));
}

fn is_document(leaf: &Leaf) -> bool {
    leaf.is_of_document || ends_document(leaf) && begins_document(&leaf.lower)
}

/// Does `text` begin as a document does?
pub(super) fn begins_document(text: &[u8]) -> bool {
    let start = text[..text.len().min(SHORTEST_DOCUMENT)].to_ascii_lowercase();
    ["<!doctype html", "<html"]
        .iter()
        .any(|mark| memmem::find(&start, mark.as_bytes()).is_some())
}

/// The rest of a document, whose start may have been cut off.
fn ends_document(leaf: &Leaf) -> bool {
    leaf.lower.len() > SHORTEST_DOCUMENT
        && ["</head>", "</html>"]
            .iter()
            .any(|mark| leaf.find(mark).is_some())
}

/// Ends of elements that hold text.
const ENDS: [&[u8]; 9] = [
    b"</script",
    b"</title",
    b"</textarea",
    b"</style",
    b"</noscript",
    b"</select",
    b"</template",
    b"</xmp",
    b"</iframe",
];

/// `x"><b>`, `--><b>`, `</title><b>`: the text ends what it stands in before it opens a tag.
fn leaves_first(text: &[u8]) -> Option<Finding> {
    let near = &text[..text.len().min(LEAVES_WITHIN)];
    let first = memchr::memchr(b'<', near)?;
    let before = near[..first].trim_ascii_end();
    let leaves_comment = first < 48
        && [&b"-->"[..], b"--!>", b"]]>"]
            .iter()
            .any(|end| before.ends_with(end));
    let outer = before.strip_suffix(b">").unwrap_or_default();
    let outer = outer.strip_suffix(b">").unwrap_or(outer).trim_ascii_end();
    let outer = outer.strip_suffix(b"/").unwrap_or(outer);
    let leaves_attribute = outer
        .trim_ascii_end()
        .last()
        .filter(|byte| b"\"'`".contains(byte))
        .is_some_and(|quote| before.iter().filter(|byte| *byte == quote).count() % 2 == 1);
    // A line break there is layout: the rest of a page.
    let leaves_attribute = leaves_attribute && !near[before.len()..first].contains(&b'\n');
    let ends = ENDS
        .iter()
        .find_map(|end| near[first..].strip_prefix(*end))
        .is_some_and(|rest| !rest.starts_with(b">\n") && !rest.starts_with(b">\r"));
    let opens = ends
        || memchr_iter(b'<', text)
            .take(4)
            .any(|at| Tag::at(text, at).is_some_and(|tag| !tag.closes));
    let rule = if leaves_comment || leaves_attribute {
        &rules::TAG_AFTER_BREAKOUT
    } else if ends {
        &rules::ELEMENT_BREAKOUT
    } else {
        return None;
    };
    opens.then(|| Finding::new(rule, 0, (first + 1).min(text.len())))
}

fn script_address(text: &[u8]) -> Option<Finding> {
    let is_title = text.starts_with(b"javascript: ") && !text.contains(&b'(');
    let is_code =
        || text.iter().any(|byte| b"(`=".contains(byte)) || !text.trim_ascii().contains(&b' ');
    if !is_title && script_url::runs_script(text) && is_code() {
        return Some(Finding::new(&rules::SCRIPT_URL, 0, text.len()));
    }
    let start = script_url::inside(text)?;
    Some(Finding::new(
        &rules::SCRIPT_URL_IN_TEXT,
        start,
        text.len().min(start + 64),
    ))
}

/// `" onfocus=alert(1)`: perhaps a quote and other attributes, a handler, a call.
fn handler_outside(leaf: &Leaf, equals: usize, is_document: bool) -> Option<Finding> {
    let text = &*leaf.lower;
    let start = markup::handler_start(text, equals)?;
    let name = text[start..equals].trim_ascii_end();
    let value = leaf.near(equals + 1, 96).trim_ascii_start();
    let starts_as_code = value
        .first()
        .is_some_and(|byte| *byte != b'{' && *byte != b'=');
    let is_page = || is_in_tag(&text[..start]) && is_call_of_page(value);
    if is_document || !starts_as_code || !is_event(&name[2..]) || !calls(value) || is_page() {
        return None;
    }
    let before = text[..start].last();
    let window = start.saturating_sub(64);
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
    let open = memchr::memrchr(b'<', before);
    open.is_some_and(|open| memchr::memchr(b'>', &before[open..]).is_none())
}

/// `"init()"`
fn is_call_of_page(value: &[u8]) -> bool {
    let code = value.strip_prefix(b"\"").unwrap_or_default();
    memchr::memchr(b'"', code).is_some_and(|end| page_handler::is_plain(&code[..end]))
}

fn calls(value: &[u8]) -> bool {
    value.iter().any(|byte| b"(`".contains(byte))
        || [
            &b"javascript:"[..],
            b"alert",
            b"location",
            b"document.",
            b"eval",
        ]
        .iter()
        .any(|word| memmem::find(value, word).is_some())
}
