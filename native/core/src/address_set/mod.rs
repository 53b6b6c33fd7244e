//! A set of IP prefixes: which addresses are in it.
//!
//! Prefixes are merged, so that none covers another or could be one with its neighbour, and packed by 64 in sorted
//! blocks (`blocks.rs`): single addresses by themselves, longer prefixes by their middles. A million prefixes take
//! 15.4 MB at most (random single IPv6 addresses), a question two searches by halves. An IPv4 address written as IPv6
//! (`::ffff:192.0.2.1`) counts as IPv4, in prefixes as in questions; `::/0` holds no IPv4.

mod blocks;
mod prefix;
mod ranges;

use self::blocks::Blocks;
pub use self::prefix::{BadPrefix, Prefix};
pub use self::ranges::Ranges;
use std::net::IpAddr;

/// A frozen set of IPv4 and IPv6 addresses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AddressSet {
    four: Family,
    six: Family,
}

/// The prefixes of one family: single addresses, and the middles of the longer ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Family {
    single: Blocks,
    wide: Blocks,
}

impl AddressSet {
    /// Reads addresses and CIDR prefixes; bits beyond a prefix's length are ignored.
    ///
    /// # Errors
    /// [`BadPrefix`] names the first text that is neither.
    pub fn parse<'a>(prefixes: impl Iterator<Item = &'a str>) -> Result<Self, BadPrefix> {
        let mut ranges = Ranges::default();
        for (at, text) in prefixes.enumerate() {
            ranges.add(Prefix::parse(text).ok_or_else(|| BadPrefix::new(at, text))?);
        }
        Ok(ranges.into_set())
    }

    /// Is `ip` in the set?
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.prefix_of(ip).is_some()
    }

    /// The merged prefix that `ip` is in.
    #[must_use]
    pub fn prefix_of(&self, ip: IpAddr) -> Option<Prefix> {
        let Prefix { bits, first, .. } = Prefix::of(ip);
        let family = if bits == 32 { &self.four } else { &self.six };
        family.prefix_of(bits, first)
    }

    /// Are all addresses of `prefix` in the set?
    #[must_use]
    pub fn holds(&self, prefix: Prefix) -> bool {
        let family = if prefix.is_ipv4() {
            &self.four
        } else {
            &self.six
        };
        let found = family.prefix_of(prefix.bits, prefix.first);
        found.is_some_and(|found| found.length <= prefix.length)
    }

    /// How many prefixes are left after merging.
    #[must_use]
    pub fn len(&self) -> usize {
        let [four, six] = self.counts();
        four + six
    }

    /// How many of them are of IPv4, how many of IPv6.
    #[must_use]
    pub fn counts(&self) -> [usize; 2] {
        [&self.four, &self.six].map(|family| family.single.len() + family.wide.len())
    }

    /// Is no address in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes the prefixes take.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.parts().map(Blocks::size_bytes).iter().sum()
    }

    /// Appends the set as bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        for part in self.parts() {
            part.write(out);
        }
    }

    /// Reads what [`AddressSet::write`] wrote; none where it is anything else.
    #[must_use]
    pub fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut part = || Blocks::read(&mut bytes);
        let set = AddressSet {
            four: Family {
                single: part()?,
                wide: part()?,
            },
            six: Family {
                single: part()?,
                wide: part()?,
            },
        };
        bytes.is_empty().then_some(set)
    }

    fn parts(&self) -> [&Blocks; 4] {
        let AddressSet { four, six } = self;
        [&four.single, &four.wide, &six.single, &six.wide]
    }
}

impl Family {
    /// Packs prefixes that are sorted and apart from each other.
    fn pack(bits: u8, prefixes: impl Iterator<Item = Prefix>) -> Self {
        let (mut single, mut wide) = (Vec::new(), Vec::new());
        for prefix in prefixes {
            if prefix.length == bits {
                single.push(prefix.first);
            } else {
                wide.push(prefix.middle());
            }
        }
        Family {
            single: Blocks::pack(&single),
            wide: Blocks::pack(&wide),
        }
    }

    fn prefix_of(&self, bits: u8, address: u128) -> Option<Prefix> {
        let single = self.single.at_or_below(address);
        if single.is_some_and(|index| self.single.get(index) == Some(address)) {
            return Some(Prefix {
                bits,
                first: address,
                length: bits,
            });
        }
        // The middle of the prefix that it is in is the last one at or below it, or the next.
        let below = self.wide.at_or_below(address);
        let candidates = [below, Some(below.map_or(0, |index| index + 1))];
        candidates
            .into_iter()
            .flatten()
            .filter_map(|index| Prefix::of_middle(bits, self.wide.get(index)?))
            .find(|prefix| (prefix.first..=prefix.last()).contains(&address))
    }
}
