//! Does an input bring operators into a filter of a document database?
//!
//! Injection: an object of the input with a key that begins with `$` stands in the filter (also made of
//! `name[$ne]=1`, and of a text that is JSON); a text closes its literal in a filter that is written as text; a
//! text changes the code in `$where`, `$function` or `$accumulator`; a text like `$password` stands where an
//! expression of a pipeline or of `$expr` takes it for a field.
//! Safe: any text that is a value (`{"name": "{$ne: 1}"}`); operators that the code wrote.
//! Not seen: an operator that was renamed on the way; a field or collection by its name alone (`"$" + name`, `from`
//! of `$lookup`), as with columns and tables of SQL; regular expressions that are slow.

use serde_json::Value;

use super::Change;
use super::code::{Language, code};

/// Keys whose text is JavaScript that the database runs.
const CODE: [&str; 2] = ["$where", "$function"];

/// The same, in the objects of these keys.
const PARTS: [(&str, &[&str]); 2] = [
    ("$function", &["body"]),
    ("$accumulator", &["init", "accumulate", "merge", "finalize"]),
];

/// Reads a filter once for all inputs; none where it is text of the driver's language.
pub fn filter_of(text: &[u8]) -> Option<Value> {
    serde_json::from_slice(text).ok()
}

/// Says whether an object of `input`, a JSON value, brought its operators into `filter`.
pub fn operators(filter: Option<&Value>, input: &[u8]) -> Option<&'static str> {
    let filter = filter?;
    let input: Value = serde_json::from_slice(input).ok()?;
    let mut brought = Vec::new();
    gather(&input, &mut brought);
    brought.sort_unstable();
    brought.dedup();
    brought.truncate(MOST_OBJECTS);
    has_object_with_any(filter, &brought).then_some("brings an operator")
}

/// A filter that was read once for all inputs of an event.
pub struct Filter(Option<Value>);

impl Filter {
    /// Reads a filter; text of the driver's language is code as a whole.
    pub fn read(text: &[u8]) -> Filter {
        Filter(filter_of(text))
    }
}

/// Says whether one input of an event, a key or a text, does more in a filter than fill a place for a value.
pub fn in_filter(text: &[u8], filter: &Filter, input: &[u8], is_key: bool) -> Option<&'static str> {
    if let (Some(value), Ok(spelled)) = (&filter.0, std::str::from_utf8(input)) {
        let mut brought = Vec::new();
        if is_key && spelled.starts_with('$') {
            brought.push(vec![spelled.to_owned()]);
        } else {
            in_brackets(spelled, &mut brought);
        }
        brought.sort_unstable();
        if has_object_with_any(value, &brought) {
            return Some("brings an operator");
        }
    }
    nosql(text, filter.0.as_ref(), input).map(|change| change.reason)
}

/// Says where `input` leaves its place in a filter.
pub fn nosql(filter: &[u8], parsed: Option<&Value>, input: &[u8]) -> Option<Change> {
    match parsed {
        Some(value) => in_code(value, input, &[]).or_else(|| as_field(value, input)),
        None => code(filter, input, Language::JavaScript),
    }
}

fn in_code(value: &Value, input: &[u8], parts: &[&str]) -> Option<Change> {
    match value {
        Value::Object(members) => members.iter().find_map(|(key, member)| match member {
            Value::String(text) if CODE.contains(&&**key) || parts.contains(&&**key) => {
                code(text.as_bytes(), input, Language::JavaScript)
            }
            Value::String(_) => None,
            _ => in_code(member, input, parts_of(key)),
        }),
        Value::Array(items) => items.iter().find_map(|item| in_code(item, input, parts)),
        _ => None,
    }
}

/// Below these keys a text that begins with `$` is a field.
const EXPRESSIONS: [&str; 15] = [
    "$addFields",
    "$bucket",
    "$bucketAuto",
    "$expr",
    "$fill",
    "$graphLookup",
    "$group",
    "$project",
    "$redact",
    "$replaceRoot",
    "$replaceWith",
    "$setWindowFields",
    "$sortByCount",
    "$unwind",
    "let",
];

/// An input that names a field of the documents where a value belongs.
fn as_field(filter: &Value, input: &[u8]) -> Option<Change> {
    let is_field =
        matches!(input, [b'$', first, ..] if first.is_ascii_alphabetic() || b"_$".contains(first));
    let text = std::str::from_utf8(input).ok().filter(|_| is_field)?;
    let is_pipeline = filter.is_array();
    is_expressed(filter, text, is_pipeline, false).then_some(Change {
        reason: "names a field in the place of a value",
        start: 0,
        end: input.len(),
    })
}

/// Does `text` stand in an expression? `$set` has some in pipelines only.
fn is_expressed(value: &Value, text: &str, is_pipeline: bool, is_inside: bool) -> bool {
    match value {
        Value::String(one) => is_inside && one == text,
        Value::Array(items) => items
            .iter()
            .any(|item| is_expressed(item, text, is_pipeline, is_inside)),
        Value::Object(members) => members.iter().any(|(key, member)| {
            let begins = EXPRESSIONS.contains(&&**key) || (is_pipeline && key == "$set");
            key != "$literal" && is_expressed(member, text, is_pipeline, is_inside || begins)
        }),
        _ => false,
    }
}

/// More objects of operators than this are not compared.
const MOST_OBJECTS: usize = 4096;

/// Which members of an object with this key are code.
fn parts_of(key: &str) -> &'static [&'static str] {
    let found = PARTS.iter().find(|(owner, _)| *owner == key);
    found.map_or(&[], |(_, parts)| parts)
}

/// The operators of each object in the input, with those in brackets of a form's names.
fn gather(input: &Value, brought: &mut Vec<Vec<String>>) {
    match input {
        Value::Object(members) => {
            let own = |key: &&String| key.starts_with('$');
            let keys: Vec<String> = members.keys().filter(own).cloned().collect();
            brought.extend((!keys.is_empty()).then_some(keys));
            members.keys().for_each(|key| in_brackets(key, brought));
            members.values().for_each(|member| gather(member, brought));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, brought)),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => gather(&inner, brought),
            _ => in_brackets(text, brought),
        },
        _ => {}
    }
}

fn in_brackets(text: &str, brought: &mut Vec<Vec<String>>) {
    let spelled = text
        .replace("%24", "$")
        .replace("%5B", "[")
        .replace("%5b", "[");
    let after = spelled.split("[$").skip(1);
    brought.extend(after.filter_map(|rest| {
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let ends = rest[length..].starts_with(']')
            || rest[length..].to_ascii_lowercase().starts_with("%5d");
        (length > 0 && ends).then(|| vec![format!("${}", &rest[..length])])
    }));
}

/// Do all keys of one of `brought`, which is sorted, stand in one object?
fn has_object_with_any(filter: &Value, brought: &[Vec<String>]) -> bool {
    match filter {
        Value::Object(members) => {
            let begins = |key: &String| {
                let from = brought.partition_point(|keys| keys.first() < Some(key));
                let some = brought[from..].iter();
                some.take_while(move |keys| keys.first() == Some(key))
                    .any(|keys| keys.iter().all(|key| members.contains_key(key)))
            };
            members
                .keys()
                .filter(|key| key.starts_with('$'))
                .any(begins)
                || members
                    .values()
                    .any(|member| has_object_with_any(member, brought))
        }
        Value::Array(items) => items.iter().any(|item| has_object_with_any(item, brought)),
        _ => false,
    }
}
