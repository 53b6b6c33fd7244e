//! Whose events a policy denies: addresses in it, and lists that come with it or in files.

use super::Unusable;
use super::document::{ListDocument, SourcesDocument};
use crate::address_set::AddressSet;
use crate::source_list::SourceList;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::net::IpAddr;

/// A list is stale when it is older than this, unless the policy says otherwise.
pub const STALE_AFTER_DAYS: u64 = 30;

/// A list that is in a file of the function's, which the policy pins by its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedList {
    pub name: String,
    pub path: String,
    pub sha256: String,
}

/// Who is denied, who is allowed all the same, and whose word about callers counts.
#[derive(Debug)]
pub struct Sources {
    denied: AddressSet,
    allowed: AddressSet,
    trusted_proxies: AddressSet,
    lists: Vec<(String, SourceList)>,
    wanted: Vec<WantedList>,
    stale_after_days: u64,
}

impl Default for Sources {
    fn default() -> Self {
        Sources {
            denied: AddressSet::default(),
            allowed: AddressSet::default(),
            trusted_proxies: AddressSet::default(),
            lists: Vec::new(),
            wanted: Vec::new(),
            stale_after_days: STALE_AFTER_DAYS,
        }
    }
}

impl Sources {
    pub(super) fn read(document: SourcesDocument) -> Result<Sources, Unusable> {
        let mut sources = Sources {
            denied: addresses(&document.deny)?,
            allowed: addresses(&document.allow)?,
            trusted_proxies: addresses(&document.trusted_proxies)?,
            stale_after_days: document.stale_after_days.unwrap_or(STALE_AFTER_DAYS),
            ..Sources::default()
        };
        for list in document.lists {
            sources.read_list(list)?;
        }
        Ok(sources)
    }

    fn read_list(&mut self, document: ListDocument) -> Result<(), Unusable> {
        let ListDocument {
            name,
            packed,
            path,
            sha256,
        } = document;
        match (packed, path, sha256) {
            (Some(packed), None, None) => {
                let list = STANDARD.decode(packed).map_err(|error| error.to_string());
                let list = list.and_then(|bytes| SourceList::read(&bytes));
                let list = list.map_err(|fault| Unusable(format!("list {name:?}: {fault}")))?;
                self.lists.push((name, list));
            }
            (None, Some(path), Some(sha256)) => self.wanted.push(WantedList { name, path, sha256 }),
            _ => {
                return Err(Unusable(format!(
                    "list {name:?} needs `packed`, or `path` and `sha256`"
                )));
            }
        }
        Ok(())
    }

    /// The lists that are in files: they count from when they are added.
    #[must_use]
    pub fn wanted(&self) -> &[WantedList] {
        &self.wanted
    }

    /// Adds a list that is wanted, from the bytes of its file.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn add(&mut self, wanted: &WantedList, bytes: &[u8]) -> Result<(), String> {
        let actual = hmac_sha256::Hash::hash(bytes);
        let actual: String = actual.iter().map(|byte| format!("{byte:02x}")).collect();
        if actual != wanted.sha256 {
            return Err(format!(
                "its SHA-256 is {actual:.16}…, the policy says {:.16}…: deploy the file that the policy was compiled with",
                wanted.sha256
            ));
        }
        self.lists
            .push((wanted.name.clone(), SourceList::read(bytes)?));
        Ok(())
    }

    /// Adds a list that no policy names.
    pub fn add_unnamed(&mut self, name: &str, list: SourceList) {
        self.lists.push((name.to_owned(), list));
    }

    /// Names of the wanted lists that were not added.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let is_here =
            |wanted: &&WantedList| self.lists.iter().any(|(name, _)| *name == wanted.name);
        let missing = self.wanted.iter().filter(|wanted| !is_here(wanted));
        missing.map(|wanted| wanted.name.clone()).collect()
    }

    /// Each list with its size and its age, for a person.
    #[must_use]
    pub fn told(&self, now_s: u64) -> Vec<String> {
        let told = |(name, list): &(String, SourceList)| {
            let age = list.age_days(now_s);
            let days = if age == 1 { "day" } else { "days" };
            let stale = if age > self.stale_after_days {
                ", stale but in force"
            } else {
                ""
            };
            format!(
                "{name} ({} prefixes, {age} {days} old{stale})",
                list.set.len()
            )
        };
        self.lists.iter().map(told).collect()
    }

    /// Whether nobody is denied: then nobody needs to be looked up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.denied.is_empty() && self.lists.is_empty()
    }

    #[must_use]
    pub fn trusted_proxies(&self) -> &AddressSet {
        &self.trusted_proxies
    }

    /// Why an address is denied; none where it is not, or is allowed.
    #[must_use]
    pub fn denial(&self, address: IpAddr) -> Option<String> {
        if self.allowed.contains(address) {
            return None;
        }
        if self.denied.contains(address) {
            return Some("on the policy's list of sources".to_owned());
        }
        let (name, list) = self.lists.iter().find(|(_, list)| list.contains(address))?;
        Some(format!("on the list {name:.64} of {}", list.day()))
    }
}

fn addresses(texts: &[String]) -> Result<AddressSet, Unusable> {
    AddressSet::parse(texts.iter().map(String::as_str)).map_err(|error| Unusable(error.to_string()))
}
