//! What the shapes of arguments cost: `cargo run --release --example arguments_timing` tells of some command lines how long
//! their shape takes, and of one how long the decision about its start takes without the switch and with it.

use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::argument_shape::shape;
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 20_000;

/// Microseconds of one of many rounds, the best of five.
fn measured(rounds: u32, mut round: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let begin = Instant::now();
        (0..rounds).for_each(|_| round());
        best = best.min(begin.elapsed().as_secs_f64() / f64::from(rounds));
    }
    best * 1e6
}

fn engine(is_watched: bool) -> Engine {
    let json = format!(
        r#"{{"hauberk": 1, "function": "f", "mode": "prevent", "watch_arguments": {is_watched}, "allowlist": {{"process":
        ["* /usr/bin/git", "arguments /usr/bin/git clone --depth=<number> <url> /tmp/<path>"]}}}}"#
    );
    let policy = Policy::read(json.as_bytes()).expect("a policy");
    Engine::new(policy, Setting::default())
}

fn main() {
    let clone = "/usr/bin/git clone --depth=1 https://github.com/shop/orders /tmp/tmp8x_k2m1q";
    let film = "/opt/bin/ffmpeg -y -i /tmp/a.mp4 -i /tmp/b.mp4 -ss 00:00:01 -vf scale=1280:-1 -c:v libx264 -preset fast \
                -crf 23 -b:a 128k -movflags faststart -metadata title=shop /tmp/out.mp4";
    let many = format!(
        "/usr/bin/zip /tmp/out.zip {}",
        "/tmp/folder/picture.png ".repeat(300)
    );
    let long = format!("/var/task/bin/tool {}", "a".repeat(100_000));
    for (name, line) in [
        ("git, 4 words", clone),
        ("ffmpeg, 22 words", film),
        ("zip, 301 words", &many),
        ("a word of 100 KB", &long),
    ] {
        let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        let time = measured(ROUNDS, || {
            black_box(shape(black_box(words[0]), black_box(&words[1..]), &[]));
        });
        println!("shape of {name:20} {time:7.2} µs");
    }
    let words: Vec<&[u8]> = clone.split(' ').map(str::as_bytes).collect();
    let act = Act {
        activities: vec![Activity::new(Kind::Process, "start", words[0])],
        resource: Resource::Arguments(&words),
        arguments: words.clone(),
    };
    for is_watched in [false, true] {
        let mut engine = engine(is_watched);
        let time = measured(ROUNDS, || {
            engine.begin(0, "r", b"{}");
            black_box(engine.admit(0, black_box(&act)));
            engine.end(0);
        });
        println!(
            "start of git in an invocation, {} {time:7.2} µs",
            if is_watched { "watched " } else { "as ever " }
        );
    }
}
