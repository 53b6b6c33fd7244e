//! What a tag runs, loads or sends: the table of elements and attributes that cross-site scripting needs.

use memchr::{memchr, memmem};

use super::html::{Attribute, Tag};
use super::page_handler::is_of_page;
use super::page_part::{is_script_of_page, page_part};
use super::rule::{Finding, Rule};
use super::rules::cross_site_scripting as rules;
use super::running_style::{runs_style, style};
use super::script_url::runs_script;

/// Elements, an attribute of each that makes them act, and what is said of it; none of them is said of a document.
#[rustfmt::skip]
static ACTING: [(&str, &str, &Rule); 37] = [
    ("iframe", "src", &rules::LOADS_CONTENT),
    ("frame", "src", &rules::LOADS_CONTENT),
    ("fencedframe", "src", &rules::LOADS_CONTENT),
    ("object", "data", &rules::LOADS_CONTENT),
    ("object", "classid", &rules::LOADS_CONTENT),
    ("object", "type", &rules::LOADS_CONTENT),
    ("param", "value", &rules::LOADS_CONTENT),
    ("embed", "src", &rules::LOADS_CONTENT),
    ("embed", "code", &rules::LOADS_CONTENT),
    ("applet", "code", &rules::LOADS_CONTENT),
    ("applet", "archive", &rules::LOADS_CONTENT),
    ("bgsound", "src", &rules::LOADS_CONTENT),
    ("layer", "src", &rules::LOADS_CONTENT),
    ("ilayer", "src", &rules::LOADS_CONTENT),
    ("portal", "src", &rules::LOADS_CONTENT),
    ("vmlframe", "src", &rules::LOADS_CONTENT),
    ("xml", "src", &rules::LOADS_CONTENT),
    ("xml", "id", &rules::LOADS_CONTENT),
    ("import", "implementation", &rules::LOADS_CONTENT),
    ("base", "href", &rules::CHANGES_ADDRESSES),
    ("form", "action", &rules::SENDS_ELSEWHERE),
    ("isindex", "action", &rules::SENDS_ELSEWHERE),
    ("button", "formaction", &rules::SENDS_ELSEWHERE),
    ("input", "formaction", &rules::SENDS_ELSEWHERE),
    ("button", "popovertarget", &rules::SENDS_ELSEWHERE),
    ("animate", "attributename", &rules::ANIMATES_ATTRIBUTE),
    ("set", "attributename", &rules::ANIMATES_ATTRIBUTE),
    ("animatetransform", "attributename", &rules::ANIMATES_ATTRIBUTE),
    ("maction", "actiontype", &rules::ANIMATES_ATTRIBUTE),
    ("handler", "event", &rules::ANIMATES_ATTRIBUTE),
    ("math", "href", &rules::ANIMATES_ATTRIBUTE),
    ("image", "href", &rules::ANIMATES_ATTRIBUTE),
    ("use", "href", &rules::ANIMATES_ATTRIBUTE),
    ("span", "datasrc", &rules::ANIMATES_ATTRIBUTE),
    ("div", "datasrc", &rules::ANIMATES_ATTRIBUTE),
    ("body", "background", &rules::LOADS_CONTENT),
    ("img", "dynsrc", &rules::LOADS_CONTENT),
];

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
pub fn is_event(name: &[u8]) -> bool {
    EVENTS
        .iter()
        .chain(&MORE_EVENTS)
        .any(|event| name.starts_with(event.as_bytes()))
}

/// Code that tries whether it runs, or takes what is not its own: no document has it by right.
pub fn is_hostile(code: &[u8]) -> bool {
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

/// Bytes of a script or a style that are read.
pub(super) const LONGEST_CODE: usize = 2048;

/// How many bytes behind `tag` are read to judge it.
pub fn read_behind(tag: &Tag) -> usize {
    let has_code = !tag.closes && (tag.name == b"script" || tag.name == b"style");
    if has_code { LONGEST_CODE } else { 0 }
}

/// What `tag` of `text` does that an attack would.
pub fn judge(text: &[u8], tag: &Tag, is_document: bool) -> Option<Finding> {
    let rule = if tag.name == b"script" && !tag.closes {
        script(text, tag, is_document)
    } else {
        attributes(tag, is_document)
            .or_else(|| meta(tag, is_document))
            .or_else(|| link(tag, is_document))
            .or_else(|| style(text, tag))
            .or_else(|| acting(tag, is_document))
            .or_else(|| page_part(text, tag, is_document))
    };
    rule.map(|rule| Finding::new(rule, tag.start, tag.end))
}

fn script(text: &[u8], tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    let after = &text[tag.end..text.len().min(tag.end + LONGEST_CODE)];
    let end = memmem::find(after, b"/script");
    let body = &after[..end.unwrap_or(after.len())];
    let body = body.strip_suffix(b"\\").unwrap_or(body);
    let body = body.strip_suffix(b"<").unwrap_or(body);
    // Of a tag within, it is asked by itself.
    let own = &body[..memmem::find(body, b"<script").unwrap_or(body.len())];
    let is_hostile = is_hostile(own);
    let loads = [&b"src"[..], b"href"]
        .iter()
        .any(|name| tag.value(name).is_some_and(|value| !value.is_empty()));
    // `List<Script> x = f()`: a type's argument.
    let is_type = text[..tag.start]
        .last()
        .is_some_and(u8::is_ascii_alphanumeric);
    let holds = end.is_some() && !body.trim_ascii().is_empty();
    if !is_hostile && !holds && is_script_of_page(text, tag) && !is_document {
        return Some(&rules::LOADS_CONTENT);
    }
    let kind = tag.value(b"type").unwrap_or_default();
    let is_data = kind.ends_with(b"json") && !loads && !is_hostile;
    if is_data {
        return Some(&rules::SCRIPT_TAG_IN_DOCUMENT);
    }
    let runs = loads || holds || is_hostile || (!is_type && begins_as_code(body));
    if runs && (!is_document || is_hostile) {
        return Some(&rules::SCRIPT_TAG);
    }
    Some(&rules::SCRIPT_TAG_IN_DOCUMENT)
}

/// `f(`, `a.b=`, `/x/.y`: no blank before the first sign of code.
fn begins_as_code(body: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    let word = body
        .iter()
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_$./*".contains(byte))
        .count();
    word > 0 && body.get(word).is_some_and(|byte| b"(`=[".contains(byte))
}

fn attributes(tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    tag.attributes.iter().find_map(|attribute| {
        let value = attribute.value.trim_ascii();
        if has_handler(attribute) && !is_of_page(attribute) && (!is_document || is_hostile(value)) {
            return Some(&rules::EVENT_HANDLER);
        }
        if attribute.name == b"srcdoc" && !value.is_empty() && !value.starts_with(b"{") {
            return Some(&rules::EMBEDDED_DOCUMENT);
        }
        if attribute.name == b"style" && runs_style(value) {
            return Some(&rules::RUNNING_STYLE);
        }
        let carries = value.starts_with(b"data:")
            && [&b"object"[..], b"embed", b"iframe"].contains(&tag.name);
        let is_list = || [&b"values"[..], b"from", b"to", b"by"].contains(&attribute.name);
        let any = carries
            || runs_script(value)
            || memchr(b';', value).is_some()
                && is_list()
                && value.split(|byte| *byte == b';').any(runs_script);
        any.then_some(&rules::SCRIPT_URL)
    })
}

/// A handler is the name, or the name's end, or stands in a value without quotes.
fn has_handler(attribute: &Attribute) -> bool {
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
pub fn handler_start(text: &[u8], end: usize) -> Option<usize> {
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

fn meta(tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    if tag.name != b"meta" || is_document {
        return None;
    }
    let kind = tag.value(b"http-equiv").unwrap_or_default().trim_ascii();
    let content = tag.value(b"content").unwrap_or_default();
    let acts = [&b"refresh"[..], b"set-cookie", b"link", b"imagetoolbar"].contains(&kind);
    let recodes = [content, tag.value(b"charset").unwrap_or_default()]
        .iter()
        .any(|value| {
            memmem::find(value, b"utf-7")
                .or(memmem::find(value, b"utf7"))
                .is_some()
        });
    (acts || recodes).then_some(&rules::META_ACTS)
}

fn link(tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    if tag.name != b"link" || is_document {
        return None;
    }
    let relation = tag.value(b"rel").unwrap_or_default();
    let loads = [
        &b"stylesheet"[..],
        b"import",
        b"prefetch",
        b"preload",
        b"manifest",
    ]
    .iter()
    .any(|kind| memmem::find(relation, kind).is_some());
    (loads && tag.value(b"href").is_some()).then_some(&rules::LOADS_CONTENT)
}

fn acting(tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    if is_document || tag.closes || tag.attributes.is_empty() {
        return None;
    }
    let acts = |row: &&(&str, &str, &Rule)| {
        row.0.len() == tag.name.len()
            && row.0.as_bytes() == tag.name
            && tag
                .value(row.1.as_bytes())
                .is_some_and(|value| !value.is_empty() && !value.starts_with(b"{"))
    };
    ACTING.iter().find(acts).map(|row| row.2)
}
