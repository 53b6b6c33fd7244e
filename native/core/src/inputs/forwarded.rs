//! `X-Forwarded-For`: a list to which each proxy appends the address that it saw.

use crate::address_set::AddressSet;
use std::net::{IpAddr, SocketAddr};

/// The lines of one such header, in order, and where it stands.
pub(super) struct Chain {
    place: &'static str,
    lines: Vec<Vec<u8>>,
}

impl Chain {
    pub(super) fn at(place: &'static str) -> Chain {
        let lines = Vec::new();
        Chain { place, lines }
    }

    pub(super) fn push(chains: &mut [Chain], line: &[u8]) {
        if let Some(chain) = chains.last_mut() {
            chain.lines.push(line.to_vec());
        }
    }

    /// From the right, past trusted proxies: the first that is none of them, or the last of them where nobody, or nobody
    /// who can be told, is before it. What is left of that may be anybody's word.
    pub(super) fn caller(&self, trusted: &AddressSet) -> Option<(IpAddr, &'static str)> {
        let lines = self.lines.iter().rev();
        let entries = lines.flat_map(|line| line.rsplit(|byte| *byte == b','));
        let mut nearest = None;
        for entry in entries.filter(|entry| !entry.trim_ascii().is_empty()) {
            let Some(address) = address(entry) else {
                break;
            };
            nearest = Some(address);
            if !trusted.contains(address) {
                break;
            }
        }
        Some((nearest?, self.place))
    }
}

pub(super) fn is_forwarded(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"x-forwarded-for")
}

/// An address, with a port or without: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
pub(super) fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim_matches([' ', '\t']);
    let plain = || text.parse::<IpAddr>().ok();
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    let in_brackets = || {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        Some(IpAddr::V6(inner.parse().ok()?))
    };
    let address = plain().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}
