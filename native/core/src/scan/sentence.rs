//! Is something only told of? Around what somebody writes about stand words.

/// Words of letters alone in `text`; signs of a sentence may stand around them.
pub(super) fn words(text: &[u8]) -> usize {
    let is_sign = |byte: &u8| b".,;:?!\"'()".contains(byte);
    let is_word = |word: &&[u8]| {
        let start = word.iter().take_while(|byte| is_sign(byte)).count();
        let end = word.iter().rev().take_while(|byte| is_sign(byte)).count();
        let inner = word.get(start..word.len() - end).unwrap_or_default();
        !inner.is_empty() && inner.iter().all(u8::is_ascii_alphabetic)
    };
    text.split(u8::is_ascii_whitespace).filter(is_word).count()
}

/// How many words stand around an expression that somebody writes about.
const SENTENCE: usize = 4;

/// `In Jinja {{7*7}} prints 49`: do words stand before and behind?
pub(super) fn is_told(before: &[u8], behind: &[u8]) -> bool {
    words(before) + words(behind) >= SENTENCE
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_has_other_signs_is_no_word() {
        let rows = [
            ("", 0),
            ("We saw ../../etc/passwd in the logs.", 5),
            ("(see) \"this\", too!", 3),
            ("a=1 b-2 ../x ...", 0),
        ];
        for (text, count) in rows {
            assert_eq!(words(text.as_bytes()), count, "{text}");
        }
    }
}
