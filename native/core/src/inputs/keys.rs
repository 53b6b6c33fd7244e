//! Which names of values are read as values are: those that hold what names usually don't.

use crate::dangerous_global::is_dangerous_global;
use crate::json::{Leaf, Step};
use std::borrow::Cow;

/// A key that holds what keys usually don't; and, with the key above it, the one that leads to JavaScript's prototypes.
pub(super) fn unusual_key<'t>(trail: &[Step<'_>], key: &'t [u8]) -> Option<Cow<'t, [u8]>> {
    if let Some(Step::Key(above)) = trail.last() {
        if **above == *b"constructor" && key == b"prototype" {
            return Some(b"constructor.prototype"[..].into());
        }
        if is_secret(above) && is_one_of(&COMPARING, key) {
            return Some([&**above, b".", key].concat().into());
        }
        if is_secret(above) && is_one_of(&DIFFERING, key) {
            return Some([b"\"", &**above, b"\": {\"", key, b"\":"].concat().into());
        }
    }
    if key.starts_with(b"&") {
        return Some([b"{\"", key, b"\":}"].concat().into());
    }
    let makes_object = key.starts_with(b"py/") || key.starts_with(b"ruby/") || key == b"json_class";
    let is_path = key.starts_with(b"constructor.");
    (makes_object || is_path || is_odd_name(key, &USUAL_IN_KEYS)).then_some(key.into())
}

/// Keys by which readers of JSON are told which class to make: Jackson, fastjson, Json.NET, Flexjson.
const TYPES: [&[u8]; 6] = [
    b"@type",
    b"@class",
    b"$type",
    b"__type",
    b"javaClass",
    b"className",
];
/// Keys by which jsonpickle is told what to make or to call.
const OBJECTS: [&[u8]; 4] = [b"py/object", b"py/type", b"py/function", b"py/class"];
/// Bytes of a class's name that are shown.
const MOST_CLASS_BYTES: usize = 512;

/// What a value and its key say together: `"@type": "java.net.URL"`. A global of Python's is told as in a pickle.
pub(super) fn named_value(trail: &[Step<'_>], text: &[u8]) -> Option<Vec<u8>> {
    let Some(Step::Key(key)) = trail.last() else {
        return None;
    };
    if OBJECTS.contains(&&**key) {
        let name = std::str::from_utf8(text).ok()?;
        let (module, last) = name.rsplit_once('.')?;
        return is_dangerous_global(name).then(|| as_global(&format!("{module} {last}")));
    }
    let shown = &text[..text.len().min(MOST_CLASS_BYTES)];
    let quoted = || [b"\"", &**key, b"\": \"", shown, b"\""].concat();
    TYPES.contains(&&**key).then(quoted)
}

/// A global that a pickle asks for, as `pickletools` writes it.
pub(super) fn as_global(name: &str) -> Vec<u8> {
    format!("GLOBAL '{name}'").into_bytes()
}

/// Watches lists for steps of a path that leads to JavaScript's prototypes: `["constructor", "prototype", "x"]`.
#[derive(Debug, Default)]
pub(super) struct ListPath {
    is_behind_constructor: bool,
}

impl ListPath {
    /// The key that a leaf stands for as the step of such a path.
    pub(super) fn notice(&mut self, trail: &[Step<'_>], leaf: Leaf<'_>) -> Option<&'static [u8]> {
        let was_constructor = std::mem::take(&mut self.is_behind_constructor);
        let (Some(Step::Index(_)), Leaf::Text(text)) = (trail.last(), leaf) else {
            return None;
        };
        self.is_behind_constructor = text == b"constructor";
        match text {
            b"__proto__" => Some(b"__proto__"),
            b"prototype" if was_constructor => Some(b"constructor.prototype"),
            _ => None,
        }
    }
}

/// What an object mapper compares with, as a key below the field.
const COMPARING: [&[u8]; 8] = [
    b"like",
    b"ilike",
    b"contains",
    b"regexp",
    b"substring",
    b"startswith",
    b"endswith",
    b"notlike",
];
const SECRETS: [&[u8]; 6] = [b"password", b"passwd", b"pwd", b"token", b"secret", b"hash"];

/// Likewise, by which it asks for another value than the one that it is given.
const DIFFERING: [&[u8]; 9] = [
    b"not", b"gt", b"gte", b"lt", b"lte", b"neq", b"ne", b"notin", b"nregexp",
];

/// `{"password": {"like": …}}`: a filter on what the sender does not know.
fn is_secret(above: &[u8]) -> bool {
    SECRETS.iter().any(|word| {
        let end = above.len().saturating_sub(word.len());
        above[end..].eq_ignore_ascii_case(word)
    })
}

fn is_one_of(words: &[&[u8]], key: &[u8]) -> bool {
    words.iter().any(|word| key.eq_ignore_ascii_case(word))
}

/// What each byte is in a name.
pub(super) type Usual = [u8; 256];

const ODD: u8 = 1;
/// Usual, but not twice in a row.
const ODD_TWICE: u8 = 2;

static USUAL_IN_KEYS: Usual = usual(b"_-.:/");

/// Letters, digits and `signs`.
pub(super) const fn usual(signs: &[u8]) -> Usual {
    let mut usual = [ODD; 256];
    let mut byte = 0;
    while byte < 128 {
        if (byte as u8).is_ascii_alphanumeric() {
            usual[byte] = 0;
        }
        byte += 1;
    }
    let mut at = 0;
    while at < signs.len() {
        let is_odd_twice = matches!(signs[at], b'.' | b'_');
        usual[signs[at] as usize] = if is_odd_twice { ODD_TWICE } else { 0 };
        at += 1;
    }
    usual
}

/// Is there another sign than `usual` ones, may the name climb or start at the root, or is it one of a language's own?
pub(super) fn is_odd_name(name: &[u8], usual: &Usual) -> bool {
    let all = name
        .iter()
        .fold(0, |all, byte| all | usual[usize::from(*byte)]);
    let is_twice = || name.windows(2).any(|pair| pair == b".." || pair == b"__");
    all & ODD != 0 || name.starts_with(b"/") || all & ODD_TWICE != 0 && is_twice()
}
