//! Hosts that were let pass, and the addresses that they gave: a host's verdict is its addresses'.

use crate::activity::{Activity, Kind};
use crate::policy::split_port;
use std::collections::HashSet;
use std::net::IpAddr;

/// Hosts, and addresses of hosts, that are remembered.
const MOST: usize = 4_096;

/// What was resolved in one environment.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    names: HashSet<String>,
    addresses: HashSet<IpAddr>,
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
        if !self.names.contains(host.strip_suffix('.').unwrap_or(&host)) {
            return;
        }
        for address in addresses {
            if self.addresses.len() < MOST {
                self.addresses.insert(*address);
            }
        }
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
            .is_ok_and(|address: IpAddr| self.addresses.contains(&address))
    }
}
