//! From a Lambda event to its inputs: each untrusted leaf with its path, and the forms it hides.
//!
//! Sees:         strings and unusual keys at any depth; inside them JSON, percent-encoding, forms, queries, cookies,
//!               base64, tokens' claims, segments of paths, and all of these trimmed
//! Does not see: numbers; multipart, compressed, XML and CSV bodies; what the function fetches by itself

mod encodings;
mod parts;

pub use self::encodings::percent_decoded;
use self::parts::parts;
use crate::json::{Leaf, Step, walk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write;
use std::net::IpAddr;

/// Encodings inside encodings are followed this deep.
const MOST_LAYERS: u8 = 4;
/// Inputs of one event; what is beyond is counted, not inspected.
const MOST_INPUTS: usize = 20_000;
/// Bytes of all inputs of one event, the decoded ones too.
const MOST_BYTES: usize = 16 << 20;
/// Steps of a path that are written out at its start and at its end.
const PATH_ENDS: usize = 6;
/// Bytes of a key that a path may show.
const MOST_KEY_BYTES: usize = 256;

/// One untrusted leaf of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where it was: `body→$.q`.
    pub path: String,
    pub text: Vec<u8>,
    /// Whether it holds a byte that is no letter, digit or `_`: without one it cannot change a syntax.
    pub has_syntax: bool,
    /// Whether it may climb or start at the root.
    pub has_slash: bool,
    /// Whether it stands in another input as it is.
    pub is_cut: bool,
}

/// What sent the event, as far as the answer to a blocked one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trigger {
    /// API Gateway v1 and v2, function URL: `statusCode`, `headers`, `body`.
    Http,
    /// Application load balancer: also `statusDescription`.
    LoadBalancer,
    #[default]
    Other,
}

/// An event, decoded.
#[derive(Debug, Default)]
pub struct Event {
    pub inputs: Vec<Input>,
    pub trigger: Trigger,
    pub caller: Option<IpAddr>,
    /// Inputs that were not kept, because there were too many.
    pub left_out: usize,
    /// Where the event stops being JSON, if it does.
    pub malformed_at: Option<usize>,
    bytes: usize,
    body_is_base64: bool,
}

/// Decodes an event as the Runtime API gives it. Answers for any bytes.
#[must_use]
pub fn decode(event: &[u8]) -> Event {
    let mut decoded = Event::default();
    let outcome = walk(event, |trail, leaf| decoded.notice(trail, leaf));
    if let Err(malformed) = outcome {
        decoded.malformed_at = Some(malformed.at);
        decoded.add("$".to_owned(), event, 0, false);
    }
    if decoded.body_is_base64 {
        decoded.open_body();
    }
    decoded
}

impl Event {
    fn notice(&mut self, trail: &[Step<'_>], leaf: Leaf<'_>) {
        match leaf {
            Leaf::Text(text) => {
                self.notice_text(trail, &text);
                self.add(path_of("", trail), &text, 0, false);
            }
            Leaf::Key(key) => {
                self.notice_key(trail, &key);
                if has_syntax(&key, b"-.$:/") {
                    self.add(
                        format!("{}#key", path_of("", trail)),
                        &key,
                        MOST_LAYERS,
                        false,
                    );
                }
            }
            Leaf::True => self.body_is_base64 |= is_trail(trail, &["isBase64Encoded"]),
            Leaf::Other => {}
        }
    }

    fn notice_key(&mut self, trail: &[Step<'_>], key: &[u8]) {
        if !is_trail(trail, &["requestContext"]) {
            return;
        }
        match key {
            b"elb" => self.trigger = Trigger::LoadBalancer,
            b"http" | b"identity" | b"connectionId" if self.trigger == Trigger::Other => {
                self.trigger = Trigger::Http;
            }
            _ => {}
        }
    }

    fn notice_text(&mut self, trail: &[Step<'_>], text: &[u8]) {
        let is_gateways = is_trail(trail, &["requestContext", "http", "sourceIp"])
            || is_trail(trail, &["requestContext", "identity", "sourceIp"]);
        if is_gateways {
            self.caller = address(text);
        }
        // A load balancer appends the address it saw: only the last one is not the caller's word.
        let is_balancers = self.trigger == Trigger::LoadBalancer
            && is_trail(trail, &["headers", "x-forwarded-for"]);
        if is_balancers {
            self.caller = text.rsplit(|byte| *byte == b',').next().and_then(address);
        }
    }

    fn add(&mut self, path: String, text: &[u8], layers: u8, is_cut: bool) {
        if text.len() < 2 {
            return;
        }
        if self.inputs.len() >= MOST_INPUTS || self.bytes + text.len() > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += text.len();
        if layers < MOST_LAYERS {
            for part in parts(text) {
                let path = format!("{path}{}", part.label);
                self.add(path, &part.text, layers + 1, part.is_cut);
            }
        }
        self.inputs.push(Input {
            path,
            text: text.to_vec(),
            has_syntax: has_syntax(text, b""),
            has_slash: memchr::memchr2(b'/', b'\\', text).is_some() || text == b"..",
            is_cut,
        });
    }

    /// A body that the gateway encoded is decoded also where it is no text.
    fn open_body(&mut self) {
        let body = self.inputs.iter().find(|input| input.path == "body");
        let plain = body.and_then(|input| STANDARD.decode(&input.text).ok());
        if let Some(plain) = plain.filter(|_| !self.inputs.iter().any(|i| i.path == "body→base64"))
        {
            self.add("body→base64".to_owned(), &plain, 1, false);
        }
    }
}

/// What to answer in the function's place to a trigger that waits for HTTP; none for the others.
#[must_use]
pub fn refusal(trigger: Trigger) -> Option<&'static str> {
    match trigger {
        Trigger::Http => Some(
            r#"{"statusCode": 403, "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#,
        ),
        Trigger::LoadBalancer => Some(
            r#"{"statusCode": 403, "statusDescription": "403 Forbidden", "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#,
        ),
        Trigger::Other => None,
    }
}

fn is_trail(trail: &[Step<'_>], names: &[&str]) -> bool {
    trail.len() == names.len()
        && trail.iter().zip(names).all(|(step, name)| match step {
            Step::Key(key) => key.eq_ignore_ascii_case(name.as_bytes()),
            Step::Index(_) => false,
        })
}

/// A path for people: `Records[0].body`, the middle of a very long one left out, so that depth costs nothing.
fn path_of(root: &str, trail: &[Step<'_>]) -> String {
    let is_long = trail.len() > 2 * PATH_ENDS;
    let start = if is_long { &trail[..PATH_ENDS] } else { trail };
    let mut path = String::with_capacity(48);
    path.push_str(root);
    start.iter().for_each(|step| push_step(&mut path, step));
    if is_long {
        path.push_str(".…");
        trail[trail.len() - PATH_ENDS..]
            .iter()
            .for_each(|step| push_step(&mut path, step));
    }
    if path.is_empty() {
        "$".to_owned()
    } else {
        path
    }
}

fn push_step(path: &mut String, step: &Step<'_>) {
    match step {
        Step::Index(index) => {
            let _ = write!(path, "[{index}]"); // writing to a String cannot fail
        }
        Step::Key(key) => {
            if !path.is_empty() {
                path.push('.');
            }
            let start = &key[..key.len().min(MOST_KEY_BYTES)];
            match std::str::from_utf8(start) {
                Ok(plain) if plain.len() <= 64 => path.push_str(plain),
                _ => path.extend(String::from_utf8_lossy(start).chars().take(64)),
            }
        }
    }
}

fn has_syntax(text: &[u8], also_plain: &[u8]) -> bool {
    !text
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || also_plain.contains(byte))
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}
