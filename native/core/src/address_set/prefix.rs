//! One prefix, from text and to text.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A text that is no IP address and no CIDR prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadPrefix {
    /// Which of the texts it was, from 0.
    pub at: usize,
    /// The text as it was given, cut to 64 characters.
    pub text: String,
}

impl BadPrefix {
    pub(crate) fn new(at: usize, text: &str) -> Self {
        let text = text.chars().take(64).collect();
        BadPrefix { at, text }
    }
}

impl fmt::Display for BadPrefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "not an IP address or CIDR prefix: {:?}", self.text)
    }
}

impl std::error::Error for BadPrefix {}

/// All addresses that begin with the same bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub struct Prefix {
    /// Bits of an address of its family: 32 or 128.
    pub(crate) bits: u8,
    pub(crate) first: u128,
    pub(crate) length: u8,
}

impl Prefix {
    /// Reads an address, or a CIDR prefix whose bits beyond its length are ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Prefix> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let length: u8 = match length {
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok()?
            }
            Some(_) => return None,
            None => bits,
        };
        if length > bits {
            return None;
        }
        // What is longer than IPv4's own part of IPv6 is of IPv4.
        match Prefix::of(address) {
            four if four.bits < bits && length >= 96 => Some(four.shortened(length - 96)),
            _ if bits == 128 => Some(Prefix::of_six(address).shortened(length)),
            four => Some(four.shortened(length)),
        }
    }

    /// The prefix that is `ip` alone.
    #[must_use]
    pub fn of(ip: IpAddr) -> Prefix {
        match ip.to_canonical() {
            IpAddr::V4(four) => Prefix {
                bits: 32,
                first: u128::from(u32::from(four)),
                length: 32,
            },
            six => Prefix::of_six(six),
        }
    }

    fn of_six(ip: IpAddr) -> Prefix {
        let first = match ip {
            IpAddr::V6(six) => u128::from(six),
            IpAddr::V4(four) => u128::from(four.to_ipv6_mapped()),
        };
        Prefix {
            bits: 128,
            first,
            length: 128,
        }
    }

    /// The last address in it.
    pub(crate) fn last(self) -> u128 {
        self.first | self.rest()
    }

    /// How many bits it fixes.
    #[must_use]
    pub fn length(self) -> u8 {
        self.length
    }

    #[must_use]
    pub fn is_ipv4(self) -> bool {
        self.bits == 32
    }

    /// The first address of its upper half, from which it can be told: the trailing zeros are its length.
    pub(super) fn middle(self) -> u128 {
        self.first | (self.rest() / 2 + 1)
    }

    pub(super) fn of_middle(bits: u8, middle: u128) -> Option<Prefix> {
        let free = u8::try_from(middle.trailing_zeros()).ok()?.checked_add(1)?;
        let length = bits.checked_sub(free)?;
        let whole = Prefix {
            bits,
            first: middle,
            length: bits,
        };
        Some(whole.shortened(length))
    }

    fn shortened(self, length: u8) -> Prefix {
        let cut = Prefix { length, ..self };
        Prefix {
            first: self.first & !cut.rest(),
            ..cut
        }
    }

    /// The bits that it leaves free, all set.
    fn rest(self) -> u128 {
        let free = u32::from(self.bits - self.length);
        u128::MAX.checked_shr(128 - free).unwrap_or(0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match u32::try_from(self.first) {
            Ok(four) if self.bits == 32 => IpAddr::V4(Ipv4Addr::from(four)),
            _ => IpAddr::V6(Ipv6Addr::from(self.first)),
        };
        if self.length == self.bits {
            write!(out, "{address}")
        } else {
            write!(out, "{address}/{}", self.length)
        }
    }
}
