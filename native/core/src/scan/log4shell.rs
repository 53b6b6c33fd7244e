//! Log4Shell: a lookup that makes a Java logger fetch code.
//!
//! Sees: `${jndi:` as it is and built from lookups within (`${${lower:j}ndi:`, `${${::-j}…`), in the
//! first 64 lookups. Does not see: parts that come from other inputs.

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::log4shell as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::DOLLAR) && signs.has(Signs::BRACE) && signs.has(Signs::COLON),
    find,
};

/// How many lookups are put together, and how far one may reach.
const MOST_LOOKUPS: usize = 64;
const LONGEST: usize = 4096;

const PROTOCOLS: [&str; 8] = [
    "ldap", "ldaps", "rmi", "dns", "iiop", "corba", "nis", "http",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    findings.extend(lookup(leaf));
}

fn lookup(leaf: &Leaf) -> Option<Finding> {
    let start = leaf.find("${")?;
    let near = leaf.near(start, LONGEST);
    if names_jndi(near) {
        return Some(Finding::new(&rules::JNDI_LOOKUP, start, start + near.len()));
    }
    let built = resolved(near);
    names_jndi(&built).then(|| Finding::new(&rules::HIDDEN_JNDI_LOOKUP, start, start + near.len()))
}

fn names_jndi(text: &[u8]) -> bool {
    let found = memchr::memmem::find(text, b"${jndi:").map(|at| &text[at + 7..]);
    found.is_some_and(|target| {
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
    let (mut open, mut lookups) = (Vec::new(), 0);
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
        let value = value(&plain[start + 2..]).to_vec();
        plain.truncate(start);
        open.pop();
        if value.starts_with(b"{") && plain.last() == Some(&b'$') {
            open.push(start - 1);
        }
        plain.extend_from_slice(&value);
        lookups += 1;
        if lookups == MOST_LOOKUPS {
            plain.extend_from_slice(&text[at + 1..]);
            break;
        }
    }
    plain
}

fn value(lookup: &[u8]) -> &[u8] {
    if let Some(at) = memchr::memmem::find(lookup, b":-") {
        return &lookup[at + 2..];
    }
    let (kind, rest) = match lookup.iter().position(|byte| *byte == b':') {
        Some(at) => (&lookup[..at], &lookup[at + 1..]),
        None => (lookup, &lookup[..0]),
    };
    match kind {
        b"lower" | b"upper" => rest,
        b"date" => rest.split(|byte| *byte == b'\'').nth(1).unwrap_or_default(),
        _ => b"",
    }
}
