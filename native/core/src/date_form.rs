//! Whether a text is a date, by its form alone: no calendar is asked.

const LONGEST: usize = 40;

/// A day of RFC 3339, alone or with a time and perhaps a zone behind it.
pub(crate) fn is_date(text: &[u8]) -> bool {
    if text.len() > LONGEST || !has_form(text, b"0000-00-00") {
        return false;
    }
    let [b'T' | b't' | b' ', time @ ..] = &text[10..] else {
        return text.len() == 10;
    };
    let minutes = has_form(time, b"00:00");
    let seconds = has_form(time, b"00:00:00");
    let rest = &time[if seconds { 8 } else { 5 }.min(time.len())..];
    let fraction = rest.strip_prefix(b".").filter(|_| seconds);
    let rest = fraction.map_or(rest, |digits| {
        &digits[digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()..]
    });
    let is_zone = match rest {
        [] | [b'Z' | b'z'] => true,
        [b'+' | b'-', zone @ ..] => {
            has_form(zone, b"00:00") && zone.len() == 5
                || has_form(zone, b"0000") && zone.len() == 4
        }
        _ => false,
    };
    minutes && is_zone
}

/// Whether a text begins with a form, in which `0` is any digit.
fn has_form(text: &[u8], form: &[u8]) -> bool {
    let is_right = |(byte, wanted): (&u8, &u8)| match wanted {
        b'0' => byte.is_ascii_digit(),
        wanted => byte == wanted,
    };
    text.len() >= form.len() && text.iter().zip(form).all(is_right)
}
