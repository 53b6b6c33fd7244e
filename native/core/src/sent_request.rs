//! Requests to AWS in what a connection sends, however it is cut: found by their signature.
//!
//! Does not see: HTTP/2; a request behind a body in chunks in one sending, where that is signed itself

use memchr::memmem::find;

/// A head that is longer is no request that AWS takes.
const LONGEST_HEAD: usize = 1 << 16;
/// So much of a body is kept until a request is complete.
pub const LONGEST_BODY: usize = 1 << 16;
const LONGEST_METHOD: usize = 8;
const MARKS: [&[u8]; 4] = [
    b"aws4-",
    b"x-amz-credential=",
    b"awsaccesskeyid=",
    b"authorization: aws ",
];

/// A request as far as it must be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// From the method to the empty line.
    pub head: Vec<u8>,
    /// What of the body is known.
    pub body: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// What one connection has sent so far, as far as it matters for what comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending(State);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum State {
    /// A request may begin.
    #[default]
    Idle,
    /// The first bytes of what may be one.
    Head(Vec<u8>),
    /// A signed one, of whose body bytes are missing: those to be kept, and those behind.
    Body(Request, usize, usize),
    /// Bytes of a body that tells nothing.
    Passing(usize),
}

impl Sending {
    /// Whether nothing has to be remembered.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0 == State::Idle
    }

    /// Takes what is sent; the signed requests that are complete with it.
    pub fn take(&mut self, mut bytes: &[u8]) -> Vec<Request> {
        let mut found = Vec::new();
        if matches!(self.0, State::Passing(_)) && is_signed(bytes) && begins(bytes) {
            self.0 = State::Idle; // whatever length was told: it is seen as what it looks like
        }
        while !bytes.is_empty() {
            bytes = self.step(bytes, &mut found);
        }
        found
    }

    /// Takes some bytes; what is left of them.
    fn step<'a>(&mut self, bytes: &'a [u8], found: &mut Vec<Request>) -> &'a [u8] {
        match std::mem::take(&mut self.0) {
            State::Idle => {
                let bytes = trimmed(bytes);
                if bytes.is_empty() || !begins(bytes) {
                    return &[];
                }
                self.head(Vec::new(), bytes, found)
            }
            State::Head(before) => self.head(before, bytes, found),
            State::Body(mut request, kept, behind) => {
                let taken = kept.min(bytes.len());
                request.body.extend_from_slice(&bytes[..taken]);
                if taken == kept {
                    found.push(request);
                    self.pass(behind);
                } else {
                    self.0 = State::Body(request, kept - taken, behind);
                }
                &bytes[taken..]
            }
            State::Passing(left) => {
                let taken = left.min(bytes.len());
                self.pass(left - taken);
                &bytes[taken..]
            }
        }
    }

    fn pass(&mut self, left: usize) {
        if left > 0 {
            self.0 = State::Passing(left);
        }
    }

    fn head<'a>(&mut self, before: Vec<u8>, bytes: &'a [u8], found: &mut Vec<Request>) -> &'a [u8] {
        let known = before.len();
        let room = LONGEST_HEAD.saturating_sub(known).min(bytes.len());
        let mut head = before;
        head.extend_from_slice(&bytes[..room]);
        let from = known.saturating_sub(3);
        let Some(end) = find(&head[from..], b"\r\n\r\n").map(|at| from + at + 4) else {
            if begins(&head) && head.len() < LONGEST_HEAD {
                self.0 = State::Head(head);
            }
            return &[];
        };
        let rest = &bytes[end - known..];
        head.truncate(end);
        let length = length(&head);
        if !is_signed(&head) {
            let is_chunked = length.is_none();
            self.pass(length.unwrap_or(0));
            return if is_chunked {
                behind_chunks(rest)
            } else {
                rest
            };
        }
        // Of S3 a body tells nothing, but where it names what is deleted.
        let is_needed = !is_of_s3(&head) || head.starts_with(b"POST ");
        let length = length.unwrap_or(0);
        let kept = if is_needed {
            length.min(LONGEST_BODY)
        } else {
            0
        };
        let request = Request {
            head,
            body: Vec::new(),
            is_whole: kept == length,
        };
        if kept == 0 {
            found.push(request);
            self.pass(length);
        } else {
            self.0 = State::Body(request, kept, length - kept);
        }
        rest
    }
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !b"\r\n".contains(byte));
    start.map_or(&[], |start| &bytes[start..])
}

/// Whether a request begins so, as far as can be told: a method, a blank, and one line with a version of HTTP/1.
fn begins(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(LONGEST_HEAD)];
    let method = bytes.iter().take_while(|byte| byte.is_ascii_uppercase());
    let method = method.count();
    if method == 0 || method > LONGEST_METHOD {
        return false;
    }
    match bytes.get(method) {
        None => true,
        Some(b' ') => match memchr::memchr(b'\r', bytes) {
            Some(end) => find(&bytes[..end], b" HTTP/1.").is_some(),
            None => !bytes.contains(&0),
        },
        Some(_) => false,
    }
}

fn is_signed(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(LONGEST_HEAD)];
    let head = &head[..find(head, b"\r\n\r\n").unwrap_or(head.len())];
    let lower = head.to_ascii_lowercase();
    MARKS.iter().any(|mark| find(&lower, mark).is_some())
}

fn is_of_s3(head: &[u8]) -> bool {
    [&b"/s3/aws4_request"[..], b"/s3express/aws4_request"]
        .iter()
        .any(|scope| find(head, scope).is_some())
}

/// What a head says of its body's length; none where that is in chunks.
fn length(head: &[u8]) -> Option<usize> {
    let lower = head.to_ascii_lowercase();
    if let Some(at) = find(&lower, b"\r\ntransfer-encoding:") {
        let line = &lower[at + 2..];
        let line = &line[..find(line, b"\r\n").unwrap_or(line.len())];
        if find(line, b"chunked").is_some() {
            return None;
        }
    }
    let name = b"\r\ncontent-length:";
    let Some(at) = find(&lower, name) else {
        return Some(0);
    };
    let digits = lower[at + name.len()..]
        .iter()
        .skip_while(|byte| **byte == b' ')
        .take_while(|byte| byte.is_ascii_digit());
    Some(digits.fold(0_usize, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(usize::from(digit - b'0'))
    }))
}

fn behind_chunks(rest: &[u8]) -> &[u8] {
    let end = b"0\r\n\r\n";
    find(rest, end).map_or(&[], |at| &rest[at + end.len()..])
}

/// What a piece of a body in chunks holds between its length and its end; all that is no such piece, as it is.
#[must_use]
pub fn unframed(bytes: &[u8]) -> &[u8] {
    let Some(line) = memchr::memchr(b'\r', &bytes[..bytes.len().min(18)]) else {
        return bytes;
    };
    let length = std::str::from_utf8(&bytes[..line])
        .ok()
        .and_then(|text| usize::from_str_radix(text, 16).ok());
    match length {
        Some(length) if length < bytes.len() && bytes.len() == line + 2 + length + 2 => {
            &bytes[line + 2..line + 2 + length]
        }
        _ => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str =
        "Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/r/dynamodb/aws4_request\r\n";

    fn request(line: &str, more: &str, body: &str) -> Vec<u8> {
        format!(
            "{line} HTTP/1.1\r\nHost: x\r\n{SIGNED}{more}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    #[test]
    fn a_request_is_found_however_it_is_cut() {
        let whole = request("POST /", "", "{\"TableName\": \"orders\"}");
        let twice = [&whole[..], &whole].concat();
        for size in 1..whole.len() {
            let mut sending = Sending::default();
            let found: Vec<_> = twice
                .chunks(size)
                .flat_map(|part| sending.take(part))
                .collect();
            assert_eq!(found.len(), 2, "{size}");
            assert!(
                found
                    .iter()
                    .all(|one| one.body == b"{\"TableName\": \"orders\"}" && one.is_whole)
            );
            assert!(sending.is_idle());
        }
    }

    #[test]
    fn a_request_behind_others_is_found() {
        let signed = request("DELETE /victim/k", "", "");
        let plain = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".to_vec();
        let chunked =
            b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n".to_vec();
        let longer = b"GET / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n".to_vec();
        for before in [b"\r\n".to_vec(), plain, chunked] {
            let found = Sending::default().take(&[before, signed.clone()].concat());
            assert_eq!(found.len(), 1);
        }
        let mut sending = Sending::default();
        sending.take(&longer);
        assert_eq!(sending.take(&signed).len(), 1);
    }

    #[test]
    fn of_a_long_body_a_part_is_kept() {
        let body = "x".repeat(LONGEST_BODY * 2);
        let mut sending = Sending::default();
        let found = sending.take(&request("POST /", "", &body));
        assert_eq!(found.len(), 1);
        assert!(!found[0].is_whole && found[0].body.len() == LONGEST_BODY);
        assert!(sending.is_idle());
    }

    #[test]
    fn other_protocols_and_requests_leave_nothing() {
        for bytes in [
            &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
            b"PING\r\n",
            b"*1\r\n$4\r\nPING\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"P\0\0\0\x20select 1",
            b"\x16\x03\x01",
            b"",
        ] {
            let mut sending = Sending::default();
            assert_eq!(sending.take(bytes), []);
            assert!(sending.is_idle(), "{bytes:?}");
        }
    }

    #[test]
    fn any_bytes_are_taken() {
        let whole = request("POST /", "", "abc");
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] = changed[at].wrapping_add(1);
            Sending::default().take(&changed);
            Sending::default().take(&whole[at..]);
        }
    }

    #[test]
    fn what_stands_in_a_chunk_is_told() {
        assert_eq!(unframed(b"3\r\nabc\r\n"), b"abc");
        for other in [
            &b"3\r\nabcd\r\n"[..],
            b"abc",
            b"\r\n",
            b"",
            b"ffffffffffffffff\r\n\r\n",
        ] {
            assert_eq!(unframed(other), other);
        }
    }
}
