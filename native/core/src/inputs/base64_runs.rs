//! Base64 that is a part of a text, or has signs in it that are none of its own.
//!
//! Sees:         runs of sixteen letters and more behind a scheme, a comma, a dot, `|`, `--` or a blank, however short
//!               behind `Basic` and `;base64,`; JSON web tokens (RFC 7519); blanks and other signs between the letters
//! Does not see: runs that hold no text, nor what readers make objects of; a run behind a letter, a digit or `/`; the
//!               content of a mail

use super::encodings::base64_text;
use super::lenient_base64::{COST, skipping};
use super::parts::{Part, Visit, decoded};
use super::path::Label;
use crate::serialized::sextet;
use std::cell::Cell;

/// Letters of a run that is read wherever it stands.
const LONG: usize = 16;
/// Letters of a line behind which base64 goes on in the next one (RFC 2045: 76, PEM: 64).
const SHORTEST_LINE: usize = 60;
/// Runs of one text that are decoded.
const MOST_RUNS: usize = 1_000;
const DATA: &[u8] = b";base64,";

/// Shows what base64 hides in a text that is not base64 as a whole; adds what that cost to `work`.
pub(super) fn runs(text: &[u8], work: &Cell<usize>, visit: Visit<'_>) {
    if let Some(plain) = skipping(text, LONG, work) {
        decoded(plain, "→base64", visit);
    }
    let mut from = marked(text, work, visit);
    let mut left = MOST_RUNS;
    while let Some((start, end)) = run_from(text, from) {
        from = end;
        let run = &text[start..end];
        let Some(plain) = of_run(run, work).filter(|_| !is_of_mail(text, start, run)) else {
            continue;
        };
        if left == 0 {
            visit(&Part {
                is_cut_short: true,
                ..Part::new(plain, &|path| path.push_str("→base64"))
            });
            return;
        }
        left -= 1;
        if text.get(end) == Some(&b'.') && plain.trim_ascii_start().starts_with(b"{") {
            show(plain, run, "→jwt.header", visit);
            from = claims(text, end, work, visit);
        } else {
            show(plain, run, "→base64", visit);
        }
    }
}

/// Shows what a run hides, and which run that was.
fn show(plain: Vec<u8>, run: &[u8], label: &str, visit: Visit<'_>) {
    let label: Label<'_> = &|path| path.push_str(label);
    visit(&Part {
        source: Some(run),
        ..Part::new(plain, label)
    });
}

/// What is behind a mark by which it is base64, however short: `Basic`, `;base64,`. Where that ends.
fn marked(text: &[u8], work: &Cell<usize>, visit: Visit<'_>) -> usize {
    let is_basic = text
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"basic"));
    let is_data = text
        .get(..5)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"data:"));
    let start = if is_basic {
        let blanks = text[5..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        (blanks > 0).then_some(5 + blanks)
    } else if is_data {
        memchr::memmem::find(text, DATA).map(|at| at + DATA.len())
    } else {
        None
    };
    let Some(start) = start else {
        return 0;
    };
    let end = start + run_length(&text[start..]);
    let Some(plain) = skipping(&text[start..end], 2, work) else {
        return start;
    };
    if is_basic {
        credentials(&plain, visit);
    }
    let label = if is_basic { "→basic" } else { "→base64" };
    show(plain, &text[start..end], label, visit);
    end
}

/// Whether it is the content of a mail: lines below other lines. No code takes it out but a reader of mails.
fn is_of_mail(text: &[u8], start: usize, run: &[u8]) -> bool {
    text[..start].ends_with(b"\n") && memchr::memchr(b'\n', run).is_some()
}

/// What a run hides. A signature of Rails stands behind two dashes, which base64 for URLs may have too.
fn of_run(run: &[u8], work: &Cell<usize>) -> Option<Vec<u8>> {
    let before_dashes = memchr::memmem::find(run, b"--").map(|end| &run[..end]);
    let signed = before_dashes.and_then(|value| skipping(value, LONG, work));
    signed.or_else(|| skipping(run, LONG, work))
}

/// The second part of a token, at `at`; where it ends.
fn claims(text: &[u8], at: usize, work: &Cell<usize>, visit: Visit<'_>) -> usize {
    let start = text.len().min(at + 1);
    let end = start + run_length(&text[start..]);
    work.set(work.get() + COST * (end - start));
    if let Some(plain) = base64_text(&text[start..end]) {
        show(plain, &text[start..end], "→jwt.claims", visit);
    }
    end
}

/// `name:password` (RFC 7617).
fn credentials(plain: &[u8], visit: Visit<'_>) {
    let Some(colon) = memchr::memchr(b':', plain) else {
        return;
    };
    let (name, password) = (&plain[..colon], &plain[colon + 1..]);
    for (text, label) in [(name, "→basic.name"), (password, "→basic.password")] {
        let label: Label<'_> = &|path| path.push_str(label);
        visit(&Part::new(text, label));
    }
}

/// The next run of letters that is long, and stands where one may begin.
fn run_from(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let is_other = |byte: &u8| sextet(*byte).is_none();
    let mut at = from;
    loop {
        // Of places that are as far apart as a run is long one is in it.
        let probe = at + LONG - 1;
        if is_other(text.get(probe)?) {
            at = probe + 1;
            continue;
        }
        let before = text[at..probe].iter().rposition(is_other);
        let start = before.map_or(at, |found| at + found + 1);
        let end = start + run_length(&text[start..]);
        if end - start >= LONG && begins_run(text, start) {
            return Some((start, end));
        }
        at = end;
    }
}

fn begins_run(text: &[u8], start: usize) -> bool {
    let before = start.checked_sub(1).map(|at| text[at]);
    before.is_none_or(|byte| byte.is_ascii_whitespace() || b",.|:;\"'(<>".contains(&byte))
}

/// Letters of base64 at the start of a text, the lines of a mail too, and the signs that fill it up.
fn run_length(text: &[u8]) -> usize {
    let letters_at = |at: usize| {
        text[at..]
            .iter()
            .take_while(|byte| sextet(**byte).is_some())
            .count()
    };
    let mut line = letters_at(0);
    let mut end = line;
    while line >= SHORTEST_LINE {
        let next = match text[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [b'\n', ..] => end + 1,
            _ => break,
        };
        line = letters_at(next);
        if line == 0 {
            break;
        }
        end = next + line;
    }
    let filling = text[end..].iter().take_while(|byte| **byte == b'=');
    end + filling.take(2).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths and the texts.
    fn shown(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        runs(text.as_bytes(), &Cell::new(0), &mut |part| {
            let mut path = String::new();
            (part.label)(&mut path);
            found.push((path, String::from_utf8_lossy(&part.text).into_owned()));
        });
        found
    }

    #[test]
    fn base64_in_a_text_is_shown() {
        let union = "JyB1bmlvbiBzZWxlY3Qg"; // `' union select `
        let lines = format!("{}' union select ", "' u".repeat(19));
        let rows: &[(String, &[(&str, &str)])] = &[
            (
                "Basic dTonIG9yICcxJz0nMQ==".to_owned(),
                &[
                    ("→basic.name", "u"),
                    ("→basic.password", "' or '1'='1"),
                    ("→basic", "u:' or '1'='1"),
                ],
            ),
            (
                "basic YTonLS0=".to_owned(),
                &[
                    ("→basic.name", "a"),
                    ("→basic.password", "'--"),
                    ("→basic", "a:'--"),
                ],
            ),
            (
                format!("data:text/plain;base64,{union}"),
                &[("→base64", "' union select ")],
            ),
            (format!("v1.{union}"), &[("→base64", "' union select ")]),
            (
                format!("{union}--abcdef0123456789"),
                &[("→base64", "' union select ")],
            ),
            (
                format!("{union}|1234|abcdef"),
                &[("→base64", "' union select ")],
            ),
            (
                format!("{union}:1abcde:{union}"),
                &[
                    ("→base64", "' union select "),
                    ("→base64", "' union select "),
                ],
            ),
            (
                "JyB1 bmlv biBz ZWxl Y3Qg".to_owned(),
                &[("→base64", "' union select ")],
            ),
            (
                "JyB1*bmlv!biBz\r\n ZWxl;Y3Qg".to_owned(),
                &[("→base64", "' union select ")],
            ),
            (
                "Bearer\teyJhbGciOiJub25lIn0.eyJzdWIiOiAiYSdiIn0.c2ln".to_owned(),
                &[
                    ("→jwt.claims", r#"{"sub": "a'b"}"#),
                    ("→jwt.header", r#"{"alg":"none"}"#),
                ],
            ),
            (
                "JWT:IHsiYWxnIjoibm9uZSJ9.eyJhIjoxfQ.".to_owned(),
                &[
                    ("→jwt.claims", r#"{"a":1}"#),
                    ("→jwt.header", r#" {"alg":"none"}"#),
                ],
            ),
            (
                "an internationalization of a conceptualization".to_owned(),
                &[],
            ),
            (
                "id 123e4567-e89b-12d3-a456-426614174000 and more".to_owned(),
                &[],
            ),
            (
                "/usr/local/share/applications/mimeinfo.cache".to_owned(),
                &[],
            ),
            (
                "It is late, is it not? We will meet at 5, as always.".to_owned(),
                &[],
            ),
            (
                "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                    .to_owned(),
                &[],
            ),
            (
                format!("Subject: x\r\n\r\n{}\r\n{union}\r\n", "JyB1".repeat(19)),
                &[],
            ),
            (
                format!("x: {}\r\n{union}\r\n", "JyB1".repeat(19)),
                &[("→base64", &lines)],
            ),
            ("Basic auth".to_owned(), &[]),
            (String::new(), &[]),
        ];
        for (text, expected) in rows {
            let found = shown(text);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|(path, text)| (&**path, &**text))
                .collect();
            let is_there = expected.iter().all(|one| found.contains(one));
            assert!(
                is_there && found.is_empty() == expected.is_empty(),
                "{text}: {found:?}"
            );
        }
    }
}
