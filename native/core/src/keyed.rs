//! A keyed hash of 64 bits, so that whoever chooses a text cannot choose its number.

/// What the numbers of one environment are made with; drawn at random.
#[derive(Debug, Clone, Copy)]
pub struct Key(pub [u64; 2]);

/// The number of a sequence of parts; never 0. Where one part ends and the next begins counts.
#[must_use]
pub fn number(key: Key, parts: &[&[u8]]) -> u64 {
    let Key([first, second]) = key;
    let mut state = first;
    for part in parts {
        state = folded(state ^ part.len() as u64, second);
        for chunk in part.chunks(16) {
            let mut words = [0_u8; 16];
            words[..chunk.len()].copy_from_slice(chunk);
            let both = u128::from_le_bytes(words);
            #[allow(clippy::cast_possible_truncation)] // the two halves
            let (low, high) = (both as u64, (both >> 64) as u64);
            state = folded(low ^ second, high ^ state);
        }
    }
    folded(state, first ^ second).max(1)
}

/// Both halves of the product, and the factors themselves, so that no zero hides the other.
#[allow(clippy::cast_possible_truncation)]
fn folded(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product as u64) ^ ((product >> 64) as u64) ^ one.rotate_left(23) ^ other.rotate_left(41)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn different_parts_have_different_numbers() {
        let key = Key([0x1234_5678_9abc_def1, 0xfedc_ba98_7654_3211]);
        let mut seen = HashSet::new();
        for n in 0..20_000_u32 {
            let text = format!("/tmp/{n}");
            assert!(seen.insert(number(key, &[b"read", text.as_bytes()])));
            assert!(seen.insert(number(key, &[b"write", text.as_bytes()])));
            assert!(seen.insert(number(key, &[text.as_bytes(), b"write"])));
        }
        assert_ne!(number(key, &[b"ab", b"c"]), number(key, &[b"a", b"bc"]));
        assert_ne!(number(key, &[b"a\0"]), number(key, &[b"a"]));
        assert_ne!(number(key, &[b"a"]), number(Key([3, 5]), &[b"a"]));
    }
}
