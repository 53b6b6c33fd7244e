//! `multipart/form-data` (RFC 7578) as bodies carry it: the boundary is read from the body itself.

use super::encodings::hex_decoded;
use super::header_parameters::{parameters, spellings};
use memchr::memmem;
use std::borrow::Cow;

/// Bytes of a boundary with its two dashes; RFC 2046 allows 70 without, readers take longer ones.
const MOST_BOUNDARY_BYTES: usize = 256;
/// How often a body is searched for the ends of its fields.
const MOST_SEARCHES: usize = 8;

/// A field of a form, with all that readers may take for its content, for its name and for that of its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The first of its names.
    pub(super) name: Vec<u8>,
    pub(super) names: Vec<Vec<u8>>,
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
    let encodings = values(headers, b"content-transfer-encoding");
    let is_quoted = |encoding: &Vec<u8>| {
        encoding
            .to_ascii_lowercase()
            .starts_with(b"quoted-printable")
    };
    if encodings.iter().any(is_quoted) {
        contents.push(Cow::Owned(unquoted_printable(content)));
    }
    let (mut names, mut file_names) = (Vec::new(), Vec::new());
    for disposition in values(headers, b"content-disposition") {
        let parameters = parameters(&disposition);
        names.extend(spellings(&parameters, b"name"));
        file_names.extend(spellings(&parameters, b"filename"));
    }
    // Readers of mail take the name of the content for the file's.
    for kind in values(headers, b"content-type") {
        file_names.extend(spellings(&parameters(&kind), b"name"));
    }
    Some(Field {
        name: names.first().cloned().unwrap_or_default(),
        names,
        file_names,
        contents,
    })
}

fn is_header(line: &[u8], name: &[u8]) -> bool {
    let starts = line.get(..name.len());
    starts.is_some_and(|start| start.eq_ignore_ascii_case(name))
        && line[name.len()..].trim_ascii_start().starts_with(b":")
}

/// The values of the headers of that name, the lines of each joined (RFC 5322, section 2.2.3).
fn values(headers: &[u8], name: &[u8]) -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = Vec::new();
    let mut is_wanted = false;
    for line in headers.split(|byte| *byte == b'\n') {
        let is_folded = line.starts_with(b" ") || line.starts_with(b"\t");
        match values.last_mut() {
            Some(value) if is_folded && is_wanted => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            _ if is_folded => {}
            _ => {
                is_wanted = is_header(line, name);
                if is_wanted {
                    let value = &line[name.len()..].trim_ascii()[1..];
                    values.push(value.trim_ascii().to_vec());
                }
            }
        }
    }
    values
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
        let rows: [Row; 14] = [
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
            // What is second counts for some readers.
            (
                "--b\nContent-Disposition: form-data; name=f; filename=a; filename='../x'\nContent-Type: x/y; name=\"../y\"\n\nD\n--b--",
                &[("f", &["a", "'../x'", "../x", "../y"], &["D"])],
            ),
            (
                "--b\nContent-Disposition: form-data; name=f; filename*0=\"../\"; filename*1=x\n\nD\n--b--",
                &[("f", &["../x"], &["D"])],
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
