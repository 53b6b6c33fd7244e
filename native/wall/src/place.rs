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
        let mut parts = std::str::from_utf8(text).ok()?.split(':');
        Some(Place {
            owner: parts.next()?.parse().ok()?,
            file: parts.next()?.parse().ok()?,
            nonce: u64::from_str_radix(parts.next()?, 16).ok()?,
            started_in: parts.next().and_then(|part| part.parse().ok()),
        })
    }

    /// What is the same for all processes below the owner.
    #[must_use]
    pub fn written(&self) -> String {
        format!("{}:{}:{:016x}", self.owner, self.file, self.nonce)
    }
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
        for text in ["", "guard", "1", "1:2", "1:2:", "x:2:3", "1:2:g", "-1:2:3"] {
            assert_eq!(Place::read(text.as_bytes()), None, "{text}");
        }
        for text in ["1:2:3", "1:2:3:", "1:2:3:x", "1:2:3:-1"] {
            let place = Place::read(text.as_bytes()).unwrap();
            assert_eq!(place.started_in, None, "{text}");
        }
    }
}
