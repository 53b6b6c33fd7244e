//! A path from the root as its text tells where it leads, as if no part of it was a link.

/// The path without empty parts, `.` and `..`.
#[must_use]
pub fn normal(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => out.truncate(out.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            _ => {
                out.push(b'/');
                out.extend_from_slice(part);
            }
        }
    }
    if out.is_empty() {
        out.push(b'/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_links_is_read_as_it_is_written() {
        let rows = [
            ("/a//b/./c/", "/a/b/c"),
            ("/a/../b", "/b"),
            ("/../..", "/"),
            ("/a/b/../../c", "/c"),
            ("/", "/"),
        ];
        for (written, expected) in rows {
            assert_eq!(normal(written.as_bytes()), expected.as_bytes(), "{written}");
        }
    }
}
