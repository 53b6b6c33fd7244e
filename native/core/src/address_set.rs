//! A set of IP prefixes: which addresses are in it.
//!
//! Ranges are merged, sorted and searched by halves: 8 bytes for a range of IPv4, 16 for one of
//! IPv6 networks up to /64, 32 for longer IPv6 prefixes. A million prefixes take 16 MB at most,
//! but for a list of single IPv6 addresses (32 MB). An IPv4 address written as IPv6
//! (`::ffff:192.0.2.1`) counts as IPv4, in prefixes as in questions; `::/0` holds no IPv4.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Prefixes up to this length are kept as 64-bit networks.
const NETWORK_BITS: u8 = 64;

/// A text that is no IP address and no CIDR prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadPrefix {
    /// The text as it was given, cut to 64 characters.
    pub text: String,
}

impl fmt::Display for BadPrefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "not an IP address or CIDR prefix: {:?}", self.text)
    }
}

impl std::error::Error for BadPrefix {}

/// A frozen set of IPv4 and IPv6 addresses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AddressSet {
    four: Box<[(u32, u32)]>,
    networks: Box<[(u64, u64)]>,
    six: Box<[(u128, u128)]>,
}

impl AddressSet {
    /// Reads addresses and CIDR prefixes; bits beyond a prefix's length are ignored.
    pub fn parse<'a>(prefixes: impl Iterator<Item = &'a str>) -> Result<Self, BadPrefix> {
        let (mut four, mut networks, mut six) = (Vec::new(), Vec::new(), Vec::new());
        for text in prefixes {
            match prefix(text).ok_or_else(|| bad(text))? {
                (IpAddr::V4(address), length) => four.push(range_of_four(address, length)),
                (IpAddr::V6(address), length) => {
                    let (first, last) = range_of_six(address, length);
                    if length <= NETWORK_BITS {
                        networks.push(((first >> 64) as u64, (last >> 64) as u64));
                    } else {
                        six.push((first, last));
                    }
                }
            }
        }
        Ok(Self {
            four: merged(four),
            networks: merged(networks),
            six: merged(six),
        })
    }

    /// Is `ip` in the set?
    pub fn contains(&self, ip: IpAddr) -> bool {
        match ip.to_canonical() {
            IpAddr::V4(address) => holds(&self.four, u32::from(address)),
            IpAddr::V6(address) => {
                let bits = u128::from(address);
                holds(&self.networks, (bits >> 64) as u64) || holds(&self.six, bits)
            }
        }
    }

    /// How many ranges are left after merging.
    pub fn len(&self) -> usize {
        self.four.len() + self.networks.len() + self.six.len()
    }

    /// Is no address in it?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the ranges take.
    pub fn size_bytes(&self) -> usize {
        size_of_val(&*self.four) + size_of_val(&*self.networks) + size_of_val(&*self.six)
    }
}

fn bad(text: &str) -> BadPrefix {
    BadPrefix {
        text: text.chars().take(64).collect(),
    }
}

fn prefix(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits: u8 = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
        None => bits,
    };
    if length > bits {
        return None;
    }
    Some(as_four(address, length).unwrap_or((address, length)))
}

fn as_four(address: IpAddr, length: u8) -> Option<(IpAddr, u8)> {
    let IpAddr::V6(six) = address else {
        return None;
    };
    let four = six.to_ipv4_mapped()?;
    Some((IpAddr::V4(four), length.checked_sub(96)?))
}

fn range_of_four(address: Ipv4Addr, length: u8) -> (u32, u32) {
    let rest = u32::MAX.checked_shr(u32::from(length)).unwrap_or(0);
    (u32::from(address) & !rest, u32::from(address) | rest)
}

fn range_of_six(address: Ipv6Addr, length: u8) -> (u128, u128) {
    let rest = u128::MAX.checked_shr(u32::from(length)).unwrap_or(0);
    (u128::from(address) & !rest, u128::from(address) | rest)
}

/// An address as a number that has a next one, but for the last.
trait Bits: Copy + Ord {
    fn next(self) -> Option<Self>;
}

impl Bits for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Bits for u64 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Bits for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

fn merged<B: Bits>(mut ranges: Vec<(B, B)>) -> Box<[(B, B)]> {
    ranges.sort_unstable();
    ranges.dedup_by(|later, earlier| {
        let touches = earlier.1.next().is_none_or(|next| later.0 <= next);
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
    ranges.into_boxed_slice()
}

fn holds<B: Bits>(ranges: &[(B, B)], address: B) -> bool {
    let after = ranges.partition_point(|range| range.0 <= address);
    after > 0 && address <= ranges[after - 1].1
}
