//! The forms in which SQL hides from its reader: typographic and doubled quotes, `+` for blanks, `/*!…*/`.

use memchr::{memchr, memmem};

use crate::signs::Signs;

/// Longer texts are read as they are.
const LONGEST: usize = 4096;

/// One of these stands in every such form.
const SIGNS: Signs = Signs::PLUS
    .or(Signs::STAR)
    .or(Signs::DOUBLE_QUOTE)
    .or(Signs::HIGH);

/// What stands for an apostrophe once a database has converted it.
const APOSTROPHES: [&[u8]; 5] = [
    "\u{2018}".as_bytes(),
    "\u{2019}".as_bytes(),
    "\u{b4}".as_bytes(),
    "\u{2bc}".as_bytes(),
    "\u{ff07}".as_bytes(),
];

/// Blanks of other alphabets, which some databases take for blanks.
const BLANKS: [&[u8]; 3] = ["\u{a0}".as_bytes(), "\u{3000}".as_bytes(), b"\xa0"];

/// Blanks between words of SQL, as some code leaves them in a query string.
const SPACED: [&[u8]; 8] = [
    b"+||+",
    b"+or+",
    b"+and+",
    b"+union+",
    b"+select+",
    b"+from+",
    b";+",
    b"+order+",
];

/// `lower` as a database may read it; nothing where that is the text itself.
pub fn plain(lower: &[u8], signs: Signs) -> Option<Vec<u8>> {
    if lower.len() > LONGEST || !signs.has(SIGNS) {
        return None;
    }
    let has = |needle: &&[u8]| memmem::find(lower, needle).is_some();
    let is_spaced = memchr(b'+', lower).is_some() && SPACED.iter().any(&has);
    let is_versioned = memmem::find(lower, b"/*!").is_some();
    let is_typographic = !lower.is_ascii() && APOSTROPHES.iter().any(has);
    let is_blank = !lower.is_ascii() && BLANKS.iter().any(has);
    let is_doubled = memmem::find(lower, b"\"\"").is_some();
    if !is_spaced && !is_versioned && !is_typographic && !is_blank && !is_doubled {
        return None;
    }
    let mut plain = Vec::with_capacity(lower.len());
    let mut rest = lower;
    while let Some(first) = rest.first() {
        let (written, length) = if is_spaced && *first == b'+' {
            (b' ', 1)
        } else if let Some(length) = is_versioned.then(|| version_mark(rest)).flatten() {
            (b' ', length)
        } else if let Some(quote) = APOSTROPHES.iter().find(|quote| rest.starts_with(quote)) {
            (b'\'', quote.len())
        } else if let Some(blank) = BLANKS
            .iter()
            .find(|blank| is_blank && rest.starts_with(blank))
        {
            (b' ', blank.len())
        } else {
            (*first, 1)
        };
        if !(is_doubled && written == b'"' && plain.last() == Some(&b'"')) {
            plain.push(written);
        }
        rest = &rest[length..];
    }
    Some(plain)
}

/// The length of `/*!50000` or `*/`.
fn version_mark(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"*/") {
        return Some(2);
    }
    let digits = text.strip_prefix(b"/*!")?;
    Some(
        3 + digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count(),
    )
}
