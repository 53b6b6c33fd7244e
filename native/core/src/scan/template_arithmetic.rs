//! Expressions of a template that only calculate: what an engine is tried with.

/// `{7*7}` and nothing else: what engines with single braces are tried with.
pub(super) fn is_braced_product(text: &[u8]) -> bool {
    let inner = text
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"));
    inner.is_some_and(|inner| {
        inner.len() < 24
            && inner.contains(&b'*')
            && inner
                .iter()
                .all(|byte| byte.is_ascii_digit() || b"* +'".contains(byte))
            && inner.first().is_some_and(u8::is_ascii_digit)
    })
}

/// `7*7)`: nothing but a calculation up to the bracket or the end.
pub(super) fn sets_constant(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| b")>]".contains(byte));
    let value = text[..end.unwrap_or(text.len())].trim_ascii();
    value.contains(&b'*') && calculates(value)
}

/// Is it constants and operators, or a method of a constant?
pub(super) fn calculates(expression: &[u8]) -> bool {
    let mut rest = expression;
    let (mut operands, mut operators, mut digits) = (0, 0, 0);
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'0'..=b'9' => {
                let length = tail
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
                    .count();
                rest = &tail[length..];
                operands += 1;
                digits += 1;
            }
            b'"' | b'\'' => {
                let Some(end) = memchr::memchr(*first, tail) else {
                    return false;
                };
                rest = &tail[end + 1..];
                operands += 1;
                if is_method(rest) {
                    return true;
                }
            }
            b'*' | b'+' | b'/' | b'%' => operators += 1,
            // Dates and ranges are made of these alone.
            b'-' | b'(' | b')' | b' ' => {}
            _ => return false,
        }
    }
    operators > 0 && operands > 1 && digits > 0
}

/// `.upper()`, `|upper`: something that is done to a constant.
fn is_method(rest: &[u8]) -> bool {
    let Some(name) = rest.strip_prefix(b".") else {
        return false;
    };
    let length = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_')
        .count();
    // What scripts do to a constant inside their own strings.
    let is_ours = [
        &b"repeat"[..],
        b"concat",
        b"join",
        b"split",
        b"format",
        b"padstart",
        b"padend",
    ]
    .contains(&&name[..length]);
    length > 1 && !is_ours && name[length..].starts_with(b"(")
}
