//! Markup that runs nothing by itself, in a short text: parts of a page that nobody formats a text with.

use memchr::memmem;

use super::embeds::{is_known_frame, is_known_script};
use super::html::{Attribute, Tag};
use super::rule::Rule;
use super::rules::cross_site_scripting as rules;
use super::surroundings::Surroundings;

/// Parts of a page, as nobody formats a text with: a short text that begins with one is markup meant for a page.
#[rustfmt::skip]
static PAGE_PARTS: [&str; 34] = [
    "svg", "math", "style", "input", "textarea", "form", "select", "button", "iframe", "frameset", "object",
    "embed", "applet", "xml", "marquee", "bgsound", "isindex", "keygen", "video", "audio", "noscript",
    "noembed", "xmp", "plaintext", "listing", "dialog", "blink", "layer", "portal", "import", "xss", "foreignobject", "stylesheet", "listener",
];
const SHORT: usize = 400;

/// Attributes that only format a block.
const FORMATTING: [&[u8]; 9] = [
    b"align", b"class", b"dir", b"height", b"id", b"lang", b"style", b"title", b"width",
];
/// Parts that a text may have where it closes them and each value has its quotes; what they run is told by itself.
const TIDY: [&[u8]; 3] = [b"audio", b"button", b"video"];

/// Is `tag` of a short `text` a part of a page, or one that swallows what follows it?
pub fn page_part(text: &[u8], tag: &Tag, surroundings: &Surroundings) -> Option<&'static Rule> {
    if surroundings.is_document || text.len() >= SHORT {
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
    let is_block = is_first && tag.name == b"div" && has_value && !is_formatted(text, tag);
    let is_markup = (is_part && is_plain && (is_first || (has_value && tag.name != b"style")))
        || is_styled
        || is_block;
    let is_harmless =
        || is_component || is_embed(tag) || is_tidy(text, tag) || is_drawing(text, tag);
    (is_markup && !is_harmless()).then_some(&rules::PAGE_PART)
}

/// `<div dir="ltr">x</div>`: does it only format, in plain words, and end?
fn is_formatted(text: &[u8], tag: &Tag) -> bool {
    const DISGUISING: &[u8] = b"\\&[{<";
    memmem::find(text, b"</div").is_some()
        && tag.attributes.iter().all(|attribute| {
            let Attribute { name, value, .. } = attribute;
            let is_named = FORMATTING.contains(name)
                || name.starts_with(b"data-")
                || name.starts_with(b"aria-");
            is_named && is_quoted(attribute) && !value.iter().any(|byte| DISGUISING.contains(byte))
        })
}

/// A player's frame, or what a mail program writes where a file was.
fn is_embed(tag: &Tag) -> bool {
    tag.name == b"iframe" && tag.value(b"src").is_some_and(is_known_frame)
        || tag.name == b"object" && tag.value(b"type").is_some_and(is_attached)
}

/// How Apple's mail program names a file in the text.
pub(super) fn is_attached(kind: &[u8]) -> bool {
    kind == b"application/x-apple-msg-attachment"
}

fn is_tidy(text: &[u8], tag: &Tag) -> bool {
    TIDY.contains(&tag.name)
        && tag.attributes.iter().all(is_quoted)
        && memmem::find(text, &[b"</", tag.name].concat()).is_some()
}

/// An icon: the whole of a drawing, with a shape, from `<svg …>` to `</svg>`. What runs in it is told by itself.
fn is_drawing(text: &[u8], tag: &Tag) -> bool {
    const SHAPES: [&[u8]; 11] = [
        b"<defs",
        b"<symbol",
        b"<path",
        b"<rect",
        b"<circle",
        b"<ellipse",
        b"<line",
        b"<poly",
        b"<g",
        b"<text",
        b"<use",
    ];
    let has = |mark: &&[u8]| memmem::find(text, mark).is_some();
    tag.name == b"svg"
        && tag
            .attributes
            .iter()
            .all(|attribute| attribute.quote.is_some())
        && text.trim_ascii().ends_with(b"</svg>")
        && SHAPES.iter().any(has)
        && !has(&&b"<foreignobject"[..])
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

/// `<link …><script src="/main.js">`: a tag that loads a file, among other parts of a page, of which the text consists,
/// or in whole content as code that is shown.
pub fn is_script_of_page(tag: &Tag, surroundings: &Surroundings) -> bool {
    let text = surroundings.text;
    let names_file = tag.value(b"src").is_some_and(|value| {
        value.starts_with(b"https://") || value.starts_with(b"/") && !value.starts_with(b"//")
    });
    let are_usual = tag
        .attributes
        .iter()
        .all(|attribute| OF_SCRIPTS.contains(&attribute.name) && is_quoted(attribute));
    let is_alone = || {
        text.trim_ascii()
            .strip_suffix(b"</script>")
            .is_some_and(|rest| rest.len() == tag.end)
    };
    let is_of = |known: fn(&[u8]) -> bool| tag.value(b"src").is_some_and(known);
    if are_usual && (is_of(is_known_script) || is_of(is_of_library) && is_alone()) {
        return true;
    }
    let near = &text[..text.len().min(4 * SHORT)];
    let has = |mark: &&[u8]| memmem::find(near, mark).is_some();
    let is_in_page = || near.trim_ascii_start().starts_with(b"<") && PAGE_MARKS.iter().any(has);
    let is_shown = || is_fenced(&text[..tag.start]) && surroundings.is_content();
    names_file && are_usual && (is_in_page() || is_shown())
}

/// Is the last of Markdown's fences in what stands before one that begins code: "```html"?
fn is_fenced(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(4 * SHORT)..];
    memmem::rfind(near, b"```")
        .and_then(|at| near.get(at + 3))
        .is_some_and(u8::is_ascii_alphabetic)
}

/// Hosts that have the libraries of pages.
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
