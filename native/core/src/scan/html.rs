//! HTML as browsers read it: tags and their attributes, well closed or not.
//!
//! Lenient where browsers and filters differ: any odd byte ends a name, a quote that never closes is a part
//! of its value, and a tag may begin inside another's value.

/// Bytes of a tag that are read.
const LONGEST_TAG: usize = 2048;
const MOST_ATTRIBUTES: usize = 48;

/// An opening or closing tag.
#[derive(Debug)]
pub struct Tag<'t> {
    pub start: usize,
    /// One past its `>`, or the end of what was read.
    pub end: usize,
    /// In lower case, as the text; without a namespace's prefix.
    pub name: &'t [u8],
    pub closes: bool,
    pub attributes: Vec<Attribute<'t>>,
}

#[derive(Debug, Clone, Copy)]
pub struct Attribute<'t> {
    pub name: &'t [u8],
    pub value: &'t [u8],
    /// Its quote, if it has one that closes.
    pub quote: Option<u8>,
}

impl<'t> Tag<'t> {
    /// The tag whose `<` stands at `start` of `text`, which is in lower case.
    pub fn at(text: &'t [u8], start: usize) -> Option<Self> {
        let end = text.len().min(start.saturating_add(LONGEST_TAG));
        let mut reader = Reader {
            text: &text[..end],
            at: start + 1,
        };
        reader.skip(|byte| byte < b' ' && !byte.is_ascii_whitespace());
        let closes = reader.next_is(b'/');
        let name = reader.take(is_name);
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let name = name
            .iter()
            .rposition(|byte| *byte == b':')
            .map_or(name, |colon| &name[colon + 1..]);
        let mut attributes = Vec::new();
        while attributes.len() < MOST_ATTRIBUTES {
            let Some(attribute) = reader.attribute() else {
                break;
            };
            attributes.push(attribute);
        }
        reader.next_is(b'>');
        Some(Self {
            start,
            end: reader.at,
            name,
            closes,
            attributes,
        })
    }

    /// The value of the attribute called `name`, whatever its namespace.
    pub fn value(&self, name: &[u8]) -> Option<&'t [u8]> {
        self.attributes
            .iter()
            .find(|attribute| {
                attribute
                    .name
                    .strip_suffix(name)
                    .is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(b":"))
            })
            .map(|attribute| attribute.value)
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b':' || byte == b'-' || byte == b'_'
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, goes_on: impl Fn(u8) -> bool) -> &'t [u8] {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|byte| !goes_on(*byte))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn skip(&mut self, goes_on: impl Fn(u8) -> bool) {
        self.take(goes_on);
    }

    fn next_is(&mut self, byte: u8) -> bool {
        let is_next = self.rest().first() == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn attribute(&mut self) -> Option<Attribute<'t>> {
        self.skip(|byte| byte <= b' ' || byte == b'/');
        // A tag within a tag is read by itself, so that reading stays linear.
        if self.rest().first().is_none_or(|byte| b"<>".contains(byte)) {
            return None;
        }
        let begin = self.at;
        self.at += 1;
        self.skip(|byte| byte > b' ' && !b"/<>=".contains(&byte));
        let name = &self.text[begin..self.at];
        let after_name = self.at;
        self.skip(|byte| byte <= b' ');
        if !self.next_is(b'=') {
            self.at = after_name;
            return Some(Attribute {
                name,
                value: b"",
                quote: None,
            });
        }
        self.skip(|byte| byte <= b' ');
        let (value, quote) = self.attribute_value();
        Some(Attribute { name, value, quote })
    }

    fn attribute_value(&mut self) -> (&'t [u8], Option<u8>) {
        let rest = self.rest();
        if let Some(quote @ (b'"' | b'\'')) = rest.first() {
            if let Some(length) = memchr::memchr(*quote, &rest[1..]) {
                self.at += length + 2;
                return (&rest[1..=length], Some(*quote));
            }
        }
        let value = self.take(|byte| byte > b' ' && byte != b'>');
        if value.contains(&b'<') {
            self.text = &self.text[..self.at];
        }
        (value, None)
    }
}
