//! How long one question takes: `cargo run --release --example flow_timing`.

use std::hint::black_box;
use std::time::Instant;

use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::{self, Dialect};
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::scan::scan;

const ROUNDS: u32 = 200_000;

fn time(name: &str, mut question: impl FnMut()) {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let begin = Instant::now();
        (0..ROUNDS / 5).for_each(|_| question());
        best = best.min(begin.elapsed().as_secs_f64() / f64::from(ROUNDS / 5));
    }
    println!("{name:58} {:7.3} µs", best * 1e6);
}

fn main() {
    at_sinks();
    let statement = "SELECT o.id, o.total, c.name FROM orders AS o JOIN customers AS c ON c.id = o.customer_id \
                     WHERE c.email = 'ann@example.com' AND o.state IN ('open', 'paid') AND o.total > 100 ORDER BY o.id";
    let sql = |input: &'static str| {
        move || {
            black_box(flow::sql(
                black_box(statement.as_bytes()),
                black_box(input.as_bytes()),
                Dialect::Any,
            ));
        }
    };
    println!("a statement of {} bytes", statement.len());
    time("sql, input not in it", sql("bob' or 1=1"));
    time("sql, input in a string of it", sql("ann@example.com"));
    time("sql, input that changes it", sql("100 order by o.id"));
    let command =
        b"convert '/tmp/in-my photo.jpg' -resize 200x200 -strip \"/tmp/out-small.png\" && ls /tmp";
    time("shell, input not in it", || {
        black_box(flow::shell(black_box(command), b"x; id"));
    });
    time("shell, input in quotes of it", || {
        black_box(flow::shell(black_box(command), b"my photo"));
    });
    time("path, input climbs", || {
        black_box(flow::path(
            black_box(b"/var/task/templates/../../etc/passwd"),
            b"../../etc/passwd",
        ));
    });
    let texts = [
        (
            "100 bytes of words",
            "The quick brown fox jumps over the lazy dog and then it sleeps in the sun for the rest of the day ok",
        ),
        (
            "100 bytes of prose with signs",
            "It's late (23:10), isn't it? We'll meet at 5 o'clock - or not; Ann & Bob said \"maybe\", as always...",
        ),
        (
            "a URL of 100 bytes",
            "https://www.example.com/shop/articles/2024/10/blue-shirt-xl?colour=blue&size=xl&page=2&utm_source=mail",
        ),
        (
            "a user agent of 117 bytes",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/1",
        ),
        ("an attack", "x' UNION SELECT name, password FROM users -- "),
    ];
    for (name, text) in texts {
        time(&format!("scan, {name}"), || {
            black_box(scan(black_box(text.as_bytes())));
        });
    }
}

/// An order as a web page sends it, through API Gateway.
const EVENT: &str = r#"{"version":"2.0","routeKey":"POST /orders","rawPath":"/orders","rawQueryString":"page=2&sort=name%20asc",
"headers":{"accept":"application/json, text/plain, */*","accept-encoding":"gzip, deflate, br","accept-language":"en-GB,en;q=0.9",
"content-type":"application/json; charset=utf-8","host":"api.example.com","origin":"https://shop.example.com",
"referer":"https://shop.example.com/basket?step=2","sec-ch-ua":"\"Chromium\";v=\"126\", \"Not.A/Brand\";v=\"8\"",
"user-agent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
"x-amzn-trace-id":"Root=1-667e-2b7c4a9f1d0e","x-forwarded-for":"203.0.113.9","x-forwarded-proto":"https"},
"requestContext":{"http":{"method":"POST","path":"/orders","sourceIp":"203.0.113.9"},"time":"12/Mar/2026:19:03:58 +0000"},
"body":"{\"customer\":{\"name\":\"Ann O'Neill\",\"mail\":\"ann@example.com\",\"city\":\"St. John's\"},
\"items\":[{\"sku\":\"A-1001\",\"count\":2},{\"sku\":\"B-77\",\"count\":1}],\"note\":\"Please ring twice; leave it at the door.\"}",
"isBase64Encoded":false}"#;

/// What the guard decides about one call, with all inputs of an event.
fn at_sinks() {
    let mut engine = Engine::new(Policy::built_in(Mode::Detect), Setting::default());
    engine.begin(0, "request", EVENT.as_bytes());
    let statement = "SELECT o.id, o.total, c.name FROM orders AS o JOIN customers AS c ON c.id = o.customer_id \
                     WHERE c.email = ? AND o.state IN ('open', 'paid') AND o.total > 100 ORDER BY o.id";
    let insert = format!(
        "INSERT INTO notes (a, b) VALUES ('{}', ?)",
        "some text ".repeat(400)
    );
    let argv: [&[u8]; 4] = [
        b"convert",
        b"/tmp/in.jpg",
        b"-resize",
        b"/tmp/out-small.png",
    ];
    let rows = [
        ("sql", Resource::Sql(statement.as_bytes(), Dialect::Any)),
        (
            "sql of 4 KB",
            Resource::Sql(insert.as_bytes(), Dialect::Any),
        ),
        (
            "shell",
            Resource::Shell(
                b"convert '/tmp/in.jpg' -resize 200x200 -strip \"/tmp/out-small.png\" && ls /tmp",
            ),
        ),
        ("arguments", Resource::Arguments(&argv)),
        (
            "path",
            Resource::Path(b"/var/task/templates/mails/order-confirmation.html"),
        ),
        ("nothing", Resource::None),
    ];
    println!("one call, an event of {} bytes", EVENT.len());
    for (name, resource) in rows {
        let mut turn = 0_u32;
        time(name, || {
            turn += 1;
            // Another target each time: an act that was let pass is not judged again.
            let target = format!("/tmp/{turn}");
            let act = Act {
                activities: vec![Activity::new(Kind::File, "read", target.as_str())],
                resource,
                arguments: Vec::new(),
            };
            black_box(engine.admit(0, &act));
        });
    }
}
