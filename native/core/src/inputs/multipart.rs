//! `multipart/form-data` (RFC 7578) as bodies carry it: the boundary is read from the body itself.

use memchr::memmem;

/// Fields of one body.
const MOST_FIELDS: usize = 1_000;
/// Bytes of a boundary with its two dashes (RFC 2046: 70 without).
const MOST_BOUNDARY_BYTES: usize = 72;

/// A field of a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) file_name: Option<&'a [u8]>,
    pub(super) content: &'a [u8],
}

/// The fields of a body; none where it is no multipart body. Takes bare line feeds too, as lenient parsers do.
pub(super) fn fields(body: &[u8]) -> Vec<Field<'_>> {
    let Some(boundary) = boundary(body) else {
        return Vec::new();
    };
    let finder = memmem::Finder::new(boundary);
    let starts: Vec<usize> = finder.find_iter(body).take(MOST_FIELDS + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| field(&body[start + boundary.len()..end]))
        .collect()
}

fn boundary(body: &[u8]) -> Option<&[u8]> {
    let start = memmem::find(&body[..body.len().min(1 << 10)], b"--")?;
    if !body[..start].trim_ascii().is_empty() {
        return None;
    }
    let line = body[start..]
        .split(|byte| *byte == b'\n')
        .next()?
        .trim_ascii_end();
    let is_boundary = (3..=MOST_BOUNDARY_BYTES).contains(&line.len());
    let (_, rest) = body[start..].split_at(line.len());
    let headers = &rest[..rest.len().min(512)];
    let tells = headers.to_ascii_lowercase();
    (is_boundary && memmem::find(&tells, b"content-disposition").is_some()).then_some(line)
}

fn field(section: &[u8]) -> Option<Field<'_>> {
    let blank = [&b"\r\n\r\n"[..], b"\n\n"]
        .iter()
        .filter_map(|blank| Some((memmem::find(section, blank)?, blank.len())))
        .min()?;
    let (headers, content) = (&section[..blank.0], &section[blank.0 + blank.1..]);
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    let content = content.strip_suffix(b"\r").unwrap_or(content);
    let disposition = headers.split(|byte| *byte == b'\n').find(|line| {
        line.to_ascii_lowercase()
            .starts_with(b"content-disposition:")
    })?;
    let name = parameter(disposition, b"name").unwrap_or_default();
    let file_name = parameter(disposition, b"filename");
    Some(Field {
        name,
        file_name,
        content,
    })
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
            &'static [(&'static str, Option<&'static str>, &'static str)],
        );
        let rows: [Row; 5] = [
            (
                "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b\r\n--b--\r\n",
                &[("q", None, "a'b")],
            ),
            (
                "--b\nContent-Disposition: form-data; filename=\"a;name=x\\\".png\"; name=f\nContent-Type: x/y\n\nDATA\n--b\ncontent-disposition: form-data; name=\"g\"\n\n2\n--b--",
                &[("f", Some("a;name=x\\\".png"), "DATA"), ("g", None, "2")],
            ),
            // Torn off: what is there is read.
            (
                "--b\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\na'b",
                &[("q", None, "a'b")],
            ),
            ("-- a comment of SQL\nselect 1", &[]),
            ("", &[]),
        ];
        for (body, expected) in rows {
            let found: Vec<_> = fields(body.as_bytes());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let found: Vec<_> = found
                .iter()
                .map(|field| {
                    (
                        text(field.name),
                        field.file_name.map(text),
                        text(field.content),
                    )
                })
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(name, file, content)| {
                    (
                        (*name).to_owned(),
                        file.map(str::to_owned),
                        (*content).to_owned(),
                    )
                })
                .collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
