//! Does an input bring operators into a filter of a document database?
//!
//! Injection: an object of the input with a key that begins with `$` stands in the filter (also made of
//! `name[$ne]=1`, and of a text that is JSON); a text closes its literal in a filter that is written as text; a
//! text changes the code in `$where`, `$function` or `$accumulator`.
//! Safe: any text that is a value (`{"name": "{$ne: 1}"}`); operators that the code wrote.
//! Not seen: an operator that was renamed on the way; regular expressions that are slow.

use serde_json::Value;

use super::Change;
use super::code::{Language, code};

/// Keys whose text is JavaScript that the database runs.
const CODE: [&str; 6] = ["$where", "$function", "body", "init", "accumulate", "merge"];

/// Says whether an object of `input`, a JSON value, brought its operators into `filter`.
pub fn operators(filter: &[u8], input: &[u8]) -> Option<&'static str> {
    let filter: Value = serde_json::from_slice(filter).ok()?;
    let input: Value = serde_json::from_slice(input).ok()?;
    let mut brought = Vec::new();
    gather(&input, &mut brought);
    brought
        .iter()
        .any(|keys| has_object_with(&filter, keys))
        .then_some("brings an operator")
}

/// Says where `input` leaves its place in a filter.
pub fn nosql(filter: &[u8], input: &[u8]) -> Option<Change> {
    let Ok(value) = serde_json::from_slice::<Value>(filter) else {
        return code(filter, input, Language::JavaScript);
    };
    in_code(&value, input)
}

fn in_code(value: &Value, input: &[u8]) -> Option<Change> {
    match value {
        Value::Object(members) => members.iter().find_map(|(key, member)| match member {
            Value::String(text) if CODE.contains(&key.as_str()) => {
                code(text.as_bytes(), input, Language::JavaScript)
            }
            Value::String(_) => None,
            _ => in_code(member, input),
        }),
        Value::Array(items) => items.iter().find_map(|item| in_code(item, input)),
        _ => None,
    }
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

fn has_object_with(filter: &Value, keys: &[String]) -> bool {
    match filter {
        Value::Object(members) => {
            keys.iter().all(|key| members.contains_key(key))
                || members.values().any(|member| has_object_with(member, keys))
        }
        Value::Array(items) => items.iter().any(|item| has_object_with(item, keys)),
        _ => false,
    }
}
