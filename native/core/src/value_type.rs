//! What the value of an input is, by its form alone.

use crate::characters::Alphabet;
use crate::date_form::is_date;
use crate::json::walk;
use serde::Deserialize;
use std::net::IpAddr;

/// What the values of a parameter are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    Boolean,
    Integer,
    Number,
    Uuid,
    Date,
    Email,
    Url,
    Address,
    Hex,
    Base64,
    Json,
    #[default]
    Text,
}

/// Each type but text, with its name and the characters that its values have.
const TYPES: [(ValueType, &str, &str); 11] = [
    (ValueType::Boolean, "boolean", "aA"),
    (ValueType::Integer, "integer", "-0"),
    (ValueType::Number, "number", "-+.0aA"),
    (ValueType::Uuid, "uuid", "-0aA"),
    (ValueType::Date, "date", "-+:.0aA "),
    (ValueType::Email, "email", "+-.%@_0aA"),
    (ValueType::Url, "url", ANY_OF_URL),
    (ValueType::Address, "address", ".:0aA"),
    (ValueType::Hex, "hex", "0aA"),
    (ValueType::Base64, "base64", "+/=-_0aA"),
    (ValueType::Json, "json", ""),
];
/// RFC 3986.
const ANY_OF_URL: &str = ":/?#[]@!$&'()*+,;=-._~%0aA";
/// Digits of a number of 64 bits, with its sign.
const LONGEST_INTEGER: usize = 20;
const LONGEST_NUMBER: usize = 40;
const LONGEST_EMAIL: usize = 254;
/// `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
const LONGEST_ADDRESS: usize = 45;

/// Types that a value has, and all others have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u16);

impl Types {
    /// The types of a text of these characters; whether it is JSON was seen.
    pub(crate) fn of(text: &[u8], alphabet: Alphabet, is_json: bool, kinds: &Alphabets) -> Self {
        let mut types = 0;
        for (at, (one, _, _)) in TYPES.iter().enumerate() {
            let has = match one {
                ValueType::Json => is_json,
                _ => alphabet.is_within(kinds.0[at]) && one.is_form_of(text),
            };
            types |= u16::from(has) << at;
        }
        Self(types)
    }

    pub(crate) fn all() -> Self {
        Self(u16::MAX)
    }

    pub(crate) fn common(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn names(self) -> Vec<&'static str> {
        let has = |at: &usize| self.0 >> at & 1 == 1;
        (0..TYPES.len()).filter(has).map(|at| TYPES[at].1).collect()
    }
}

/// The characters of each type.
#[derive(Debug)]
pub(crate) struct Alphabets([Alphabet; TYPES.len()]);

impl Default for Alphabets {
    fn default() -> Self {
        Self(TYPES.map(|(_, _, kinds)| Alphabet::of(kinds.as_bytes())))
    }
}

impl ValueType {
    /// Whether a text is of this type.
    #[must_use]
    pub fn holds(self, text: &[u8]) -> bool {
        match self {
            ValueType::Json => {
                matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
                    && walk(text, |_, _| {}).is_ok()
            }
            _ => self.is_form_of(text),
        }
    }

    /// As a policy has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        TYPES.get(self as usize).map_or("text", |row| row.1)
    }

    fn is_form_of(self, text: &[u8]) -> bool {
        match self {
            ValueType::Boolean => matches!(text, b"true" | b"false" | b"True" | b"False"),
            ValueType::Integer => is_integer(text),
            ValueType::Number => is_number(text),
            ValueType::Uuid => is_uuid(text),
            ValueType::Date => is_date(text),
            ValueType::Email => is_email(text),
            ValueType::Url => is_url(text),
            ValueType::Address => {
                text.len() <= LONGEST_ADDRESS
                    && std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
            }
            ValueType::Hex => !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit),
            ValueType::Base64 => is_base64(text),
            ValueType::Json => false,
            ValueType::Text => true,
        }
    }
}

fn is_integer(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    text.len() <= LONGEST_INTEGER && are_digits(digits)
}

fn are_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// `-1.5e+10`, as JSON has it; a leading zero may be there, too.
fn is_number(text: &[u8]) -> bool {
    if text.len() > LONGEST_NUMBER {
        return false;
    }
    let exponent = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = text.split_at(exponent.unwrap_or(text.len()));
    let exponent = exponent.get(1..).map(|rest| match rest {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    });
    let mantissa = mantissa.strip_prefix(b"-").unwrap_or(mantissa);
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let (whole, part) = mantissa.split_at(point.unwrap_or(mantissa.len()));
    are_digits(whole) && part.get(1..).is_none_or(are_digits) && exponent.is_none_or(are_digits)
}

fn is_uuid(text: &[u8]) -> bool {
    let is_right = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.iter().enumerate().all(is_right)
}

fn is_email(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'@', text).filter(|_| text.len() <= LONGEST_EMAIL) else {
        return false;
    };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let is_of_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
    let is_label = |label: &[u8]| {
        !label.is_empty()
            && label
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    let labels = domain.split(|byte| *byte == b'.');
    let last = domain.rsplit(|byte| *byte == b'.').next();
    !local.is_empty()
        && local.iter().all(is_of_local)
        && labels.clone().count() > 1
        && labels.clone().all(is_label)
        && last.is_some_and(|last| last.iter().any(u8::is_ascii_alphabetic))
}

fn is_url(text: &[u8]) -> bool {
    let rest = [&b"https://"[..], b"http://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(*scheme));
    let is_of_url =
        |byte: &u8| byte.is_ascii_alphanumeric() || ANY_OF_URL.as_bytes().contains(byte);
    rest.is_some_and(|rest| {
        rest.first()
            .is_some_and(|first| first.is_ascii_alphanumeric() || *first == b'[')
            && rest.iter().all(is_of_url)
    })
}

/// In one of both alphabets, padded rightly or not at all.
fn is_base64(text: &[u8]) -> bool {
    let end = text
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    let (digits, padding) = text.split_at(end);
    let has = |signs: [u8; 2]| memchr::memchr2(signs[0], signs[1], digits).is_some();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let is_padded = match padding.len() {
        0 => digits.len() % 4 != 1,
        1 | 2 => text.len() % 4 == 0,
        _ => false,
    };
    !digits.is_empty()
        && is_padded
        && digits.iter().all(is_digit)
        && !(has([b'+', b'/']) && has([b'-', b'_']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn types(text: &str) -> Vec<&'static str> {
        let text = text.as_bytes();
        let is_json = ValueType::Json.holds(text);
        Types::of(text, Alphabet::of(text), is_json, &Alphabets::default()).names()
    }

    #[test]
    fn a_value_has_the_types_of_its_form() {
        #[rustfmt::skip]
        let rows: [(&str, &[&str]); 40] = [
            ("true", &["boolean", "base64"]), ("True", &["boolean", "base64"]), ("truth", &[]), ("yes", &["base64"]),
            ("7", &["integer", "number", "hex"]), ("-7", &["integer", "number", "base64"]),
            ("12345678901234567890123", &["number", "hex", "base64"]),
            ("1.5", &["number"]), ("-1.5e+10", &["number"]), ("1e400", &["number", "hex"]), ("1e", &["hex", "base64"]),
            (".5", &[]), ("1.", &[]), ("1.5.2", &[]), ("-", &[]), ("--1", &["base64"]), ("NaN", &["base64"]),
            ("0b5f2c9e-8a33-4f0e-9c59-0d2f4b1f3a77", &["uuid", "base64"]),
            ("0b5f2c9e-8a33-4f0e-9c59-0d2f4b1f3a7", &["base64"]), ("0b5f2c9e-8a33-4f0e-9c59-0d2f4b1f3g77", &["base64"]),
            ("2026-11-27", &["date", "base64"]), ("2026-11-27T10:05:03Z", &["date"]), ("2026-11-27 10:05", &["date"]),
            ("2026-11-27T10:05:03.125+02:00", &["date"]), ("2026-11-27T10:05:03Z; x", &[]), ("2026-11-27T", &["base64"]),
            ("26-11-2027", &["base64"]), ("anna@example.com", &["email"]), ("a.b+c@mail.example.co", &["email"]),
            ("anna@example", &[]), ("anna@@example.com", &[]), ("a n@example.com", &[]),
            ("https://example.com/a?b=c#d", &["url"]), ("https://example.com/\"", &[]), ("javascript://x", &[]),
            ("10.0.0.7", &["address"]), ("2001:db8::1", &["address"]), ("10.0.0.700", &[]),
            ("{\"a\": [1]}", &["json"]), ("", &[]),
        ];
        for (text, expected) in rows {
            assert_eq!(types(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_type_is_told_where_it_holds_whatever_the_text(text in prop::collection::vec(any::<u8>(), 0..60)) {
            let is_json = ValueType::Json.holds(&text);
            let told = Types::of(&text, Alphabet::of(&text), is_json, &Alphabets::default()).names();
            for (one, name, _) in TYPES {
                prop_assert_eq!(told.contains(&name), one.holds(&text), "{}", name);
            }
            prop_assert!(ValueType::Text.holds(&text));
        }

        #[test]
        fn a_text_of_usual_signs_has_no_type_that_its_signs_rule_out(text in "[0-9a-fTZ:.+-]{0,40}") {
            let text = text.as_bytes();
            let told = Types::of(text, Alphabet::of(text), false, &Alphabets::default()).names();
            for (one, name, _) in TYPES.iter().take(10) {
                prop_assert_eq!(told.contains(name), one.holds(text), "{}", name);
            }
        }
    }
}
