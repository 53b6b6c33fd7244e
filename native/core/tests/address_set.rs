//! The set of IP prefixes: what it holds, what it refuses, how much it takes.

use hauberk_core::address_set::{AddressSet, Prefix, Ranges};
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

/// Random numbers that are the same in each run.
fn random() -> impl FnMut() -> u128 {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    move || {
        let mut half = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            u128::from(mixed ^ (mixed >> 31))
        };
        half() << 64 | half()
    }
}

const MILLION: usize = 1_000_000;

#[test]
fn a_million_prefixes_take_at_most_16_mb() {
    let lengths = |n: usize, from: usize, to: usize| from + n % (to - from + 1);
    let four = |n: u128| Ipv4Addr::from((n >> 96) as u32);
    let six = Ipv6Addr::from;
    type Kind<'a> = (&'a str, &'a dyn Fn(usize, u128) -> String);
    let kinds: [Kind<'_>; 6] = [
        ("IPv4 addresses", &|_, n| four(n).to_string()),
        ("IPv4 mixed", &|at, n| {
            format!("{}/{}", four(n), lengths(at, 20, 32))
        }),
        ("IPv6 /48", &|_, n| format!("{}/48", six(n))),
        ("IPv6 addresses", &|_, n| six(n).to_string()),
        ("IPv6 mixed", &|at, n| {
            format!("{}/{}", six(n), lengths(at, 32, 128))
        }),
        ("IPv6 /127 and /128", &|at, n| {
            format!("{}/{}", six(n), lengths(at, 127, 128))
        }),
    ];
    for (kind, text) in kinds {
        let mut next = random();
        let texts: Vec<String> = (0..MILLION).map(|at| text(at, next())).collect();
        let set = AddressSet::parse(texts.iter().map(String::as_str)).expect("good prefixes");
        assert!(set.len() > MILLION / 3, "{kind}: {}", set.len());
        assert!(
            set.size_bytes() <= 16_000_000,
            "{kind}: {}",
            set.size_bytes()
        );
        for text in texts.iter().step_by(997) {
            let address = text.split('/').next().unwrap_or_default();
            assert!(set.contains(ip(address)), "{kind}: {text}");
        }
    }
}

#[test]
fn what_was_written_is_read_again_and_nothing_else_is() {
    let set = set("10.0.0.0/9 10.128.0.1 2001:db8::/32 2001:db9::1 192.0.2.0/31 198.51.100.7");
    let mut bytes = Vec::new();
    set.write(&mut bytes);
    assert_eq!(AddressSet::read(&bytes), Some(set));
    for length in 0..bytes.len() {
        assert_eq!(AddressSet::read(&bytes[..length]), None, "cut to {length}");
    }
    bytes.push(0);
    assert_eq!(AddressSet::read(&bytes), None, "one byte more");
}

#[test]
fn an_answer_names_the_merged_prefix() {
    let set = set("10.0.0.0/9 10.128.0.0/9 192.0.2.1 192.0.2.2 2001:db8::/33 2001:db8:8000::/33");
    let rows = [
        ("10.200.3.4", Some("10.0.0.0/8")),
        ("192.0.2.1", Some("192.0.2.1")),
        ("::ffff:192.0.2.2", Some("192.0.2.2")),
        ("192.0.2.3", None),
        ("2001:db8:9::1", Some("2001:db8::/32")),
    ];
    for (address, expected) in rows {
        let found = set.prefix_of(ip(address)).map(|prefix| prefix.to_string());
        assert_eq!(found.as_deref(), expected, "{address}");
    }
}

#[test]
fn what_is_taken_out_is_out_and_all_else_stays() {
    let ranges = |texts: &str| {
        let mut ranges = Ranges::default();
        texts
            .split_whitespace()
            .for_each(|text| ranges.add(Prefix::parse(text).expect(text)));
        ranges.merge();
        ranges
    };
    let rows = [
        // prefixes       without                         what is left
        ("10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"),
        ("10.0.0.0/30", "10.0.0.1", "10.0.0.0 10.0.0.2/31"),
        ("10.0.0.0/30", "10.0.0.0 10.0.0.3", "10.0.0.1 10.0.0.2"),
        ("10.0.0.0/30 11.0.0.0", "9.0.0.0/8 10.0.0.0/8", "11.0.0.0"),
        ("10.0.0.0/30", "11.0.0.0/8", "10.0.0.0/30"),
        ("0.0.0.0/0", "0.0.0.0/0", ""),
        ("0.0.0.0/0", "::/0", "0.0.0.0/0"),
        ("::/0", "8000::/1", "::/1"),
        ("10.0.0.1 10.0.0.3", "10.0.0.0/30", ""),
    ];
    for (texts, without, expected) in rows {
        let mut left = ranges(texts);
        left.take_out(&ranges(without));
        assert_eq!(left.into_set(), set(expected), "{texts} without {without}");
    }
    assert_eq!(
        ranges("10.0.0.0/8 10.0.0.0/9 ::/0").addresses(),
        [1 << 24, u128::MAX]
    );
}

proptest! {
    #[test]
    fn any_text_is_a_prefix_or_refused(text in ".{0,40}") {
        let _ = AddressSet::parse([text.as_str()].into_iter());
    }

    #[test]
    fn any_bytes_are_a_set_or_none(bytes in prop::collection::vec(any::<u8>(), 0..300), address in any::<u128>()) {
        if let Some(set) = AddressSet::read(&bytes) {
            let _ = set.contains(IpAddr::V6(Ipv6Addr::from(address)));
        }
    }

    #[test]
    fn a_set_whose_bytes_were_changed_still_answers(
        change in (0_usize..2_000, any::<u8>()), addresses in prop::collection::vec(any::<u32>(), 1..200),
    ) {
        let texts: Vec<String> = addresses.iter().map(|one| format!("{}/{}", Ipv4Addr::from(*one), 20 + one % 13)).collect();
        let mut bytes = Vec::new();
        AddressSet::parse(texts.iter().map(String::as_str)).expect("good prefixes").write(&mut bytes);
        let at = change.0 % bytes.len();
        bytes[at] = change.1;
        if let Some(set) = AddressSet::read(&bytes) {
            for address in addresses {
                let _ = set.prefix_of(IpAddr::V4(Ipv4Addr::from(address)));
            }
        }
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

    #[test]
    fn so_it_is_of_many_near_each_other_and_of_ipv6(
        prefixes in prop::collection::vec((0_u128..4096, 116_u8..=128), 1..600),
        high in any::<u64>(),
        address in 0_u128..4096,
    ) {
        let six = |low: u128| Ipv6Addr::from(u128::from(high) << 64 | low);
        let texts: Vec<String> =
            prefixes.iter().map(|(low, length)| format!("{}/{length}", six(*low))).collect();
        let set = AddressSet::parse(texts.iter().map(String::as_str)).expect("good prefixes");
        let mut bytes = Vec::new();
        set.write(&mut bytes);
        let read = AddressSet::read(&bytes);
        prop_assert_eq!(read.as_ref(), Some(&set));
        for address in (address..4096).step_by(97) {
            let covered = prefixes.iter().any(|(low, length)| low >> (128 - length) == address >> (128 - length));
            prop_assert_eq!(set.contains(IpAddr::V6(six(address))), covered);
        }
    }
}
