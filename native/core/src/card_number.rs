//! Numbers of cards in groups, as people write them: `4111 1111 1111 1111`.

use crate::redact::MASK;

/// Digits of a card's number.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The text with such numbers masked. One without blanks is a word, and masked as such.
pub(crate) fn without_card_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        let number = run[..end_of_run(run)].trim_end();
        out.push_str(before);
        out.push_str(if is_card(number) { MASK } else { number });
        rest = &run[number.len()..];
    }
    out.push_str(rest);
    out
}

/// Bytes of digits with single blanks between them.
fn end_of_run(text: &str) -> usize {
    let bytes = text.as_bytes();
    let goes_on = |at: usize| {
        bytes[at].is_ascii_digit() || bytes[at] == b' ' && bytes[at - 1].is_ascii_digit()
    };
    (1..bytes.len())
        .find(|at| !goes_on(*at))
        .unwrap_or(bytes.len())
}

fn is_card(number: &str) -> bool {
    let is_grouped = number
        .split(' ')
        .all(|group| (3..=6).contains(&group.len()));
    let digits = || number.bytes().filter(u8::is_ascii_digit);
    is_grouped && DIGITS.contains(&digits().count()) && checks(digits().rev())
}

/// The check of Luhn, from the last digit on.
fn checks(digits: impl Iterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::without_card_numbers;

    #[test]
    fn numbers_of_cards_are_masked_and_other_numbers_are_not() {
        let rows = [
            ("card 4111 1111 1111 1111 x", "card ‹redacted› x"),
            ("3782 822463 10005", "‹redacted›"),
            ("4111 1111 1111 1112", "4111 1111 1111 1112"),
            ("1 2 3 4 5 6 7 8 9 10 11", "1 2 3 4 5 6 7 8 9 10 11"),
            ("2024 1000 2000  3000", "2024 1000 2000  3000"),
            ("é4é 5 ", "é4é 5 "),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(without_card_numbers(text), expected);
        }
    }
}
