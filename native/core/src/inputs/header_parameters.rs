//! The parameters of a header: `; name="value"` (RFC 2045), in pieces and with an alphabet too (RFC 2231).

use super::encodings::percent_decoded;

/// Parameters of one header that are read.
const MOST: usize = 64;

/// The parameters of a header in order: each name and value, without quotes.
pub(super) fn parameters(header: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some(at) = memchr::memchr2(b';', b'"', rest).filter(|_| found.len() < MOST) {
        let (sign, behind) = (rest[at], &rest[at + 1..]);
        if sign == b'"' {
            rest = &behind[quoted_length(behind)..]; // another parameter's value may hold a semicolon
            continue;
        }
        rest = behind;
        let Some(equals) = memchr::memchr2(b'=', b';', rest).filter(|at| rest[*at] == b'=') else {
            continue;
        };
        let value = rest[equals + 1..].trim_ascii();
        let value = match value.strip_prefix(b"\"") {
            Some(inner) => &inner[..quoted_length(inner).saturating_sub(1)],
            None => {
                let end = memchr::memchr(b';', value).unwrap_or(value.len());
                value[..end].trim_ascii()
            }
        };
        found.push((rest[..equals].trim_ascii(), value));
    }
    found
}

/// All that readers may take for the value of `name`: as it stands, without backslashes or single quotes, in the
/// extended form, its pieces joined.
pub(super) fn spellings(parameters: &[(&[u8], &[u8])], name: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    let mut pieces: Vec<(usize, Vec<u8>)> = Vec::new();
    for (key, value) in parameters {
        let Some(mark) = mark_behind(key, name) else {
            continue;
        };
        match mark {
            b"" => {
                values.push(value.to_vec());
                let inner = value
                    .strip_prefix(b"'")
                    .and_then(|rest| rest.strip_suffix(b"'"));
                values.extend(inner.map(<[u8]>::to_vec));
                values.extend(value.contains(&b'\\').then(|| unescaped(value)));
            }
            b"*" => values.push(extended(value)),
            [b'*', number @ ..] => {
                let plain = number.strip_suffix(b"*");
                let digits = std::str::from_utf8(plain.unwrap_or(number));
                let Some(at) = digits.ok().and_then(|digits| digits.parse().ok()) else {
                    continue;
                };
                let piece = if plain.is_none() {
                    value.to_vec()
                } else if at == 0 {
                    extended(value)
                } else {
                    percent_decoded(value).unwrap_or_else(|| value.to_vec())
                };
                pieces.push((at, piece));
            }
            _ => {}
        }
    }
    pieces.sort_by_key(|(at, _)| *at);
    let joined: Vec<u8> = pieces.into_iter().flat_map(|(_, piece)| piece).collect();
    values.extend((!joined.is_empty()).then_some(joined));
    values
}

fn mark_behind<'a>(key: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let start = key.get(..name.len())?;
    start.eq_ignore_ascii_case(name).then(|| &key[name.len()..])
}

/// `UTF-8''..%2Fx` without its alphabet and its language.
fn extended(value: &[u8]) -> Vec<u8> {
    let text = value
        .splitn(3, |byte| *byte == b'\'')
        .nth(2)
        .unwrap_or(value);
    percent_decoded(text).unwrap_or_else(|| text.to_vec())
}

fn unescaped(quoted: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(quoted.len());
    let mut bytes = quoted.iter();
    while let Some(byte) = bytes.next() {
        let kept = if *byte == b'\\' {
            bytes.next()
        } else {
            Some(byte)
        };
        out.extend(kept);
    }
    out
}

/// Bytes up to and with the quote that closes a quoted string.
fn quoted_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        let sign = at + found;
        if text[sign] == b'"' {
            return sign + 1;
        }
        at = sign + 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_readers_take_for_a_value_is_told() {
        let rows: [(&str, &[&str]); 8] = [
            ("form-data; name=\"a;b\"; filename=\"x\"", &["a;b"]),
            ("form-data; name=a; NAME='b'", &["a", "'b'", "b"]),
            ("form-data; name*=UTF-8''%2e%2e%2Fx", &["../x"]),
            ("form-data; name*1=\"/x\"; name*0=\"..\"", &["../x"]),
            (
                "form-data; name*0*=UTF-8''%2e.; name*1*=%2fx; name*2=y",
                &["../xy"],
            ),
            ("form-data; name=\"a\\\"b\"", &["a\\\"b", "a\"b"]),
            ("form-data; filename=name", &[]),
            ("; name*x=1; =; name", &[]),
        ];
        for (header, expected) in rows {
            let found = spellings(&parameters(header.as_bytes()), b"name");
            let found: Vec<_> = found
                .iter()
                .map(|one| String::from_utf8_lossy(one))
                .collect();
            assert_eq!(found, expected, "{header}");
        }
    }
}
