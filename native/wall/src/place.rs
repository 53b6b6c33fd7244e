//! The word by which a process finds what its owner has read: `process:descriptor:nonce`, and behind that, for a program
//! that is started, the invocation it is started in. The program may begin only when that one is over.

use std::ffi::c_int;

/// The value of `HAUBERK_WALL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of the owner's process, and of its descriptor of the setting.
    pub owner: u32,
    pub file: c_int,
    pub nonce: u64,
    /// None where nobody has said it.
    pub started_in: Option<u32>,
}

impl Place {
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Place> {
        let mut parts = text.split(|byte| *byte == b':');
        let mut small = || u32::try_from(number(parts.next()?, 10)?).ok();
        Some(Place {
            owner: small()?,
            file: c_int::try_from(small()?).ok()?,
            nonce: number(parts.next()?, 16)?,
            started_in: parts
                .next()
                .and_then(|part| u32::try_from(number(part, 10)?).ok()),
        })
    }

    /// What is the same for all processes below the owner.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}:{}:{:016x}", self.owner, self.file, self.nonce)
    }
}

/// A number that is written with these digits, and nothing else. The standard library's own reader stands far away in the
/// library's file, and each program that starts would fetch it.
#[inline(always)]
fn number(text: &[u8], digits: u64) -> Option<u64> {
    let mut number = 0_u64;
    for byte in text {
        let digit = match byte {
            b'0'..=b'9' => u64::from(byte - b'0'),
            b'a'..=b'f' => u64::from(byte - b'a' + 10),
            _ => digits,
        };
        number = number.checked_mul(digits)?.checked_add(digit)?;
        if digit >= digits {
            return None;
        }
    }
    (!text.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let place = Place {
            owner: 1,
            file: 500,
            nonce: 0xAB,
            started_in: None,
        };
        assert_eq!(place.written(), "1:500:00000000000000ab");
        assert_eq!(Place::read(place.written().as_bytes()), Some(place));
        let started = Place {
            started_in: Some(0),
            ..place
        };
        assert_eq!(Place::read(b"1:500:ab:0"), Some(started));
    }

    #[test]
    fn what_is_no_place_is_none() {
        let too_large = ["4294967296:2:3", "1:2147483648:3", "1:2:10000000000000000"];
        let others = [
            "", "guard", "1", "1:2", "1:2:", "x:2:3", "1:2:g", "-1:2:3", "1a:2:3", "1::3",
        ];
        for text in too_large.into_iter().chain(others) {
            assert_eq!(Place::read(text.as_bytes()), None, "{text}");
        }
        for text in ["1:2:3", "1:2:3:", "1:2:3:x", "1:2:3:-1"] {
            let place = Place::read(text.as_bytes()).unwrap();
            assert_eq!(place.started_in, None, "{text}");
        }
    }
}
