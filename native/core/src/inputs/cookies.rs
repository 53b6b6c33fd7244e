//! The cookies of a header, one by one: what stands in one of them is not read with the others.

use super::form::is_odd_key;
use super::parts::{Part, Visit};
use super::path::{Label, push_key};
use crate::json::Step;

/// Whether a leaf holds what a `Cookie` header holds.
pub(super) fn is_cookies(trail: &[Step<'_>]) -> bool {
    let is_header = |above: &[u8], name: &[u8]| {
        name.eq_ignore_ascii_case(b"cookie")
            && (above == b"headers" || above == b"multiValueHeaders")
    };
    match trail {
        [Step::Key(list), Step::Index(_)] => **list == *b"cookies",
        [.., Step::Key(above), Step::Key(name)]
        | [.., Step::Key(above), Step::Key(name), Step::Index(_)]
        | [
            ..,
            Step::Key(above),
            Step::Key(name),
            Step::Index(_),
            Step::Key(_),
        ] => is_header(above, name),
        _ => false,
    }
}

/// Shows each cookie's value, and names that hold what names usually don't; what has no name, too.
pub(super) fn cookies(text: &[u8], visit: Visit<'_>) {
    for cookie in text.split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
        let at = memchr::memchr(b'=', cookie);
        let (name, value) = at.map_or((&b""[..], cookie), |at| (&cookie[..at], &cookie[at + 1..]));
        let (name, value) = (name.trim_ascii(), value.trim_ascii());
        let label: Label<'_> = &|path| {
            path.push_str("→form.");
            push_key(path, name);
        };
        let own = |text, label| Part {
            is_covered: false,
            ..Part::slice(text, label)
        };
        visit(&own(value, label));
        if is_odd_key(name) {
            let label: Label<'_> = &|path| {
                label(path);
                path.push_str("#key");
            };
            visit(&Part {
                is_key: true,
                ..own(name, label)
            });
        }
    }
}
