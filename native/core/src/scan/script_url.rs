//! Addresses that run script: `javascript:` and its like, however they are spelled.

use memchr::memmem;

const SCHEMES: [&[u8]; 8] = [
    b"javascript:",
    b"javascript#",
    b"data:application/xhtml",
    b"data:text/xml",
    b"vbscript:",
    b"livescript:",
    b"mocha:",
    b"data:text/html",
];

/// Enough for the longest scheme and what tells a harmless one.
const HEAD: usize = 32;

/// Bytes in which a spelled-out head may stand.
const SPELLED: usize = 512;

/// Is the address `text`, in lower case, one that runs script? `javascript:void(0)` and `javascript:;` run none.
pub fn runs_script(text: &[u8]) -> bool {
    let first = text.iter().find(|byte| **byte > b' ');
    if !first.is_some_and(|byte| b"jvlmdf&\\\"'`".contains(byte)) {
        return false;
    }
    let head = head(text);
    let head = ["feed:", "view-source:"]
        .iter()
        .fold(&*head, |head, outer| {
            head.strip_prefix(outer.as_bytes()).unwrap_or(head)
        });
    SCHEMES.iter().any(|scheme| {
        head.strip_prefix(*scheme)
            .is_some_and(|code| !is_idle(code))
    })
}

fn is_idle(code: &[u8]) -> bool {
    code.is_empty()
        || code == b";"
        || code.starts_with(b"void(0)")
        || code.starts_with(b"//void(0)")
}

/// The start of an address as a browser reads it: no blanks, no control bytes, entities decoded.
fn head(text: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD);
    let mut rest = &text[..text.len().min(SPELLED)];
    while let [first, tail @ ..] = rest {
        if head.len() == HEAD {
            break;
        }
        if rest.starts_with(b"\\0") {
            rest = &rest[2..];
            continue;
        }
        let (byte, after) = entity(rest).unwrap_or((*first, tail));
        let is_quote = head.is_empty() && b"\"'`".contains(&byte);
        if byte > b' ' && byte != b'\\' && !is_quote {
            head.push(byte.to_ascii_lowercase());
        }
        rest = after;
    }
    head
}

/// `&#106;`, `&#x6a`, `&colon;`, `&tab;`.
fn entity(text: &[u8]) -> Option<(u8, &[u8])> {
    const NAMED: [(&[u8], u8); 4] = [
        (b"&colon;", b':'),
        (b"&tab;", b'\t'),
        (b"&newline;", b'\n'),
        (b"&lpar;", b'('),
    ];
    for (name, byte) in NAMED {
        if let Some(rest) = text.strip_prefix(name) {
            return Some((byte, rest));
        }
    }
    let digits = text.strip_prefix(b"&#")?;
    let (digits, radix) = digits
        .strip_prefix(b"x")
        .map_or((digits, 10), |digits| (digits, 16));
    let length = digits
        .iter()
        .take(9)
        .take_while(|byte| char::from(**byte).is_digit(radix))
        .count();
    let value = u32::from_str_radix(std::str::from_utf8(&digits[..length]).ok()?, radix).ok()?;
    let rest = &digits[length..];
    let byte = u8::try_from(value).unwrap_or(b'?');
    Some((byte, rest.strip_prefix(b";").unwrap_or(rest)))
}

/// Where in `text`, of no tag, an address begins that runs script: a call or an assignment follows its scheme at once.
pub fn inside(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, b"script:").take(32).find_map(|at| {
        let start = [&b"java"[..], b"vb", b"live"]
            .iter()
            .find(|word| text[..at].ends_with(word))
            .map(|word| at - word.len())?;
        let is_word = start.checked_sub(1).is_some_and(|before| {
            text[before].is_ascii_alphanumeric() || b"_-./".contains(&text[before])
        });
        let code = &text[at + 7..text.len().min(at + 135)];
        let code = &code[..code
            .iter()
            .position(|byte| *byte <= b' ')
            .unwrap_or(code.len())];
        let runs = code.iter().any(|byte| b"(`=[".contains(byte)) && !is_idle(code);
        (!is_word && runs).then_some(start)
    })
}
