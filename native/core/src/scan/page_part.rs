//! Markup that runs nothing by itself, in a short text: parts of a page that nobody formats a text with.

use memchr::memmem;

use super::html::{Attribute, Tag};
use super::rule::Rule;
use super::rules::cross_site_scripting as rules;

/// Parts of a page, as nobody formats a text with: a short text that begins with one is markup meant for a page.
#[rustfmt::skip]
static PAGE_PARTS: [&str; 34] = [
    "svg", "math", "style", "input", "textarea", "form", "select", "button", "iframe", "frameset", "object",
    "embed", "applet", "xml", "marquee", "bgsound", "isindex", "keygen", "video", "audio", "noscript",
    "noembed", "xmp", "plaintext", "listing", "dialog", "blink", "layer", "portal", "import", "xss", "foreignobject", "stylesheet", "listener",
];
const SHORT: usize = 400;

/// Is `tag` of a short `text` a part of a page, or one that swallows what follows it?
pub fn page_part(text: &[u8], tag: &Tag, is_document: bool) -> Option<&'static Rule> {
    if is_document || text.len() >= SHORT {
        return None;
    }
    if swallows(text, tag) {
        return Some(&rules::LOADS_CONTENT);
    }
    let is_first = text[..tag.start].trim_ascii().is_empty();
    let is_part = PAGE_PARTS.iter().any(|name| tag.name == name.as_bytes());
    let is_plain = text[tag.start + 1 + usize::from(tag.closes)..].starts_with(tag.name);
    let has_value = tag
        .attributes
        .iter()
        .any(|attribute| !attribute.value.is_empty());
    // `<Input value={x} />` is of another language; so is `<soap:Body>`, which is not plain.
    let is_component = tag
        .attributes
        .iter()
        .any(|attribute| attribute.value.starts_with(b"{"));
    let is_styled = has_picture(tag) || tag.value(b"datasrc").is_some();
    let is_block = is_first && tag.name == b"div" && has_value;
    let is_markup = (is_part && is_plain && (is_first || (has_value && tag.name != b"style")))
        || is_styled
        || is_block;
    (is_markup && !is_component).then_some(&rules::PAGE_PART)
}

/// What else a page has, apart from its scripts.
const PAGE_MARKS: [&[u8]; 8] = [
    b"<blockquote ",
    b"<link ",
    b"<meta ",
    b"<head>",
    b"</head>",
    b"<body>",
    b"</body>",
    b"<div id=\"",
];
/// Attributes of a script that a page loads.
const OF_SCRIPTS: [&[u8]; 9] = [
    b"src",
    b"async",
    b"defer",
    b"type",
    b"id",
    b"crossorigin",
    b"integrity",
    b"nonce",
    b"charset",
];

/// `<link …><script src="/main.js">`: a tag that loads a file, among other parts of a page, of which the text consists.
pub fn is_script_of_page(text: &[u8], tag: &Tag) -> bool {
    let names_file = tag.value(b"src").is_some_and(|value| {
        value.starts_with(b"https://") || value.starts_with(b"/") && !value.starts_with(b"//")
    });
    let are_usual = tag
        .attributes
        .iter()
        .all(|attribute| OF_SCRIPTS.contains(&attribute.name) && is_quoted(attribute));
    let is_alone = text
        .trim_ascii()
        .strip_suffix(b"</script>")
        .is_some_and(|rest| rest.len() == tag.end);
    if is_alone && are_usual && tag.value(b"src").is_some_and(is_of_library) {
        return true;
    }
    let near = &text[..text.len().min(4 * SHORT)];
    let has = |mark: &&[u8]| memmem::find(near, mark).is_some();
    names_file
        && are_usual
        && near.trim_ascii_start().starts_with(b"<")
        && PAGE_MARKS.iter().any(has)
}

/// Hosts that have the libraries of pages, and nobody's own scripts.
const LIBRARIES: [&[u8]; 10] = [
    b"https://cdn.jsdelivr.net/npm/",
    b"https://unpkg.com/",
    b"https://cdnjs.cloudflare.com/ajax/libs/",
    b"https://ajax.googleapis.com/ajax/libs/",
    b"https://code.jquery.com/",
    b"https://www.googletagmanager.com/gt",
    b"https://www.google-analytics.com/",
    b"https://js.stripe.com/",
    b"https://stackpath.bootstrapcdn.com/",
    b"https://maxcdn.bootstrapcdn.com/",
];

fn is_of_library(address: &[u8]) -> bool {
    LIBRARIES.iter().any(|library| address.starts_with(library))
}

fn is_quoted(attribute: &Attribute) -> bool {
    attribute.value.is_empty() || attribute.quote == Some(b'"')
}

/// A style that loads a file.
fn has_picture(tag: &Tag) -> bool {
    tag.value(b"style")
        .is_some_and(|style| memmem::find(style, b"url(").is_some())
}

/// `<img src='//a.example/?`: a quote that never closes takes the page's own text along to an address.
fn swallows(text: &[u8], tag: &Tag) -> bool {
    tag.end == text.len()
        && tag.attributes.iter().any(|attribute| {
            attribute.quote.is_none()
                && attribute
                    .value
                    .first()
                    .is_some_and(|byte| b"\"'".contains(byte))
                && memmem::find(attribute.value, b"//").is_some()
        })
}
