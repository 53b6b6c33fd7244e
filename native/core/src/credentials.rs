//! Whether bytes that leave the function hold its own credentials: plain, percent-encoded, in base64 or hexadecimal.
//!
//! The session token goes along with each signed request, in `X-Amz-Security-Token`, to AWS; the secret key goes nowhere.
//! Does not see: other encodings, compression, pieces of some ten characters

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;

/// Bytes of one sending that are looked at.
const MOST: usize = 1 << 20;
/// A shorter part of a secret is found by chance.
const SHORTEST: usize = 12;
/// Bytes of a secret whose base64 or hexadecimal is looked for.
const ENCODED: usize = 24;
/// How far a signed place is looked for before a token.
const MOST_BEFORE: usize = 8_192;
const SIGNED: &[u8] = b"x-amz-security-token";
/// Hosts of AWS's own APIs.
const OF_AWS: [&str; 4] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
];
/// Labels of AWS's names below which customers' machines and load balancers are.
const OF_CUSTOMERS: [&str; 3] = ["compute", "compute-1", "elb"];

/// The credentials of a function, as they are looked for.
#[derive(Debug, Default)]
pub struct Credentials {
    token: Forms,
    key: Forms,
}

#[derive(Debug, Default)]
struct Forms {
    /// A part that no encoding of a URL or of JSON changes.
    plain: Option<Finder<'static>>,
    encoded: Vec<Finder<'static>>,
}

impl Forms {
    fn of(secret: &str) -> Forms {
        let runs = secret.split(|character: char| !character.is_ascii_alphanumeric());
        let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
        if longest.len() < SHORTEST {
            return Forms::default();
        }
        let bytes = secret.as_bytes();
        let mut encoded = Vec::new();
        // Where a secret begins in what is encoded with it decides which of three texts it becomes.
        for start in 0..3 {
            let part = &bytes[start..bytes.len().min(start + ENCODED)];
            let part = &part[..part.len() / 3 * 3];
            encoded.push(STANDARD_NO_PAD.encode(part).into_bytes());
            encoded.push(URL_SAFE_NO_PAD.encode(part).into_bytes());
        }
        let part = &bytes[..bytes.len().min(ENCODED)];
        encoded.push(
            part.iter()
                .flat_map(|byte| format!("{byte:02x}").into_bytes())
                .collect(),
        );
        encoded.push(
            part.iter()
                .flat_map(|byte| format!("{byte:02X}").into_bytes())
                .collect(),
        );
        encoded.sort();
        encoded.dedup();
        Forms {
            plain: Some(Finder::new(longest).into_owned()),
            encoded: encoded
                .iter()
                .map(|form| Finder::new(form).into_owned())
                .collect(),
        }
    }

    fn is_encoded_in(&self, bytes: &[u8]) -> bool {
        self.encoded.iter().any(|form| form.find(bytes).is_some())
    }
}

impl Credentials {
    /// From the values of `AWS_SESSION_TOKEN` and `AWS_SECRET_ACCESS_KEY`.
    #[must_use]
    pub fn new(token: &str, key: &str) -> Credentials {
        Credentials {
            token: Forms::of(token),
            key: Forms::of(key),
        }
    }

    /// Bytes of the longest text that is looked for: so many may stand in two sendings.
    #[must_use]
    pub fn longest(&self) -> usize {
        let forms = [&self.token, &self.key].into_iter();
        let texts = forms.flat_map(|forms| forms.plain.iter().chain(&forms.encoded));
        texts.map(|text| text.needle().len()).max().unwrap_or(0)
    }

    /// Which of them is sent to a host where it does not belong.
    #[must_use]
    pub fn sent(&self, bytes: &[u8], host: &str) -> Option<&'static str> {
        let bytes = &bytes[..bytes.len().min(MOST)];
        if !has_run(bytes) {
            return None;
        }
        let is_plain = |forms: &Forms| {
            forms
                .plain
                .as_ref()
                .is_some_and(|plain| plain.find(bytes).is_some())
        };
        if is_plain(&self.key) || self.key.is_encoded_in(bytes) {
            return Some("secret access key");
        }
        let is_aws = is_of_aws(host);
        let strays = |plain: &Finder<'_>| {
            plain
                .find_iter(bytes)
                .any(|at| !(is_aws && is_signed(&bytes[..at])))
        };
        let is_stray = self.token.plain.as_ref().is_some_and(strays);
        (is_stray || self.token.is_encoded_in(bytes)).then_some("session token")
    }
}

/// Whether any text that is looked for can be there: each is a run of letters, digits and signs of base64. What is
/// compressed or encrypted has hardly any.
fn has_run(bytes: &[u8]) -> bool {
    let is_of_text = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut end = SHORTEST;
    while let Some(window) = end.checked_sub(SHORTEST).and_then(|at| bytes.get(at..end)) {
        let run = window.iter().rev().take_while(is_of_text).count();
        if run == SHORTEST {
            return true;
        }
        end += SHORTEST - run;
    }
    false
}

fn is_of_aws(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_customers = host.split('.').any(|label| OF_CUSTOMERS.contains(&label));
    !is_customers && OF_AWS.iter().any(|end| host.ends_with(end))
}

/// Whether what comes next is the value of the header or of the parameter that the token belongs in.
fn is_signed(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(MOST_BEFORE)..].to_ascii_lowercase();
    let Some(at) = memchr::memmem::rfind(near, SIGNED) else {
        return false;
    };
    let between = &near[at + SIGNED.len()..];
    let is_begun = matches!(between.first(), Some(b':' | b'='));
    is_begun
        && !between
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\n' | b'&'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str =
        "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDabcdefghijklmnop+qrs/tuv==";
    const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn sent(text: &str, host: &str) -> Option<&'static str> {
        Credentials::new(TOKEN, KEY).sent(text.as_bytes(), host)
    }

    #[test]
    fn credentials_are_found_where_they_do_not_belong() {
        let evil = "evil.example";
        let of_token = [
            format!("GET /?t={TOKEN} HTTP/1.1\r\n"),
            format!("x-amz-security-token: {TOKEN}\r\n"),
            TOKEN
                .replace('/', "%2F")
                .replace('+', "%2B")
                .replace('=', "%3D"),
            TOKEN.replace('/', "\\/"),
            STANDARD_NO_PAD.encode(TOKEN),
            STANDARD_NO_PAD.encode(format!("x{TOKEN}")),
            URL_SAFE_NO_PAD.encode(format!("xy{TOKEN}")),
            TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ];
        for text in of_token {
            assert_eq!(sent(&text, evil), Some("session token"), "{text}");
        }
        for text in [KEY.to_owned(), STANDARD_NO_PAD.encode(format!("k={KEY}"))] {
            assert_eq!(sent(&text, evil), Some("secret access key"));
            assert_eq!(sent(&text, "s3.amazonaws.com"), Some("secret access key"));
        }
        let elsewhere = format!("x-amz-security-token: a\r\n\r\n{TOKEN}");
        assert_eq!(
            sent(&elsewhere, "lambda.eu-central-1.amazonaws.com"),
            Some("session token")
        );
        for host in [
            "amazonaws.com.evil.example",
            "ec2-192-0-2-1.compute-1.amazonaws.com",
            "ec2-192-0-2-1.eu-central-1.compute.amazonaws.com",
            "evil-12.eu-central-1.elb.amazonaws.com",
        ] {
            let text = format!("X-Amz-Security-Token: {TOKEN}");
            assert_eq!(sent(&text, host), Some("session token"), "{host}");
        }
    }

    #[test]
    fn a_signed_request_and_other_texts_pass() {
        let s3 = "orders.s3.eu-central-1.amazonaws.com";
        let rows = [
            (
                format!("GET / HTTP/1.1\r\nX-Amz-Security-Token: {TOKEN}\r\n\r\n"),
                s3,
            ),
            (
                format!("PUT /x?X-Amz-Security-Token={TOKEN}&X-Amz-Signature=ab HTTP/1.1"),
                s3,
            ),
            (
                "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(),
                "evil.example",
            ),
            (String::new(), "evil.example"),
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), "evil.example"),
            (
                format!("X-Amz-Security-Token: {TOKEN}"),
                "compute-optimizer.eu-central-1.amazonaws.com",
            ),
        ];
        for (text, host) in rows {
            assert_eq!(sent(&text, host), None, "{text}");
        }
    }

    #[test]
    fn a_run_of_text_is_found_wherever_it_stands() {
        for at in 0..40 {
            for length in [SHORTEST - 1, SHORTEST, 30] {
                let mut bytes = vec![0; at];
                bytes.extend(vec![b'a'; length]);
                bytes.extend([0, b'b', 0, b'c']);
                assert_eq!(has_run(&bytes), length >= SHORTEST, "{at} {length}");
            }
        }
        assert!(!has_run(b"") && !has_run(b"short"));
    }

    #[test]
    fn without_credentials_nothing_is_found() {
        for (token, key) in [("", ""), ("short", "a/b/c/d/e/f/g/h/i/j/k/l/m/n")] {
            let none = Credentials::new(token, key);
            assert_eq!(
                none.sent(b"short a/b/c/d/e/f/g/h/i/j/k/l/m/n", "evil.example"),
                None
            );
        }
    }
}
