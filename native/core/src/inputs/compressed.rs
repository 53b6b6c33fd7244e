//! Texts that gzip (RFC 1952), zlib (RFC 1950) compressed; their checksums are not asked.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// What one compressed text may become; of a bomb that much is read.
pub(super) const MOST_BYTES: usize = 1 << 20;
/// A text that becomes so many times longer was made to: what people and programs write comes to some hundred times.
const LEAST_GROWTH_OF_BOMB: usize = 500;
/// Members of one file of gzip; each costs some microseconds, however little it holds.
const MOST_MEMBERS: usize = 10_000;
/// Bytes behind the content of a gzip member: checksum and length.
const GZIP_TRAILER: usize = 8;

/// Whether bytes begin as such a text does.
pub(super) fn is_compressed(bytes: &[u8]) -> bool {
    match *bytes {
        [method, flags, _, ..] => is_gzip(bytes) || is_zlib(method, flags),
        _ => false,
    }
}

/// Whether they begin as no other text does.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B, 8])
}

/// Deflate, with any window; the two bytes are a multiple of 31, and name no dictionary.
fn is_zlib(method: u8, flags: u8) -> bool {
    let is_deflate = method & 0x0F == 8 && method >> 4 <= 7;
    is_deflate && flags & 0x20 == 0 && u16::from_be_bytes([method, flags]) % 31 == 0
}

/// What a compressed text holds.
#[derive(Debug, PartialEq)]
pub(super) struct Inflated {
    pub(super) label: &'static str,
    pub(super) content: Vec<u8>,
    /// Whether a limit of ours stood before the end.
    pub(super) is_cut_short: bool,
    /// Whether it grows beyond our limit as nothing does that was written to be read.
    pub(super) is_bomb: bool,
}

/// A compressed text as far as it could be inflated: what is torn, or a bomb, too, so that all work is counted. None
/// where there is no content.
pub(super) fn inflated(bytes: &[u8]) -> Option<Inflated> {
    if !is_compressed(bytes) {
        return None;
    }
    let mut inflater = Inflater::default();
    let label = if is_gzip(bytes) {
        inflater.add_members(bytes);
        "→gzip"
    } else {
        inflater.add(&bytes[2..]);
        "→zlib"
    };
    inflater.content.truncate(inflater.written);
    let is_read = !inflater.content.is_empty() || inflater.is_cut_short;
    is_read.then_some(Inflated {
        label,
        content: inflater.content,
        is_cut_short: inflater.is_cut_short,
        is_bomb: inflater.is_bomb,
    })
}

/// Bytes by which it is seen that raw deflate holds text.
const PROBE: usize = 64;
/// Of what holds fewer bytes it cannot be seen.
const SHORTEST_TEXT: usize = 16;

/// The text that raw deflate (RFC 1951) holds, as far as it could be inflated; none where the first of it is no text.
pub(super) fn deflated(bytes: &[u8]) -> Option<Inflated> {
    let mut inflater = Inflater::default();
    let mut start = [0; PROBE];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, _, given) = decompress(&mut inflater.state, bytes, &mut start, 0, flags);
    let is_read = matches!(status, TINFLStatus::Done | TINFLStatus::HasMoreOutput);
    let start = &start[..given];
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\n\r\t".contains(byte);
    let is_text =
        std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    if !is_read || given < SHORTEST_TEXT || !is_text || start.iter().any(is_control) {
        return None;
    }
    inflater.add(bytes);
    inflater.content.truncate(inflater.written);
    Some(Inflated {
        label: "→deflate",
        content: inflater.content,
        is_cut_short: inflater.is_cut_short,
        is_bomb: inflater.is_bomb,
    })
}

/// Gathers contents up to [`MOST_BYTES`].
#[derive(Default)]
struct Inflater {
    state: Box<DecompressorOxide>,
    content: Vec<u8>,
    written: usize,
    is_cut_short: bool,
    is_bomb: bool,
}

impl Inflater {
    /// A file of gzip is one member behind another, or more.
    fn add_members(&mut self, mut bytes: &[u8]) {
        for _ in 0..MOST_MEMBERS {
            let [0x1F, 0x8B, 8, flags, ..] = *bytes else {
                return;
            };
            let rest = behind_gzip_header(bytes, flags)
                .and_then(|deflated| deflated.get(self.add(deflated)? + GZIP_TRAILER..));
            let Some(rest) = rest else { return };
            bytes = rest;
        }
        self.is_cut_short |= bytes.starts_with(&[0x1F, 0x8B, 8]);
    }

    /// Appends what `deflated` holds; how many bytes of it that took, where it came to its end.
    fn add(&mut self, deflated: &[u8]) -> Option<usize> {
        self.state.init();
        let mut read = 0;
        loop {
            let most = MOST_BYTES.min(2 * self.content.len().max(2 * deflated.len().max(32)));
            if self.written == self.content.len() {
                self.content.resize(most, 0);
            }
            let (status, taken, given) = decompress(
                &mut self.state,
                deflated.get(read..)?,
                &mut self.content,
                self.written,
                TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
            );
            read += taken;
            self.written += given;
            match status {
                TINFLStatus::Done => return Some(read),
                TINFLStatus::HasMoreOutput if self.content.len() < MOST_BYTES => {
                    self.content.resize(most, 0);
                }
                status => {
                    let is_longer = status == TINFLStatus::HasMoreOutput;
                    self.is_cut_short |= is_longer;
                    self.is_bomb |= is_longer && read <= MOST_BYTES / LEAST_GROWTH_OF_BOMB;
                    return None;
                }
            }
        }
    }
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

    fn whole(label: &'static str, content: &[u8]) -> Inflated {
        Inflated {
            label,
            content: content.to_vec(),
            is_cut_short: false,
            is_bomb: false,
        }
    }

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
            (
                [
                    gzip(0, b"", b""),
                    gzip(0, b"", &PLAIN[..9]),
                    gzip(8, b"n\0", &PLAIN[9..]),
                ]
                .concat(),
                "→gzip",
            ),
            (compress_to_vec_zlib(PLAIN, 6), "→zlib"),
            (
                [&[0x58, 0x85], &*compress_to_vec(PLAIN, 6)].concat(),
                "→zlib",
            ),
        ];
        for (bytes, label) in rows {
            assert_eq!(inflated(&bytes), Some(whole(label, PLAIN)));
        }
        assert_eq!(inflated(b"x and y"), None);
        assert_eq!(inflated(b"\x1F\x8B\x08"), None);
    }

    #[test]
    fn raw_deflate_is_read_where_it_holds_text() {
        let packed = compress_to_vec(PLAIN, 6);
        assert_eq!(deflated(&packed), Some(whole("→deflate", PLAIN)));
        let noise: Vec<u8> = (0..999u32).map(|n| (n * n * 31 % 251) as u8).collect();
        assert_eq!(deflated(&compress_to_vec(&noise, 6)), None);
        for start in 0..=255 {
            assert_eq!(deflated(&[&[start], &noise[..]].concat()), None);
        }
    }

    #[test]
    fn empty_members_are_read_up_to_the_limit() {
        let after = |members| [gzip(0, b"", b"").repeat(members), gzip(0, b"", PLAIN)].concat();
        let last = after(MOST_MEMBERS - 1);
        assert_eq!(inflated(&last), Some(whole("→gzip", PLAIN)));
        let beyond = inflated(&after(MOST_MEMBERS)).unwrap();
        assert!(beyond.is_cut_short && beyond.content.is_empty());
    }

    #[test]
    fn a_bomb_is_inflated_up_to_the_limit() {
        let bomb = gzip(0, b"", &vec![b'a'; 64 << 20]);
        let inflated = inflated(&bomb).unwrap();
        assert!(inflated.content.starts_with(b"aaaa") && inflated.content.len() <= MOST_BYTES);
        assert!(inflated.is_cut_short && inflated.is_bomb);
    }

    #[test]
    fn a_long_log_is_no_bomb() {
        let lines: String = (0..40_000)
            .map(|n| format!("2026-11-27T00:00:{n:05} INFO request {n} took 12 ms\n"))
            .collect();
        let inflated = inflated(&gzip(0, b"", lines.as_bytes())).unwrap();
        assert!(inflated.is_cut_short && !inflated.is_bomb);
    }

    #[test]
    fn a_torn_text_is_read_as_far_as_it_goes() {
        let long: String = (0..10_000).map(|n| format!("{n}/")).collect();
        let bytes = gzip(0, b"", long.as_bytes());
        let torn = inflated(&bytes[..bytes.len() / 2]).unwrap();
        assert!(torn.content.len() > 1_000 && long.as_bytes().starts_with(&torn.content));
        assert!(!torn.is_cut_short);
    }
}
