//! What code usually makes of a text before it uses it: decoded, or cut out.

use super::encodings::{base64_text, percent_decoded};
use super::{MOST_INPUTS, has_syntax, path_of};
use crate::json::{Leaf, walk};

/// Texts longer than this are decoded whole, but not cut into words and segments.
const MOST_CUT_BYTES: usize = 16 << 10;
/// Segments that are cut out of one text.
const MOST_SEGMENTS: usize = 64;

/// A text that another one holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Behind the path of the whole: `→$.q`.
    pub(super) label: String,
    pub(super) text: Vec<u8>,
    /// Whether it stands in the whole as it is, so that who reads the whole has read it.
    pub(super) is_cut: bool,
}

/// The texts that `text` holds, one layer deep.
pub(super) fn parts(text: &[u8]) -> Vec<Part> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if let (Some(b'{' | b'['), Some(leaves)) = (first, leaves(text)) {
        return leaves;
    }
    let mut found = Vec::new();
    let decoded = |label: &str, text| Part {
        label: label.to_owned(),
        text,
        is_cut: false,
    };
    found.extend(base64_text(text).map(|text| decoded("→base64", text)));
    if !has_syntax(text, b"") {
        return found;
    }
    found.extend(percent_decoded(text).map(|text| decoded("→url", text)));
    add_form(text, &mut found);
    if text.len() <= MOST_CUT_BYTES {
        add_token(text, &mut found);
        add_segments(text, &mut found);
    }
    let trimmed = text.trim_ascii();
    if trimmed.len() < text.len() {
        found.push(Part {
            label: "→trimmed".to_owned(),
            text: trimmed.to_vec(),
            is_cut: true,
        });
    }
    found
}

fn leaves(text: &[u8]) -> Option<Vec<Part>> {
    let mut found = Vec::new();
    let outcome = walk(text, |trail, leaf| {
        if found.len() >= MOST_INPUTS {
            return;
        }
        let path = || path_of("$", trail);
        match leaf {
            Leaf::Text(text) => {
                found.push(Part {
                    label: format!("→{}", path()),
                    text: text.into_owned(),
                    is_cut: false,
                });
            }
            Leaf::Key(key) if has_syntax(&key, b"-.$:/") => {
                let label = format!("→{}#key", path());
                found.push(Part {
                    label,
                    text: key.into_owned(),
                    is_cut: false,
                });
            }
            _ => {}
        }
    });
    outcome.ok().map(|()| found)
}

/// `a=1&b=2` and `a=1; b=2`: forms, queries of URLs, cookies; however unescaped.
fn add_form(text: &[u8], found: &mut Vec<Part>) {
    // `=` at the end only is base64's.
    let inner = text.trim_ascii_end();
    let end = inner
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    if memchr::memchr(b'=', &inner[..end]).is_none() {
        return;
    }
    for pair in text
        .split(|byte| matches!(byte, b'&' | b';'))
        .take(MOST_INPUTS)
    {
        let Some(at) = memchr::memchr(b'=', pair) else {
            continue;
        };
        let (key, value) = (pair[..at].trim_ascii(), &pair[at + 1..]);
        let shown = String::from_utf8_lossy(&key[..key.len().min(64)]).into_owned();
        found.push(form_part(format!("→form.{shown}"), value));
        if has_syntax(key, b"-.$:/[]?") {
            found.push(form_part(format!("→form.{shown}#key"), key));
        }
    }
}

fn form_part(label: String, text: &[u8]) -> Part {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let plain = percent_decoded(&spaced).unwrap_or(spaced);
    let is_cut = plain == text;
    Part {
        label,
        text: plain,
        is_cut,
    }
}

/// A JSON web token (RFC 7519), alone or behind `Bearer`: its header and its claims.
fn add_token(text: &[u8], found: &mut Vec<Part>) {
    let token = text.rsplit(|byte| *byte == b' ').next().unwrap_or(text);
    if !token.starts_with(b"eyJ") {
        return;
    }
    for (part, name) in token.split(|byte| *byte == b'.').zip(["header", "claims"]) {
        let label = format!("→jwt.{name}");
        found.extend(base64_text(part).map(|text| Part {
            label,
            text,
            is_cut: false,
        }));
    }
}

/// `/orders/x'--/items`: what code takes out of a path.
fn add_segments(text: &[u8], found: &mut Vec<Part>) {
    if memchr::memchr(b'/', text).is_none() {
        return;
    }
    let path = text.split(|byte| *byte == b'?').next().unwrap_or(text);
    let segments = path
        .split(|byte| *byte == b'/')
        .take(MOST_SEGMENTS)
        .enumerate();
    for (at, segment) in segments.filter(|(_, segment)| has_syntax(segment, b"-.")) {
        let label = format!("→segment[{at}]");
        found.push(Part {
            label,
            text: segment.to_vec(),
            is_cut: true,
        });
    }
}
