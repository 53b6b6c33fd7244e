//! Cross-site scripting: markup that runs a script.
//!
//! Sees: in tags as browsers read them (`html.rs`) scripts, event handlers, script URLs, and elements and
//! styles that load or run something (`markup.rs`); outside of tags event handlers after a quote that ends an
//! attribute, text that first leaves an attribute, a comment or an element and then opens a tag, script URLs, and
//! what leaves a script's string (`script_breakout.rs`). The rules with patterns see code in disguise. In a whole
//! document scripts, handlers and loaded files are at home: there what tries itself or steals cookies counts, and a
//! handler that comes by itself and loads more script or reaches for what is stored. In whole content (`surroundings.rs`)
//! what only loads or sends is at home. Does not see: markup in which nothing runs or loads, script without any mark of
//! an attack, a script tag in a whole document that only loads or calls what its host has.

use memchr::{memchr_iter, memmem};

use super::handler_outside::handlers_outside;
use super::html::Tag;
use super::leaf::{Detector, Leaf};
use super::markup::{self, judge};
use super::markup_forms;
use super::rule::Finding;
use super::rules::cross_site_scripting as rules;
use super::script_breakout;
use super::script_url;
use super::surroundings::Surroundings;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::ANGLE)
            || signs.has(Signs::COLON)
            || signs.has(CALL) && signs.has(BEFORE_CALL)
            || signs.has(Signs::EQUALS) && signs.has(Signs::QUOTE)
    },
    find,
};

/// What calls, and what stands before it where it leaves something.
const CALL: Signs = Signs::PAREN.or(Signs::BACKTICK);
const BEFORE_CALL: Signs = Signs::OPERATOR.or(Signs::QUOTE).or(Signs::DOLLAR);

/// Bytes of tags that are read in one text.
const MOST_TAG_BYTES: usize = 1 << 20;
/// From here on more tags say nothing more.
const SURE: u8 = 92;

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
    let surroundings = Surroundings::new(text, is_document);
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
        let found = judge(text, &tag, &surroundings);
        findings.extend(found);
        if found.is_some_and(|found| found.rule.confidence >= SURE) {
            break;
        }
    }
    if tags > 0 && !ends_document(leaf) {
        findings.extend(leaves_first(text));
    }
    if !is_document {
        findings.extend(handlers_outside(text));
    }
    findings.extend(script_address(text));
    findings.extend(script_breakout::find(text, leaf.signs));
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
