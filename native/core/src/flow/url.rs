//! Does an input change where a request goes, or what it asks for?
//!
//! Injection: it decides the end of the host (or all of it) where the code wrote the rest of the URL; it leaves
//! the host, the port, the credentials, its place in the path (`..` out of the folder, `?`, `#`) or its value in
//! the query (`&`, `#`); it adds a line. An input that is the whole URL is what the code asked for: an
//! injection only where it leads inside (loopback, private and link-local addresses in any spelling, names of
//! metadata services, `.internal`) or with a scheme other than `http`, `https`, `ws` and `wss`.
//! Safe: a label in front of the code's domain, more segments of the path, a URL as a value in the query.
//! Not seen: names that resolve to an address inside; redirects.

use memchr::memmem::Finder;

use super::inside::leads_inside;
use super::occurrences::Occurrences;
use super::url_parts::{Parts, climbs, is_empty_host};
use super::{Change, SHORTEST_INPUT};

const SCHEMES: [&[u8]; 5] = [b"http", b"https", b"ws", b"wss", b""];

/// Says where `input` changes what `url` asks for.
pub fn url(url: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > url.len() {
        return None;
    }
    let parts = Parts::of(url);
    let finder = Finder::new(input);
    Occurrences::new(url, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(url, &parts, start, end)?;
        Some(Change { reason, start, end })
    })
}

fn judge(url: &[u8], parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    let input = &url[start..end];
    if input.iter().any(|byte| b"\r\n".contains(byte)) && !input.trim_ascii().is_empty() {
        return Some("adds a line");
    }
    if url.trim_ascii() == input.trim_ascii() {
        return whole(url, parts);
    }
    if start < parts.host.0 {
        return in_front(parts, start, end);
    }
    if start < parts.host.1 {
        return in_host(parts, end);
    }
    if start < parts.path.0 {
        return (end > parts.path.0 || !input.iter().all(u8::is_ascii_digit))
            .then_some("changes the port");
    }
    if is_empty_host(url, parts, start) {
        return Some("leaves the host");
    }
    if let Some(reason) = begins_part(parts, input, start) {
        return Some(reason);
    }
    if start < parts.path.1 {
        return in_path(url, parts, start, end);
    }
    in_query(parts, input, start)
}

fn whole(url: &[u8], parts: &Parts) -> Option<&'static str> {
    let scheme = url[parts.scheme.0..parts.scheme.1].to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_slice()) {
        return Some("chooses the scheme");
    }
    leads_inside(&url[parts.host.0..parts.host.1]).then_some("leads inside the network")
}

/// The input begins in the scheme or the credentials.
fn in_front(parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    if end > parts.host.0 {
        return Some("chooses the host");
    }
    let is_scheme = start < parts.scheme.1;
    if is_scheme {
        return Some("chooses the scheme");
    }
    (end >= parts.host.0).then_some("adds credentials")
}

fn in_host(parts: &Parts, end: usize) -> Option<&'static str> {
    if end > parts.host.1 {
        return Some("leaves the host");
    }
    (end == parts.host.1).then_some("chooses the host")
}

/// The input begins with the sign that ends the part in front of it: `/users/{}` with `#x`.
fn begins_part(parts: &Parts, input: &[u8], start: usize) -> Option<&'static str> {
    match input.first()? {
        b'#' if start == parts.query.1 => Some("cuts off what follows"),
        b'?' if start == parts.path.1 => Some("adds a query"),
        _ => None,
    }
}

fn in_path(url: &[u8], parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    if end > parts.path.1 {
        return Some(match url[parts.path.1] {
            b'?' => "adds a query",
            _ => "cuts off what follows",
        });
    }
    climbs(
        &url[parts.path.0..parts.path.1],
        start - parts.path.0,
        end - parts.path.0,
    )
    .then_some("leaves its part of the path")
}

fn in_query(parts: &Parts, input: &[u8], start: usize) -> Option<&'static str> {
    if start >= parts.query.1 {
        return None; // the fragment never leaves the client
    }
    if input.contains(&b'#') {
        return Some("cuts off what follows");
    }
    input.contains(&b'&').then_some("adds a parameter")
}
