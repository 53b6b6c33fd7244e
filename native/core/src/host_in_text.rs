//! Whether a text names a host or an address, as it is, in a URL or in a list, however resolvers may take it.

use crate::address;
use crate::policy::split_port;
use memchr::memmem::Finder;
use std::net::IpAddr;

const SHORTEST_ADDRESS: usize = 3;
/// An address of IPv6 with a mapped one of IPv4 in it, and a port.
const LONGEST_ADDRESS: usize = 52;
/// The start of a label that holds other letters than ASCII's.
const ENCODED: &[u8] = b"xn--";

/// Whether a host stands in a text and is no part of a longer one.
pub(crate) fn holds_host(text: &[u8], host: &[u8]) -> bool {
    let encoded = Finder::new(ENCODED).find_iter(host).last();
    let behind_encoded = encoded.map(|at| {
        let label = host[at..].iter().position(|byte| *byte == b'.');
        &host[label.map_or(host.len(), |end| at + end)..]
    });
    if behind_encoded.is_some_and(|rest| holds_other_letters(text, rest)) {
        return true;
    }
    Finder::new(host).find_iter(text).any(|start| {
        let is_begun = start == 0 || !is_of_host(text[start - 1]);
        is_begun && is_end_of_host(&text[start + host.len()..])
    })
}

/// Whether a name that ends so stands in a text, with other letters than ASCII's in its last label before that.
fn holds_other_letters(text: &[u8], ending: &[u8]) -> bool {
    if text.is_ascii() {
        return false;
    }
    let is_label = |end: usize| {
        let mut label = text[..end]
            .iter()
            .rev()
            .take_while(|byte| is_of_label(**byte));
        label.any(|byte| !byte.is_ascii()) && is_end_of_host(&text[end + ending.len()..])
    };
    if ending.is_empty() {
        let ends = text
            .iter()
            .enumerate()
            .filter(|(_, byte)| !is_of_label(**byte));
        return ends.map(|(at, _)| at).chain([text.len()]).any(is_label);
    }
    Finder::new(ending).find_iter(text).any(is_label)
}

/// Whether a host ends where this begins; a last point belongs to it.
fn is_end_of_host(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b".").unwrap_or(rest);
    rest.first().is_none_or(|byte| !is_of_host(*byte))
}

fn is_of_host(byte: u8) -> bool {
    is_of_label(byte) || byte == b'.'
}

fn is_of_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || !byte.is_ascii()
}

/// Whether an address stands in a text in any spelling, with a port or without.
pub(crate) fn holds_address(text: &[u8], wanted: IpAddr) -> bool {
    let is_of_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'x');
    text.split(|byte| !is_of_address(byte))
        .filter(|part| (SHORTEST_ADDRESS..=LONGEST_ADDRESS).contains(&part.len()))
        .filter_map(|part| std::str::from_utf8(part).ok())
        .flat_map(|part| [part, split_port(part).0])
        .any(|part| address::parse(part) == Some(wanted))
}
