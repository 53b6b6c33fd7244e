//! The URLs in a text as a lenient client takes them apart, and where their hosts lie.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// URLs of one text that are looked at.
const MOST: usize = 64;
const LONGEST: usize = 2048;

/// A URL taken apart.
#[derive(Clone, Debug)]
pub struct Url<'a> {
    pub start: usize,
    pub end: usize,
    pub scheme: &'a [u8],
    /// What stands between scheme and host: `//`, by rights.
    pub slashes: &'a [u8],
    /// In front of the last `@`.
    pub user: Option<&'a [u8]>,
    pub host: Cow<'a, [u8]>,
    /// Whether the host was written in letters that mean others: `①`.
    pub is_folded: bool,
    pub port: Option<u16>,
    /// From the path on.
    pub rest: &'a [u8],
}

/// Where a host lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Metadata,
    Loopback,
    Private,
    Public,
}

/// The URLs in `text`, which is in lower case.
pub fn urls(text: &[u8]) -> impl Iterator<Item = Url<'_>> {
    let leading = text.iter().take_while(|byte| b"/\\".contains(byte)).count();
    let bare = (leading > 1).then_some((0, 0));
    let schemes = memchr::memchr_iter(b':', text).filter_map(|colon| {
        let letters = text[..colon].iter().rev().take(24);
        let length = letters
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"+_".contains(byte))
            .count();
        let is_url = length > 1
            && text
                .get(colon + 1)
                .is_some_and(|byte| b"/\\".contains(byte));
        (is_url || colon < 6 && is_web(&text[..colon])).then_some((colon - length, colon + 1))
    });
    bare.into_iter()
        .chain(schemes)
        .take(MOST)
        .map(|(start, after)| taken_apart(text, start, after))
}

/// Is this a scheme that browsers follow without slashes too?
pub fn is_web(scheme: &[u8]) -> bool {
    scheme == b"http" || scheme == b"https"
}

fn taken_apart(text: &[u8], start: usize, after: usize) -> Url<'_> {
    let is_ended = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`".contains(byte);
    let ends = |byte: &u8| is_ended(byte) || start > 0 && b"<>".contains(byte);
    let window = &text[after..text.len().min(after + LONGEST)];
    let all = &window[..window.iter().position(ends).unwrap_or(window.len())];
    let slashes = all.iter().take_while(|byte| b"/\\".contains(byte)).count();
    let (slashes, tail) = all.split_at(slashes);
    let authority = tail
        .iter()
        .position(|byte| b"/?#".contains(byte))
        .unwrap_or(tail.len());
    let authority = match memchr::memchr(b'\\', &tail[..authority]) {
        Some(at) if !tail[at..authority].contains(&b'@') => at,
        _ => authority,
    };
    let (authority, rest) = tail.split_at(authority);
    let (user, host) = match memchr::memrchr(b'@', authority) {
        Some(at) => (Some(&authority[..at]), &authority[at + 1..]),
        None => (None, authority),
    };
    let (host, port) = without_port(host);
    let folded = folded(host);
    Url {
        start,
        end: after + all.len(),
        scheme: text[start..after].strip_suffix(b":").unwrap_or_default(),
        slashes,
        user,
        is_folded: matches!(folded, Cow::Owned(_)),
        host: folded,
        port,
        rest,
    }
}

fn without_port(host: &[u8]) -> (&[u8], Option<u16>) {
    let colon = match memchr::memrchr(b']', host) {
        Some(at) => host[at..].starts_with(b"]:").then_some(at + 1),
        None => memchr::memchr(b':', host),
    };
    let Some(colon) = colon else {
        return (host, None);
    };
    let digits = host[colon + 1..]
        .split(|byte| !byte.is_ascii_digit())
        .next();
    let port = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    (&host[..colon], port)
}

/// The host as resolvers fold it: digits in circles, wide letters, dots of other alphabets.
fn folded(host: &[u8]) -> Cow<'_, [u8]> {
    if host.is_ascii() {
        return Cow::Borrowed(host);
    }
    let plain: String = String::from_utf8_lossy(host).chars().map(fold).collect();
    if plain.is_ascii() {
        Cow::Owned(plain.into_bytes())
    } else {
        Cow::Borrowed(host)
    }
}

fn fold(character: char) -> char {
    let code = u32::from(character);
    let (first, base) = match code {
        0x2460..=0x2468 => (0x2460, '1'),
        0x2070 | 0x2074..=0x2079 => (0x2070, '0'),
        0x2080..=0x2089 => (0x2080, '0'),
        0x24EA => (0x24EA, '0'),
        0x24F5..=0x24FD => (0x24F5, '1'),
        0x2776..=0x277E => (0x2776, '1'),
        0x24B6..=0x24CF => (0x24B6, 'a'),
        0x24D0..=0x24E9 => (0x24D0, 'a'),
        0x1D7CE..=0x1D7FF => return char::from(b'0' + ((code - 0x1D7CE) % 10) as u8),
        0xB9 => return '1',
        0xB2 => return '2',
        0xB3 => return '3',
        0x3002 | 0xFF61 => return '.',
        0xFF01..=0xFF5E => (0xFF01, '!'),
        _ => return character,
    };
    char::from_u32(u32::from(base) + code - first)
        .map_or(character, |plain| plain.to_ascii_lowercase())
}

impl Url<'_> {
    /// Where an address lies, and whether it is spelled as people do; none for names.
    pub fn address(&self) -> Option<(Place, bool)> {
        if let Some(inner) = self.host.strip_prefix(b"[") {
            let inner = inner.split(|byte| b"]%".contains(byte)).next()?;
            let address: Ipv6Addr = std::str::from_utf8(inner).ok()?.parse().ok()?;
            return Some(place_v6(address, inner));
        }
        let (address, is_plain) = number(&self.host)?;
        Some((place_v4(address), is_plain && !self.is_folded))
    }
}

/// An IPv4 address in any spelling that resolvers take: fewer parts, octal, hexadecimal, overflowing.
pub fn number(host: &[u8]) -> Option<(Ipv4Addr, bool)> {
    let host = std::str::from_utf8(host.strip_suffix(b".").unwrap_or(host)).ok()?;
    let mut parts = [0u64; 4];
    let (mut count, mut is_plain) = (0, true);
    for part in host.split('.') {
        let (digits, radix) = match part.as_bytes() {
            [b'0', b'x', ..] => (&part[2..], 16),
            [b'0', _, ..] => (part, 8),
            _ => (part, 10),
        };
        *parts.get_mut(count)? = u64::from_str_radix(digits, radix)
            .ok()
            .filter(|_| !digits.starts_with('+'))?;
        is_plain &= radix == 10 && parts[count] < 256;
        count += 1;
    }
    let (last, firsts) = parts[..count].split_last()?;
    let mut address = 0u64;
    for part in firsts {
        address = address << 8 | part & 0xFF;
    }
    let bits = 8 * (4 - firsts.len());
    address = address << bits | last & ((1 << bits) - 1);
    Some((
        Ipv4Addr::from(u32::try_from(address).ok()?),
        is_plain && count == 4,
    ))
}

fn place_v4(address: Ipv4Addr) -> Place {
    match address.octets() {
        [169, 254, ..] | [100, 100, 100, 200] | [192, 0, 0, 192] | [168, 63, 129, 16] => {
            Place::Metadata
        }
        [127 | 0, ..] => Place::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => Place::Private,
        _ => Place::Public,
    }
}

fn place_v6(address: Ipv6Addr, text: &[u8]) -> (Place, bool) {
    let is_plain = text == address.to_string().as_bytes();
    match address.segments() {
        [0xfd00, 0xec2, ..] | [0xfd20, 0xce, ..] => (Place::Metadata, is_plain),
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => (Place::Loopback, is_plain),
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            (place_v4(Ipv4Addr::new(a, b, c, d)), false)
        }
        [first, ..] if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 => {
            (Place::Private, is_plain)
        }
        _ => (Place::Public, is_plain),
    }
}
