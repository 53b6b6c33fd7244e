//! The values of an event by their names: its leaves, the leaves of JSON in them and the pairs of a form.
//!
//! Sees:         texts, numbers, `true` and `false` at any place; JSON in texts, forms in `body`, both also in base64
//!               where senders put any bytes
//! Does not see: `null`; what stands below more than 12 steps or three texts; multipart, XML, cookies, the query as one
//!               text (its values have names beside it); values in other spellings than the one that was sent

use super::encodings::{any_base64, percent_decoded, standard_length};
use super::fields::{is_binary_field, is_body};
use super::path::{Label, push_key, push_trail};
use super::place::{is_usual_name, parameter};
use super::record_number::{Topics, record_of};
use crate::json::{Leaf, Step, walk};
use std::borrow::Cow;

/// Steps of a name; of a longer trail the middle would be left out.
const MOST_STEPS: usize = 12;
/// Texts in texts are opened this deep.
const MOST_LAYERS: u8 = 3;

/// A value, and what it is called.
pub(crate) struct Named<'v> {
    /// One for all names of a parameter, with `[*]` for each index.
    pub(crate) name: &'v str,
    pub(crate) text: &'v [u8],
    /// Whether it is an object or a list, written as a text.
    pub(crate) is_json: bool,
    /// The number of the batch's record that it belongs to.
    pub(crate) record: Option<usize>,
    path: Label<'v>,
}

impl Named<'_> {
    /// Where it was: `Records[0].body→$.q`.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        (self.path)(&mut path);
        path
    }

    /// The name of the object or the list that it stands in.
    pub(crate) fn above(&self) -> &str {
        above(self.name)
    }
}

/// The name of what holds the values of a name.
pub(crate) fn above(name: &str) -> &str {
    name.rfind(['.', '[', '→']).map_or("", |at| &name[..at])
}

type Visit<'v> = &'v mut dyn FnMut(&Named<'_>);

/// Shows the values, each behind those that stand in it.
pub(super) fn named(event: &[u8], visit: Visit<'_>) {
    let mut reader = Reader {
        name: String::new(),
        record: None,
        topics: Topics::default(),
        visit,
    };
    // An event with a fault reaches no handler: what was shown until there does no harm.
    let _ = walk(event, |trail, leaf| reader.take(trail, leaf));
}

struct Reader<'v> {
    /// The name of what is read now.
    name: String,
    record: Option<usize>,
    topics: Topics,
    visit: Visit<'v>,
}

impl Reader<'_> {
    fn take(&mut self, trail: &[Step<'_>], leaf: Leaf<'_>) {
        self.topics.notice(trail, leaf);
        let Some(text) = text_of(leaf).filter(|_| trail.len() <= MOST_STEPS) else {
            return;
        };
        self.record = record_of(trail, &self.topics);
        self.name.clear();
        push_steps(&mut self.name, "", trail);
        if let Cow::Owned(name) = parameter(&self.name) {
            self.name = name;
        }
        let label: Label<'_> = &|path| push_trail(path, "", trail);
        let is_json = matches!(leaf, Leaf::Text(_)) && self.open(trail, text, label);
        self.show(text, is_json, label);
    }

    fn show(&mut self, text: &[u8], is_json: bool, path: Label<'_>) {
        (self.visit)(&Named {
            name: &self.name,
            text,
            is_json,
            record: self.record,
            path,
        });
    }

    /// Shows what stands in the text of a leaf. True where that is JSON.
    fn open(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) -> bool {
        let is_body = is_body(trail);
        if begins_json(text) {
            return self.leaves(text, 1, path);
        }
        if is_binary_field(trail) {
            if let Some(plain) = encoded(text) {
                let inner: Label<'_> = &|written| {
                    path(written);
                    written.push_str("→base64");
                };
                let end = self.name.len();
                // What AWS encodes of a body has the names that it has in a plain one.
                self.name.push_str(if is_body { "" } else { "→base64" });
                if begins_json(&plain) {
                    self.leaves(&plain, 1, inner);
                } else if is_body {
                    self.form(&plain, inner);
                }
                self.name.truncate(end);
                return false;
            }
        }
        if is_body {
            self.form(text, path);
        }
        false
    }

    /// Shows the leaves of a text; true where it is JSON.
    fn leaves(&mut self, text: &[u8], layer: u8, path: Label<'_>) -> bool {
        let outer = self.name.len();
        let outcome = walk(text, |trail, leaf| {
            let Some(text) = text_of(leaf).filter(|_| trail.len() <= MOST_STEPS) else {
                return;
            };
            self.name.push('→');
            push_steps(&mut self.name, "$", trail);
            let label: Label<'_> = &|written| {
                path(written);
                written.push('→');
                push_trail(written, "$", trail);
            };
            let opens = layer < MOST_LAYERS && matches!(leaf, Leaf::Text(_)) && begins_json(text);
            let is_json = opens && self.leaves(text, layer + 1, label);
            self.show(text, is_json, label);
            self.name.truncate(outer);
        });
        outcome.is_ok()
    }

    /// Shows the pairs of a form whose names are some.
    fn form(&mut self, text: &[u8], path: Label<'_>) {
        if memchr::memchr(b'=', text).is_none() || memchr::memchr2(b'\n', b'<', text).is_some() {
            return;
        }
        let outer = self.name.len();
        for pair in text.split(|byte| *byte == b'&') {
            let Some(at) = memchr::memchr(b'=', pair) else {
                continue;
            };
            let (key, value) = (pair[..at].trim_ascii(), &pair[at + 1..]);
            let mut name = String::new();
            push_key(&mut name, key);
            if !is_usual_name(&name) {
                continue;
            }
            self.name.push_str("→form.");
            self.name.push_str(&without_indexes(&name));
            let label: Label<'_> = &|written| {
                path(written);
                written.push_str("→form.");
                written.push_str(&name);
            };
            self.show(&form_value(value), false, label);
            self.name.truncate(outer);
        }
    }
}

fn text_of(leaf: Leaf<'_>) -> Option<&[u8]> {
    match leaf {
        Leaf::Text(text) => Some(text),
        Leaf::True => Some(b"true"),
        Leaf::Other(b"null") | Leaf::Key(_) => None,
        Leaf::Other(word) => Some(word),
    }
}

fn begins_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// The bytes that standard base64 is of.
fn encoded(text: &[u8]) -> Option<Vec<u8>> {
    let is_whole = text.len() % 4 == 0 && standard_length(text) == text.len();
    is_whole.then(|| any_base64(text)).flatten()
}

fn form_value(value: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'+', b'%', value).is_none() {
        return value.into();
    }
    let blank = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Vec<u8> = value.iter().map(blank).collect();
    percent_decoded(&spaced).unwrap_or(spaced).into()
}

/// Appends a trail with `[*]` for each index.
fn push_steps(name: &mut String, root: &str, trail: &[Step<'_>]) {
    let from = name.len();
    name.push_str(root);
    for step in trail {
        match step {
            Step::Index(_) => name.push_str("[*]"),
            Step::Key(key) => {
                if name.len() > from {
                    name.push('.');
                }
                push_key(name, key);
            }
        }
    }
    if name.len() == from {
        name.push('$');
    }
}

/// The path with `[*]` in the place of each index.
pub(crate) fn without_indexes(path: &str) -> String {
    let mut parts = path.split('[');
    let mut general = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let is_index = digits > 0 && part[digits..].starts_with(']');
        general.push_str(if is_index { "[*" } else { "[" });
        general.push_str(if is_index { &part[digits..] } else { part });
    }
    general
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of texts of two letters and more, which are all inputs.
    const EVENTS: [&str; 9] = [
        r#"{"body": "{\"a\": [\"bc\", {\"d\": \"ef\"}], \"g\": \"{\\\"h\\\": \\\"ij\\\"}\"}", "headers": {"X-A": "bc"}}"#,
        r#"{"body": "a=bc&d%5B%5D=e+f&g[0]=hi&j=%C3%A9", "queryStringParameters": {"q": "a+b"}}"#,
        r#"{"body": "eyJhIjogWyJiYyJdfQ==", "isBase64Encoded": "yes"}"#,
        r#"{"body": "YT1iYyZkPWVm", "multiValueHeaders": {"X-A": ["bc", "de"]}}"#,
        r#"{"Records": [{"body": "{\"a\": \"bc\"}", "messageId": "de"}, {"body": "[\"fg\"]"}], "after": "hi"}"#,
        r#"{"Records": [{"kinesis": {"data": "eyJhIjogImJjIn0=", "partitionKey": "de"}}]}"#,
        r#"{"records": {"t-0": [{"value": "eyJhIjogImJjIn0="}], "t-1": [{"value": "eyJhIjogImRlIn0="}, {"topic": "fg"}]}}"#,
        r#"["ab", ["cd"], {"e.f": "gh", "→": "ij"}]"#,
        r#""ab""#,
    ];

    #[test]
    fn each_value_of_a_name_is_an_input_of_that_name() {
        for event in EVENTS {
            let decoded = crate::inputs::decode(event.as_bytes());
            let mut count = 0;
            decoded.named(&mut |value| {
                count += 1;
                let path = value.path();
                let mut inputs = decoded.inputs();
                let input = inputs.find(|one| one.path() == path && one.text() == value.text);
                let input = input.unwrap_or_else(|| panic!("{event}: {path}"));
                assert_eq!(input.record(), value.record, "{event}: {path}");
                let name = without_indexes(&parameter(&crate::inputs::place(&path)));
                assert_eq!(name, parameter(value.name), "{event}: {path}");
            });
            assert!(count > 0, "{event}");
        }
    }

    #[test]
    fn an_index_is_any_index_and_nothing_else_is() {
        let rows = [
            ("Records[2].body→$.q", "Records[*].body→$.q"),
            ("[0][17]", "[*][*]"),
            ("body→$.user[name]", "body→$.user[name]"),
            ("a[1b]", "a[1b]"),
            ("a[]", "a[]"),
            ("a[1", "a[1"),
            ("", ""),
        ];
        for (path, expected) in rows {
            assert_eq!(without_indexes(path), expected);
        }
    }
}
