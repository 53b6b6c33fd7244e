//! Path traversal: a file name that leads to the system's files.
//!
//! Sees: steps upward with a known file behind them, three deep, from the root, in spellings that no client uses
//! (`climb.rs`); texts and parameters that are no more than the name of a private file; wrappers of PHP. Does not
//! see: one or two plain steps upward to files that are not on the list, which relative links have too.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2, memmem};

use super::climb::{Climb, climb};
use super::climb_signs::Spelling;
use super::hidden_files::{is_configuration, is_hidden};
use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::path_traversal as rules;
use super::sentence::words;
use super::system_files::{Privacy, is_common, is_of_server, privacy, secret_in};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::SLASH.or(Signs::PERCENT)) || signs.only(PATH),
    find,
};

/// What a name without slashes may have: `..2f..2fetc2fpasswd`.
const PATH: Signs = Signs::DOT
    .or(Signs::DIGIT)
    .or(Signs::DASH)
    .or(Signs::BRACE)
    .or(Signs::COLON);

/// Signs with which other spellings of a dot begin.
const SPELLED: Signs = Signs::PERCENT.or(Signs::BACKSLASH).or(Signs::HIGH);

/// Signs of what ends a name in C: a zero, as it is or escaped.
const ENDS_NAME: Signs = Signs::PERCENT.or(Signs::OTHER);

/// So much is put in front of a climb only to get past a limit.
const LONG_PREFIX: usize = 160;

/// A longer text is no file name.
const LONGEST_NAME: usize = 4096;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let slashed = slashed(leaf);
    let secret = (leaf.signs.has(Signs::SLASH))
        .then(|| secret_in(&slashed))
        .flatten();
    if may_climb(&slashed, leaf.signs) {
        let climb = climb(&leaf.lower);
        findings.extend(climbed(&leaf.lower, &climb, secret));
    }
    // Each name that is looked for has a slash or a dot.
    if leaf.signs.has(Signs::SLASH.or(Signs::DOT)) {
        findings.extend(named(&slashed, secret));
    }
    if leaf.signs.has(ENDS_NAME) {
        findings.extend(cut(&leaf.lower));
    }
}

/// The text with backslashes as slashes.
fn slashed(leaf: &Leaf) -> Cow<'_, [u8]> {
    if !leaf.signs.has(Signs::BACKSLASH) {
        return Cow::Borrowed(&leaf.lower);
    }
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    Cow::Owned(leaf.lower.iter().map(slash).collect())
}

/// Do dots follow each other, in any spelling?
fn may_climb(text: &[u8], signs: Signs) -> bool {
    let is_spelled = signs.has(SPELLED) || signs.has(Signs::DIGIT) && signs.has(Signs::AMPERSAND);
    let is_hex = || signs.has(Signs::DIGIT) && has_hex(text);
    if !is_spelled && !is_hex() {
        return signs.has(Signs::DOT) && text.windows(2).any(|pair| pair == b"..");
    }
    text.windows(2).any(|pair| {
        matches!(
            pair,
            [b'.', b'.']
                | [b'%', _]
                | [b'x', b'2']
                | [b'u', b'0']
                | [b'&', b'#']
                | [0xC0 | 0xE0 | 0xEF, _]
        )
    })
}

/// `0x2e`, `0x2f`.
fn has_hex(text: &[u8]) -> bool {
    let is_hex = |at: usize| at > 0 && text[at - 1] == b'0' && text.get(at + 1) == Some(&b'2');
    memchr_iter(b'x', text).any(is_hex)
}

fn climbed(text: &[u8], climb: &Climb, secret: Option<(usize, usize)>) -> Option<Finding> {
    if climb.end == 0 {
        return None;
    }
    let secret = secret.filter(|(at, _)| *at >= climb.start);
    let rule = if secret.is_some() {
        climb_to_known(text)
    } else if climb.spelling == Spelling::Forged
        || climb.spelling == Spelling::Escaped && climb.steps > 1 && !is_value_of_form(text, climb)
    {
        &rules::ENCODED_CLIMB
    } else if climb.nested > 0 || climb.parameters > 0 {
        &rules::FILTERED_CLIMB
    } else {
        plain(text, climb)?
    };
    let end = secret.map_or(climb.end, |(at, length)| at + length);
    Some(Finding::new(rule, climb.start, end.max(climb.end)))
}

/// `a=b&path=..%2F..%2Fc`: clients escape the slashes of a form, whose values are read by themselves.
fn is_value_of_form(text: &[u8], climb: &Climb) -> bool {
    let before = &text[..climb.start.min(text.len())];
    let name = before.rsplit(|byte| b"&?".contains(byte)).next();
    name.is_some_and(|name| memchr(b'=', name).is_some()) && memchr(b'&', text).is_some()
}

/// How many words stand around a path that somebody writes about.
const SENTENCE: usize = 5;

fn climb_to_known(text: &[u8]) -> &'static Rule {
    if is_one_word(text) || text.len() < 256 && words(text) < SENTENCE {
        &rules::CLIMB_TO_KNOWN_FILE
    } else {
        &rules::CLIMB_IN_LONG_TEXT
    }
}

/// What steps in plain spelling come to: file names do not climb, imports and links do.
fn plain(text: &[u8], climb: &Climb) -> Option<&'static Rule> {
    let text = text.trim_ascii();
    if !is_one_word(text) || text.iter().any(|byte| b"<>\"'".contains(byte)) {
        // Names have blanks, too, and what was tried before may hang on to them.
        let is_name = climb.start < 2
            && climb.steps > 2
            && memchr(b'\n', text).is_none()
            && words(text) < SENTENCE;
        return is_name.then_some(&rules::LONG_CLIMB);
    }
    let after = &text[climb.end.min(text.len())..];
    let is_root = climb.is_rooted
        && matches!(text.first(), Some(b'/' | b'\\'))
        && text[..climb.start.min(text.len())]
            .iter()
            .all(|byte| b"/\\.".contains(byte));
    let is_private = is_hidden(after)
        || is_configuration(after)
        || after.starts_with(b".ht")
        || memchr(0, after).is_some();
    let is_deep = climb.steps > 2 || climb.dotted > 1;
    if is_root || is_private {
        return Some(&rules::ROOTED_CLIMB);
    }
    if climb.uneven > 1 || (climb.steps > 1 && is_padded(text)) || climb.start > LONG_PREFIX {
        return Some(&rules::UNEVEN_CLIMB);
    }
    if is_deep {
        return Some(&rules::LONG_CLIMB);
    }
    let is_servers = climb.steps > 0 && is_of_server(&[b"/", after].concat());
    let is_escaped = climb.spelling == Spelling::Escaped && climb.start == 0;
    (climb.steps > 0 && (is_escaped || is_servers || escapes(text)))
        .then_some(&rules::ESCAPING_CLIMB)
}

/// `/./.././../`
fn is_padded(text: &[u8]) -> bool {
    let near = &text[..text.len().min(LONGEST_NAME)];
    [
        &b".././/"[..],
        b".././",
        b"..\\.\\",
        b".././/",
        b".//../",
        b".\\\\..",
        b"\\../",
    ]
    .iter()
    .any(|step| memmem::find(near, step).is_some())
}

/// `name/../../x`: more steps up than folders in front of them.
fn escapes(text: &[u8]) -> bool {
    let mut depth = 0;
    let mut segments = text
        .split(|byte| b"/\\".contains(byte))
        .filter(|name| !name.is_empty());
    if segments
        .clone()
        .next()
        .is_none_or(|first| first.starts_with(b".") || first.ends_with(b":"))
    {
        return false;
    }
    segments.any(|name| {
        depth += match name {
            b".." => -1,
            b"." => 0,
            _ => 1,
        };
        depth < 0
    })
}

fn named(slashed: &[u8], secret: Option<(usize, usize)>) -> Option<Finding> {
    let text = slashed.trim_ascii();
    let drive = text.strip_prefix(b"/").unwrap_or(text);
    let is_drive = drive.get(1) == Some(&b':') && drive.get(2) == Some(&b'/')
        || text.starts_with(b"/program files");
    if text.len() <= LONGEST_NAME && (is_one_word(text) || is_drive) {
        let value = text.rsplit(|byte| *byte == b'=').next().unwrap_or(text);
        let whole = privacy(value)
            .or_else(|| is_hidden_name(value).then_some(Privacy::System))
            .or_else(|| ends_in(value, secret?.1).then_some(Privacy::System));
        if let Some(privacy) = whole {
            let rule = match privacy {
                Privacy::Secret => &rules::KNOWN_FILE,
                Privacy::System => &rules::SYSTEM_FILE,
            };
            return Some(Finding::new(rule, 0, slashed.len()));
        }
    }
    let (at, length) = secret.filter(|(at, _)| !is_common(&slashed[*at..]))?;
    Some(Finding::new(&rules::KNOWN_FILE_IN_TEXT, at, at + length))
}

/// Relative names, and those that lost their root: `etc/passwd`, `....web-inf/web.xml`.
fn is_hidden_name(value: &[u8]) -> bool {
    const RELATIVE: [&[u8]; 4] = [
        b"etc/passwd",
        b"etc/shadow",
        b"proc/self/environ",
        b"winnt/system32",
    ];
    let value = value.split(|byte| *byte == 0).next().unwrap_or_default();
    is_hidden(value) || RELATIVE.iter().any(|name| value.starts_with(name))
}

/// `/@fs/etc/passwd`, `/x/file:///etc/passwd`: a path below which a secret file of `length` bytes is named again;
/// `/.//web-inf/classes/x`: one that a server keeps for itself.
fn ends_in(path: &[u8], length: usize) -> bool {
    let name = &path[path.len().saturating_sub(length)..];
    path.starts_with(b"/")
        && (!name.ends_with(b"/") && secret_in(name) == Some((0, length)) && !is_common(name)
            || memmem::find(path, b"/web-inf/").is_some())
}

/// `/etc/x%00.jpg`: a name that C ends earlier than the check of its ending.
fn cut(text: &[u8]) -> Option<Finding> {
    let at = memchr2(0, b'%', text)?;
    let (name, rest) = text.split_at(at);
    if !rest.starts_with(b"\0") && !rest.starts_with(b"%00") {
        return None;
    }
    let is_name = at > 2
        && at <= LONGEST_NAME
        && name
            .iter()
            .all(|byte| byte.is_ascii_graphic() || *byte == b' ')
        && name.iter().any(|byte| b"/\\.".contains(byte))
        && name
            .last()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"/\\".contains(byte));
    let is_end = rest.len() < 12
        && rest
            .iter()
            .all(|byte| *byte == 0 || byte.is_ascii_graphic());
    (is_name && is_end).then(|| Finding::new(&rules::CUT_NAME, 0, text.len()))
}

fn is_one_word(text: &[u8]) -> bool {
    !text.iter().any(u8::is_ascii_whitespace)
}
