//! Open redirect: a target that looks like a page of the site and leads to another.
//!
//! Sees: texts that are a URL with slashes that browsers mend, with a name in front of an `@`, with a way back that
//! leads nowhere. Never sure enough to block. Silent on ordinary URLs and on `//host/path`; does not see those of
//! an attacker's own name.

use memchr::memmem;

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::open_redirect as rules;
use super::url::{Url, is_web, urls};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::SLASH.or(Signs::COLON).or(Signs::PERCENT)),
    find,
};

const LONGEST: usize = 512;

/// What follows slashes in a hidden host: blanks that browsers drop, escaped backslashes.
const HIDDEN: [&[u8]; 9] = [
    b"%09",
    b"%5c",
    b"%0d",
    b"%0a",
    b"\t",
    b"%2f%2f",
    b"%e3%80%82",
    b"%ef%bd%b0",
    b"<>",
];

/// Ways back behind a host, so that a folder's name seems to follow.
const BACK: [&[u8]; 7] = [
    b"%2f..",
    b"%2f%2e%2e",
    b"%2e%2e%2f",
    b"%2e%2e",
    b"..%2f",
    b"../",
    b"..",
];

/// People's names have dots too, but seldom end so.
const TOPS: [&[u8]; 9] = [
    b".com", b".net", b".org", b".io", b".ru", b".cn", b".info", b".xyz", b".top",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = leaf.lower.trim_ascii();
    if text.len() > LONGEST || text.iter().any(u8::is_ascii_whitespace) {
        return;
    }
    let found = misleading(text).or_else(|| urls(text).take(2).find_map(|url| of_url(text, &url)));
    findings.extend(found.map(|rule| Finding::new(rule, 0, leaf.lower.len())));
}

/// A text that begins with slashes, but not as a path does.
fn misleading(text: &[u8]) -> Option<&'static Rule> {
    let slashes = text.iter().take_while(|byte| b"/\\".contains(byte)).count();
    let (start, rest) = text.split_at(slashes);
    let is_hidden = slashes > 0
        && HIDDEN
            .iter()
            .any(|sign| rest.starts_with(sign) && names_host(&rest[sign.len()..]));
    let is_url = slashes > 0 && (rest.starts_with(b"http:") || rest.starts_with(b"https:"));
    let is_mixed = slashes > 1 && start.contains(&b'/') && (start.contains(&b'\\') || slashes > 2);
    let is_encoded = [&b"%2f%2f"[..], b"%5c%5c", b"%2f%5c", b"%5c%2f"]
        .iter()
        .any(|sign| text.strip_prefix(*sign).is_some_and(names_host));
    let is_odd = is_hidden || is_url || is_encoded || is_mixed && names_host(rest);
    let is_wide = slashes == 1
        && [
            &b"\xE3\x80\x82"[..],
            b"\xEF\xBD\xB0",
            b"\xE3\x83\xBC",
            b"\xE2\x93",
        ]
        .iter()
        .any(|sign| rest.starts_with(sign));
    (is_odd || is_wide).then_some(&rules::MISLEADING_SLASHES)
}

fn of_url(text: &[u8], url: &Url<'_>) -> Option<&'static Rule> {
    if url.start > 3 || !(is_web(url.scheme) || url.scheme.is_empty()) {
        return None;
    }
    let names = names_host(&url.host) || url.address().is_some();
    let user_is_host = url.user.is_some_and(|user| {
        !user.is_empty()
            && !user.contains(&b':')
            && (user.contains(&b'.') || url.address().is_some())
    });
    if user_is_host && names {
        return Some(&rules::HOST_BEFORE_AT);
    }
    if behind_at(url.rest) {
        return Some(&rules::HOST_BEHIND_AT);
    }
    let has_scheme = is_web(url.scheme);
    let is_port = url.slashes.is_empty() && url.host.iter().all(u8::is_ascii_digit);
    if has_scheme && url.slashes != b"//" && names && !is_port && !is_escaped(text) {
        return Some(&rules::MISLEADING_SLASHES);
    }
    if names && goes_back(url.rest) {
        return Some(&rules::WAY_BACK);
    }
    let is_split = has_scheme
        && (leads_on(url.rest)
            || url.host.contains(&b'\\')
            || [&b"%5c"[..], b"%2e"]
                .iter()
                .any(|sign| memmem::find(&url.host, sign).is_some())
            || url.host.starts_with(b"%09"));
    if is_split {
        return Some(&rules::MISLEADING_SLASHES);
    }
    let is_bare = url.scheme.is_empty()
        && names
        && text.len() < 64
        && url.rest.len() < 2
        && (url.host.contains(&b'.'));
    is_bare.then_some(&rules::HOST_WITHOUT_SCHEME)
}

/// `https:\/\/a.example\/x`: are all its slashes escaped, and more than an address needs? So JSON and patterns
/// write an address.
fn is_escaped(text: &[u8]) -> bool {
    let slashes = memchr::memchr_iter(b'/', text);
    let (count, escaped) = slashes.fold((0, 0), |(count, escaped), at| {
        (
            count + 1,
            escaped + usize::from(text[..at].ends_with(b"\\")),
        )
    });
    count > 2 && count == escaped
}

/// `\b.example` behind a host.
fn leads_on(rest: &[u8]) -> bool {
    rest.starts_with(b"\\") && names_host(rest)
}

fn goes_back(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"/").unwrap_or_default();
    BACK.iter()
        .any(|back| rest.starts_with(back) && rest.len() < back.len() + 4)
}

/// `/@a.example/`, `/:x@a.example`; but `/@ann@a.example` is a person, and `/@scope/x` a package.
fn behind_at(rest: &[u8]) -> bool {
    let segment = rest.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
    let host = match segment.split_first() {
        Some((b'@', host)) if !host.contains(&b'@') => host,
        Some((b':', rest)) if rest.contains(&b'@') => rest,
        _ => return false,
    };
    names_host(host) && TOPS.iter().any(|top| host.ends_with(top))
}

/// `a.example`, perhaps with more behind it.
fn names_host(text: &[u8]) -> bool {
    let text = text
        .iter()
        .position(|byte| !b"/\\".contains(byte))
        .map_or(text, |at| &text[at..]);
    let name = text
        .split(|byte| b"/\\?#:".contains(byte))
        .next()
        .unwrap_or_default();
    let name = name.rsplit(|byte| *byte == b'@').next().unwrap_or(name);
    let top = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_name = name
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-_%".contains(byte) || *byte >= 0x80);
    is_name
        && name.len() > top.len() + 1
        && top.len() > 1
        && top.iter().all(u8::is_ascii_alphabetic)
}
