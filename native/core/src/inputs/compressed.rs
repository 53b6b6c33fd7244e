//! Texts that gzip (RFC 1952), zlib (RFC 1950) compressed; their checksums are not asked.

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// What one compressed text may become; of a bomb that much is read.
pub(super) const MOST_BYTES: usize = 1 << 20;

/// Whether bytes begin as such a text does.
pub(super) fn is_compressed(bytes: &[u8]) -> bool {
    match bytes {
        [0x1F, 0x8B, 8, ..] => true,
        [0x78, 0x01 | 0x5E | 0x9C | 0xDA, ..] => true, // the usual window, and each level
        _ => false,
    }
}

/// The label and the content of a compressed text, as far as it could be inflated: what is torn, or a bomb, too, so
/// that all work is counted. None where there is no content.
pub(super) fn inflated(bytes: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let (label, deflated) = match bytes {
        _ if !is_compressed(bytes) => return None,
        [0x1F, ..] => ("→gzip", behind_gzip_header(bytes, *bytes.get(3)?)?),
        _ => ("→zlib", &bytes[2..]),
    };
    let content =
        decompress_to_vec_with_limit(deflated, MOST_BYTES).unwrap_or_else(|broken| broken.output);
    (!content.is_empty()).then_some((label, content))
}

fn behind_gzip_header(bytes: &[u8], flags: u8) -> Option<&[u8]> {
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + length..)?;
    }
    for text in [8, 16] {
        if flags & text != 0 {
            rest = &rest[memchr::memchr(0, rest)? + 1..];
        }
    }
    rest.get(usize::from(flags & 2)..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    const PLAIN: &[u8] = b"1 UNION SELECT password FROM users";

    fn gzip(flags: u8, header: &[u8], content: &[u8]) -> Vec<u8> {
        let start = [0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3];
        [&start, header, &compress_to_vec(content, 6), &[0; 8]].concat()
    }

    #[test]
    fn a_compressed_text_is_read_whatever_its_header() {
        let rows = [
            (gzip(0, b"", PLAIN), "→gzip"),
            (gzip(8 | 16, b"name.txt\0comment\0", PLAIN), "→gzip"),
            (gzip(4 | 2, b"\x03\0abc12", PLAIN), "→gzip"),
            (compress_to_vec_zlib(PLAIN, 6), "→zlib"),
        ];
        for (bytes, label) in rows {
            assert_eq!(inflated(&bytes), Some((label, PLAIN.to_vec())));
        }
        assert_eq!(inflated(b"x and y"), None);
        assert_eq!(inflated(b"\x1F\x8B\x08"), None);
    }

    #[test]
    fn a_bomb_is_inflated_up_to_the_limit() {
        let bomb = gzip(0, b"", &vec![b'a'; 64 << 20]);
        let content = inflated(&bomb).unwrap().1;
        assert!(content.starts_with(b"aaaa") && content.len() <= MOST_BYTES);
    }

    #[test]
    fn a_torn_text_is_read_as_far_as_it_goes() {
        let long: String = (0..10_000).map(|n| format!("{n}/")).collect();
        let bytes = gzip(0, b"", long.as_bytes());
        let content = inflated(&bytes[..bytes.len() / 2]).unwrap().1;
        assert!(content.len() > 1_000 && content.starts_with(b"0/1/2/3/"));
    }
}
