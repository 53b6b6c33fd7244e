//! What a tag runs, loads or sends: the table of elements and attributes that cross-site scripting needs.

use memchr::{memchr, memmem};

use super::embeds::{counts_visits, is_known_frame, is_known_script, is_known_style, names_host};
use super::handler::{has_handler, is_hostile, reaches_out};
use super::html::Tag;
use super::page_handler::is_of_page;
use super::page_part::{is_attached, is_script_of_page, page_part};
use super::rule::{Finding, Rule};
use super::rules::cross_site_scripting as rules;
use super::running_style::{runs_style, style};
use super::script_url::runs_script;
use super::sentence::words;
use super::surroundings::Surroundings;

/// Elements, an attribute of each that makes them act, and what is said of it; none of them is said of a document.
#[rustfmt::skip]
static ACTING: [(&str, &str, &Rule); 36] = [
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
    ("use", "href", &rules::ANIMATES_ATTRIBUTE),
    ("span", "datasrc", &rules::ANIMATES_ATTRIBUTE),
    ("div", "datasrc", &rules::ANIMATES_ATTRIBUTE),
    ("body", "background", &rules::LOADS_CONTENT),
    ("img", "dynsrc", &rules::LOADS_CONTENT),
];

/// Bytes of a script or a style that are read.
pub(super) const LONGEST_CODE: usize = 2048;

/// How many bytes behind `tag` are read to judge it.
pub fn read_behind(tag: &Tag) -> usize {
    let has_code = !tag.closes && (tag.name == b"script" || tag.name == b"style");
    if has_code { LONGEST_CODE } else { 0 }
}

/// What `tag` of `text` does that an attack would.
pub fn judge(text: &[u8], tag: &Tag, surroundings: &Surroundings) -> Option<Finding> {
    let is_document = surroundings.is_document;
    let rule = if tag.name == b"script" && !tag.closes {
        script(text, tag, surroundings)
    } else {
        attributes(tag, is_document)
            .or_else(|| meta(tag, is_document))
            .or_else(|| link(tag, surroundings))
            .or_else(|| style(text, tag))
            .or_else(|| acting(tag, surroundings))
            .or_else(|| page_part(text, tag, surroundings))
    };
    rule.map(|rule| Finding::new(rule, tag.start, tag.end))
}

fn script(text: &[u8], tag: &Tag, surroundings: &Surroundings) -> Option<&'static Rule> {
    let is_document = surroundings.is_document;
    let after = &text[tag.end..text.len().min(tag.end + LONGEST_CODE)];
    let end = script_end(after);
    let body = &after[..end.unwrap_or(after.len())];
    // Of a tag within, it is asked by itself.
    let inner = memmem::find(body, b"<script");
    let own = &body[..inner.unwrap_or(body.len())];
    let is_hostile = is_hostile(own);
    let address = [&b"src"[..], b"href"]
        .iter()
        .find_map(|name| tag.value(name).filter(|value| !value.is_empty()));
    let loads = address.is_some();
    let holds = end.is_some() && inner.is_none() && !body.trim_ascii().is_empty();
    if !is_hostile && !holds && !is_document && is_script_of_page(tag, surroundings) {
        let is_known = address.is_some_and(is_known_script);
        return (!is_known).then_some(&rules::LOADS_CONTENT);
    }
    let kind = tag.value(b"type").unwrap_or_default();
    let is_data = kind.ends_with(b"json") && !is_hostile || holds && counts_visits(body);
    if is_data && !loads {
        return None;
    }
    // `List<Script> x = f()`: a type's argument.
    let is_type = text[..tag.start]
        .last()
        .is_some_and(u8::is_ascii_alphanumeric);
    let runs = loads || holds || is_hostile || (!is_type && begins_as_code(body));
    if runs && !loads && !is_document && is_asked_about(text, tag, own) {
        return Some(&rules::SCRIPT_TAG_IN_DOCUMENT);
    }
    if runs && (!is_document || is_hostile) {
        return Some(&rules::SCRIPT_TAG);
    }
    Some(&rules::SCRIPT_TAG_IN_DOCUMENT)
}

/// Words of a sentence around a script that somebody asks about.
const SENTENCE: usize = 8;
/// Bytes on either side in which they stand.
const AROUND: usize = 160;

/// `Is <script>alert(1)</script> in a name an attack?`: one try-out call of a constant in a sentence. It does no harm where
/// it runs, and the rule of such calls tells it.
fn is_asked_about(text: &[u8], tag: &Tag, code: &[u8]) -> bool {
    let code = code.trim_ascii();
    let code = code.strip_suffix(b";").unwrap_or(code);
    let argument = code
        .strip_prefix(b"alert(")
        .and_then(|rest| rest.strip_suffix(b")"));
    let is_constant = |byte: &u8| byte.is_ascii_alphanumeric() || b"'\"! ".contains(byte);
    let end = text.len().min(tag.end + code.len());
    let before = &text[tag.start.saturating_sub(AROUND)..tag.start];
    let behind = &text[end..text.len().min(end + AROUND)];
    tag.attributes.is_empty()
        && argument.is_some_and(|argument| argument.iter().all(is_constant))
        && words(before) + words(behind) >= SENTENCE
}

/// Where the script ends that `text` begins with, before the `<` of its closing tag; a path (`/scripts`) ends none.
fn script_end(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, b"/script").find_map(|slash| {
        let before = text[..slash].strip_suffix(b"\\").unwrap_or(&text[..slash]);
        before.trim_ascii_end().strip_suffix(b"<").map(<[u8]>::len)
    })
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
        let is_foreign = || !is_document || is_hostile(value) || reaches_out(attribute.name, value);
        if has_handler(attribute) && !is_of_page(attribute, is_document) && is_foreign() {
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

fn link(tag: &Tag, surroundings: &Surroundings) -> Option<&'static Rule> {
    if tag.name != b"link" || surroundings.is_document {
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
    let address = tag.value(b"href")?;
    let is_at_home = is_known_style(address) || surroundings.is_content();
    (loads && !is_at_home).then_some(&rules::LOADS_CONTENT)
}

fn acting(tag: &Tag, surroundings: &Surroundings) -> Option<&'static Rule> {
    if surroundings.is_document || tag.closes || tag.attributes.is_empty() {
        return None;
    }
    let acts = |row: &&(&str, &str, &Rule)| {
        row.0.len() == tag.name.len()
            && row.0.as_bytes() == tag.name
            && tag.value(row.1.as_bytes()).is_some_and(|value| {
                !value.is_empty() && !value.starts_with(b"{") && !is_harmless(row, value)
            })
    };
    let rule = ACTING.iter().find(acts).map(|row| row.2)?;
    let only_loads = [rules::LOADS_CONTENT.id, rules::SENDS_ELSEWHERE.id].contains(&rule.id);
    (!only_loads || !surroundings.is_content()).then_some(rule)
}

/// What SVG animates without a script, refers to in itself or beside it, and what mails attach; a player's frame.
fn is_harmless(row: &(&str, &str, &Rule), value: &[u8]) -> bool {
    const RUNNING: [&[u8]; 4] = [b"href", b"on", b"style", b"html"];
    let value = value.trim_ascii();
    match (row.0, row.1) {
        (_, "attributename") => !RUNNING
            .iter()
            .any(|name| memmem::find(value, name).is_some()),
        ("use", _) => is_inside(value),
        ("form" | "isindex", _) | (_, "formaction") => is_inside(value),
        ("iframe", _) => is_known_frame(value),
        ("object", "type") => is_attached(value),
        _ => false,
    }
}

/// `/search`, `#icon`, `sprite.svg#icon`
fn is_inside(address: &[u8]) -> bool {
    !names_host(address) && memchr(b':', address).is_none() && !address.starts_with(b"\\")
}
