//! What a record shows of a target. A list is made of it, so that no more is masked than what is known for a secret: a
//! folder or an object may have a random name, and a number is mostly one of an order.

use crate::activity::Kind;
use crate::redact::masked;
use crate::secret_shape::find_keys;
use crate::{secret_value, url_password};
use std::ops::Range;

/// Letters and digits in a row that a key of a service holds, and names of files and packages that begin alike do not:
/// so many where both are in it, more where it may be a word.
const RUN_OF_KEY: usize = 12;
const LONG_RUN: usize = 24;

/// The target without known secrets, keys of services, what follows `password=` in its part of a path, passwords in URLs,
/// and the user in front of a host.
pub(crate) fn redacted_target(kind: Kind, target: &[u8], secrets: &[Vec<u8>]) -> String {
    let text = String::from_utf8_lossy(target);
    let mut found: Vec<Range<usize>> = Vec::new();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let secret = String::from_utf8_lossy(secret);
        found.extend(
            text.match_indices(&*secret)
                .map(|(at, one)| at..at + one.len()),
        );
    }
    if kind == Kind::Host {
        // No name has such a sign: it is the beginning of a URL.
        found.extend(text.rfind('@').map(|end| 0..end));
        return masked(&text, 0..text.len(), found);
    }
    let mut users = Vec::new();
    url_password::find(&text, &mut found, &mut users);
    found.extend(users);
    let mut keys = Vec::new();
    find_keys(&text, &mut keys);
    found.extend(
        keys.into_iter()
            .filter(|one| is_like_key(&text[one.clone()])),
    );
    // In a shape of arguments there stands a class: `--password=<text>`.
    let is_class = |one: &Range<usize>| kind == Kind::Process && text[one.start..].starts_with('<');
    found.extend(assigned(&text).filter(|one| !is_class(one)));
    masked(&text, 0..text.len(), found)
}

fn is_like_key(key: &str) -> bool {
    let mut runs = key.split(|one: char| !one.is_ascii_alphanumeric());
    let is_mixed = |run: &str| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        run.len() >= RUN_OF_KEY && (1..run.len()).contains(&digits)
    };
    runs.any(|run| is_mixed(run) || run.len() >= LONG_RUN)
}

/// Values of secret names behind `=`, to the end of their part of a path: a colon parts an ARN.
fn assigned(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut values = Vec::new();
    secret_value::find(text, &mut values);
    values.into_iter().filter_map(move |value| {
        let is_assigned = text[..value.start].ends_with('=');
        let length = text[value.clone()].find('/').unwrap_or(value.len());
        is_assigned.then_some(value.start..value.start + length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_targets_are_masked_and_names_are_not() {
        let key = format!("ghp_{}", "a1B2".repeat(9));
        #[rustfmt::skip]
        let rows = [
            // the target                                            what is shown
            (Kind::Host, "admin:hunter2@127.0.0.1", "‹redacted›@127.0.0.1"),
            (Kind::Host, "a@b:c@db.example.com", "‹redacted›@db.example.com"),
            (Kind::Host, "t0ken@db.example.com", "‹redacted›@db.example.com"),
            (Kind::Host, "hvs.internal.example.com", "hvs.internal.example.com"),
            (Kind::Host, "s3cret-value.evil.example", "‹redacted›.evil.example"),
            (Kind::File, "/tmp/password=hunter2.txt", "/tmp/password=‹redacted›"),
            (Kind::File, "/mnt/token=abc/day=1/a.json", "/mnt/token=‹redacted›/day=1/a.json"),
            (Kind::File, "/tmp/s3cret-value/a", "/tmp/‹redacted›/a"),
            (Kind::File, "/tmp/AKIAIOSFODNN7EXAMPLE", "/tmp/‹redacted›"),
            (Kind::File, "/tmp/https://ann:hunter2@host/x", "/tmp/https://ann:‹redacted›@host/x"),
            (Kind::File, "/tmp/pypi-attestations-0.0.11-py3-none-any.whl", "/tmp/pypi-attestations-0.0.11-py3-none-any.whl"),
            (Kind::File, "/tmp/tmp8x_k2m1q9d3e5f7a1b2c3d4/a", "/tmp/tmp8x_k2m1q9d3e5f7a1b2c3d4/a"),
            (Kind::File, "/tmp/4111111111111111.pdf", "/tmp/4111111111111111.pdf"),
            (Kind::File, "/tmp/reset-password/ann@example.com", "/tmp/reset-password/ann@example.com"),
            (Kind::Api, "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3"),
            (Kind::Api, "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/password", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/password"),
            (Kind::Api, "arn:aws:s3:::orders/day=1/a", "arn:aws:s3:::orders/day=1/a"),
            (Kind::Process, "/opt/tool --password=<text> --token=/tmp/<path> -k=<code>", "/opt/tool --password=<text> --token=/tmp/<path> -k=<code>"),
            (Kind::Process, "/tmp/password=hunter2", "/tmp/password=‹redacted›"),
            (Kind::Address, "[::1]:5432", "[::1]:5432"),
            (Kind::Code, "posix.system", "posix.system"),
        ];
        let secrets = [b"s3cret-value".to_vec(), Vec::new()];
        for (kind, target, expected) in rows {
            assert_eq!(redacted_target(kind, target.as_bytes(), &secrets), expected);
        }
        let path = format!("/tmp/{key}/x");
        let shown = redacted_target(Kind::File, path.as_bytes(), &secrets);
        assert_eq!(shown, "/tmp/‹redacted›/x");
    }
}
