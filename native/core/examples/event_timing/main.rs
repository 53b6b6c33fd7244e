//! CPU time of the firewall for one event: `cargo run --release --example event_timing [all | small | usual=ROUNDS | new=ROUNDS |
//! unseen=ROUNDS | known=ROUNDS | learning=ROUNDS | only=NAME]`.
//!
//! The event of 2 KB, warm and first in a process of its own, and events of 6 MB of many kinds, the slowest first
//! (`all`: each of them, `small`: none). Each goes through an engine in mode `detect`, from its bytes to its records. For a profiler:
//! nothing but the event of 2 KB, so often; nothing but an event of that name.

mod events;
mod hostile;

use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use events::Sample;
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::gap::Gap;
use hauberk_core::inputs::decode;
use hauberk_core::inspection::inspect;
use hauberk_core::policy::{Mode, Policy};

/// Figures of a kind that are shown unless all are.
const SHOWN: usize = 12;
const PROCESSES: usize = 21;
/// What an event of 6 MB may cost, and how often one that may cost as much is measured.
const MOST_MS: f64 = 60.0;
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["first"] => println!("{}", first_us()),
        ["small"] => report_small(),
        ["all"] => report(usize::MAX),
        [] => report(SHOWN),
        [one] => match one.split_once('=') {
            Some(("only", name)) => only(name),
            Some((name, rounds)) => {
                let warm = WARM.iter().find(|warm| warm.name == name);
                let warm = warm.expect(
                    "all, small, usual=, new=, unseen=, known=, learning=ROUNDS or only=NAME",
                );
                warm.us(rounds.parse().expect("a number of rounds"));
            }
            None => panic!("all, small, or what=WHAT"),
        },
        _ => panic!("one argument at most"),
    }
}

fn engine() -> Engine {
    Engine::new(Policy::built_in(Mode::Detect), Setting::default())
}

/// The records that one event makes.
fn take(engine: &mut Engine, event: &[u8]) -> Vec<String> {
    let (_, entries) = engine.begin(0, "request", black_box(event));
    engine.end(0);
    let said = |entry: &hauberk_core::record::Entry| {
        let message = entry.body.message.clone();
        message.or(entry.body.detector.map(str::to_owned))
    };
    entries.iter().filter_map(said).collect()
}

/// Microseconds of CPU that this thread has used: exact after giving way, else to a tick. Elsewhere the clock's.
fn used_us(since: Instant) -> f64 {
    std::thread::yield_now();
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    ran.map_or(since.elapsed().as_secs_f64() * 1e6, |ns| ns / 1e3)
}

/// CPU of `work`, in microseconds.
fn cpu_us(work: impl FnOnce()) -> f64 {
    let since = Instant::now();
    let before = used_us(since);
    work();
    used_us(since) - before
}

fn first_us() -> f64 {
    let (mut engine, event) = (engine(), events::usual(0));
    cpu_us(|| {
        take(&mut engine, &event);
    })
}

/// What is known of the values of the event of 2 KB.
const KNOWN: &str = r#""parameters": {"body": {"type": "json"}, "body→$.address": {"length": [10, 80]},
    "body→$.customer.name": {"alphabet": "aA0 '-", "length": [3, 40]}, "body→$.customer.email": {"type": "email", "length": [6, 60]},
    "body→$.items[*].sku": {"alphabet": "A0-", "length": [6, 20], "structure": ["A-0-0"]},
    "body→$.items[*].name": {"alphabet": "aA0 ,", "length": [5, 60]}, "body→$.items[*].note": {"length": [0, 120]},
    "body→$.items[*].quantity": {"type": "integer", "length": [0, 4]}, "body→$.items[*].price": {"type": "number", "length": [0, 8]},
    "headers.accept": {"length": [1, 80]}, "headers.content-type": {"length": [5, 80]}, "headers.host": {"length": [5, 80]},
    "headers.user-agent": {"length": [5, 300]}, "rawPath": {"alphabet": "a0/", "length": [1, 80]}}"#;
const LEARNING: &str = r#""learn_inputs": true"#;

/// Events of 2 KB that one process takes in turn.
struct Warm {
    name: &'static str,
    what: &'static str,
    /// What the policy says beside its mode.
    policy: &'static str,
    event: fn(u32) -> Vec<u8>,
    events: u32,
}

const WARM: [Warm; 5] = [
    Warm {
        name: "usual",
        what: "seen before",
        policy: "",
        event: events::usual,
        events: 1,
    },
    Warm {
        name: "new",
        what: "a new order each time, the headers as before",
        policy: "",
        event: events::usual,
        events: 1_000,
    },
    Warm {
        name: "unseen",
        what: "no text of it seen before",
        policy: "",
        event: events::unseen,
        events: 1_000,
    },
    Warm {
        name: "known",
        what: "a new order each time, 14 parameters of it known",
        policy: KNOWN,
        event: events::usual,
        events: 1_000,
    },
    Warm {
        name: "learning",
        what: "a new order each time, shapes are learned",
        policy: LEARNING,
        event: events::usual,
        events: 1_000,
    },
];

impl Warm {
    /// What one of so many costs.
    fn us(&self, rounds: u32) -> f64 {
        let comma = if self.policy.is_empty() { "" } else { ", " };
        let policy = format!(
            r#"{{"hauberk": 1, "function": "f", "mode": "detect"{comma}{}}}"#,
            self.policy
        );
        let policy = Policy::read(policy.as_bytes()).expect("a policy");
        let mut engine = Engine::new(policy, Setting::default());
        let events: Vec<Vec<u8>> = (0..self.events).map(self.event).collect();
        take(&mut engine, &events[0]);
        let us = cpu_us(|| {
            for event in events.iter().cycle().take(rounds as usize) {
                assert!(
                    take(&mut engine, event).is_empty(),
                    "the usual event is an attack"
                );
            }
        });
        us / f64::from(rounds)
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The event of that name, as often as it is measured.
fn only(name: &str) {
    let samples = events::benign().into_iter().chain(hostile::hostile());
    for sample in samples.filter(|one| one.name == name) {
        let event = sample.event();
        let (ms, said) = measured(&event, ROUNDS);
        println!("{ms:7.1} ms  {name:44} {}", said.join(", "));
    }
}

/// The median of some rounds, in milliseconds, each in an engine that is new to the event, and what was said of it.
fn measured(event: &[u8], rounds: usize) -> (f64, Vec<String>) {
    let mut said = Vec::new();
    let round = |_| cpu_us(|| said = take(&mut engine(), event)) / 1e3;
    (median((0..rounds).map(round).collect()), said)
}

fn report_small() {
    for warm in WARM {
        let (length, what) = ((warm.event)(0).len(), warm.what);
        let us = median((0..15).map(|_| warm.us(1_000)).collect());
        println!("{length} bytes, warm, {what}: {us:.1} µs");
    }
    let own = std::env::current_exe().expect("this program");
    let first = |_| -> f64 {
        let output = Command::new(&own)
            .arg("first")
            .output()
            .expect("it runs again");
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse()
            .expect("a figure")
    };
    println!(
        "the first one of a process: {:.0} µs",
        median((0..PROCESSES).map(first).collect())
    );
}

fn report(shown: usize) {
    report_small();
    table("usual", events::benign(), usize::MAX);
    table("hostile", hostile::hostile(), shown);
}

/// The slowest of some events of 6 MB: measured once, those that are not clearly below `MOST_MS` again.
fn table(kind: &str, samples: Vec<Sample>, shown: usize) {
    let mut rows: Vec<(f64, String)> = Vec::new();
    for sample in samples {
        let event = sample.event();
        let (mut ms, said) = measured(&event, 1);
        if ms > MOST_MS / 2.0 {
            ms = measured(&event, ROUNDS).0;
        }
        let mb = event.len() as f64 / f64::from(1 << 20);
        let read = if kind == "usual" {
            read(&event)
        } else {
            String::new()
        };
        rows.push((
            ms,
            format!(
                "{:44} {mb:.1} MB  {read}{:.110}",
                sample.name,
                said.join(", ")
            ),
        ));
    }
    rows.sort_by(|one, other| other.0.total_cmp(&one.0));
    let over = rows.iter().filter(|row| row.0 > MOST_MS).count();
    let (count, worst) = (rows.len(), rows[0].0);
    println!("\n{count} {kind} events of 6 MB: at most {worst:.1} ms, {over} above {MOST_MS} ms");
    for (ms, line) in rows.iter().take(shown) {
        println!("{ms:7.1} ms  {}", line.trim_end());
    }
}

/// How much of an event's texts the firewall has read.
fn read(event: &[u8]) -> String {
    let gap = inspect(event, &Policy::built_in(Mode::Detect)).gap;
    if gap == Gap::default() {
        return "read wholly".to_owned();
    }
    let texts: usize = decode(event).inputs().map(|input| input.text().len()).sum();
    let percent = 100.0 * (1.0 - gap.bytes as f64 / texts as f64);
    format!("{percent:.0} % read; ")
}
