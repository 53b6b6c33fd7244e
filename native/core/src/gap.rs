//! What of an event was not looked at, because there was too much of it.

use std::fmt;

/// How many inputs were not inspected, or not wholly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gap {
    /// Inputs beyond those that are kept: neither the firewall nor a sink knows of them.
    pub not_kept: usize,
    /// Inputs that were read as they stand, but not for what they hide.
    pub not_decoded: usize,
    /// Inputs that the firewall has not read, or only a part of them.
    pub not_read: usize,
    /// The bytes that it has not read.
    pub bytes: usize,
}

impl Gap {
    /// All of them.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.not_kept + self.not_decoded + self.not_read
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            not_kept,
            not_decoded,
            not_read,
            bytes,
        } = self;
        let mut parts = Vec::new();
        for (count, what) in [(not_kept, "not kept"), (not_decoded, "not decoded")] {
            if *count > 0 {
                parts.push(format!("{count} inputs were {what}"));
            }
        }
        if *not_read > 0 {
            parts.push(format!("{bytes} bytes of {not_read} inputs were not read"));
        }
        write!(f, "not fully inspected: {}", parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_says_what_is_missing() {
        let gap = Gap {
            not_kept: 3,
            not_decoded: 0,
            not_read: 2,
            bytes: 70_000,
        };
        assert_eq!(gap.inputs(), 5);
        assert_eq!(
            gap.to_string(),
            "not fully inspected: 3 inputs were not kept, 70000 bytes of 2 inputs were not read"
        );
    }
}
