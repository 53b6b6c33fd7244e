//! What a policy lists: targets by pattern, addresses by prefix.

use super::Unusable;
use super::seal::Seal;
use crate::activity::{Activity, Kind};
use crate::address_set::AddressSet;
use crate::entries::{Entries, Target};
use crate::pattern::matches;
use std::net::IpAddr;

/// Patterns of one kind, addresses by prefix.
#[derive(Debug)]
pub(crate) enum Targets {
    Patterns {
        entries: Entries,
        separator: Option<u8>,
    },
    Addresses {
        by_prefix: Vec<AddressEntry>,
        /// Of sockets that have no address of the internet.
        named: Entries,
    },
}

#[derive(Debug)]
pub(crate) struct AddressEntry {
    operation: String,
    /// None stands for every address.
    prefix: Option<AddressSet>,
    /// None stands for every port.
    port: Option<u16>,
}

impl Targets {
    /// Reads what a policy lists for one kind.
    pub(super) fn read(kind: Kind, texts: &[String]) -> Result<Targets, Unusable> {
        if kind != Kind::Address {
            let mut entries = Entries::default();
            texts.iter().for_each(|text| entries.add(text));
            return Ok(Targets::Patterns {
                entries,
                separator: kind.separator(),
            });
        }
        let mut by_prefix = Vec::new();
        let mut named = Entries::default();
        for text in texts {
            let (operation, pattern) = text.split_once(' ').unwrap_or(("*", text));
            if is_named(pattern) {
                named.add(text);
            } else {
                by_prefix.push(AddressEntry::read(operation, pattern)?);
            }
        }
        Ok(Targets::Addresses { by_prefix, named })
    }

    /// Whether something is listed for this operation by its name.
    pub(crate) fn name_operation(&self, operation: &str) -> bool {
        match self {
            Targets::Patterns { entries, .. } | Targets::Addresses { named: entries, .. } => {
                entries.name_operation(operation)
            }
        }
    }

    /// What the entries for an operation are about; of addresses, the sockets that have a name instead.
    pub(crate) fn targets_of(&self, operation: &str) -> Vec<Target> {
        match self {
            Targets::Patterns { entries, .. } | Targets::Addresses { named: entries, .. } => {
                entries.targets_of(operation)
            }
        }
    }

    /// Adds the number of all that is listed to `seal`.
    pub(super) fn add_to(&self, seal: &mut Seal) {
        match self {
            Targets::Patterns { entries, .. } => seal.add_all(entries.parts()),
            Targets::Addresses { by_prefix, named } => {
                let mut prefix = Vec::new();
                for entry in by_prefix {
                    prefix.clear();
                    entry.prefix.iter().for_each(|set| set.write(&mut prefix));
                    let port = entry.port.map_or(0, |port| u32::from(port) + 1);
                    seal.add(entry.operation.as_bytes());
                    seal.add(&port.to_le_bytes());
                    seal.add(&prefix);
                }
                seal.add_all(named.parts());
            }
        }
    }

    /// The ports that an operation may use, at whatever address; none where an entry names no port.
    pub(crate) fn ports_of(&self, operation: &str) -> Option<Vec<u16>> {
        match self {
            Targets::Patterns { .. } => None,
            Targets::Addresses { by_prefix, .. } => by_prefix
                .iter()
                .filter(|entry| matches(entry.operation.as_bytes(), operation.as_bytes(), None))
                .map(|entry| entry.port)
                .collect(),
        }
    }

    /// Whether an activity, of the kind that the list is for, is listed.
    pub(crate) fn contain(&self, activity: &Activity) -> bool {
        match self {
            Targets::Patterns { entries, separator } => {
                entries.contain(&activity.operation, &activity.target, *separator)
            }
            Targets::Addresses { by_prefix, named } => {
                let Ok(target) = std::str::from_utf8(&activity.target) else {
                    return false;
                };
                if is_named(target) {
                    return named.contain(&activity.operation, &activity.target, None);
                }
                let (host, port) = split_port(target);
                let address: Option<IpAddr> = host.parse().ok();
                let port: Option<u16> = port.and_then(|text| text.parse().ok());
                by_prefix
                    .iter()
                    .any(|entry| entry.contains(&activity.operation, address, port))
            }
        }
    }
}

impl AddressEntry {
    fn read(operation: &str, pattern: &str) -> Result<AddressEntry, Unusable> {
        let (host, port) = split_port(pattern);
        let port = match port {
            None | Some("*") => None,
            Some(text) => Some(
                text.parse()
                    .map_err(|_| Unusable(format!("{pattern:?} has no port")))?,
            ),
        };
        let prefix = if host == "*" || host == "**" {
            None
        } else {
            Some(
                AddressSet::parse([host].into_iter())
                    .map_err(|error| Unusable(error.to_string()))?,
            )
        };
        Ok(AddressEntry {
            operation: operation.to_owned(),
            prefix,
            port,
        })
    }

    fn contains(&self, operation: &str, address: Option<IpAddr>, port: Option<u16>) -> bool {
        let is_in = |prefix: &AddressSet| address.is_some_and(|one| prefix.contains(one));
        matches(self.operation.as_bytes(), operation.as_bytes(), None)
            && (self.port.is_none() || self.port == port)
            && self.prefix.as_ref().is_none_or(is_in)
    }
}

/// Whether a target or a pattern is a text, and no address: `unix:/path`, `socket:vsock`.
fn is_named(text: &str) -> bool {
    text.starts_with("unix:") || text.starts_with("socket:")
}

/// `[::1]:80`, `::1`, `1.2.3.4:80`, `1.2.3.0/24:80`, `*:80` in address and port.
pub(crate) fn split_port(text: &str) -> (&str, Option<&str>) {
    if let Some(rest) = text.strip_prefix('[') {
        if let Some((host, after)) = rest.split_once(']') {
            return (host, after.strip_prefix(':'));
        }
    }
    if text.bytes().filter(|byte| *byte == b':').count() != 1 {
        return (text, None);
    }
    text.split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)))
}
