//! Hosts that lead inside a network: in all the spellings that clients take.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const NAMES: [&str; 8] = [
    "localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "ip6-loopback",
    "metadata",
    "metadata.google.internal",
    "instance-data",
    "kubernetes.default.svc",
];

const ENDINGS: [&str; 7] = [
    ".localhost",
    ".internal",
    ".local",
    ".localdomain",
    ".localtest.me",
    ".lvh.me",
    ".intranet",
];

/// Domains whose names hold the address that they resolve to.
const WILDCARDS: [&str; 3] = [".nip.io", ".sslip.io", ".xip.io"];

/// Whether `host` is a name or an address that is not of the public network.
pub fn leads_inside(host: &[u8]) -> bool {
    let text = String::from_utf8_lossy(host).to_ascii_lowercase();
    let name = text.trim_end_matches('.');
    if let Some(address) = address(name) {
        return is_inside(address);
    }
    let embedded = WILDCARDS
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    let is_embedded = embedded
        .and_then(embedded_address)
        .is_some_and(|found| is_inside(IpAddr::V4(found)));
    NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending)) || is_embedded
}

fn address(name: &str) -> Option<IpAddr> {
    if let Some(inner) = name.strip_prefix('[') {
        let inner = inner.trim_end_matches(']');
        let bare = inner.split('%').next().unwrap_or(inner);
        return bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    ipv4(name).map(IpAddr::V4)
}

/// One to four numbers, decimal, octal or hexadecimal; the last fills the rest.
fn ipv4(name: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u64> = name.split('.').map(number).collect::<Option<_>>()?;
    let (last, front) = parts.split_last()?;
    let fits = front.len() < 4 && front.iter().all(|part| *part < 256);
    let rest_bits = 8 * (4 - u32::try_from(front.len().min(4)).ok()?);
    if !fits || *last >= 1_u64 << rest_bits {
        return None;
    }
    let high = front.iter().fold(0_u64, |sum, part| (sum << 8) | part);
    u32::try_from((high << rest_bits) | last)
        .ok()
        .map(Ipv4Addr::from)
}

fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    let is_number = !digits.is_empty() && digits.len() <= 16;
    is_number
        .then(|| u64::from_str_radix(digits, radix).ok())
        .flatten()
}

fn embedded_address(name: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<&str> = name.rsplit(['.', '-']).take(4).collect();
    let dotted: Vec<&str> = numbers.into_iter().rev().collect();
    dotted.join(".").parse().ok()
}

fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => {
            let octets = four.octets();
            let is_shared = octets[0] == 100 && (64..128).contains(&octets[1]);
            four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || octets[0] == 0
                || is_shared
        }
        IpAddr::V6(six) => {
            let segments = six.segments();
            let embedded = match segments {
                [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                    Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
                }
                _ => None,
            };
            let is_local = segments[0] & 0xfe00 == 0xfc00 || segments[0] & 0xffc0 == 0xfe80;
            six.is_loopback()
                || is_local
                || embedded.is_some_and(|four| is_inside(IpAddr::V4(four)))
        }
    }
}
