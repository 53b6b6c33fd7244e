//! The text of an element of XML that stands in pieces: parsers join text, CDATA and what comments part, and put in the
//! entities that the document itself declares.
//!
//! Does not see: what elements hold together with those inside them; parameter entities and those of other files

use super::escapes::html_decoded;
use super::parts::{Part, Visit};
use super::path::Label;
use memchr::{memchr, memmem};

/// Entities of a document that are put in.
const MOST_ENTITIES: usize = 64;
/// Entities within entities.
const MOST_LEVELS: usize = 8;
/// Bytes that entities of one document may become, and how many fewer each look-up leaves.
const MOST_ROOM: usize = 64 << 10;
const COST_OF_LOOK_UP: usize = 16;

/// Shows each text that stands in pieces; nothing where the text is no markup.
pub(super) fn joined(text: &[u8], visit: Visit<'_>) {
    let text = text.trim_ascii();
    let has_pieces = || memmem::find(&text[1..], b"<!").is_some();
    if !text.starts_with(b"<") || !has_pieces() {
        return;
    }
    let mut reader = Reader {
        entities: entities(text),
        room: MOST_ROOM,
        own: Vec::new(),
        pieces: 0,
    };
    let mut rest = text;
    while !rest.is_empty() {
        let start = memchr(b'<', rest).unwrap_or(rest.len());
        reader.add_text(&rest[..start]);
        rest = &rest[start..];
        if let Some(inner) = rest.strip_prefix(b"<![CDATA[") {
            let end = memmem::find(inner, b"]]>").unwrap_or(inner.len());
            reader.add(&inner[..end]);
            rest = inner.get(end + 3..).unwrap_or_default();
        } else if rest.starts_with(b"<!--") {
            rest = behind(rest, b"-->");
        } else if rest.starts_with(b"<?") {
            rest = behind(rest, b"?>");
        } else {
            reader.show(visit);
            let until_end = &rest[..memchr(b'>', rest).unwrap_or(rest.len())];
            let is_list = rest.starts_with(b"<!") && memchr(b'[', until_end).is_some();
            rest = if is_list {
                behind(rest, b"]")
            } else {
                behind_tag(rest)
            };
        }
    }
    reader.show(visit);
}

fn behind<'a>(text: &'a [u8], end: &[u8]) -> &'a [u8] {
    memmem::find(text, end).map_or(&[], |at| &text[at + end.len()..])
}

fn behind_tag(text: &[u8]) -> &[u8] {
    let mut rest = text.get(1..).unwrap_or_default();
    while let Some(at) = memchr::memchr3(b'>', b'"', b'\'', rest) {
        let behind = &rest[at + 1..];
        if rest[at] == b'>' {
            return behind;
        }
        let end = memchr(rest[at], behind).unwrap_or(behind.len());
        rest = behind.get(end + 1..).unwrap_or_default();
    }
    &[]
}

type Entity<'a> = (&'a [u8], &'a [u8]);

/// The names and values of the entities that a document declares.
fn entities(text: &[u8]) -> Vec<Entity<'_>> {
    const START: &[u8] = b"<!ENTITY";
    let places = memmem::find_iter(text, START).take(MOST_ENTITIES);
    places
        .filter_map(|at| entity(&text[at + START.len()..]))
        .collect()
}

/// ` name "value">`.
fn entity(text: &[u8]) -> Option<Entity<'_>> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(u8::is_ascii_whitespace)?;
    let (name, rest) = (&text[..end], text[end..].trim_ascii_start());
    let quote = *rest.first().filter(|quote| b"\"'".contains(quote))?;
    let value = &rest[1..];
    Some((name, &value[..memchr(quote, value)?]))
}

struct Reader<'a> {
    entities: Vec<Entity<'a>>,
    /// Bytes that entities may still become.
    room: usize,
    /// What was read since the last tag, and in how many pieces.
    own: Vec<u8>,
    pieces: usize,
}

impl<'a> Reader<'a> {
    fn add(&mut self, piece: &[u8]) {
        self.own.extend_from_slice(piece);
        self.pieces += usize::from(!piece.trim_ascii().is_empty());
    }

    fn add_text(&mut self, text: &[u8]) {
        let mut whole = Vec::new();
        self.put_in(text, 0, &mut whole);
        match html_decoded(&whole) {
            Some(plain) => self.add(&plain),
            None => self.add(&whole),
        }
    }

    /// Appends a text with the document's entities put in.
    fn put_in(&mut self, text: &[u8], level: usize, out: &mut Vec<u8>) {
        let mut rest = text;
        while let Some(at) = memchr(b'&', rest).filter(|_| self.looks_up()) {
            out.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            let named = self.named(&rest[1..]);
            let Some((name, value)) =
                named.filter(|(_, value)| level < MOST_LEVELS && self.room > value.len())
            else {
                out.push(b'&');
                rest = &rest[1..];
                continue;
            };
            self.room -= value.len() + 1;
            self.pieces += 2;
            self.put_in(value, level + 1, out);
            rest = &rest[name.len() + 2..];
        }
        out.extend_from_slice(rest);
    }

    /// Whether one more entity may be looked up; that takes of the room, too.
    fn looks_up(&mut self) -> bool {
        self.room = self.room.saturating_sub(COST_OF_LOOK_UP);
        !self.entities.is_empty() && self.room > 0
    }

    /// The entity whose name and `;` a text begins with.
    fn named(&self, text: &[u8]) -> Option<Entity<'a>> {
        let named = |(name, _): &&Entity<'a>| {
            text.strip_prefix(*name)
                .is_some_and(|rest| rest.starts_with(b";"))
        };
        self.entities.iter().find(named).copied()
    }

    /// Shows what was read, where it stood in pieces.
    fn show(&mut self, visit: Visit<'_>) {
        let own = self.own.trim_ascii();
        if self.pieces > 1 && !own.is_empty() {
            let label: Label<'_> = &|path| path.push_str("→xml");
            visit(&Part::new(own, label));
        }
        self.own.clear();
        self.pieces = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        joined(text.as_bytes(), &mut |part| {
            found.push(String::from_utf8_lossy(&part.text).into_owned());
        });
        found
    }

    #[test]
    fn text_in_pieces_is_joined() {
        let rows: [(&str, &[&str]); 9] = [
            ("<a>un<![CDATA[ion <]]> sel</a>", &["union < sel"]),
            (
                "<a>un<!-- x > -->ion<?y?>s</a><b>c<!---->d</b>",
                &["unions", "cd"],
            ),
            ("<a b='>'>un<!---->ion &amp;</a>", &["union &"]),
            (
                "<!DOCTYPE o [<!ENTITY a \"' un\"><!ENTITY b '&a;ion'>]><o>&b; x&lt;</o>",
                &["' union x<"],
            ),
            ("<!DOCTYPE o SYSTEM 'x'><o>a<!---->b</o>", &["ab"]),
            ("<a>whole</a><!-- x --><b>text</b>", &[]),
            ("<a>whole</a>", &[]),
            ("<![CDATA[a", &[]),
            ("", &[]),
        ];
        for (text, expected) in rows {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn entities_that_grow_without_end_are_put_in_up_to_a_bound() {
        let laughs: String = (1..60)
            .map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(9)))
            .collect();
        let text = format!(
            "<!DOCTYPE l [<!ENTITY l0 'ha'>{laughs}]><l>{}</l>",
            "&l59;&l7;".repeat(999)
        );
        let length: usize = shown(&text).iter().map(String::len).sum();
        assert!(length > 1_000 && length < 20 * MOST_ROOM, "{length}");
    }
}
