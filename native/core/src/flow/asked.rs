//! One question: does this input change the syntax of what that sink was given?
//!
//! The input is a JSON value. Each text in it that stands in the resource is judged as it is; one that does not
//! is tried in the forms that it hides (decoded, cut out, trimmed: [`crate::inputs`]), in capitals, in small
//! letters, and escaped for another language than the sink's.

use memchr::memmem;
use serde_json::Value;

use super::{
    Change, Changed, Dialect, Language, code, format, nosql, path, quoted_forms, quoted_shell,
    resolved, sql, strict_exec, strict_shell, template, url,
};
use crate::inputs::decode;

/// Forms of one input that are tried.
const MOST_FORMS: usize = 256;

/// What the sink was given.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    Sql(&'a [u8], Dialect),
    Shell(&'a [u8]),
    Exec(&'a [&'a [u8]]),
    Path(&'a [u8]),
    Url(&'a [u8]),
    Code(&'a [u8], Language),
    Template(&'a [u8]),
    Format(&'a [u8]),
    /// A filter of a document database: JSON, or text of the driver's language.
    NoSql(&'a [u8]),
}

/// Says how `input`, a JSON value, changes the syntax of `resource`.
#[must_use]
pub fn ask(resource: Asked<'_>, input: &[u8]) -> Option<&'static str> {
    let filter = match resource {
        Asked::NoSql(text) => nosql::filter_of(text),
        _ => None,
    };
    if let Some(reason) = nosql::operators(filter.as_ref(), input) {
        return Some(reason);
    }
    let judge = |text: &[u8]| judge(resource, filter.as_ref(), text);
    let event = decode(input);
    let lone = serde_json::from_slice::<String>(input).unwrap_or_default();
    let mut texts: Vec<&[u8]> = event
        .inputs()
        .take(MOST_FORMS)
        .map(|one| one.text())
        .collect();
    if texts.is_empty() {
        texts.push(lone.as_bytes()); // one byte: no event's decoder keeps it
    }
    if input.trim_ascii().starts_with(b"\"") {
        let whole = texts.first().copied()?;
        if stands_in(resource, whole) {
            return judge(whole);
        }
        if matches!(resource, Asked::Shell(_) | Asked::Exec(_)) && is_quoted(resource, whole) {
            return match resource {
                Asked::Shell(command) => quoted_shell(command, whole).map(|change| change.reason),
                _ => None,
            };
        }
        // Escaped as a whole: then what the text holds stands there escaped too.
        let encoded = matches!(resource, Asked::Url(_)).then(|| percent_encoded(whole));
        if let Some(form) = spelled(whole)
            .into_iter()
            .chain(encoded.unwrap_or_default())
            .find(|form| stands_in(resource, form))
        {
            return judge(&form);
        }
    }
    let as_it_is = texts.iter().find_map(|text| judge(text));
    as_it_is
        .or_else(|| {
            let forms = texts.iter().flat_map(|text| spelled(text));
            forms.into_iter().find_map(|form| judge(&form))
        })
        .or_else(|| as_changed(resource, &texts, &judge))
}

/// What the texts became on their way to a sink, case and signs changed.
fn as_changed(
    resource: Asked<'_>,
    texts: &[&[u8]],
    judge: &dyn Fn(&[u8]) -> Option<&'static str>,
) -> Option<&'static str> {
    if let Asked::Path(place) = resource {
        return texts.iter().find_map(|text| resolved(place, text));
    }
    let joined: Vec<u8>;
    let place = match resource {
        Asked::Exec(arguments) => {
            joined = arguments.join(&0);
            &joined
        }
        Asked::Sql(text, _) | Asked::Shell(text) | Asked::Code(text, _) | Asked::Template(text) => {
            text
        }
        Asked::Path(_) | Asked::Url(_) | Asked::Format(_) | Asked::NoSql(_) => return None,
    };
    let changed = Changed::of(place)?;
    texts.iter().find_map(|text| {
        let mut forms = changed.forms(text);
        forms.find_map(|form| judge(form.text).filter(|reason| form.supports(reason)))
    })
}

/// Did the code quote `input` for a shell, quotes in it too?
fn is_quoted(resource: Asked<'_>, input: &[u8]) -> bool {
    quoted_forms(input)
        .iter()
        .any(|form| stands_in(resource, &[b"'", form.as_slice(), b"'"].concat()))
}

fn stands_in(resource: Asked<'_>, input: &[u8]) -> bool {
    let holds = |text: &[u8]| memmem::find(text, input).is_some();
    match resource {
        Asked::Exec(arguments) => arguments.iter().any(|argument| holds(argument)),
        Asked::Sql(text, _) => {
            memmem::find(&text.to_ascii_lowercase(), &input.to_ascii_lowercase()).is_some()
        }
        Asked::Shell(text)
        | Asked::Path(text)
        | Asked::Url(text)
        | Asked::Code(text, _)
        | Asked::Template(text)
        | Asked::Format(text)
        | Asked::NoSql(text) => holds(text),
    }
}

fn judge(resource: Asked<'_>, filter: Option<&Value>, input: &[u8]) -> Option<&'static str> {
    let change: Option<Change> = match resource {
        Asked::Sql(statement, dialect) => sql(statement, input, dialect),
        Asked::Shell(command) => strict_shell(command, input),
        Asked::Exec(arguments) => strict_exec(arguments, input),
        Asked::Path(text) => path(text, input),
        Asked::Url(text) => url(text, input),
        Asked::Code(text, language) => code(text, input, language),
        Asked::Template(text) => template(text, input),
        Asked::Format(text) => format(text, input),
        Asked::NoSql(text) => nosql::nosql(text, filter, input),
    };
    change.map(|change| change.reason)
}

/// What code makes of a text on its way; nothing where it has only letters and digits.
fn spelled(input: &[u8]) -> Vec<Vec<u8>> {
    if input.iter().all(u8::is_ascii_alphanumeric) {
        return Vec::new();
    }
    let mut forms = vec![
        replaced(input, b"'", |byte| vec![byte, byte]),
        replaced(input, b"\"", |byte| vec![byte, byte]),
        replaced(input, b"\\'\"", |byte| vec![b'\\', byte]),
        replaced(input, b"'", |byte| vec![b'\\', byte]),
        replaced(input, b"\"", |byte| vec![b'\\', byte]),
        input.to_ascii_lowercase(),
        input.to_ascii_uppercase(),
    ];
    forms.retain(|form| form != input);
    forms
}

/// What is left as it is when code percent-encodes a text: nothing, a path's slashes, what JavaScript leaves.
const LEFT_BARE: [&[u8]; 4] = [b"", b"/", b"!'()*", b"!'()*;/?:@&=+$,#"];

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn percent_encoded(input: &[u8]) -> Vec<Vec<u8>> {
    let encode = |bare: &[u8], blank: &[u8]| {
        let mut form = Vec::with_capacity(input.len() * 3);
        for byte in input {
            if *byte == b' ' {
                form.extend_from_slice(blank);
            } else if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) || bare.contains(byte)
            {
                form.push(*byte);
            } else {
                form.extend_from_slice(&[
                    b'%',
                    HEX[usize::from(byte >> 4)],
                    HEX[usize::from(byte & 15)],
                ]);
            }
        }
        form
    };
    let blanks: [&[u8]; 2] = [b"%20", b"+"];
    let forms = LEFT_BARE
        .iter()
        .flat_map(|bare| blanks.map(|blank| encode(bare, blank)));
    forms.filter(|form| form != input).collect()
}

fn replaced(input: &[u8], which: &[u8], by: fn(u8) -> Vec<u8>) -> Vec<u8> {
    let spell = |byte: &u8| {
        if which.contains(byte) {
            by(*byte)
        } else {
            vec![*byte]
        }
    };
    input.iter().flat_map(spell).collect()
}
