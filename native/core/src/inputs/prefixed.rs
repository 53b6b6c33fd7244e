//! What stands behind a prefix that code takes away: JSON of JSONP, JSON behind a guard, cookies of Express.

use super::parts::{Part, Visit};
use super::path::Label;

/// Bytes of the name of a function that JSONP calls.
const MOST_NAME_BYTES: usize = 128;
/// What stands in front of JSON so that no page can run it.
const GUARDS: [&[u8]; 5] = [b")]}',", b")]}'", b"while(1);", b"for(;;);", b"{}&&"];

/// Shows what is behind the prefix of a text that has one.
pub(super) fn behind_prefix(text: &[u8], visit: Visit<'_>) {
    if let Some(json) = called_with(text).or_else(|| behind_guard(text)) {
        let label: Label<'_> = &|path| path.push_str("→json");
        visit(&Part::new(json, label));
    }
    if let Some(value) = of_express(text) {
        let label: Label<'_> = &|path| path.push_str("→cookie");
        visit(&Part::new(value, label));
    }
}

/// `{…}` of `name({…});`.
fn called_with(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"/**/").unwrap_or(text).trim_ascii();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$.[]'\"".contains(byte);
    let end = text
        .iter()
        .take(MOST_NAME_BYTES)
        .position(|byte| !is_name(byte))?;
    let inner = text[end..].strip_prefix(b"(")?;
    let inner = inner.strip_suffix(b";").unwrap_or(inner).trim_ascii_end();
    json(inner.strip_suffix(b")")?).filter(|_| end > 0)
}

fn behind_guard(text: &[u8]) -> Option<&[u8]> {
    let rest = |guard: &&[u8]| text.strip_prefix(*guard);
    json(GUARDS.iter().find_map(rest)?)
}

fn json(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    matches!(text.first(), Some(b'{' | b'[')).then_some(text)
}

/// `j:{…}`, and `s:value.signature`, of cookies.
fn of_express(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'j', b':', rest @ ..] => json(rest),
        [b's', b':', rest @ ..] => Some(&rest[..memchr::memrchr(b'.', rest)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_a_prefix_is_shown() {
        let rows = [
            ("cb({\"a\": 1})", Some("{\"a\": 1}")),
            ("/**/a.b[1]([1]);", Some("[1]")),
            (")]}',\n{\"a\": 1}", Some("{\"a\": 1}")),
            ("while(1);[1]", Some("[1]")),
            ("j:{\"a\": 1}", Some("{\"a\": 1}")),
            ("s:j:{\"a\": 1}.c2ln", Some("j:{\"a\": 1}")),
            ("s:x' or 1.c2ln", Some("x' or 1")),
            ("f(1)", None),
            ("({\"a\": 1})", None),
            ("j:a", None),
            ("see f({x}) there", None),
            ("", None),
        ];
        for (text, expected) in rows {
            let mut shown = None;
            behind_prefix(text.as_bytes(), &mut |part| {
                shown = Some(String::from_utf8_lossy(&part.text).into_owned());
            });
            assert_eq!(shown.as_deref(), expected, "{text}");
        }
    }
}
