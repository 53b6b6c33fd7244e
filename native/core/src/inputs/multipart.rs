//! `multipart/form-data` (RFC 7578) as bodies carry it: the boundary is read from the body itself.

use super::encodings::{hex_decoded, percent_decoded};
use memchr::memmem;
use std::borrow::Cow;

/// Bytes of a boundary with its two dashes; RFC 2046 allows 70 without, readers take longer ones.
const MOST_BOUNDARY_BYTES: usize = 256;
/// How often a body is searched for the ends of its fields.
const MOST_SEARCHES: usize = 8;

/// A field of a form, with all that readers may take for its content and for the name of its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: Vec<u8>,
    pub(super) file_names: Vec<Vec<u8>>,
    pub(super) contents: Vec<Cow<'a, [u8]>>,
}

/// Shows the fields of a body; none where it is no multipart body. Takes bare line feeds too, as lenient readers do.
///
/// Which boundary the request's header names is not known here: each line that a `Content-Disposition` follows counts.
pub(super) fn read(body: &[u8], visit: &mut dyn FnMut(&Field<'_>)) {
    let mut room = MOST_SEARCHES * body.len();
    let (mut at, mut boundary) = (0, None);
    let ends = memchr::memchr_iter(b'\n', body).chain([body.len()]);
    for end_of_line in ends {
        let (line, next) = (&body[at..end_of_line], end_of_line + 1);
        let shown = line.trim_ascii_end();
        if line.starts_with(b"--") && (3..=MOST_BOUNDARY_BYTES).contains(&shown.len()) {
            boundary = Some((shown, next));
        } else if is_header(line, b"content-disposition") {
            let section = boundary
                .take()
                .map(|(boundary, start)| &body[start..end(body, next, boundary, &mut room)]);
            if let Some(field) = section.and_then(field) {
                visit(&field);
            }
        }
        at = next;
    }
}

/// Where the next line with this boundary starts. Without room to search for it, any line with two dashes is one.
fn end(body: &[u8], from: usize, boundary: &[u8], room: &mut usize) -> usize {
    let rest = body.get(from..).unwrap_or_default();
    let boundary = if *room == 0 { &b"--"[..] } else { boundary };
    let found = memmem::find_iter(rest, boundary)
        .find(|at| *at == 0 || rest[at - 1] == b'\n')
        .unwrap_or(rest.len());
    *room = room.saturating_sub(found);
    body.len().min(from + found)
}

fn field(section: &[u8]) -> Option<Field<'_>> {
    let blank = [&b"\r\n\r\n"[..], b"\n\n", b"\n\r\n"]
        .iter()
        .filter_map(|blank| Some((memmem::find(section, blank)?, blank.len())))
        .min()?;
    let (headers, content) = (&section[..blank.0], &section[blank.0 + blank.1..]);
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let mut contents = vec![Cow::Borrowed(content)];
    let encoding = header(headers, b"content-transfer-encoding").unwrap_or_default();
    if encoding
        .to_ascii_lowercase()
        .starts_with(b"quoted-printable")
    {
        contents.push(Cow::Owned(unquoted_printable(content)));
    }
    let disposition = header(headers, b"content-disposition").unwrap_or_default();
    Some(Field {
        name: parameter(&disposition, b"name")
            .unwrap_or_default()
            .to_vec(),
        file_names: file_names(&disposition),
        contents,
    })
}

fn is_header(line: &[u8], name: &[u8]) -> bool {
    let starts = line.get(..name.len());
    starts.is_some_and(|start| start.eq_ignore_ascii_case(name))
        && line[name.len()..].trim_ascii_start().starts_with(b":")
}

/// The value of a header, its lines joined (RFC 5322, section 2.2.3).
fn header(headers: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut lines = headers
        .split(|byte| *byte == b'\n')
        .skip_while(|line| !is_header(line, name));
    let first = lines.next()?;
    let folded = lines.take_while(|line| line.starts_with(b" ") || line.starts_with(b"\t"));
    let value = &first[name.len()..].trim_ascii()[1..];
    let joined = std::iter::once(value.trim_ascii())
        .chain(folded.map(<[u8]>::trim_ascii))
        .collect::<Vec<_>>();
    Some(joined.join(&b' '))
}

/// As it stands, without backslashes, and in the extended form (RFC 5987).
fn file_names(disposition: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    if let Some(name) = parameter(disposition, b"filename") {
        names.push(name.to_vec());
        if name.contains(&b'\\') {
            names.push(unescaped(name));
        }
    }
    if let Some(extended) = parameter(disposition, b"filename*") {
        let text = extended
            .splitn(3, |byte| *byte == b'\'')
            .nth(2)
            .unwrap_or(extended);
        names.push(percent_decoded(text).unwrap_or_else(|| text.to_vec()));
    }
    names
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

/// RFC 2045, section 6.7: `=27` is a byte, `=` before a line's end joins two lines.
fn unquoted_printable(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let joined = lines
        .map(|line| line.trim_ascii_end().strip_suffix(b"=").unwrap_or(line))
        .collect::<Vec<_>>()
        .concat();
    hex_decoded(&joined, b'=').unwrap_or(joined)
}

/// The value of `; name="value"` in a header.
fn parameter<'a>(header: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = header;
    while let Some(at) = memchr::memchr2(b';', b'"', rest) {
        let (sign, behind) = (rest[at], &rest[at + 1..]);
        if sign == b'"' {
            rest = &behind[quoted_length(behind)..]; // another parameter's value may hold a semicolon
            continue;
        }
        rest = behind;
        let Some(equals) = memchr::memchr2(b'=', b';', rest).filter(|at| rest[*at] == b'=') else {
            continue;
        };
        if rest[..equals].trim_ascii().eq_ignore_ascii_case(name) {
            let value = rest[equals + 1..].trim_ascii();
            return Some(match value.strip_prefix(b"\"") {
                Some(inner) => &inner[..quoted_length(inner).saturating_sub(1)],
                None => value.split(|byte| *byte == b';').next()?.trim_ascii(),
            });
        }
    }
    None
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
    fn a_body_gives_its_fields() {
        type Row = (
            &'static str,
            &'static [(
                &'static str,
                &'static [&'static str],
                &'static [&'static str],
            )],
        );
        let rows: [Row; 12] = [
            (
                "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b\r\n--b--\r\n",
                &[("q", &[], &["a'b"])],
            ),
            (
                "--b\nContent-Disposition: form-data; filename=\"a;name=x\\\".png\"; name=f\nContent-Type: x/y\n\nDATA\n--b\ncontent-disposition: form-data; name=\"g\"\n\n2\n--b--",
                &[
                    ("f", &["a;name=x\\\".png", "a;name=x\".png"], &["DATA"]),
                    ("g", &[], &["2"]),
                ],
            ),
            // Torn off: what is there is read.
            (
                "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b",
                &[("q", &[], &["a'b"])],
            ),
            // A preamble, also one that pretends to be a part.
            (
                "hello\r\n--b\r\nContent-Disposition: form-data; name=q\r\n\r\na'b\r\n--b--",
                &[("q", &[], &["a'b"])],
            ),
            (
                "--x\nContent-Disposition: y\n\n\n--b\nContent-Disposition: form-data; name=q\n\na'b\n--b--",
                &[
                    (
                        "",
                        &[],
                        &["\n--b\nContent-Disposition: form-data; name=q\n\na'b\n--b--"],
                    ),
                    ("q", &[], &["a'b"]),
                ],
            ),
            // A boundary is one at the start of a line only.
            (
                "--b\nContent-Disposition: form-data; name=q\n\na--b'\n--bye\n--b--",
                &[("q", &[], &["a--b'"])],
            ),
            // Headers in any order, folded, long.
            (
                "--b\nX-Long: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\nContent-Disposition: form-data;\n name=q\n\na'b\n--b--",
                &[("q", &[], &["a'b"])],
            ),
            (
                "--b\nContent-Disposition: form-data; name=f; filename=\"a\"; filename*=UTF-8''..%2Fx%27\n\nD\n--b--",
                &[("f", &["a", "../x'"], &["D"])],
            ),
            (
                "--b\nContent-Transfer-Encoding: Quoted-Printable\nContent-Disposition: form-data; name=q\n\na=27 o=\nr 50% =3D\n--b--",
                &[("q", &[], &["a=27 o=\nr 50% =3D", "a' or 50% ="])],
            ),
            ("-- a comment of SQL\nselect 1", &[]),
            ("Content-Disposition: form-data; name=q\n\na'b", &[]),
            ("", &[]),
        ];
        for (body, expected) in rows {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let texts = |all: &[Vec<u8>]| all.iter().map(|one| text(one)).collect::<Vec<_>>();
            let mut found = Vec::new();
            read(body.as_bytes(), &mut |field| {
                found.push((
                    text(&field.name),
                    texts(&field.file_names),
                    field
                        .contents
                        .iter()
                        .map(|one| text(one))
                        .collect::<Vec<_>>(),
                ));
            });
            let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, file_names, contents)| {
                    ((*name).to_owned(), owned(file_names), owned(contents))
                })
                .collect();
            assert_eq!(found, expected, "{body}");
        }
    }

    #[test]
    fn a_body_of_many_boundaries_is_read_in_a_moment() {
        let part = |n: usize| format!("--{n:06}\nContent-Disposition: form-data; name=q\n\na'b\n");
        let body: String = (0..50_000).map(part).collect();
        let mut fields = 0;
        read(body.as_bytes(), &mut |_| fields += 1);
        assert_eq!(fields, 50_000);
    }
}
