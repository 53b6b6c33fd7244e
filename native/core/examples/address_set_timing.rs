//! What a million prefixes take: `cargo run --release --example address_set_timing [COUNT]`.

use hauberk_core::address_set::AddressSet;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Instant;

type Kind = (&'static str, fn(usize, u128) -> String);

const QUESTIONS: usize = 1_000_000;
const BATCH: usize = 500;
const KINDS: [Kind; 7] = [
    ("IPv4 addresses", |_, n| four(n).to_string()),
    ("IPv4 /24", |_, n| format!("{}/24", four(n))),
    ("IPv4 /16 to /32", |at, n| {
        format!("{}/{}", four(n), 16 + at % 17)
    }),
    ("IPv6 /48", |_, n| format!("{}/48", unicast(n))),
    ("IPv6 /32 to /128", |at, n| {
        format!("{}/{}", unicast(n), 32 + at % 97)
    }),
    ("IPv6 addresses, 2000::/3", |_, n| unicast(n).to_string()),
    ("IPv6 addresses, any", |_, n| Ipv6Addr::from(n).to_string()),
];

fn four(n: u128) -> Ipv4Addr {
    Ipv4Addr::from((n >> 96) as u32)
}

fn unicast(n: u128) -> Ipv6Addr {
    Ipv6Addr::from(n >> 3 | 1 << 125)
}

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let count = count.unwrap_or(1_000_000);
    println!(
        "{count} random prefixes        left      bytes   each  build  read  found  not found"
    );
    for (kind, text) in KINDS {
        let mut next = random(1);
        let texts: Vec<String> = (0..count).map(|at| text(at, next())).collect();
        let start = Instant::now();
        let set = AddressSet::parse(texts.iter().map(String::as_str)).expect("good prefixes");
        let build_ms = start.elapsed().as_secs_f64() * 1e3;
        let mut bytes = Vec::new();
        set.write(&mut bytes);
        let start = Instant::now();
        let read = AddressSet::read(&bytes).expect("what was written");
        let read_ms = start.elapsed().as_secs_f64() * 1e3;
        let listed: Vec<IpAddr> = texts
            .iter()
            .filter_map(|text| text.split('/').next()?.parse().ok())
            .collect();
        let mut next = random(2);
        let others: Vec<IpAddr> = (0..QUESTIONS)
            .filter_map(|at| text(at, next()).split('/').next()?.parse().ok())
            .collect();
        println!(
            "{kind:<25} {:>9} {:>10} {:>6.2} {build_ms:>4.0} ms {read_ms:>2.0} ms {:>3.0} ns {:>7.0} ns",
            read.len(),
            read.size_bytes(),
            read.size_bytes() as f64 / read.len() as f64,
            each_ns(&read, &listed),
            each_ns(&read, &others),
        );
    }
}

/// The median of many short batches, so that a busy machine does not count.
fn each_ns(set: &AddressSet, addresses: &[IpAddr]) -> f64 {
    let mut batches: Vec<f64> = addresses
        .chunks_exact(BATCH)
        .map(|batch| batch_ns(set, batch))
        .collect();
    batches.sort_by(f64::total_cmp);
    batches
        .get(batches.len() / 2)
        .map_or(0.0, |batch| batch / BATCH as f64)
}

fn batch_ns(set: &AddressSet, addresses: &[IpAddr]) -> f64 {
    let start = Instant::now();
    let found = addresses
        .iter()
        .filter(|address| set.contains(**black_box(address)))
        .count();
    black_box(found);
    start.elapsed().as_secs_f64() * 1e9
}

fn random(seed: u64) -> impl FnMut() -> u128 {
    let mut state = seed;
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
