//! What a tag stands in: a document, whole content as people write it, or neither.

use std::cell::OnceCell;

use memchr::memchr;

/// Asked of each tag of one text; what costs a look at the text is looked at once.
pub(super) struct Surroundings<'t> {
    pub(super) text: &'t [u8],
    pub(super) is_document: bool,
    is_content: OnceCell<bool>,
}

/// Bytes at the start of a text that are read for its prose.
const READ: usize = 16 << 10;
/// Bytes of words that make a text content: two or three sentences.
const PROSE: usize = 200;

impl<'t> Surroundings<'t> {
    pub(super) fn new(text: &'t [u8], is_document: bool) -> Self {
        Self {
            text,
            is_document,
            is_content: OnceCell::new(),
        }
    }

    /// Is the text an article or a mail, most of what it says prose? There what only loads or sends something is at
    /// home, as in a document; what runs a script is not.
    pub(super) fn is_content(&self) -> bool {
        *self.is_content.get_or_init(|| has_prose(self.text))
    }
}

/// Do words outside of tags come to some sentences?
fn has_prose(text: &[u8]) -> bool {
    let mut rest = &text[..text.len().min(READ)];
    let mut prose = 0;
    while !rest.is_empty() && prose < PROSE {
        let open = memchr(b'<', rest).unwrap_or(rest.len());
        prose += words(&rest[..open]);
        rest = &rest[open..];
        rest = memchr(b'>', rest).map_or(&[], |close| &rest[close + 1..]);
    }
    prose >= PROSE
}

/// Bytes of the words in `text`: letters alone, or with the sign of a sentence behind them.
fn words(text: &[u8]) -> usize {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    let word = |part: &[u8]| {
        let letters = part.iter().take_while(|byte| is_letter(byte)).count();
        let is_word = part[letters..].iter().all(|byte| b".,;:!?".contains(byte));
        if is_word { letters } else { 0 }
    };
    text.split(u8::is_ascii_whitespace).map(word).sum()
}

#[cfg(test)]
mod tests {
    use super::Surroundings;

    #[test]
    fn prose_makes_content() {
        let sentence = "We had a good day, and saw the old town with its bridges and towers. ";
        let rows = [
            (format!("<p>{}</p><hr>", sentence.repeat(5)), true),
            (format!("<p>{}</p><hr>", sentence), false),
            (format!("<p title=\"{}\">x</p>", sentence.repeat(9)), false),
            (format!("<i>{}</i>", "a(b)=c; ".repeat(99)), false),
        ];
        for (text, is_content) in rows {
            let surroundings = Surroundings::new(text.as_bytes(), false);
            assert_eq!(surroundings.is_content(), is_content, "{text}");
        }
    }
}
