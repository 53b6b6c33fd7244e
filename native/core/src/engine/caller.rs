//! Who called, as records tell it: by a number that all environments of a function give the address.
//!
//! There are so few numbers that each stands for about a million addresses of IPv4: it names nobody, and tells one caller
//! from many. Who has some addresses in mind can work out which of them have a number.

use super::Engine;
use crate::inputs::{Caller, Event};
use hmac_sha256::Hash;
use std::net::{IpAddr, Ipv6Addr};

/// The bits of an address of IPv6 that its network has: who has one of its addresses has all of them.
const OF_NETWORK: u128 = !0 << 64;

/// The caller of the invocation.
#[derive(Default)]
pub(super) struct Called {
    /// None until it was looked for; then none where the event tells of nobody, or of several.
    noted: Option<Option<String>>,
}

impl Called {
    pub(super) fn forget(&mut self) {
        self.noted = None;
    }

    pub(super) fn number(&self) -> Option<String> {
        self.noted.clone().flatten()
    }
}

impl Engine {
    /// Looks who called in the event that the engine holds.
    pub(super) fn look_who_called(&mut self) {
        let event = std::mem::take(&mut self.event);
        self.note_caller(&event);
        self.event = event;
    }

    /// Looks who called, once an invocation.
    pub(super) fn note_caller(&mut self, event: &Event) {
        if self.called.noted.is_some() {
            return;
        }
        let callers = event.callers(self.policy.sources.trusted_proxies());
        self.called.noted = Some(one_of(&self.setting.function, &callers));
    }
}

/// The number of all callers, where they have the same.
fn one_of(function: &str, callers: &[Caller]) -> Option<String> {
    let mut numbers = callers
        .iter()
        .map(|one| number(function, network(one.address)));
    let first = numbers.next()?;
    numbers.all(|one| one == first).then_some(first)
}

/// Three hex digits: the first of the SHA-256 of the function's name, a line feed and the address.
fn number(function: &str, address: IpAddr) -> String {
    let hash = Hash::hash(format!("{function}\n{address}").as_bytes());
    format!("{:02x}{:x}", hash[0], hash[1] >> 4)
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & OF_NETWORK)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(function: &str, addresses: &[&str]) -> Option<String> {
        let callers: Vec<_> = addresses
            .iter()
            .map(|one| Caller {
                address: one.parse().unwrap(),
                path: String::new(),
            })
            .collect();
        one_of(function, &callers)
    }

    #[test]
    fn the_vectors_of_the_specification_hold() {
        let vectors = include_str!("../../../../spec/vectors/callers.jsonl");
        let mut rows = 0;
        for line in vectors.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let addresses = row["addresses"].as_array().unwrap();
            let addresses: Vec<_> = addresses.iter().map(|one| one.as_str().unwrap()).collect();
            let told = of(row["function"].as_str().unwrap(), &addresses);
            assert_eq!(told.as_deref(), row["caller"].as_str(), "{line}");
            rows += 1;
        }
        assert_eq!(rows, 10);
    }

    #[test]
    fn each_number_stands_for_as_many_addresses() {
        let mut times = std::collections::HashMap::new();
        for at in 0..(1_u32 << 17) {
            let address = IpAddr::from(at.wrapping_mul(0x9E37_79B1).to_be_bytes());
            *times.entry(number("orders", address)).or_insert(0) += 1;
        }
        assert_eq!(times.len(), 1 << 12);
        let (least, most) = (times.values().min().unwrap(), times.values().max().unwrap());
        assert!(*least >= 10 && *most <= 64, "{least}, {most}");
    }
}
