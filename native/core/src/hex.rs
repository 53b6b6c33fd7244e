//! Hex digits, as encodings have them: by a table, for texts that are nothing else.

/// What stands for no digit.
const NONE: u8 = 0xFF;

static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit as usize] as usize] = digit;
        values[b"0123456789ABCDEF"[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
}

/// The byte that two digits stand for.
pub(crate) fn byte(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
    (high != NONE && low != NONE).then_some(high << 4 | low)
}

/// The number that all of `digits` stand for, at most eight.
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
    let next = |number: u32, digit: &u8| {
        let value = VALUES[usize::from(*digit)];
        (value != NONE).then_some(number << 4 | u32::from(value))
    };
    digits.iter().try_fold(0, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_and_nothing_else() {
        for text in 0..=u16::MAX {
            let [high, low] = text.to_be_bytes();
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let expected = digit(high)
                .zip(digit(low))
                .map(|(high, low)| high * 16 + low);
            assert_eq!(byte(high, low).map(u32::from), expected);
            assert_eq!(number(&[high, low]), expected);
        }
        assert_eq!(number(b"FFfe"), Some(0xFFFE));
    }
}
