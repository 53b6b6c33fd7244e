//! Does an input carry these bytes, as they are or as events carry bytes: base64, hexadecimal, one character each?

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;

/// Fewer bytes hold no code.
const SHORTEST: usize = 16;

/// Says whether `input` holds `bytes`.
pub(crate) fn carried(bytes: &[u8], input: &[u8]) -> bool {
    if bytes.len() < SHORTEST || input.len() < bytes.len() {
        return false;
    }
    let holds = |form: &[u8]| memmem::find(input, form).is_some();
    holds(bytes)
        || holds(STANDARD_NO_PAD.encode(bytes).as_bytes())
        || holds(URL_SAFE_NO_PAD.encode(bytes).as_bytes())
        || holds(&hexadecimal(bytes))
        || holds(&as_characters(bytes))
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let digit = |value: u8| b"0123456789abcdef"[usize::from(value)];
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.collect()
}

/// Each byte as the character of its number (Latin-1), in UTF-8.
fn as_characters(bytes: &[u8]) -> Vec<u8> {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &[u8] = b"\xe3\x00\x01\xff the code of a function \xfb\xef\xbe";

    #[test]
    fn bytes_are_found_in_each_spelling() {
        let hex = "e30001ff2074686520636f6465206f6620612066756e6374696f6e20fbefbe";
        let base64 = "4wAB/yB0aGUgY29kZSBvZiBhIGZ1bmN0aW9uIPvvvg==";
        let url_safe = "4wAB_yB0aGUgY29kZSBvZiBhIGZ1bmN0aW9uIPvvvg";
        for form in [hex, base64, url_safe] {
            assert!(carried(CODE, form.as_bytes()), "{form}");
        }
        assert!(carried(CODE, &[b"a", CODE, b"b"].concat()));
        assert!(carried(CODE, &as_characters(CODE)));
    }

    #[test]
    fn other_bytes_are_not() {
        let other = [&CODE[1..], b"."].concat();
        assert!(!carried(CODE, &other));
        assert!(!carried(CODE, STANDARD_NO_PAD.encode(&other).as_bytes()));
        assert!(!carried(b"short", b"short and more of it"));
    }
}
