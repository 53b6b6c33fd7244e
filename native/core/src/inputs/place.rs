//! What a person calls an input, and which names mean the same one.
//!
//! A path has steps that say where a value stands (`body→$.user.name`, `→base64`) and steps that only say in which
//! spelling it was read (`→url`, `→html`) or what was guessed in it. A *place* is a path without the latter. Several
//! places are one *parameter* where AWS hands on one value under several names.

use super::encodings::percent_decoded;
use std::borrow::Cow;

const SPELLINGS: [&str; 10] = [
    "url",
    "html",
    "unicode",
    "nfkc",
    "overlong",
    "utf-8",
    "encoded-word",
    "trimmed",
    "charset",
    "ebcdic",
];
/// Steps that are made of all of a text, so that it holds nothing that they do not.
const ENCODINGS: [&str; 6] = ["base64", "gzip", "zlib", "deflate", "utf-16", "utf-32"];
/// The fields in which AWS hands on the path of a request.
const REQUEST_PATHS: [&str; 5] = [
    "rawPath",
    "path",
    "raw_path",
    "requestContext.http.path",
    "requestContext.path",
];
const LISTS: [(&str, &str); 5] = [
    ("multiValueQueryStringParameters.", "queryStringParameters."),
    ("query_string_parameters.", "queryStringParameters."),
    ("queryStringParameters.", "queryStringParameters."),
    ("multiValueHeaders.", "headers."),
    ("headers.", "headers."),
];

/// What an input may be called.
pub(crate) struct Name<'a> {
    pub(crate) path: &'a str,
    pub(crate) place: Cow<'a, str>,
    pub(crate) parameter: String,
}

impl<'a> Name<'a> {
    pub(crate) fn of(path: &'a str) -> Self {
        let place = place(path);
        let parameter = parameter(&place).into_owned();
        Self {
            path,
            place,
            parameter,
        }
    }
}

/// The path without spellings and guesses.
pub(crate) fn place(path: &str) -> Cow<'_, str> {
    let mut steps = path.split('→');
    let leaf = steps.next().unwrap_or_default();
    if leaf.len() == path.len() {
        return Cow::Borrowed(path);
    }
    let mut place = leaf.to_owned();
    for step in steps {
        let is_kept = !is_spelling(step)
            && (!step.starts_with("segment[")
                || place.len() == leaf.len() && is_request_path(leaf));
        match step.strip_prefix("form.") {
            Some(name) => push_name(&mut place, name),
            None if is_kept => {
                place.push('→');
                place.push_str(step);
            }
            None => {}
        }
    }
    Cow::Owned(place)
}

/// Whether a step says only how a value is spelt.
fn is_spelling(step: &str) -> bool {
    SPELLINGS.contains(&step)
}

/// Whether what a step gives was made of all of a text.
pub(crate) fn is_of_all(step: &str) -> bool {
    is_spelling(step) || ENCODINGS.contains(&step)
}

/// Whether a leaf is the path of a request.
pub(crate) fn is_request_path(leaf: &str) -> bool {
    REQUEST_PATHS.contains(&leaf) || leaf.ends_with(".cf.request.uri")
}

/// A pair of a form by its name; a URL stands in front of the first one. What is no name is a guess.
fn push_name(place: &mut String, name: &str) {
    let (name, key) = match name.strip_suffix("#key") {
        Some(name) => (name, "#key"),
        None => (name, ""),
    };
    let name = name.rsplit_once('?').map_or(name, |(_, name)| name);
    if is_usual_name(name) {
        place.push_str("→form.");
        place.push_str(name);
        place.push_str(key);
    }
}

pub(super) fn is_usual_name(name: &str) -> bool {
    let is_usual = |sign: char| sign.is_alphanumeric() || "_-.[]$%:@~!*+".contains(sign);
    !name.is_empty() && name.chars().all(is_usual)
}

/// The one name for all places (or patterns of such) at which AWS hands on the same value.
pub(crate) fn parameter(place: &str) -> Cow<'_, str> {
    let (leaf, rest) = place.split_at(place.find('→').unwrap_or(place.len()));
    for (list, root) in LISTS {
        if let Some(name) = leaf.strip_prefix(list) {
            let name = item(name);
            return match root {
                "headers." => format!("{root}{}{rest}", name.to_ascii_lowercase()),
                _ => format!("{root}{name}{rest}"),
            }
            .into();
        }
    }
    if let Some(name) = place.strip_prefix("rawQueryString→form.") {
        let (name, rest) = name.split_at(name.find('→').unwrap_or(name.len()));
        return format!("queryStringParameters.{}{rest}", item(&decoded(name))).into();
    }
    if leaf.starts_with("cookies[") && rest.starts_with("→form.") {
        return format!("headers.cookie{rest}").into();
    }
    if matches!(
        leaf,
        "requestContext.http.userAgent" | "requestContext.identity.userAgent"
    ) {
        return format!("headers.user-agent{rest}").into();
    }
    if is_request_path(leaf) && !leaf.starts_with("Records") {
        // The context's path has the stage in front, so that its segments count from there.
        let is_shifted = leaf == "requestContext.path" && !rest.is_empty();
        let leaf = if is_shifted { leaf } else { "rawPath" };
        return format!("{leaf}{rest}").into();
    }
    match place.strip_prefix("body→base64→") {
        Some(rest) => format!("body→{rest}").into(),
        None => place.into(),
    }
}

/// The name of a value that may be one of a list: `q` of `q[0]` and `q[*]`.
fn item(name: &str) -> &str {
    let mut name = name;
    while let Some((list, index)) = name
        .strip_suffix(']')
        .and_then(|name| name.rsplit_once('['))
    {
        let is_index =
            index == "*" || !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit());
        if !is_index || list.is_empty() {
            break;
        }
        name = list;
    }
    name
}

fn decoded(name: &str) -> Cow<'_, str> {
    match percent_decoded(name.as_bytes()) {
        Some(plain) => String::from_utf8_lossy(&plain).replace('→', "⇒").into(),
        None => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_spellings_and_a_parameter_has_one_name() {
        let rows = [
            // the path                             the place                          the parameter
            (
                "queryStringParameters.q→url→url",
                "queryStringParameters.q",
                "queryStringParameters.q",
            ),
            (
                "rawQueryString→segment[0]→url→form.q",
                "rawQueryString→form.q",
                "queryStringParameters.q",
            ),
            (
                "rawQueryString→url→form.a%5Bb%5D",
                "rawQueryString→form.a%5Bb%5D",
                "queryStringParameters.a[b]",
            ),
            (
                "multiValueQueryStringParameters.q[3]→base64→$.a",
                "multiValueQueryStringParameters.q[3]→base64→$.a",
                "queryStringParameters.q→base64→$.a",
            ),
            (
                "headers.User-Agent→html",
                "headers.User-Agent",
                "headers.user-agent",
            ),
            (
                "multiValueHeaders.X-Note[0]",
                "multiValueHeaders.X-Note[0]",
                "headers.x-note",
            ),
            (
                "requestContext.http.userAgent",
                "requestContext.http.userAgent",
                "headers.user-agent",
            ),
            (
                "cookies[1]→form.a",
                "cookies[1]→form.a",
                "headers.cookie→form.a",
            ),
            (
                "headers.Cookie→form.a",
                "headers.Cookie→form.a",
                "headers.cookie→form.a",
            ),
            (
                "headers.referer→url→form.https://a.example/s?q",
                "headers.referer→form.q",
                "headers.referer→form.q",
            ),
            (
                "body→trimmed→multipart.note→url",
                "body→multipart.note",
                "body→multipart.note",
            ),
            (
                "body→base64→form.note",
                "body→base64→form.note",
                "body→form.note",
            ),
            ("body→form.<b>", "body", "body"),
            ("body→form.<b>#key→graphql", "body→graphql", "body→graphql"),
            (
                "body→form.a[$ne]#key",
                "body→form.a[$ne]#key",
                "body→form.a[$ne]#key",
            ),
            (
                "rawPath→segment[2]→url",
                "rawPath→segment[2]",
                "rawPath→segment[2]",
            ),
            (
                "requestContext.http.path→url",
                "requestContext.http.path",
                "rawPath",
            ),
            (
                "Records[0].s3.object.key→url→segment[1]",
                "Records[0].s3.object.key",
                "Records[0].s3.object.key",
            ),
            (
                "Records[0].cf.request.uri→segment[1]",
                "Records[0].cf.request.uri→segment[1]",
                "Records[0].cf.request.uri→segment[1]",
            ),
            ("body→$.a→unicode→html", "body→$.a", "body→$.a"),
            (
                "body→base64→utf-16→$.data",
                "body→base64→utf-16→$.data",
                "body→utf-16→$.data",
            ),
            ("detail.headers.X", "detail.headers.X", "detail.headers.X"),
        ];
        for (path, expected, name) in rows {
            let found = place(path);
            assert_eq!(found, expected, "{path}");
            assert_eq!(parameter(&found), name, "{path}");
        }
        assert_eq!(
            parameter("multiValueQueryStringParameters.q[*]"),
            "queryStringParameters.q"
        );
    }
}
