//! XML that makes its parser fetch files and URLs, or grow until it falls.
//!
//! Sees: entities and document types with an external identifier, entities that multiply, XInclude and stylesheets
//! that read. Does not see: documents in UTF-16, which inputs decode; entities declared in a file that the document
//! type names.

use memchr::{memchr, memchr_iter, memmem};

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::xml_external_entity as rules;
use super::xml_schema::{foreign_schema, is_foreign};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::ANGLE) && signs.has(Signs::OPERATOR),
    find,
};

/// How many declarations are read, and how far one may reach.
const MOST: usize = 64;
const LONGEST: usize = 8192;

/// From so many references on, an entity is there to multiply.
const MANY: usize = 2;
const BULK: usize = 100;
const BULKY: usize = 200;

/// What a public document type begins with; its file is known, and parsers need not fetch it.
const PUBLIC: [&[u8]; 4] = [b"-//", b"+//", b"iso", b"urn:"];

/// Where the document types of standards and frameworks are.
const KNOWN: [&[u8]; 13] = [
    b"urn:",
    b"http://www.w3.org/",
    b"https://www.w3.org/",
    b"http://java.sun.com/",
    b"http://www.apple.com/dtds/",
    b"http://xml.cxml.org/",
    b"http://www.hibernate.org/",
    b"http://hibernate.sourceforge.net/",
    b"http://mybatis.org/",
    b"http://struts.apache.org/",
    b"http://www.springframework.org/",
    b"http://www.oasis-open.org/",
    b"http://www.docbook.org/",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &leaf.lower;
    let declarations: Vec<Declaration<'_>> = memmem::find_iter(text, b"<!")
        .take(MOST * 4)
        .filter_map(|at| declaration(text, at))
        .take(MOST)
        .collect();
    let is_declared = begins_as_xml(text) || declarations.iter().any(|one| !one.is_entity);
    for declaration in &declarations {
        let rule = declaration.rule().map(|rule| {
            let is_shown = !is_declared && rule.confidence > rules::ENTITY_IN_TEXT.confidence;
            if is_shown {
                &rules::ENTITY_IN_TEXT
            } else {
                rule
            }
        });
        findings.extend(rule.map(|rule| Finding::new(rule, declaration.start, declaration.end)));
    }
    findings.extend(bomb(text, &declarations));
    findings.extend(foreign_schema(text));
}

/// Is it a document or a file of declarations, not an article about them?
fn begins_as_xml(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    [&b"<!"[..], b"<?", b"%", b"]>"]
        .iter()
        .any(|start| text.starts_with(start))
}

/// `<!ENTITY % name SYSTEM "file:///x">`, `<!DOCTYPE a PUBLIC "b" "c"`.
struct Declaration<'a> {
    start: usize,
    end: usize,
    is_entity: bool,
    is_parameter: bool,
    name: &'a [u8],
    /// `system`, `public`, or nothing.
    keyword: &'a [u8],
    /// The value, or the identifiers of what is external.
    first: &'a [u8],
    second: &'a [u8],
}

fn declaration(text: &[u8], start: usize) -> Option<Declaration<'_>> {
    let tail = &text[start..text.len().min(start + LONGEST)];
    let is_entity = tail.starts_with(b"<!entity");
    if !is_entity && !tail.starts_with(b"<!doctype") {
        return None;
    }
    let rest = &tail[if is_entity { 8 } else { 9 }..];
    let (percent, rest) = word(rest);
    let is_parameter =
        is_entity && (percent == b"%" || percent == b"&#37;" || percent == b"&#x25;");
    let (name, rest) = if is_parameter {
        word(rest)
    } else {
        (percent, rest)
    };
    let (keyword, after) = word(rest);
    let is_external = keyword.starts_with(b"system") || keyword.starts_with(b"public");
    let (keyword, rest) = if is_external {
        (&keyword[..6], after)
    } else {
        (&rest[..0], rest)
    };
    let (first, rest) = quoted(rest);
    let (second, rest) = if is_external {
        quoted(rest)
    } else {
        (&rest[..0], rest)
    };
    let end = start + tail.len() - rest.len();
    Some(Declaration {
        start,
        end,
        is_entity,
        is_parameter,
        name,
        keyword,
        first,
        second,
    })
}

/// The next word; blanks, or a quote or bracket, end it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'[>".contains(byte);
    text.split_at(text.iter().position(ends).unwrap_or(text.len()))
}

/// The next literal; quotes doubled by CSV are one.
fn quoted(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    let text = text
        .strip_prefix(b"\"\"")
        .filter(|rest| !rest.starts_with(b" ") && !rest.starts_with(b">"))
        .map_or(text, |_| &text[1..]);
    let Some((quote @ (b'"' | b'\''), inner)) = text.split_first() else {
        return (&text[..0], text);
    };
    let end = memchr(*quote, inner).unwrap_or(inner.len());
    (&inner[..end], inner.get(end + 1..).unwrap_or_default())
}

impl Declaration<'_> {
    fn rule(&self) -> Option<&'static Rule> {
        match (self.is_entity, self.keyword) {
            (true, b"") if self.is_parameter => Some(&rules::PARAMETER_ENTITY),
            (true, b"") if self.first.is_empty() => None,
            (true, b"") => Some(self.internal()),
            (true, _) if self.is_known_public() => Some(&rules::PUBLIC_ENTITY),
            (true, _) if !self.first.is_empty() => Some(&rules::EXTERNAL_ENTITY),
            (false, b"system") => self.document_type(self.first),
            (false, b"public") if !self.is_known_public() => self.document_type(self.second),
            (false, b"public") if is_foreign(self.second) => Some(&rules::PUBLIC_DTD),
            _ => None,
        }
    }

    /// `"-//W3C//ENTITIES Latin 1 for XHTML//EN" "xhtml-lat1.ent"`
    fn is_known_public(&self) -> bool {
        let marks = memmem::find_iter(self.first, b"//").count();
        let is_fetched = [&b"file:"[..], b"ftp:", b"php:", b"gopher:", b"jar:"]
            .iter()
            .any(|scheme| self.second.starts_with(scheme));
        self.keyword == b"public"
            && marks > 1
            && !is_fetched
            && PUBLIC.iter().any(|start| self.first.starts_with(start))
    }

    fn document_type(&self, identifier: &[u8]) -> Option<&'static Rule> {
        if identifier.is_empty() || self.name == b"html" && identifier == b"about:legacy-compat" {
            return None;
        }
        let is_url = memmem::find(identifier, b":").is_some()
            || identifier.starts_with(b"//")
            || identifier.starts_with(b"\\\\");
        let is_known = KNOWN.iter().any(|known| identifier.starts_with(known));
        match (is_url, is_known) {
            (_, true) => None,
            (true, _) => Some(&rules::EXTERNAL_DTD),
            (false, _) => Some(&rules::RELATIVE_DTD),
        }
    }

    /// Drawing programs declare names of namespaces as entities.
    fn internal(&self) -> &'static Rule {
        let is_namespace = self.first.starts_with(b"http")
            || self.first.is_empty()
            || self.first.starts_with(b"&#");
        if is_namespace {
            &rules::NAMESPACE_ENTITY
        } else {
            &rules::INTERNAL_ENTITY
        }
    }

    /// How many entities its value refers to.
    fn references(&self) -> usize {
        let is_end = |at: usize| {
            let name = &self.first[at + 1..];
            let length = name
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
                .count();
            length > 0 && name.get(length) == Some(&b';')
        };
        let plain = memchr_iter(b'&', self.first).chain(memchr_iter(b'%', self.first));
        plain.filter(|at| is_end(*at)).count()
            + memmem::find_iter(self.first, b"&#37;").count()
            + memmem::find_iter(self.first, b"&#x25;").count()
    }
}

/// Entities of entities, or one that is long and much used.
fn bomb(text: &[u8], declarations: &[Declaration<'_>]) -> Option<Finding> {
    let internal = || {
        declarations
            .iter()
            .filter(|one| one.is_entity && one.keyword.is_empty())
    };
    let layers = internal().filter(|one| one.references() >= MANY).count();
    let first = internal().next()?;
    if layers > 1 {
        return Some(Finding::new(&rules::ENTITY_BOMB, first.start, text.len()));
    }
    let refers_to_itself = internal().any(|one| {
        !one.name.is_empty() && memmem::find(one.first, &[b"&", one.name, b";"].concat()).is_some()
    });
    if refers_to_itself {
        return Some(Finding::new(&rules::ENTITY_LOOP, first.start, text.len()));
    }
    let body = &text[first.end..];
    let is_quadratic = internal().take(4).any(|one| {
        let uses = memmem::find_iter(body, &[b"&", one.name, b";"].concat())
            .take(BULK)
            .count();
        !one.name.is_empty() && (uses >= BULK || one.first.len() >= BULKY && uses > 16)
    });
    is_quadratic.then(|| Finding::new(&rules::QUADRATIC_ENTITY_BOMB, first.start, text.len()))
}
