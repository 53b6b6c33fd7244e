//! From a Lambda event to its inputs: each untrusted leaf with its path, and the forms it hides.
//!
//! Sees:         strings and unusual keys at any depth; JSON, percent-encoded, form and base64 text inside them
//! Does not see: numbers; multipart, compressed and XML bodies; what the function fetches by itself

use crate::json::{Leaf, Step, walk};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::borrow::Cow;
use std::net::IpAddr;

/// Encodings inside encodings are followed this deep.
const MOST_LAYERS: u8 = 4;
/// Inputs of one event; what is beyond is counted, not inspected.
const MOST_INPUTS: usize = 20_000;
/// Bytes of all inputs of one event, the decoded ones too.
const MOST_BYTES: usize = 16 << 20;
/// Steps of a path that are written out at its start and at its end.
const PATH_ENDS: usize = 6;

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
        decoded.add("$".to_owned(), event, 0);
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
                self.add(path_of("", trail), &text, 0);
            }
            Leaf::Key(key) => {
                self.notice_key(trail, &key);
                if has_syntax(&key, b"-.$:/") {
                    self.add(format!("{}#key", path_of("", trail)), &key, MOST_LAYERS);
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

    fn add(&mut self, path: String, text: &[u8], layers: u8) {
        if text.len() < 2 {
            return;
        }
        if self.inputs.len() >= MOST_INPUTS || self.bytes + text.len() > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        self.bytes += text.len();
        let has_syntax = has_syntax(text, b"");
        if has_syntax && layers < MOST_LAYERS {
            self.add_hidden(&path, text, layers + 1);
        } else if !has_syntax && layers < MOST_LAYERS {
            self.add_base64(&path, text, layers + 1);
        }
        let has_slash = memchr::memchr2(b'/', b'\\', text).is_some() || text == b"..";
        self.inputs.push(Input { path, text: text.to_vec(), has_syntax, has_slash });
    }

    /// Adds what `text` holds in a form that code usually decodes.
    fn add_hidden(&mut self, path: &str, text: &[u8], layers: u8) {
        match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{' | b'[') if self.add_json(path, text, layers) => return,
            _ => {}
        }
        if self.add_form(path, text, layers) {
            return;
        }
        if let Some(plain) = percent_decoded(text) {
            self.add(format!("{path}→url"), &plain, layers);
        }
        self.add_base64(path, text, layers);
    }

    fn add_json(&mut self, path: &str, text: &[u8], layers: u8) -> bool {
        let mut leaves = Vec::new();
        let outcome = walk(text, |trail, leaf| {
            if let Leaf::Text(text) = leaf {
                if leaves.len() < MOST_INPUTS {
                    leaves.push((path_of("$", trail), text.into_owned()));
                }
            }
        });
        if outcome.is_err() {
            return false;
        }
        for (inner, text) in leaves {
            self.add(format!("{path}→{inner}"), &text, layers);
        }
        true
    }

    fn add_form(&mut self, path: &str, text: &[u8], layers: u8) -> bool {
        // `=` at the end only is base64's.
        let inner_end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
        let is_form = text[..inner_end].contains(&b'=')
            && !text.iter().any(|byte| b" \n<\"'{".contains(byte));
        if !is_form {
            return false;
        }
        for pair in text.split(|byte| *byte == b'&') {
            let (key, value) = split_once(pair, b'=').unwrap_or((pair, b""));
            let spaced: Vec<u8> = value.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
            let plain = percent_decoded(&spaced).unwrap_or(spaced);
            let key = String::from_utf8_lossy(key);
            self.add(format!("{path}→form.{key:.64}"), &plain, layers);
        }
        true
    }

    fn add_base64(&mut self, path: &str, text: &[u8], layers: u8) {
        if let Some(plain) = base64_text(text) {
            self.add(format!("{path}→base64"), &plain, layers);
        }
    }

    /// A body that the gateway encoded is decoded also where it is no text.
    fn open_body(&mut self) {
        let body = self.inputs.iter().find(|input| input.path == "body");
        let plain = body.and_then(|input| STANDARD.decode(&input.text).ok());
        if let Some(plain) = plain.filter(|_| !self.inputs.iter().any(|i| i.path == "body→base64")) {
            self.add("body→base64".to_owned(), &plain, 1);
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

/// A path for people: `Records[0].body`, the middle of a very long one left out.
fn path_of(root: &str, trail: &[Step<'_>]) -> String {
    let mut path = root.to_owned();
    for (at, step) in trail.iter().enumerate() {
        if at == PATH_ENDS && trail.len() > 2 * PATH_ENDS {
            path.push_str(".…");
        }
        if at >= PATH_ENDS && at + PATH_ENDS < trail.len() {
            continue;
        }
        match step {
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(String::from_utf8_lossy(key).chars().take(64));
            }
        }
    }
    if path.is_empty() { "$".to_owned() } else { path }
}

fn has_syntax(text: &[u8], also_plain: &[u8]) -> bool {
    !text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || also_plain.contains(byte))
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, text)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The text without `%XX`; none where there is none.
fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'%', text)?;
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let hex = |offset: usize| (*text.get(at + offset)? as char).to_digit(16);
        match (text[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    (out != text).then_some(out)
}

/// The text that base64 hides; none where it is no base64, or of something that is no text.
fn base64_text(text: &[u8]) -> Option<Vec<u8>> {
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(byte);
    if text.len() < 12 || !text.iter().all(is_base64) {
        return None;
    }
    let end = text.iter().rposition(|byte| *byte != b'=')? + 1;
    let url_safe: Cow<'_, [u8]> = if memchr::memchr2(b'+', b'/', text).is_some() {
        text[..end].iter().map(|byte| match byte { b'+' => b'-', b'/' => b'_', other => *other }).collect()
    } else {
        Cow::Borrowed(&text[..end])
    };
    let plain = URL_SAFE_NO_PAD.decode(url_safe).ok()?;
    let is_text = std::str::from_utf8(&plain).is_ok_and(|text| {
        !text.chars().any(|character| character.is_control() && !"\n\r\t".contains(character))
    });
    is_text.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_leaf_is_found_under_its_path() {
        let rows: &[(&str, &[(&str, &str)])] = &[
            (r#""ab""#, &[("$", "ab")]),
            (r#"{"q": "a b"}"#, &[("q", "a b")]),
            (r#"{"Records": [{"body": "{\"q\": \"x y\"}"}]}"#, &[("Records[0].body→$.q", "x y"), ("Records[0].body", r#"{"q": "x y"}"#)]),
            (r#"{"body": "a=1%27&b=x+y"}"#, &[("body→form.a", "1'"), ("body→form.b", "x y"), ("body", "a=1%27&b=x+y")]),
            (r#"{"k": "a%2Fb"}"#, &[("k→url", "a/b"), ("k", "a%2Fb")]),
            (r#"{"k": "%252e%252e"}"#, &[("k→url→url", ".."), ("k→url", "%2e%2e"), ("k", "%252e%252e")]),
            (r#"{"data": "aGVsbG8gd29ybGQh"}"#, &[("data→base64", "hello world!"), ("data", "aGVsbG8gd29ybGQh")]),
            (r#"{"a'b": 1}"#, &[("$#key", "a'b")]),
            (r#"{"n": 12, "s": "", "one": "x"}"#, &[]),
        ];
        for (event, expected) in rows {
            let found: Vec<(String, String)> = decode(event.as_bytes())
                .inputs.iter().map(|i| (i.path.clone(), String::from_utf8_lossy(&i.text).into_owned())).collect();
            let expected: Vec<(String, String)> = expected.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
            assert_eq!(found, expected, "{event}");
        }
    }

    #[test]
    fn the_trigger_and_the_caller_are_the_gateways_word() {
        let rows = [
            (r#"{"requestContext": {"http": {"sourceIp": "192.0.2.1"}}}"#, Trigger::Http, Some("192.0.2.1")),
            (r#"{"requestContext": {"identity": {"sourceIp": "2001:db8::1"}}}"#, Trigger::Http, Some("2001:db8::1")),
            (r#"{"requestContext": {"elb": {}}, "headers": {"X-Forwarded-For": "10.0.0.1, 192.0.2.9"}}"#, Trigger::LoadBalancer, Some("192.0.2.9")),
            (r#"{"headers": {"x-forwarded-for": "192.0.2.9"}, "sourceIp": "192.0.2.1"}"#, Trigger::Other, None),
            (r#"{"detail": {"requestContext": {"http": {"sourceIp": "192.0.2.1"}}}}"#, Trigger::Other, None),
        ];
        for (event, trigger, caller) in rows {
            let decoded = decode(event.as_bytes());
            assert_eq!((decoded.trigger, decoded.caller), (trigger, caller.map(|a| a.parse().unwrap())), "{event}");
        }
    }

    #[test]
    fn a_broken_event_is_one_input() {
        let decoded = decode(b"{\"a\": ");
        assert_eq!(decoded.malformed_at, Some(6));
        assert_eq!(decoded.inputs[0].text, b"{\"a\": ");
    }

    #[test]
    fn a_flood_of_inputs_is_bounded_and_counted() {
        let event = format!("[{}\"zz\"]", "\"ab\",".repeat(30_000));
        let decoded = decode(event.as_bytes());
        assert_eq!((decoded.inputs.len(), decoded.left_out), (20_000, 10_001));
    }

    #[test]
    fn a_binary_body_is_opened_where_the_gateway_says_it_is_encoded() {
        let decoded = decode(br#"{"body": "gAR/AAEC", "isBase64Encoded": true}"#);
        assert!(decoded.inputs.iter().any(|input| input.path == "body→base64"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(event in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&event);
        }
    }
}
