//! What a record shows of an act, without secrets.

use crate::act::Act;
use crate::activity::Activity;
use crate::found::Found;
use crate::inputs::{Input, place};
use crate::judge::Verdict;
use crate::record::{Body, Seen};
use crate::redact::{MASK, clip, excerpt, redacted_behind, redacted_path};
use crate::redacted_target::redacted_target;
use crate::secret_name::{always_names_a_secret, names_a_secret};

/// Arguments of a process that a record shows, and bytes of each.
const MOST_ARGUMENTS: usize = 16;
const MOST_ARGUMENT_BYTES: usize = 1_000;
/// Bytes of a target that a record shows.
const MOST_TARGET_BYTES: usize = 2_000;

/// The input of a detection: its path, and the text around `start..end`.
pub(crate) fn input(input: Input<'_>, start: usize, end: usize, secrets: &[Vec<u8>]) -> Seen {
    value(input.path(), input.text(), start, end, secrets)
}

/// The same of a text at a path.
pub(crate) fn value(
    path: &str,
    text: &[u8],
    start: usize,
    end: usize,
    secrets: &[Vec<u8>],
) -> Seen {
    let excerpt = if is_of_secret(path) {
        MASK.to_owned()
    } else {
        excerpt(text, start, end, secrets)
    };
    Seen {
        path: redacted_path(&place(path), secrets),
        excerpt,
    }
}

/// Whether a path leads to what is a secret whatever it is: `headers.authorization`, `cookies.a`, `body→$.db pass`.
pub(crate) fn is_of_secret(path: &str) -> bool {
    let is_of_name = |one: char| one.is_alphanumeric() || matches!(one, '_' | '-' | ' ');
    let names = || {
        path.split(|one| !is_of_name(one))
            .filter(|name| !name.is_empty())
    };
    let is_index = |name: &&str| name.bytes().all(|byte| byte.is_ascii_digit());
    let last = names().rfind(|name| !is_index(name));
    names().any(always_names_a_secret) || last.is_some_and(names_a_secret)
}

/// The fields of a record that tell which act it is about.
pub(crate) fn act(one: Option<&Activity>, act: &Act<'_>, secrets: &[Vec<u8>]) -> Body {
    activity(one, &act.arguments, secrets)
}

/// The fields of a record that tell which activity it is about, with the arguments of a process.
pub(crate) fn activity(one: Option<&Activity>, texts: &[&[u8]], secrets: &[Vec<u8>]) -> Body {
    Body {
        kind: one.map(|one| one.kind.name()),
        operation: one.map(|one| one.operation.clone()),
        target: one.map(|one| {
            let shown = redacted_target(one.kind, &one.target, secrets);
            clip(&shown, MOST_TARGET_BYTES)
        }),
        arguments: arguments(texts, secrets),
        ..Body::default()
    }
}

/// The record of an attack, over the fields that tell which act it is about.
pub(crate) fn detection(
    found: &Found<'_>,
    verdict: &Verdict,
    act: Body,
    secrets: &[Vec<u8>],
) -> Body {
    let seen = found.seen(secrets);
    Body {
        reason: Some(found.explained(seen.as_ref())),
        rules: found.rules.iter().copied().map(str::to_owned).collect(),
        input: seen,
        item: found.item.clone(),
        ..of_act(found, verdict, act)
    }
}

/// The record of an attack that no input is known for.
pub(crate) fn of_act(found: &Found<'_>, verdict: &Verdict, act: Body) -> Body {
    Body {
        verdict: Some(verdict.action.name()),
        detector: Some(found.detector),
        protection: Some(found.protection.name()),
        confidence: Some(found.confidence),
        reason: Some(found.reason.clone()),
        cwe: Some(found.cwe),
        ..act
    }
}

/// Each argument redacted; what follows `--password` is all secret, and what `mysql` has behind `-p`.
fn arguments(texts: &[&[u8]], secrets: &[Vec<u8>]) -> Vec<String> {
    let mut follows_a_name = false;
    let mut shown = Vec::new();
    let program = texts.first().copied().unwrap_or_default();
    for text in texts.iter().take(MOST_ARGUMENTS) {
        let text = &text[..text.len().min(MOST_ARGUMENT_BYTES)];
        let plain = redacted_behind(program, text, secrets);
        let names = plain.starts_with('-') && names_a_secret(&plain);
        shown.push(if follows_a_name {
            MASK.to_owned()
        } else {
            plain
        });
        follows_a_name = names;
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_says_of_a_value_is_known() {
        #[rustfmt::skip]
        let rows = [
            ("headers.authorization", true), ("headers.x-api-key", true), ("headers.X-Api-Key", true),
            ("body→$.password", true), ("body→$.user.secretKey", true), ("body→$.pins.pin[0]", true),
            ("cookies[0]", true), ("headers.cookie→theme", true), ("body→$.auth", true), ("body→$.connect.sid", true),
            ("body→$.db pass", true), ("queryStringParameters.X-Amz-Signature", true),
            ("body→$.auth.user", false), ("body→$.author", false), ("body→$.sid.name", false), ("path", false),
            ("body→$.items[3]", false), ("headers.x-request-note", false), ("", false),
        ];
        for (path, expected) in rows {
            assert_eq!(is_of_secret(path), expected, "{path}");
        }
    }

    #[test]
    fn passwords_among_the_arguments_of_a_process_are_masked() {
        let rows: [(&[&[u8]], &[&str]); 4] = [
            (
                &[b"/usr/bin/mysql", b"-ps3#x"],
                &["/usr/bin/mysql", "-p‹redacted›"],
            ),
            (
                &[b"x", b"--password", b"a b"],
                &["x", "--password", "‹redacted›"],
            ),
            (&[b"mkdir", b"-pv", b"x"], &["mkdir", "-pv", "x"]),
            (
                &[b"sh", b"-c", b"cat /etc/passwd | wc -c"],
                &["sh", "-c", "cat /etc/passwd | wc -c"],
            ),
        ];
        for (texts, expected) in rows {
            assert_eq!(arguments(texts, &[]), expected);
        }
    }
}
