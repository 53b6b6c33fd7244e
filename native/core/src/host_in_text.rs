//! Whether a text names a host or an address, as it is, in a URL or in a list, however resolvers may take it.

use crate::address;
use crate::policy::split_port;
use memchr::memmem::Finder;
use std::net::IpAddr;

const SHORTEST_ADDRESS: usize = 3;
/// The longest spelling of an address that is read: octal numbers may begin with many zeros.
const LONGEST_ADDRESS: usize = 128;
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

/// The addresses that stand in a text in any spelling, with a port or without.
pub(crate) fn addresses(text: &[u8]) -> impl Iterator<Item = IpAddr> + '_ {
    possible_addresses(text).filter_map(address::parse)
}

/// What in a text may be an address.
pub(crate) fn possible_addresses(text: &[u8]) -> impl Iterator<Item = &str> {
    let is_of_address =
        |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'x' | b'X');
    text.split(move |byte| !is_of_address(byte))
        .filter(|part| (SHORTEST_ADDRESS..=LONGEST_ADDRESS).contains(&part.len()))
        .filter_map(|part| std::str::from_utf8(part).ok())
        .flat_map(|part| {
            let bare = Some(split_port(part).0).filter(|bare| bare.len() < part.len());
            [Some(part), bare].into_iter().flatten()
        })
}

/// A text as clients and resolvers take it: without tabs and line ends, which a URL loses, without letters that show
/// nothing, with points for what stands for points; in small letters where these are ASCII's.
pub(crate) fn as_resolved(text: &[u8], into: &mut Vec<u8>) {
    into.clear();
    let is_dropped = |byte: &u8| matches!(byte, b'\t' | b'\r' | b'\n');
    if text.is_ascii() {
        into.extend(text.iter().filter(|byte| !is_dropped(byte)));
    } else {
        let mut letter = [0; 4];
        for one in String::from_utf8_lossy(text).chars() {
            match one {
                '\t'
                | '\r'
                | '\n'
                | '\u{ad}'
                | '\u{34f}'
                | '\u{1806}'
                | '\u{180b}'..='\u{180d}'
                | '\u{200b}'..='\u{200d}'
                | '\u{2060}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}' => {}
                '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => into.push(b'.'),
                'ß' | 'ẞ' => into.extend_from_slice(b"ss"),
                'ς' => into.extend_from_slice("σ".as_bytes()),
                other => into.extend_from_slice(other.encode_utf8(&mut letter).as_bytes()),
            }
        }
    }
    into.make_ascii_lowercase();
}
