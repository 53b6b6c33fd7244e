//! Words that are looked for together: where they stand in a text, in one pass, however many they are.

/// Bits of the filter that says of almost every place in a text that no word begins there.
const FILTER_BITS: usize = 4096;

/// Words of three bytes and more.
pub(super) struct Words {
    words: &'static [&'static str],
    filter: [u64; FILTER_BITS / 64],
}

impl Words {
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        let mut filter = [0; FILTER_BITS / 64];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            let bit = bit(word[0], word[1], word[2]);
            filter[bit / 64] |= 1 << (bit % 64);
            at += 1;
        }
        Self { words, filter }
    }

    /// Where words stand, in the order of their starts.
    pub(super) fn all_in(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (start, three) in text.windows(3).enumerate() {
            let bit = bit(three[0], three[1], three[2]);
            if self.filter[bit / 64] & 1 << (bit % 64) == 0 {
                continue;
            }
            let stands = |word: &&&str| text[start..].starts_with(word.as_bytes());
            let shortest = self
                .words
                .iter()
                .filter(stands)
                .map(|word| word.len())
                .min();
            found.extend(shortest.map(|length| (start, start + length)));
        }
        found
    }
}

/// Does one of the `words`, which were found in a text, stand between `start` and `end` of it?
pub(super) fn stands_between(words: &[(usize, usize)], start: usize, end: usize) -> bool {
    let from = words.partition_point(|word| word.0 < start);
    let mut near = words[from..].iter().take_while(|word| word.0 < end);
    near.any(|word| word.1 <= end)
}

const fn bit(first: u8, second: u8, third: u8) -> usize {
    (first as usize * 31 + second as usize * 1_031 + third as usize * 173) % FILTER_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_where_it_stands_and_only_there() {
        static WORDS: Words = Words::new(&["eval(", "evaluate", "os.", "abc"]);
        let found = WORDS.all_in(b"abcos.eval( evaluat");
        assert_eq!(found, [(0, 3), (3, 6), (6, 11)]);
        let rows = [
            (0, 3, true),
            (1, 5, false),
            (1, 6, true),
            (6, 10, false),
            (12, 19, false),
        ];
        for (start, end, expected) in rows {
            assert_eq!(
                stands_between(&found, start, end),
                expected,
                "{start} {end}"
            );
        }
    }
}
