//! How what readers make objects of begins: as bytes, and written in base64 or hexadecimal digits.
//!
//! Sees:         Java, .NET's BinaryFormatter, pickle, Ruby's Marshal, PHP, gzip, ZIP
//! Does not see: MessagePack, CBOR and others whose first bytes any other text may have

use crate::hex;

/// How the modules begin that a pickle of letters asks for.
const MODULES: [&[u8]; 5] = [b"posix\n", b"os\n", b"subproc", b"builtin", b"__built"];

/// Shorter texts hold no object.
const SHORTEST: usize = 12;

/// Whether bytes begin as a serialised object or a file of such does.
pub(crate) fn begins_serialized(bytes: &[u8]) -> bool {
    match bytes {
        [0xAC, 0xED, 0, 5, ..]
        | [0, 1, 0, 0, 0, 0xFF, ..]
        | [0x80, 0..=5, ..]
        | [0x8C, _, b'a'..=b'z' | b'_', ..]
        | [
            4,
            8,
            b'[' | b'o' | b'{' | b'c' | b'u' | b'U' | b'I' | b'e',
            ..,
        ]
        | [b'O' | b'a' | b'C', b':', b'0'..=b'9', ..]
        | [0x1F, 0x8B, 8, ..]
        | [b'P', b'K', 3, 4, ..] => true,
        [b'c', rest @ ..] => MODULES.iter().any(|start| rest.starts_with(start)),
        _ => false,
    }
}

/// Whether a text without any sign is such bytes, written in base64 or hexadecimal digits.
pub(crate) fn is_written_serialized(text: &[u8]) -> bool {
    let Some(start) = text.first_chunk::<SHORTEST>() else {
        return false;
    };
    let of_letters: Option<Vec<[u8; 3]>> = start.chunks_exact(4).map(base64_group).collect();
    let byte_of = |two: &[u8]| hex::byte(two[0], two[1]);
    let of_digits: Option<Vec<u8>> = start.chunks_exact(2).map(byte_of).collect();
    of_letters.is_some_and(|bytes| begins_serialized(bytes.as_flattened()))
        || of_digits.is_some_and(|bytes| begins_serialized(&bytes))
}

/// The three bytes of four letters of base64, in either alphabet.
pub(crate) fn base64_group(four: &[u8]) -> Option<[u8; 3]> {
    let join = |bits: u32, byte: &u8| Some(bits << 6 | sextet(*byte)?);
    let [_, plain @ ..] = four.iter().try_fold(0, join)?.to_be_bytes();
    Some(plain)
}

/// The six bits of a letter of base64.
pub(crate) fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serialised_object_is_known_by_its_start() {
        let rows = [
            ("rO0ABXNyABdqYXZhLnV0aWwu", true),
            ("aced00057372", true),
            ("ACED00057372", true),
            ("gASVHQAAAAAAAACMBXBvc2l4", true),
            ("Y3Bvc2l4CnN5c3RlbQooUydpZCcK", true),
            ("8004951d000000000000008c", true),
            ("04085b0763154e65743a3a577269", true),
            ("BAhvOhFHZW06Okluc3RhbGxlcjo", true),
            ("Tzo4OiJzdGRDbGFzcyI6MTp7", true),
            ("H4sIAAAAAAAAA", true),
            ("rO0AB", false),
            ("internationalization", false),
            ("d41d8cd98f00b204e9800998ecf8427e", false),
            ("Y2xpbWF0ZSBjaGFuZ2U", false), // `climate change`
        ];
        for (text, expected) in rows {
            assert_eq!(is_written_serialized(text.as_bytes()), expected, "{text}");
        }
    }
}
