//! A compiled list of malicious sources: a line that says what it is, a line of JSON that says of what and of when, and
//! the set of its prefixes.

use crate::address_set::{AddressSet, BadPrefix, Prefix, Ranges};
use crate::clock::rfc3339;
use serde::Deserialize;
use std::fmt;
use std::net::IpAddr;

/// The first line of a compiled list.
pub const FIRST_LINE: &[u8] = b"HAUBERK-SOURCES 1\n";
/// A compiled list is at most this long.
pub const MOST_BYTES: usize = 64 << 20;
const MOST_ABOUT_BYTES: usize = 64 << 10;
const DAY_S: u64 = 86_400;

/// What is no public address: nobody on the internet calls from it (RFC 6890, RFC 5771, RFC 4291).
const SPECIAL: [&str; 17] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/127",
    "64:ff9b:1::/48",
    "100::/64",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];
/// Shorter prefixes are refused, unless nothing of them is public.
const SHORTEST: [u8; 2] = [8, 16];
/// Half of IPv4, and of what IPv6 gives out (2000::/3).
const MOST_ADDRESSES: [u128; 2] = [1 << 31, 1 << 124];

/// What a compiled list says of itself.
#[derive(Debug, Deserialize)]
struct About {
    /// When it was compiled, in seconds since 1970.
    made: u64,
    #[serde(default)]
    of: Vec<Origin>,
}

#[derive(Debug, Deserialize)]
struct Origin {
    /// Of when its source says that it is.
    stated: Option<u64>,
}

/// A compiled list that was read.
#[derive(Debug)]
pub struct SourceList {
    about: String,
    dated_s: u64,
    pub set: AddressSet,
}

impl SourceList {
    /// Reads a compiled list whole.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub fn read(bytes: &[u8]) -> Result<SourceList, String> {
        const REMEDY: &str = "make it anew with `hauberk sources compile`";
        let rest = bytes
            .strip_prefix(FIRST_LINE)
            .ok_or_else(|| format!("it is no compiled list of sources; {REMEDY}"))?;
        let end = rest[..rest.len().min(MOST_ABOUT_BYTES)]
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(|| format!("it was cut off; {REMEDY}"))?;
        let (about, rest) = rest.split_at(end);
        let read: About = serde_json::from_slice(about)
            .map_err(|error| format!("what it says of itself cannot be read: {error}; {REMEDY}"))?;
        let set = AddressSet::read(&rest[1..])
            .ok_or_else(|| format!("it was cut off or changed; {REMEDY}"))?;
        let stated = read.of.iter().filter_map(|origin| origin.stated).min();
        Ok(SourceList {
            about: String::from_utf8_lossy(about).into_owned(),
            dated_s: stated.unwrap_or(read.made).min(read.made),
            set,
        })
    }

    /// What it says of itself, as JSON.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The day that it is of: the oldest that its sources state, else when it was compiled.
    #[must_use]
    pub fn day(&self) -> String {
        let mut day = rfc3339(self.dated_s.min(DAY_S * 3_000_000) * 1_000);
        day.truncate(10);
        day
    }

    /// How old it is, in days.
    #[must_use]
    pub fn age_days(&self, now_s: u64) -> u64 {
        now_s.saturating_sub(self.dated_s) / DAY_S
    }

    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.set.contains(ip)
    }
}

/// Why a list is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    Bad(BadPrefix),
    /// A prefix, the how manyeth it was, and how short it may be.
    Wide(usize, Prefix, u8),
    /// Half of all addresses, or more.
    Most,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Bad(bad) => write!(out, "{bad}"),
            Refused::Wide(_, prefix, least) => {
                write!(
                    out,
                    "{prefix} would deny a large part of the internet: prefixes shorter than /{least} are refused"
                )
            }
            Refused::Most => write!(out, "the list would deny half of the internet or more"),
        }
    }
}

/// What may be denied although it is probably a mistake.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unusual {
    pub private: bool,
    pub most: bool,
}

/// A set for a list, and how many prefixes had something special in them that was left out.
#[derive(Debug)]
pub struct Drawn {
    pub set: AddressSet,
    pub special: usize,
}

/// Makes the set of a list from its prefixes, without those of `exceptions`.
///
/// # Errors
/// [`Refused`], for the first prefix that cannot be taken.
pub fn draw<'a>(
    prefixes: impl Iterator<Item = &'a str>,
    exceptions: impl Iterator<Item = &'a str>,
    unusual: Unusual,
) -> Result<Drawn, Refused> {
    let special_set = AddressSet::parse(SPECIAL.into_iter()).unwrap_or_default();
    let (mut ranges, mut special) = (Ranges::default(), 0);
    for (at, text) in prefixes.enumerate() {
        let prefix = Prefix::parse(text).ok_or_else(|| Refused::Bad(BadPrefix::new(at, text)))?;
        let is_special = !unusual.private && special_set.holds(prefix);
        special += usize::from(is_special);
        let shortest = SHORTEST[usize::from(!prefix.is_ipv4())];
        if prefix.length() < shortest && !is_special && !unusual.most {
            return Err(Refused::Wide(at, prefix, shortest));
        }
        ranges.add(prefix);
    }
    let mut without = Ranges::default();
    for (at, text) in exceptions.enumerate() {
        without.add(Prefix::parse(text).ok_or_else(|| Refused::Bad(BadPrefix::new(at, text)))?);
    }
    if !unusual.private {
        let special = SPECIAL.into_iter().filter_map(Prefix::parse);
        special.for_each(|prefix| without.add(prefix));
    }
    without.merge();
    ranges.take_out(&without);
    let is_most = ranges
        .addresses()
        .iter()
        .zip(MOST_ADDRESSES)
        .any(|(had, most)| *had >= most);
    if is_most && !unusual.most {
        return Err(Refused::Most);
    }
    let set = ranges.into_set();
    Ok(Drawn { set, special })
}
