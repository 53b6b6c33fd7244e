//! Dots and slashes, however they are spelled.

/// What one spelling stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    Dot,
    Slash,
}

/// How far a spelling is from what a person types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Spelling {
    #[default]
    Plain,
    /// As clients escape a slash in a parameter.
    Escaped,
    /// As no client writes it: escaped dots, double escapes, overlong UTF-8.
    Forged,
}

const DOTS: [(&[u8], Spelling); 25] = [
    (b"%2e", Spelling::Forged),
    (b"%252e", Spelling::Forged),
    (b"%25252e", Spelling::Forged),
    (b"%c0%ae", Spelling::Forged),
    (b"%25c0%25ae", Spelling::Forged),
    (b"%c0%2e", Spelling::Forged),
    (b"%e0%80%ae", Spelling::Forged),
    (b"%e0%40%ae", Spelling::Forged),
    (b"%f0%80%80%ae", Spelling::Forged),
    (b"%f8%80%80%80%ae", Spelling::Forged),
    (b"%uff0e", Spelling::Forged),
    (b"%u002e", Spelling::Forged),
    (b"%u2024", Spelling::Forged),
    (b"%%32%65", Spelling::Forged),
    (b"%%32e", Spelling::Forged),
    (b"%%32%%65", Spelling::Forged),
    (b"0x2e", Spelling::Forged),
    (b"\\x2e", Spelling::Forged),
    (b"\\u002e", Spelling::Forged),
    (b"&#46;", Spelling::Forged),
    (b"&#x2e;", Spelling::Forged),
    (b"\xC0\xAE", Spelling::Forged),
    (b"\xC0\x2E", Spelling::Forged),
    (b"\xE0\x80\xAE", Spelling::Forged),
    (b"\xEF\xBC\x8E", Spelling::Forged),
];

const SLASHES: [(&[u8], Spelling); 50] = [
    (b"%2f", Spelling::Escaped),
    (b"%5c", Spelling::Escaped),
    (b"%252f", Spelling::Forged),
    (b"%255c", Spelling::Forged),
    (b"%25252f", Spelling::Forged),
    (b"%25255c", Spelling::Forged),
    (b"%25%5c", Spelling::Forged),
    (b"%25%2f", Spelling::Forged),
    (b"%%32%66", Spelling::Forged),
    (b"%%35%63", Spelling::Forged),
    (b"%%32f", Spelling::Forged),
    (b"%%32%%66", Spelling::Forged),
    (b"%%35%%63", Spelling::Forged),
    (b"%%35c", Spelling::Forged),
    (b"%25c0%25af", Spelling::Forged),
    (b"%25c1%259c", Spelling::Forged),
    (b"%c0%af", Spelling::Forged),
    (b"%c0%2f", Spelling::Forged),
    (b"%c0%5c", Spelling::Forged),
    (b"%c0%9v", Spelling::Forged),
    (b"%c0%qf", Spelling::Forged),
    (b"%c1%9c", Spelling::Forged),
    (b"%c1%af", Spelling::Forged),
    (b"%c1%1c", Spelling::Forged),
    (b"%c1%8s", Spelling::Forged),
    (b"%c1%pc", Spelling::Forged),
    (b"%bg%qf", Spelling::Forged),
    (b"%e0%80%af", Spelling::Forged),
    (b"%e0%81%9c", Spelling::Forged),
    (b"%f0%80%80%af", Spelling::Forged),
    (b"%f8%80%80%80%af", Spelling::Forged),
    (b"%fc%80%80%80%80%af", Spelling::Forged),
    (b"%u2215", Spelling::Forged),
    (b"%u2216", Spelling::Forged),
    (b"%u002f", Spelling::Forged),
    (b"%u005c", Spelling::Forged),
    (b"%uff0f", Spelling::Forged),
    (b"%uff3c", Spelling::Forged),
    (b"%uefc8", Spelling::Forged),
    (b"%uf025", Spelling::Forged),
    (b"0x2f", Spelling::Forged),
    (b"0x5c", Spelling::Forged),
    (b"\\x2f", Spelling::Forged),
    (b"\\x5c", Spelling::Forged),
    (b"&#47;", Spelling::Forged),
    (b"&#x2f;", Spelling::Forged),
    (b"\xC0\xAF", Spelling::Forged),
    (b"\xC1\x9C", Spelling::Forged),
    (b"\xE2\x88\x95", Spelling::Forged),
    (b"\xE2\x88\x96", Spelling::Forged),
];

/// Bytes with which spellings begin, beside plain dots and slashes.
const FIRSTS: &[u8] = b"%0\\&\xC0\xC1\xE0\xE2\xEF";

/// Of each byte, behind which of `FIRSTS` spellings go on with it: a bit for each.
static SECONDS: [u16; 256] = {
    let (mut seconds, mut at) = ([0; 256], 0);
    while at < DOTS.len() + SLASHES.len() {
        let name = if at < DOTS.len() {
            DOTS[at].0
        } else {
            SLASHES[at - DOTS.len()].0
        };
        let mut first = 0;
        while FIRSTS[first] != name[0] {
            first += 1;
        }
        seconds[name[1] as usize] |= 1 << first;
        at += 1;
    }
    seconds
};

/// The sign at the start of `text`, its length and how it is spelled.
pub(super) fn sign(text: &[u8]) -> Option<(Sign, usize, Spelling)> {
    let first = *text.first()?;
    if first == b'.' {
        return Some((Sign::Dot, 1, Spelling::Plain));
    }
    if first == b'/' {
        return Some((Sign::Slash, 1, Spelling::Plain));
    }
    let begun = FIRSTS.iter().position(|one| *one == first)?;
    let second = text.get(1).copied().unwrap_or_default();
    if SECONDS[usize::from(second)] & 1 << begun == 0 {
        return (first == b'\\').then_some((Sign::Slash, 1, Spelling::Plain));
    }
    let stands = |table: &'static [(&[u8], Spelling)]| {
        let row = table
            .iter()
            .find(|(name, _)| name[1] == second && name[0] == first && text.starts_with(name))?;
        Some((row.0.len(), row.1))
    };
    if let Some((length, spelling)) = stands(&DOTS) {
        return Some((Sign::Dot, length, spelling));
    }
    if let Some((length, spelling)) = stands(&SLASHES) {
        return Some((Sign::Slash, length, spelling));
    }
    (first == b'\\').then_some((Sign::Slash, 1, Spelling::Plain))
}
