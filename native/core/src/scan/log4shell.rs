//! Log4Shell: a lookup that makes a Java logger fetch code.
//!
//! Sees: `${jndi:` as it is and built from lookups within (`${${lower:j}ndi:`, `${${::-j}…`), wherever it stands in the
//! text. Does not see: parts that come from other inputs.

use std::borrow::Cow;

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::log4shell as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::DOLLAR) && signs.has(Signs::BRACE) && signs.has(Signs::COLON),
    find,
};

/// So many bytes of lookups are put together for each byte of the text, and so many at least.
const MOST_WORK: usize = 8;
const LEAST_WORK: usize = 4096;

const PROTOCOLS: [&str; 8] = [
    "ldap", "ldaps", "rmi", "dns", "iiop", "corba", "nis", "http",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    findings.extend(lookup(leaf));
}

fn lookup(leaf: &Leaf) -> Option<Finding> {
    let start = leaf.find("${")?;
    let text = &leaf.lower[start..];
    if names_jndi(text) {
        return Some(Finding::new(&rules::JNDI_LOOKUP, start, leaf.lower.len()));
    }
    names_jndi(&resolved(text))
        .then(|| Finding::new(&rules::HIDDEN_JNDI_LOOKUP, start, leaf.lower.len()))
}

fn names_jndi(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"${jndi:").any(|at| {
        let target = &text[at + 7..];
        // `ldap://...`: of an address that is left out.
        PROTOCOLS.iter().any(|protocol| {
            let address = target.strip_prefix(protocol.as_bytes());
            address.is_some_and(|address| !address.starts_with(b"://..."))
        }) || target.starts_with(b"$")
    })
}

/// Replaces the innermost lookups by what they yield, as Log4j would.
fn resolved(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut open = Vec::new();
    let mut work = LEAST_WORK + MOST_WORK * text.len();
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'{' && plain.last() == Some(&b'$') {
            open.push(plain.len() - 1);
        }
        let start = open
            .last()
            .copied()
            .filter(|start| *byte == b'}' && !plain[start + 2..].starts_with(b"jndi:"));
        let Some(start) = start else {
            plain.push(*byte);
            continue;
        };
        let lookup = plain.split_off(start);
        let value = value(&lookup[2..]);
        open.pop();
        // `$${x}`: the first sign only keeps the lookup for the next round.
        if plain.last() == Some(&b'$') {
            plain.pop();
        }
        if value.starts_with(b"{") && plain.last() == Some(&b'$') {
            open.push(plain.len() - 1);
        }
        plain.extend_from_slice(&value);
        work = work.saturating_sub(lookup.len());
        if work == 0 {
            plain.extend_from_slice(&text[at + 1..]);
            break;
        }
    }
    plain
}

fn value(lookup: &[u8]) -> Cow<'_, [u8]> {
    if let Some(at) = memchr::memmem::find(lookup, b":-") {
        return Cow::Borrowed(&lookup[at + 2..]);
    }
    let (kind, rest) = match lookup.iter().position(|byte| *byte == b':') {
        Some(at) => (&lookup[..at], &lookup[at + 1..]),
        None => (lookup, &lookup[..0]),
    };
    match kind {
        b"lower" | b"upper" => cased(rest),
        b"date" => Cow::Borrowed(rest.split(|byte| *byte == b'\'').nth(1).unwrap_or_default()),
        _ => Cow::Borrowed(b""),
    }
}

/// Letters of other alphabets whose other case is one of ASCII's: Java makes `I` of `ı`.
fn cased(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |letter| match letter {
        'ı' | 'İ' => 'i',
        'ſ' => 's',
        '\u{212a}' => 'k',
        _ => letter,
    };
    let text = String::from_utf8_lossy(text);
    Cow::Owned(text.chars().map(plain).collect::<String>().into_bytes())
}
