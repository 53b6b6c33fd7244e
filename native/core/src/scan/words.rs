//! Words that are looked for together: where they stand in a text, in one pass, however many they are.

/// Places of the table that says of almost every place in a text that no word begins there.
const PLACES: usize = 4096;
/// Words that are looked for together.
const MOST: usize = 256;

/// Words of three bytes and more.
pub(super) struct Words {
    words: &'static [&'static str],
    /// By what their first three bytes come to: the number of a word, from 1.
    first: [u8; PLACES],
    /// Of each word the next one that comes to the same.
    next: [u8; MOST],
}

impl Words {
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        assert!(words.len() < MOST);
        let (mut first, mut next) = ([0; PLACES], [0; MOST]);
        let mut number = 1;
        while number <= words.len() {
            let word = words[number - 1].as_bytes();
            let place = place(word[0], word[1], word[2]);
            next[number] = first[place];
            first[place] = number as u8;
            number += 1;
        }
        Self { words, first, next }
    }

    /// Where words stand, in the order of their starts; of those at one place the shortest.
    pub(super) fn all_in(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (start, three) in text.windows(3).enumerate() {
            let mut number = self.first[place(three[0], three[1], three[2])];
            let mut end = usize::MAX;
            while number != 0 {
                let word = self.words[usize::from(number) - 1].as_bytes();
                if text[start..].starts_with(word) {
                    end = end.min(start + word.len());
                }
                number = self.next[usize::from(number)];
            }
            if end != usize::MAX {
                found.push((start, end));
            }
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

const fn place(first: u8, second: u8, third: u8) -> usize {
    (first as usize * 31 + second as usize * 1_031 + third as usize * 173) % PLACES
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
