//! What counting costs: `cargo run --release --example usage_timing`; `-- repeated on 100000` makes so many calls of one sort
//! with a policy that asks for it or not (`off`), so that `valgrind --tool=callgrind` counts their instructions.

use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Instant;

const ROUNDS: u32 = 200_000;
const SORTS: [&str; 3] = ["repeated", "first", "sent"];

fn engine(is_on: bool) -> Engine {
    let json =
        format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent", "learn_usage": {is_on}}}"#);
    let policy = Policy::read(json.as_bytes()).expect("a policy");
    Engine::new(policy, Setting::default())
}

fn read(path: &str) -> Act<'_> {
    Act {
        activities: vec![Activity::new(Kind::File, "read", path)],
        resource: Resource::Path(path.as_bytes()),
        arguments: Vec::new(),
    }
}

/// Makes so many calls: of one act again and again, of one that each invocation does first, of sendings.
fn run(sort: &str, engine: &mut Engine, rounds: u32) {
    let act = read("/mnt/shop/orders/2026/a.json");
    let to: Option<SocketAddr> = "192.0.2.1:443".parse().ok();
    engine.begin(0, "r", b"{}");
    for _ in 0..rounds {
        match sort {
            "repeated" => drop(black_box(engine.admit(0, black_box(&act)))),
            "first" => {
                engine.begin(0, "r", b"{}");
                drop(black_box(engine.admit(0, black_box(&act))));
                engine.end(0);
            }
            _ => drop(black_box(engine.sent(
                0,
                Some("api.example.com"),
                to,
                1_000,
            ))),
        }
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [sort, is_on, rounds] = &words[..] {
        let rounds = rounds.parse().expect("a number of rounds");
        run(sort, &mut engine(is_on == "on"), rounds);
        return;
    }
    for sort in SORTS {
        for is_on in [false, true] {
            let mut best = f64::MAX;
            for _ in 0..5 {
                let mut engine = engine(is_on);
                run(sort, &mut engine, 1_000);
                let begin = Instant::now();
                run(sort, &mut engine, ROUNDS / 5);
                best = best.min(begin.elapsed().as_secs_f64() / f64::from(ROUNDS / 5));
            }
            println!(
                "{sort:10} {:5} {:8.1} ns",
                if is_on { "on" } else { "off" },
                best * 1e9
            );
        }
    }
}
