//! The events that are measured: one as API Gateway sends it, and many kinds of the longest that Lambda takes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Lambda's limit for an event.
pub const LONGEST: usize = 6 << 20;

/// An event that is made when it is wanted; a string stands for a text that is no JSON.
pub struct Sample {
    pub name: String,
    make: Box<dyn Fn() -> Value>,
}

impl Sample {
    pub fn new(name: impl Into<String>, make: impl Fn() -> Value + 'static) -> Self {
        Self {
            name: name.into(),
            make: Box::new(make),
        }
    }

    /// The event. Hundreds of them at once are too many.
    pub fn event(&self) -> Vec<u8> {
        match (self.make)() {
            Value::String(raw) => raw.into_bytes(),
            event => event.to_string().into_bytes(),
        }
    }
}

/// 2 KB: some 20 strings, one of them a body of 1.5 KB of JSON; the values of another order have not been seen before.
pub fn usual(order: u32) -> Vec<u8> {
    let order = order % 10_000;
    let items: Vec<Value> = (0..9)
        .map(|n| {
            json!({"sku": format!("SHIRT-{n}-{order:04}"), "name": format!("Linen shirt, long, {order:04}"), "quantity": n,
                   "price": 39.9, "note": format!("Please wrap it; it's {order:04} for Ann & Bob.")})
        })
        .collect();
    let body = json!({"customer": {"name": format!("Anna O'Neil-{order:04}"), "email": format!("anna{order:04}@example.com")}, "items": items,
                      "address": format!("{order:04} Market Street, 10115 Berlin")});
    let event = json!({
        "version": "2.0", "routeKey": "POST /orders", "rawPath": "/orders", "rawQueryString": "page=2&sort=date",
        "headers": {"accept": "application/json", "content-type": "application/json", "host": "api.example.com",
                    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
                    "x-amzn-trace-id": format!("Root=1-5e6722a7-cc56xmpl46db7ae02d4d{order:04}")},
        "requestContext": {"accountId": "123456789012", "apiId": "r3pmxmplak", "domainName": "api.example.com",
                           "http": {"method": "POST", "path": "/orders", "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7"},
                           "requestId": format!("JKJaXmPL{order:04}HA="), "stage": "$default", "time": "10/Mar/2026:05:16:23 +0000"},
        "body": body.to_string(), "isBase64Encoded": false});
    event.to_string().into_bytes()
}

/// As `usual`, with a number of its own behind each text: nothing of it was seen before, in this event or another.
pub fn unseen(order: u32) -> Vec<u8> {
    let mut next = order % 10_000 * 100;
    let mut event: Value = serde_json::from_slice(&usual(order)).expect("an event");
    let body = event["body"].take();
    let mut body: Value = serde_json::from_str(body.as_str().expect("a text")).expect("JSON");
    number(&mut body, &mut next);
    number(&mut event, &mut next);
    event["body"] = body.to_string().into();
    event.to_string().into_bytes()
}

fn number(value: &mut Value, next: &mut u32) {
    match value {
        Value::String(text) => {
            text.push_str(&format!(" {next}"));
            *next += 1;
        }
        Value::Array(items) => items.iter_mut().for_each(|item| number(item, next)),
        Value::Object(fields) => fields.values_mut().for_each(|field| number(field, next)),
        _ => {}
    }
}

/// `piece` again and again, up to `length` bytes.
pub fn repeated(piece: &str, length: usize) -> String {
    piece.repeat(length / piece.len().max(1))
}

/// Numbered pieces up to `length` bytes.
pub fn numbered(length: usize, piece: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(length);
    for n in 0.. {
        let next = piece(n);
        if text.len() + next.len() > length {
            break;
        }
        text.push_str(&next);
    }
    text
}

fn leaves(text: &str, bytes: usize) -> Value {
    text.as_bytes()
        .chunks(bytes)
        .map(|leaf| Value::from(String::from_utf8_lossy(leaf)))
        .collect()
}

/// What functions are sent, as large as it can be.
pub fn benign() -> Vec<Sample> {
    let prose = "It's late (23:10), isn't it? We'll meet at 5 o'clock - or not; Ann & Bob said \"maybe\", as always. ";
    let html = "<p class=\"lead\">Dear <b>Ann</b>, <a href=\"https://example.com/a?b=1&amp;c=2\">the order</a> is on its way.</p>\n";
    let code = "for (let i = 0; i < rows.length; i++) { total += rows[i].price * (1 + tax); } // sums up\n";
    let word = |n: usize| format!("word{} ", n.wrapping_mul(2_654_435_761) % 9_999);
    let one_text = |name, piece: &'static str| {
        Sample::new(
            name,
            move || json!({"body": repeated(piece, LONGEST * 9 / 10)}),
        )
    };
    vec![
        Sample::new(
            "one text: words",
            move || json!({"body": numbered(LONGEST, word)}),
        ),
        one_text("one text: prose", prose),
        one_text("one text: HTML", html),
        one_text("one text: code", code),
        Sample::new(
            "one text: a log",
            || json!({"body": numbered(LONGEST * 9 / 10, log)}),
        ),
        Sample::new(
            "one text: JSON",
            || json!({"body": rows(70_000).to_string()}),
        ),
        Sample::new("many leaves: rows", || rows(88_000)),
        Sample::new("many leaves: prose of 300 bytes", move || {
            leaves(&repeated(prose, LONGEST * 9 / 10), 300)
        }),
        Sample::new("records of SQS", || records(30_000, sqs)),
        Sample::new("records of Kinesis", || records(40_000, kinesis)),
        Sample::new("numbers", || {
            (0..330_000).map(|n| json!(f64::from(n) / 7.0)).collect()
        }),
        Sample::new(
            "base64: prose",
            move || json!({"body": STANDARD.encode(repeated(prose, LONGEST * 7 / 10)), "isBase64Encoded": true}),
        ),
        Sample::new(
            "base64: an image",
            || json!({"body": STANDARD.encode(noise(LONGEST * 3 / 4 - 99)), "isBase64Encoded": true}),
        ),
    ]
}

fn log(n: usize) -> String {
    let (second, worker, ms) = (n % 60, n % 7, n % 900);
    format!("2026-03-10T05:16:{second:02}Z INFO [worker-{worker}] GET /orders/{n} 200 {ms}ms\n")
}

fn row(n: usize) -> Value {
    json!({"id": n, "sku": format!("SHIRT-{n}"), "note": "it's a present; wrap it"})
}

fn rows(count: usize) -> Value {
    (0..count).map(row).collect()
}

fn records(count: usize, record: fn(usize) -> Value) -> Value {
    json!({"Records": (0..count).map(record).collect::<Value>()})
}

fn sqs(n: usize) -> Value {
    let id = format!("19dd0b57-b21e-4ac1-bd88-{n:012}");
    json!({"messageId": id, "body": row(n).to_string(), "eventSource": "aws:sqs"})
}

fn kinesis(n: usize) -> Value {
    json!({"kinesis": {"data": STANDARD.encode(log(n)), "partitionKey": "1"}})
}

fn noise(length: usize) -> Vec<u8> {
    (0..length)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect()
}
