//! Numbers of cards and of bank accounts, also in groups, as people write them: `4111 1111 1111 1111`.

use std::ops::Range;

/// Digits of a card's number.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// Signs of an IBAN (ISO 13616).
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;
const GROUP: usize = 4;
/// With what stands between its groups.
const MOST_IBAN_BYTES: usize = 42;

/// Adds where such numbers stand. A card's number without blanks is a long number, and known as such.
pub(crate) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_start = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let length = match bytes[at] {
            b'0'..=b'9' if is_start => card(&bytes[at..]),
            b'A'..=b'Z' if is_start => iban(&bytes[at..]),
            _ => None,
        };
        if let Some(length) = length {
            found.push(at..at + length);
        }
        at += length.unwrap_or(1);
    }
}

/// How long the card's number is that a text begins with: groups with one and the same sign between them.
fn card(text: &[u8]) -> Option<usize> {
    let sign = text.iter().find(|byte| !byte.is_ascii_digit())?;
    let groups = groups(text, std::slice::from_ref(sign), u8::is_ascii_digit);
    let is_group = |end: &usize| {
        (3..=6).contains(
            &text[..*end]
                .rsplit(|one| one == sign)
                .next()
                .unwrap_or_default()
                .len(),
        )
    };
    let is_card = |end: &usize| {
        let digits = || text[..*end].iter().filter(|byte| byte.is_ascii_digit());
        b" .-".contains(sign)
            && DIGITS.contains(&digits().count())
            && checks(digits().rev().copied())
    };
    groups.take_while(is_group).filter(is_card).last()
}

/// Where groups of signs end that have one of `between` between them, and nothing that goes on behind.
fn groups<'a>(
    text: &'a [u8],
    between: &'a [u8],
    is_of_group: impl Fn(&u8) -> bool + 'a,
) -> impl Iterator<Item = usize> + 'a {
    let mut at = 0;
    std::iter::from_fn(move || {
        let length = text
            .get(at..)?
            .iter()
            .take_while(|byte| is_of_group(byte))
            .count();
        let end = at + length;
        let goes_on = text.get(end).is_some_and(u8::is_ascii_alphanumeric);
        at = if text.get(end).is_some_and(|sign| between.contains(sign)) {
            end + 1
        } else {
            usize::MAX
        };
        (length > 0 && !goes_on).then_some(end)
    })
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

/// How long the IBAN is that a text begins with: in one piece, or in groups of four with a blank or a dash between.
fn iban(text: &[u8]) -> Option<usize> {
    let is_of_it = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    let is_iban = |end: &usize| {
        let signs: Vec<u8> = text[..*end].iter().copied().filter(is_of_it).collect();
        let mut groups = text[..*end].rsplit(|byte| b" -".contains(byte)).skip(1);
        IBAN.contains(&signs.len())
            && groups.all(|group| group.len() == GROUP)
            && signs[2..4].iter().all(u8::is_ascii_digit)
            && remainder(&signs) == 1
    };
    groups(text, b" -", is_of_it)
        .take_while(|end| *end <= MOST_IBAN_BYTES)
        .filter(is_iban)
        .last()
}

/// The check of ISO 7064: the first four signs stand last, letters count from 10.
fn remainder(signs: &[u8]) -> u32 {
    let (country, account) = signs.split_at(4);
    account
        .iter()
        .chain(country)
        .fold(0, |rest, sign| match sign {
            b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
            _ => (rest * 100 + u32::from(sign - b'A') + 10) % 97,
        })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn numbers_of_cards_and_accounts_are_found_and_other_numbers_are_not() {
        let rows = [
            ("card 4111 1111 1111 1111 x", Some("4111 1111 1111 1111")),
            ("4111.1111.1111.1111 ", Some("4111.1111.1111.1111")),
            ("4111-1111-1111-1111.", Some("4111-1111-1111-1111")),
            ("3782 822463 10005", Some("3782 822463 10005")),
            ("4111 1111 1111 1112", None),
            ("4111 1111-1111.1111", None),
            ("x4111 1111 1111 1111", None),
            ("1 2 3 4 5 6 7 8 9 10 11", None),
            ("2024 1000 2000  3000", None),
            ("192.168.100.200", None),
            ("1.10.100.1000", None),
            (
                "to DE89 3704 0044 0532 0130 00 now",
                Some("DE89 3704 0044 0532 0130 00"),
            ),
            ("DE89370400440532013000'", Some("DE89370400440532013000")),
            (
                "DE89 3704 0044 0532 0130 00 UNION SELECT",
                Some("DE89 3704 0044 0532 0130 00"),
            ),
            (
                "GB82 WEST 1234 5698 7654 32",
                Some("GB82 WEST 1234 5698 7654 32"),
            ),
            ("NO93 8601 1117 947", Some("NO93 8601 1117 947")),
            ("BE68-5390-0754-7034 OR 1", Some("BE68-5390-0754-7034")),
            ("DE89 3704 0044 0532 0130 01", None),
            ("UNION SELECT 1 FROM A1", None),
            ("AB12CD34", None),
            ("é4é 5 ", None),
            ("", None),
        ];
        for (text, expected) in rows {
            let mut found = Vec::new();
            find(text, &mut found);
            assert_eq!(
                found.first().map(|one| &text[one.clone()]),
                expected,
                "{text}"
            );
        }
    }
}
