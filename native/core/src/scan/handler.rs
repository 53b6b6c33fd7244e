//! Event handlers: how they are called, which attributes hold one, and what they do that a page's own do not.

use memchr::memmem;

use super::html::Attribute;

/// What events are called, after `on`.
#[rustfmt::skip]
static EVENTS: [&str; 71] = [
    "abort", "activate", "after", "animation", "audio", "autocomplete", "before", "begin", "blur", "bounce",
    "cancel", "canplay", "cell", "change", "click", "close", "content", "contextmenu", "control", "copy", "cue",
    "cut", "data", "dbl", "deactivate", "device", "drag", "drop", "duration", "emptied", "end", "error", "filter",
    "finish", "focus", "form", "fullscreen", "got", "hash", "help", "input", "invalid", "key", "layout", "load",
    "lose", "lost", "media", "message", "mouse", "move", "page", "paste", "pause", "play", "pointer", "popstate",
    "progress", "property", "ready", "repeat", "reset", "resize", "row", "scroll", "seek", "select", "start",
    "submit", "toggle", "touch",
];
#[rustfmt::skip]
static MORE_EVENTS: [&str; 17] = [
    "transition", "unhandled", "unload", "volume", "wait", "webkit", "wheel", "zoom", "search", "show", "stop",
    "storage", "suspend", "time", "track", "rate", "offline",
];

/// Is `name`, that stood after `on`, how an event may be called?
pub(super) fn is_event(name: &[u8]) -> bool {
    EVENTS
        .iter()
        .chain(&MORE_EVENTS)
        .any(|event| name.starts_with(event.as_bytes()))
}

/// Code that tries whether it runs, or takes what is not its own: no document has it by right.
pub(super) fn is_hostile(code: &[u8]) -> bool {
    const MARKS: [&[u8]; 9] = [
        b"msgbox",
        b"alert(",
        b"alert`",
        b"prompt(",
        b"confirm(",
        b"document.cookie",
        b"fromcharcode(",
        b"eval(",
        b"xss",
    ];
    MARKS.iter().any(|mark| memmem::find(code, mark).is_some())
}

/// What a script of another's does and a page's handlers do not: it loads more script, sends, or writes what outlives the page.
const REACHING: [&[u8]; 16] = [
    b"import(",
    b"importscripts(",
    b"fetch(",
    b"xmlhttprequest",
    b"sendbeacon",
    b"websocket(",
    b"createelement",
    b"getscript",
    b"localstorage",
    b"sessionstorage",
    b"serviceworker",
    b".cookie",
    b"document.write",
    b"atob(",
    b"constructor",
    b"srcdoc",
];

/// Does a handler called `name` run without its reader, and reach for what is not its page's?
pub(super) fn reaches_out(name: &[u8], code: &[u8]) -> bool {
    !waits_for_reader(name)
        && REACHING
            .iter()
            .any(|word| memmem::find(code, word).is_some())
}

/// Events that a reader causes; all others may come by themselves.
const OF_READERS: [&[u8]; 17] = [
    b"auxclick",
    b"change",
    b"click",
    b"contextmenu",
    b"copy",
    b"cut",
    b"dbl",
    b"drag",
    b"drop",
    b"input",
    b"key",
    b"mouse",
    b"paste",
    b"pointer",
    b"reset",
    b"submit",
    b"touch",
];

/// Is the handler called `name` run only when the reader does something?
pub(super) fn waits_for_reader(name: &[u8]) -> bool {
    name.strip_prefix(b"on")
        .is_some_and(|event| OF_READERS.iter().any(|one| event.starts_with(one)))
}

/// A handler is the name, or the name's end, or stands in a value without quotes.
pub(super) fn has_handler(attribute: &Attribute) -> bool {
    let Attribute { name, value, quote } = *attribute;
    // `onClick={f}` is a component's property.
    if quote.is_none() && value.starts_with(b"{") && !is_hostile(value) {
        return false;
    }
    // Frameworks have handlers under names of their own: `@click`, `v-on:click`, `ng-focus`.
    let is_directive = [&b"@"[..], b"v-", b"x-", b"ng-", b":", b"hx-on"]
        .iter()
        .any(|start| name.starts_with(start));
    if is_directive && is_hostile(value) || is_odd_handler(name) {
        return true;
    }
    let letters = name.iter().all(u8::is_ascii_alphabetic);
    let is_named = letters && name.starts_with(b"on") && name.len() > 4;
    let ends_so = || {
        !letters
            && handler_start(name, name.len()).is_some_and(|start| is_event(&name[start + 2..]))
    };
    if !value.is_empty() && (is_named || ends_so()) {
        return true;
    }
    quote.is_none()
        && memchr::memchr_iter(b'=', value).take(4).any(|equals| {
            handler_start(value, equals)
                .is_some_and(|start| start > 0 && is_event(&value[start + 2..equals]))
        })
}

/// `onload!#$%&`: signs behind the name of an event, which old browsers left out.
fn is_odd_handler(name: &[u8]) -> bool {
    let letters = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let signs = &name[letters..];
    let are_signs = signs.len() > 2 && signs.iter().all(u8::is_ascii_punctuation);
    are_signs && letters > 4 && name.starts_with(b"on") && is_event(&name[2..letters])
}

/// Where the name of an event handler begins that ends before `end`.
pub(super) fn handler_start(text: &[u8], end: usize) -> Option<usize> {
    let end = text[..end].trim_ascii_end().len();
    let letters = text[..end]
        .iter()
        .rev()
        .take(28)
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let start = end - letters;
    let is_part = text[..start]
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.:@$".contains(byte));
    (!is_part && letters > 4 && text[start..end].starts_with(b"on")).then_some(start)
}
