//! Path traversal: a file name that leads to the system's files.
//!
//! Sees: chains of `../` or `..\` with a known file at their end or three deep, the same encoded,
//! known files named absolutely, `file:` URLs of them. Does not see: short climbs to files that are
//! not on the list; overlong UTF-8 beyond the two usual spellings.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::path_traversal as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::SLASH.or(Signs::PERCENT)),
    find,
};

/// Files that attackers read to see that they can.
const KNOWN: [&str; 30] = [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hosts",
    "/etc/group",
    "/etc/issue",
    "/etc/crontab",
    "/etc/motd",
    "/etc/apache2",
    "/etc/nginx",
    "/etc/httpd",
    "/etc/mysql",
    "/etc/ssh",
    "/etc/sudoers",
    "/proc/self",
    "/proc/version",
    "/proc/cmdline",
    "/proc/1/",
    "/.ssh/",
    "/.aws/",
    "/.bash_history",
    "/.htpasswd",
    "/.git/",
    "/web-inf/",
    "/boot.ini",
    "/win.ini",
    "/system32/",
    "/windows/system",
    "/var/log/apache",
    "/var/task/",
    "/.env",
];

/// How many slashes are looked at.
const MOST_SLASHES: usize = 4096;

/// Steps upward in spellings that only an attack uses.
const ENCODED: [&str; 12] = [
    "%2e%2e%2f",
    "%2e%2e/",
    "..%2f",
    "%2e%2e%5c",
    "..%5c",
    "%252e%252e",
    "..%252f",
    "..%c0%af",
    "%c0%ae%c0%ae",
    "..%255c",
    "%uff0e%uff0e",
    "..%u2215",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let slashed = slashed(leaf);
    let known = memchr_iter(b'/', &slashed)
        .take(MOST_SLASHES)
        .find_map(|at| {
            let second = slashed.get(at + 1)?;
            let stands = |name: &&&str| {
                name.as_bytes()[1] == *second && slashed[at..].starts_with(name.as_bytes())
            };
            let name = KNOWN.iter().find(stands)?;
            Some((at, name.len()))
        });
    let found = [
        encoded(leaf),
        climb(&slashed, known),
        named(&slashed, known),
    ];
    findings.extend(found.into_iter().flatten());
}

/// The text with backslashes as slashes.
fn slashed(leaf: &Leaf) -> Cow<'_, [u8]> {
    if memchr(b'\\', &leaf.lower).is_none() {
        return Cow::Borrowed(&leaf.lower);
    }
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    Cow::Owned(leaf.lower.iter().map(slash).collect())
}

fn encoded(leaf: &Leaf) -> Option<Finding> {
    memchr(b'%', &leaf.lower)?;
    let (start, length) = ENCODED
        .iter()
        .find_map(|step| Some((leaf.find(step)?, step.len())))?;
    Some(Finding::new(&rules::ENCODED_CLIMB, start, start + length))
}

fn climb(slashed: &[u8], known: Option<(usize, usize)>) -> Option<Finding> {
    let start = memmem::find(slashed, b"../")?;
    let steps = memmem::find_iter(slashed, b"../").take(3).count();
    if let Some((at, length)) = known.filter(|(at, _)| *at > start) {
        return Some(Finding::new(
            &rules::CLIMB_TO_KNOWN_FILE,
            start,
            at + length,
        ));
    }
    (steps == 3 && is_one_word(slashed))
        .then(|| Finding::new(&rules::LONG_CLIMB, start, slashed.len()))
}

fn named(slashed: &[u8], known: Option<(usize, usize)>) -> Option<Finding> {
    let (at, length) = known?;
    let before = &slashed[..at];
    let is_start =
        before.is_empty() || [&b"file://"[..], b"file:", b"c:", b"c:/windows"].contains(&before);
    let is_private = !slashed[at..].starts_with(b"/.env") && !slashed[at..].starts_with(b"/.git");
    let rule = if is_start && is_private && is_one_word(slashed) {
        &rules::KNOWN_FILE
    } else {
        &rules::KNOWN_FILE_IN_TEXT
    };
    Some(Finding::new(rule, at, at + length))
}

fn is_one_word(text: &[u8]) -> bool {
    !text.iter().any(|byte| byte.is_ascii_whitespace())
}
