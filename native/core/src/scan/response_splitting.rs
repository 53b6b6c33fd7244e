//! Response splitting: a line break in a value, then a header.
//!
//! Sees: in a short text whose first line is one word or nothing, a later line that is a header which servers
//! or mail programs act on, a status line, a request line or a command of a mail protocol (`mail_command.rs`);
//! still encoded line breaks by patterns. A text that
//! begins with a header, a request or a sentence is a mail, a quoted exchange or prose. Does not see: headers
//! of other names, values of several words before them.

use super::leaf::{Detector, Leaf};
use super::mail_command::{is_command, is_unmistakable};
use super::rule::{Finding, Rule};
use super::rules::response_splitting as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        let signs_of_mail = Signs::COLON.or(Signs::SLASH).or(Signs::DIGIT);
        signs.has(Signs::SEPARATOR.or(signs_of_mail))
    },
    find,
};

/// Longer texts are messages.
const LONGEST: usize = 2048;
const LONGEST_FIRST_LINE: usize = 200;
const MOST_LINES: usize = 24;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &*leaf.lower;
    if text.len() > LONGEST {
        return;
    }
    let has_lines = leaf.signs.has(Signs::LINE_BREAK);
    let is_alone = !has_lines || memchr::memchr2(b'\r', b'\n', text.trim_ascii()).is_none();
    if is_alone && is_unmistakable(text) {
        findings.push(Finding::new(&rules::MAIL_COMMAND, 0, text.len()));
        return;
    }
    if !has_lines {
        return;
    }
    let mut lines = text.split(|byte| matches!(byte, b'\r' | b'\n'));
    let Some(first) = lines.next().filter(|line| is_value(line)) else {
        return;
    };
    if is_mail(leaf) || is_form(leaf, first) {
        return;
    }
    let mut start = first.len() + 1;
    let mut lines = lines.take(MOST_LINES);
    while let Some(line) = lines.next() {
        // After a place of an appointment comes its time.
        let goes_on = || line.starts_with(b"location") && lines.clone().any(is_note);
        let command = || (is_command(line) && is_all(&lines)).then_some(&rules::MAIL_COMMAND);
        if let Some(rule) = rule(line).filter(|_| !goes_on()).or_else(command) {
            findings.push(Finding::new(rule, start - 1, start + line.len()));
            return;
        }
        start += line.len() + 1;
    }
}

/// The lines of a mail, whose first may have been cut off.
fn is_mail(leaf: &Leaf) -> bool {
    ["\nmime-version:", "\nmessage-id:", "\nreceived:", "\ndate:"]
        .iter()
        .filter(|name| leaf.find(name).is_some())
        .count()
        > 1
        || leaf.find("\nmime-version: 1.0\ncontent-").is_some()
}

/// A form of several parts, as files are sent.
fn is_form(leaf: &Leaf, first: &[u8]) -> bool {
    let rest = leaf.lower[first.len()..].trim_ascii_start();
    first.starts_with(b"--") && rest.starts_with(b"content-disposition: form-data")
}

/// One word, an address or nothing: neither a header, nor a sentence, nor a mark-up fence.
fn is_value(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() <= LONGEST_FIRST_LINE
        && !line.iter().any(u8::is_ascii_whitespace)
        && !line.ends_with(b":")
        && ![&b"```"[..], b"---", b"#", b"http/", b"{", b"<"]
            .iter()
            .any(|mark| line.starts_with(mark))
}

fn rule(line: &[u8]) -> Option<&'static Rule> {
    let line = line.trim_ascii();
    if is_status(line) || is_header(line) {
        return Some(&rules::HEADER_AFTER_VALUE);
    }
    is_request(line).then_some(&rules::REQUEST_AFTER_VALUE)
}

/// Is nothing but commands and blank lines left? A list of steps goes on in words.
fn is_all<'a>(rest: &(impl Iterator<Item = &'a [u8]> + Clone)) -> bool {
    rest.clone()
        .all(|line| line.trim_ascii().is_empty() || is_command(line) || is_header(line))
}

/// `Time: 3pm`: a name of one plain word that no server sends.
fn is_note(line: &[u8]) -> bool {
    let name = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    name > 0 && line[name..].starts_with(b": ") && !is_header(line)
}

fn is_status(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"http/") else {
        return false;
    };
    let mut words = rest.split(u8::is_ascii_whitespace);
    words
        .next()
        .is_some_and(|word| word.first().is_some_and(u8::is_ascii_digit))
        && words
            .next()
            .is_some_and(|code| code.len() == 3 && code.iter().all(u8::is_ascii_digit))
}

fn is_request(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace);
    let is_method = words.next().is_some_and(|word| {
        [
            &b"get"[..],
            b"post",
            b"head",
            b"put",
            b"delete",
            b"options",
            b"trace",
            b"connect",
            b"patch",
        ]
        .contains(&word)
    });
    is_method
        && words.next().is_some()
        && words.next().is_some_and(|word| word.starts_with(b"http/"))
}

/// A header that acts, with a value as it takes.
fn is_header(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else {
        return false;
    };
    let (name, value) = (
        line[..colon].trim_ascii_end(),
        line[colon + 1..].trim_ascii(),
    );
    let is_address = |value: &[u8]| {
        ["http:", "https:", "//", "javascript:"]
            .iter()
            .any(|at| value.starts_with(at.as_bytes()))
    };
    match name {
        b"set-cookie" | b"set-cookie2" => value.contains(&b'='),
        b"content-length" | b"contentlength" => value.first().is_some_and(u8::is_ascii_digit),
        b"content-type" | b"contenttype" => value.contains(&b'/'),
        b"transfer-encoding" => value.starts_with(b"chunked"),
        b"location" | b"content-location" => {
            is_address(value) || value.starts_with(b"www.") || value.starts_with(b"/")
        }
        b"cookie" => value.contains(&b'=') && !value.contains(&b' '),
        b"status" => value.len() > 2 && value[..3].iter().all(u8::is_ascii_digit),
        b"connection" => value == b"close" || value == b"keep-alive",
        b"cache-control" | b"pragma" => value.starts_with(b"no-") || value.starts_with(b"public"),
        b"refresh" => {
            is_address(value)
                || value.starts_with(b"www.")
                || value.first().is_some_and(u8::is_ascii_digit)
        }
        b"remote-addr" | b"x-real-ip" | b"proxy-connection" => !value.contains(&b' '),
        b"bcc" | b"cc" | b"to" | b"reply-to" | b"from" => {
            value.contains(&b'@') && !value.contains(&b' ')
        }
        b"x-xss-protection"
        | b"access-control-allow-origin"
        | b"access-control-allow-credentials"
        | b"strict-transport-security"
        | b"www-authenticate"
        | b"content-security-policy"
        | b"x-accel-redirect"
        | b"x-sendfile"
        | b"x-forwarded-for"
        | b"x-forwarded-host" => !value.is_empty(),
        b"content-disposition" => value.starts_with(b"attachment") || value.starts_with(b"inline"),
        _ => {
            (name.starts_with(b"x-") || is_trial(name))
                && !value.is_empty()
                && !value.contains(&b' ')
        }
    }
}

/// `header-test`, `injected-header`: what testers call a header of theirs.
fn is_trial(name: &[u8]) -> bool {
    let is_name = name
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    let words = || name.split(|byte| *byte == b'-');
    is_name
        && words().nth(1).is_some()
        && words().any(|word| {
            [&b"header"[..], b"injected", b"injection", b"crlf", b"evil"].contains(&word)
        })
}
