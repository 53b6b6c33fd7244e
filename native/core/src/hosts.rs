//! Hosts that were let pass, and the addresses that they gave: a host's verdict is its addresses'.

use crate::activity::{Activity, Kind};
use crate::policy::split_port;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// Hosts, and addresses of hosts, that are remembered.
const MOST: usize = 4_096;
/// Names of one address.
const MOST_NAMES: usize = 4;

/// What was resolved in one environment.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    names: HashSet<String>,
    /// Each with the names that gave it, the latest first.
    addresses: HashMap<IpAddr, Vec<String>>,
}

impl Hosts {
    /// Remembers that looking up this host was let pass.
    pub(crate) fn passed(&mut self, activity: &Activity) {
        if activity.kind == Kind::Host && self.names.len() < MOST {
            self.names
                .insert(String::from_utf8_lossy(&activity.target).into_owned());
        }
    }

    /// Remembers a host's addresses. A name that was not judged, or an address in its place, vouches for nothing.
    pub(crate) fn resolved(&mut self, host: &str, addresses: &[IpAddr]) {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        if !self.names.contains(host) {
            return;
        }
        for address in addresses {
            if self.addresses.len() >= MOST && !self.addresses.contains_key(address) {
                continue;
            }
            let names = self.addresses.entry(*address).or_default();
            names.retain(|name| name != host);
            names.insert(0, host.to_owned());
            names.truncate(MOST_NAMES);
        }
    }

    /// The names that gave an address, the latest first.
    pub(crate) fn names_of(&self, address: IpAddr) -> &[String] {
        self.addresses.get(&address).map_or(&[], |names| &names[..])
    }

    /// Whether an activity goes to an address of such a host.
    pub(crate) fn vouch_for(&self, activity: &Activity) -> bool {
        if activity.kind != Kind::Address || activity.operation == "bind" {
            return false;
        }
        let target = std::str::from_utf8(&activity.target).unwrap_or("");
        split_port(target)
            .0
            .parse()
            .is_ok_and(|address: IpAddr| self.addresses.contains_key(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_names_that_gave_it_last() {
        let mut hosts = Hosts::default();
        let address: IpAddr = [192, 0, 2, 1].into();
        for name in [
            "a.example",
            "b.example",
            "c.example",
            "d.example",
            "e.example",
        ] {
            hosts.passed(&Activity::new(Kind::Host, "resolve", name));
        }
        for name in [
            "a.example",
            "b.example",
            "C.example.",
            "d.example",
            "unjudged.example",
        ] {
            hosts.resolved(name, &[address]);
        }
        hosts.resolved("b.example", &[address]);
        hosts.resolved("e.example", &[address]);
        let names = ["e.example", "b.example", "d.example", "c.example"];
        assert_eq!(hosts.names_of(address), names);
        assert!(hosts.names_of([192, 0, 2, 2].into()).is_empty());
    }
}
