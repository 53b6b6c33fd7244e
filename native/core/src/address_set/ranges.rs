//! Ranges of addresses while a set is made: merged, and taken out of each other.

use super::{AddressSet, Family, Prefix};

/// First and last address.
type Range = (u128, u128);

/// Addresses that may still overlap: 32 bytes for each prefix that was added.
#[derive(Debug, Default, Clone)]
pub struct Ranges {
    four: Vec<Range>,
    six: Vec<Range>,
}

impl Ranges {
    pub fn add(&mut self, prefix: Prefix) {
        let range = (prefix.first, prefix.last());
        let family = if prefix.is_ipv4() {
            &mut self.four
        } else {
            &mut self.six
        };
        family.push(range);
    }

    /// Makes one range of those that touch.
    pub fn merge(&mut self) {
        for ranges in [&mut self.four, &mut self.six] {
            merge(ranges);
        }
    }

    /// Takes all addresses of `others`, which are merged, out of these, which are merged then.
    pub fn take_out(&mut self, others: &Ranges) {
        self.merge();
        self.four = difference(&self.four, &others.four);
        self.six = difference(&self.six, &others.six);
    }

    /// How many addresses of IPv4, how many of IPv6; of merged ranges.
    #[must_use]
    pub fn addresses(&self) -> [u128; 2] {
        [&self.four, &self.six].map(|ranges| {
            ranges.iter().fold(0_u128, |sum, (first, last)| {
                sum.saturating_add(last - first).saturating_add(1)
            })
        })
    }

    /// The set of all these addresses.
    #[must_use]
    pub fn into_set(mut self) -> AddressSet {
        self.merge();
        let pack = |bits, ranges: &[Range]| {
            Family::pack(
                bits,
                ranges.iter().flat_map(move |range| Cover::of(bits, *range)),
            )
        };
        AddressSet {
            four: pack(32, &self.four),
            six: pack(128, &self.six),
        }
    }
}

fn merge(ranges: &mut Vec<Range>) {
    ranges.sort_unstable();
    ranges.dedup_by(|later, earlier| {
        let touches = earlier.1.checked_add(1).is_none_or(|next| later.0 <= next);
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
}

/// Both sorted and apart; so is what is left.
fn difference(ranges: &[Range], others: &[Range]) -> Vec<Range> {
    let mut left = Vec::with_capacity(ranges.len());
    let mut others = others.iter().copied().peekable();
    for &(mut first, last) in ranges {
        loop {
            while others.next_if(|other| other.1 < first).is_some() {}
            let Some(&(from, to)) = others.peek().filter(|other| other.0 <= last) else {
                left.push((first, last));
                break;
            };
            if from > first {
                left.push((first, from - 1));
            }
            if to >= last {
                break;
            }
            first = to + 1;
        }
    }
    left
}

/// The fewest prefixes that together are a range, in order.
struct Cover {
    bits: u8,
    left: Option<Range>,
}

impl Cover {
    fn of(bits: u8, range: Range) -> Cover {
        Cover {
            bits,
            left: Some(range),
        }
    }
}

impl Iterator for Cover {
    type Item = Prefix;

    fn next(&mut self) -> Option<Prefix> {
        let (first, last) = self.left?;
        let by_start = first.trailing_zeros().min(u32::from(self.bits));
        // A range of all 2^128 addresses has no length that fits.
        let by_length = (last - first)
            .checked_add(1)
            .map_or(128, |length| length.ilog2());
        let free = u8::try_from(by_start.min(by_length)).unwrap_or(self.bits);
        let prefix = Prefix {
            bits: self.bits,
            first,
            length: self.bits - free,
        };
        self.left = (prefix.last() < last).then(|| (prefix.last() + 1, last));
        Some(prefix)
    }
}
