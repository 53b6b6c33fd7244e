//! Markup that runs nothing by itself, in a short text: parts of a page that nobody formats a text with.

use memchr::memmem;

use super::html::Tag;
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
