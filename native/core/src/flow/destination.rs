//! Does an input decide where a request goes, beyond the place that the code gave it?
//!
//! Injection: it leaves the host, its port or the credentials; it is the end of a host that the code began; it
//! chooses a scheme other than `http`, `https`, `ws` and `wss`; it adds a line; it is the host, or brings the URL
//! with its host, and leads inside the network (`inside.rs`).
//! Safe: a host that fills its place and is of the public network (the allowlist says which are the function's);
//! a label in front of the code's domain; all that is behind the host: that is what is asked for there.
//! Not seen: names that resolve to an address inside; redirects, but for clients that ask anew.

use memchr::memmem::Finder;

use super::inside::leads_inside;
use super::occurrences::Occurrences;
use super::url_parts::{Parts, is_empty_host};
use super::{Change, SHORTEST_INPUT};

const SCHEMES: [&[u8]; 5] = [b"http", b"https", b"ws", b"wss", b""];

/// Says where `input` changes where a request for `url` goes.
pub fn destination(url: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > url.len() {
        return None;
    }
    // Hosts have no case, and clients write them small.
    let (url, input) = (url.to_ascii_lowercase(), input.to_ascii_lowercase());
    let parts = Parts::of(&url);
    let finder = Finder::new(&input);
    Occurrences::new(&url, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(&url, &parts, start, end)?;
        Some(Change { reason, start, end })
    })
}

fn judge(url: &[u8], parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    if url[start..end].iter().any(|byte| b"\r\n".contains(byte)) {
        return Some("adds a line");
    }
    let host = parts.host;
    if start == 0 && end >= host.1 && host.0 > 0 {
        return scheme(url, parts).or_else(|| inside(url, parts));
    }
    if start < host.0 {
        return in_front(url, parts, start, end);
    }
    if start < host.1 {
        return in_host(url, parts, start, end);
    }
    if is_empty_host(url, parts, start) {
        return Some("leaves the host");
    }
    let is_port = start < parts.path.0;
    let is_number = || url[start..end].iter().all(u8::is_ascii_digit);
    (is_port && (end > parts.path.0 || !is_number())).then_some("changes the port")
}

fn scheme(url: &[u8], parts: &Parts) -> Option<&'static str> {
    let scheme = url[parts.scheme.0..parts.scheme.1].to_ascii_lowercase();
    (!SCHEMES.contains(&scheme.as_slice())).then_some("chooses the scheme")
}

fn inside(url: &[u8], parts: &Parts) -> Option<&'static str> {
    leads_inside(&url[parts.host.0..parts.host.1]).then_some("leads inside the network")
}

/// The input begins in the scheme or the credentials.
fn in_front(url: &[u8], parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    if end > parts.host.0 {
        return Some("chooses the host");
    }
    if start == 0 && end <= parts.scheme.1 {
        return scheme(url, parts);
    }
    let is_behind = start > parts.scheme.1;
    (is_behind && end == parts.host.0).then_some("adds credentials")
}

fn in_host(url: &[u8], parts: &Parts, start: usize, end: usize) -> Option<&'static str> {
    if end > parts.host.1 {
        let port = &url[parts.host.1..parts.path.0];
        // `host:port` is one value, too.
        let is_whole = start == parts.host.0 && end == parts.path.0 && port.len() > 1;
        return if is_whole {
            inside(url, parts)
        } else {
            Some("leaves the host")
        };
    }
    if end < parts.host.1 {
        return None;
    }
    if start > parts.host.0 {
        return Some("chooses the end of the host");
    }
    inside(url, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: [(&str, &str, Option<&str>); 28] = [
        (
            "https://{}.example.com/a",
            "/evil.test/x",
            Some("leaves the host"),
        ),
        ("https://{}.example.com/a", "#x", Some("leaves the host")),
        ("https:///{}", "a/b", None),
        ("https://{}.example.com/a", "shop", None),
        ("https://{}/hooks", "shop.example.com", None),
        ("https://{}/hooks", "shop.example.com:8443", None),
        ("{}/hooks", "https://shop.example.com", None),
        ("{}", "https://shop.example.com/a?b=c", None),
        ("https://example.com/{}", "a/../b?c#d", None),
        ("https://example.com:{}/", "8443", None),
        ("{}://example.com/", "https", None),
        ("https://example.com/?next={}", "http://127.0.0.1/", None),
        ("https://example.com/", "example.com", None),
        (
            "https://{}/hooks",
            "127.0.0.1",
            Some("leads inside the network"),
        ),
        (
            "https://{}/hooks",
            "localhost",
            Some("leads inside the network"),
        ),
        (
            "https://{}/hooks",
            "localhost:80",
            Some("leads inside the network"),
        ),
        (
            "{}",
            "http://169.254.169.254/latest",
            Some("leads inside the network"),
        ),
        ("{}/hooks", "http://[::1]", Some("leads inside the network")),
        (
            "{}",
            "HTTP://LocalHost/latest",
            Some("leads inside the network"),
        ),
        ("{}", "file://host/etc/passwd", Some("chooses the scheme")),
        ("{}://example.com/", "gopher", Some("chooses the scheme")),
        (
            "https://{}.example.com/a",
            "evil.test/",
            Some("leaves the host"),
        ),
        (
            "https://{}.example.com/a",
            "evil.test#",
            Some("leaves the host"),
        ),
        (
            "https://{}.example.com/a",
            "x@evil.test?",
            Some("chooses the host"),
        ),
        (
            "https://example.com{}",
            ".evil.test",
            Some("chooses the end of the host"),
        ),
        (
            "https://example.com{}/",
            "@evil.test",
            Some("chooses the host"),
        ),
        (
            "https://example.com:{}/",
            "80@evil.test",
            Some("chooses the host"),
        ),
        (
            "https://example.com/{}",
            "a HTTP/1.1\r\nx: y",
            Some("adds a line"),
        ),
    ];

    #[test]
    fn an_input_may_fill_its_place_and_no_more() {
        for (url, input, expected) in CASES {
            let url = url.replace("{}", input);
            let found = destination(url.as_bytes(), input.as_bytes()).map(|change| change.reason);
            assert_eq!(found, expected, "{url} with {input}");
        }
    }
}
