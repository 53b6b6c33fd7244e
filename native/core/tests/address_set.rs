//! The set of IP prefixes: what it holds, what it refuses, how much it takes.

use hauberk_core::address_set::AddressSet;
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const QUESTIONS: [(&str, &str, bool); 24] = [
    // prefixes                        address             in it?
    ("203.0.113.0/24", "203.0.113.7", true),
    ("203.0.113.0/24", "203.0.114.0", false),
    ("203.0.113.0/24", "203.0.112.255", false),
    ("203.0.113.7", "203.0.113.7", true),
    ("203.0.113.7", "203.0.113.8", false),
    ("203.0.113.7/24", "203.0.113.200", true), // bits beyond the length are ignored
    ("0.0.0.0/0", "255.255.255.255", true),
    ("0.0.0.0/0", "::1", false),
    ("::/0", "2001:db8::1", true),
    ("::/0", "192.0.2.1", false),
    ("::/0", "::ffff:192.0.2.1", false), // an IPv4 address, however it is written
    ("192.0.2.0/24", "::ffff:192.0.2.1", true),
    ("::ffff:192.0.2.0/120", "192.0.2.1", true),
    ("::ffff:192.0.2.0/120", "192.0.3.1", false),
    ("::ffff:192.0.2.1", "192.0.2.1", true),
    ("2001:db8::/32", "2001:db8:ffff::1", true),
    ("2001:db8::/32", "2001:db9::1", false),
    ("2001:db8::/64", "2001:db8:0:0:ffff::", true),
    ("2001:db8::/64", "2001:db8:0:1::", false),
    ("2001:db8::8/125", "2001:db8::f", true),
    ("2001:db8::8/125", "2001:db8::10", false),
    ("10.0.0.0/9 10.128.0.0/9", "10.127.255.255", true),
    ("10.0.0.0/9 10.128.0.0/9", "11.0.0.0", false),
    ("", "127.0.0.1", false),
];

const REFUSED: [&str; 14] = [
    "",
    " ",
    "10.0.0.0/33",
    "::/129",
    "10.0.0",
    "10.0.0.0/",
    "10.0.0.0/+8",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "example.com",
    "10.0.0.0 ",
    "[::1]",
    "fe80::1%eth0",
    "010.0.0.1",
];

fn set(prefixes: &str) -> AddressSet {
    AddressSet::parse(prefixes.split_whitespace()).expect("good prefixes")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

#[test]
fn an_address_is_in_the_set_exactly_when_a_prefix_covers_it() {
    for (prefixes, address, expected) in QUESTIONS {
        assert_eq!(
            set(prefixes).contains(ip(address)),
            expected,
            "{address} in {prefixes}"
        );
    }
}

#[test]
fn what_is_no_prefix_is_refused_by_name() {
    for text in REFUSED {
        let refused = AddressSet::parse(["10.0.0.0/8", text].into_iter());
        assert_eq!(refused.expect_err(text).text, text);
    }
}

#[test]
fn ranges_that_touch_are_one() {
    assert_eq!(set("10.0.0.0/9 10.128.0.0/9 10.3.0.0/16").len(), 1);
    assert_eq!(set("10.0.0.0/9 10.128.0.0/9 11.0.0.1").len(), 2);
    assert_eq!(set("2001:db8::/33 2001:db8:8000::/33").len(), 1);
    assert_eq!(set("255.255.255.255 0.0.0.0").len(), 2);
    assert!(set("").is_empty());
}

#[test]
fn a_million_prefixes_take_at_most_16_mb() {
    let four = (0..1_000_000_u32).map(|n| format!("{}/31", Ipv4Addr::from(n * 4)));
    let six = (0..1_000_000_u64).map(|n| format!("{}/64", Ipv6Addr::from(u128::from(n * 2) << 64)));
    let sets = [Vec::from_iter(four), Vec::from_iter(six)].map(|prefixes| {
        AddressSet::parse(prefixes.iter().map(String::as_str)).expect("good prefixes")
    });
    for set in sets {
        assert_eq!(set.len(), 1_000_000);
        assert!(set.size_bytes() <= 16_000_000, "{}", set.size_bytes());
    }
}

proptest! {
    #[test]
    fn any_text_is_a_prefix_or_refused(text in ".{0,40}") {
        let _ = AddressSet::parse([text.as_str()].into_iter());
    }

    #[test]
    fn the_answer_is_that_of_the_prefixes_one_by_one(
        prefixes in prop::collection::vec((any::<u32>(), 0_u8..=32), 0..20),
        address in any::<u32>(),
    ) {
        let texts: Vec<String> =
            prefixes.iter().map(|(bits, length)| format!("{}/{length}", Ipv4Addr::from(*bits))).collect();
        let set = AddressSet::parse(texts.iter().map(String::as_str)).expect("good prefixes");
        let near = prefixes.first().map_or(address, |(bits, _)| bits ^ (address & 0xff));
        for address in [address, near] {
            let covered = prefixes.iter().any(|(bits, length)| {
                let shift = 32 - u32::from(*length);
                u64::from(*bits) >> shift == u64::from(address) >> shift
            });
            prop_assert_eq!(set.contains(IpAddr::V4(Ipv4Addr::from(address))), covered);
        }
    }
}
