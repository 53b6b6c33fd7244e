//! Does an input that code changed on its way stand in a resource?
//!
//! What is there of it, as it is there, is a form of the input that can be asked about like the input itself. Followed
//! are another case and what becomes of its signs (`aligned.rs`): `replace("'", "''")`, `replace(" ", "_")`,
//! `re.sub(r"[<>]", "", x)`, `x.title()`, `html.escape(x, quote=False)`; and a text that was cut off (`x[:40]`),
//! or out (`parts.rs`): `split(",")[1]`, `bytes.fromhex(x)`.
//! Not followed: letters or digits that were left out or replaced; inputs of less than five of them; resources of more
//! than 128 KB.

use std::cell::{Cell, OnceCell};

use super::aligned::{Aligned, aligned};
use super::letters::{Keys, Letters, key};
use super::parts::pieces;

/// A resource that is longer is not looked through.
const LONGEST: usize = 128 * 1024;

/// Bytes of the resource that are judged again for forms, counted once for each: some tenths of a second.
const MOST_JUDGED: usize = 16 << 20;

/// So many places of one input are looked at.
const MOST_PLACES: usize = 8;

/// Between other letters an input of less may stand by accident.
const SHORTEST_GLUED: usize = 8;

/// The beginning of an input may stand by accident where it has less.
const SHORTEST_CUT: usize = 10;

/// What a text that was cut off is believed to do: nothing that code does by itself.
const OF_A_CUT: [&str; 6] = [
    "closes its literal",
    "ends a comment",
    "takes away the quote that closes its literal",
    "ends its quotes",
    "ends the here-document",
    "adds a substitution",
];

/// A resource, read once for all inputs.
pub struct Changed<'a> {
    resource: &'a [u8],
    keys: Keys,
    letters: OnceCell<Letters>,
    /// The same with signs behind backslashes read.
    escaped: OnceCell<Option<Letters>>,
    /// How many more forms are shown; none where there were too many.
    left: Cell<Option<usize>>,
}

/// What an input became.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub text: &'a [u8],
    /// It is only a part of the input.
    is_cut: bool,
}

impl<'a> Changed<'a> {
    /// Reads a resource; none where it is too long.
    #[must_use]
    pub fn of(resource: &'a [u8]) -> Option<Self> {
        (resource.len() <= LONGEST).then(|| Self {
            resource,
            keys: Keys::of(resource),
            letters: OnceCell::new(),
            escaped: OnceCell::new(),
            left: Cell::new(Some(MOST_JUDGED / resource.len().max(1))),
        })
    }

    /// May `input` stand there as it is, in whatever case? Most do not, and need not be looked for.
    #[must_use]
    pub fn may_hold(&self, input: &[u8]) -> bool {
        self.keys.may_hold_text(input)
    }

    /// Were there more forms than are shown?
    #[must_use]
    pub fn was_too_much(&self) -> bool {
        self.left.get().is_none()
    }

    fn letters(&self) -> &Letters {
        self.letters
            .get_or_init(|| Letters::of(self.resource, false))
    }

    fn escaped(&self) -> Option<&Letters> {
        let has_escapes = || memchr::memchr(b'\\', self.resource).is_some();
        let read = || has_escapes().then(|| Letters::of(self.resource, true));
        self.escaped.get_or_init(read).as_ref()
    }

    /// What `input` became, where that is not what it was.
    pub fn forms<'c>(&'c self, input: &'c [u8]) -> impl Iterator<Item = Form<'a>> + use<'a, 'c> {
        let key = key(input).filter(|(key, _)| self.keys.may_hold(key));
        let starts = key.into_iter().flat_map(|(key, first)| {
            let starts = self.letters().starts(&key, MOST_PLACES);
            starts.into_iter().map(move |letter| (letter, first))
        });
        let forms = starts.filter_map(|(letter, first)| self.form_at(letter, input, first));
        let pieces = pieces(self.resource, input, |piece| self.keys.may_hold_text(piece));
        let pieces = pieces.into_iter();
        let cut = pieces.map(|text| Form { text, is_cut: true });
        forms.chain(cut).take_while(|_| {
            let left = self.left.get().and_then(|left| left.checked_sub(1));
            self.left.replace(left);
            left.is_some()
        })
    }

    /// What stands where this letter is the input's first: as more of the input is there, escaped or not.
    fn form_at(&self, letter: usize, input: &[u8], first: usize) -> Option<Form<'a>> {
        let lay = |letters: &Letters| aligned(&letters.units, letters.unit(letter), input, first);
        let plain = lay(self.letters());
        let escaped = self.escaped().map(|letters| (lay(letters), letters));
        let more = escaped.filter(|(found, _)| found.letters >= plain.letters);
        match more {
            Some((found, letters)) => self.form(&found, letters, input),
            None => self.form(&plain, self.letters(), input),
        }
    }

    fn form(&self, found: &Aligned, letters: &Letters, input: &[u8]) -> Option<Form<'a>> {
        let is_letter = |unit: usize| letters.units[unit].byte.is_ascii_alphanumeric();
        let goes_on = |unit: usize| unit > 0 && is_letter(unit - 1) && is_letter(unit);
        let is_glued = goes_on(found.start) || goes_on(found.end);
        let shortest = match found.is_whole {
            true if is_glued => SHORTEST_GLUED,
            true => 0,
            false => SHORTEST_CUT,
        };
        let at = |unit: usize| letters.units[unit].at as usize;
        let text = &self.resource[at(found.start)..at(found.end)];
        let is_word = text.iter().all(u8::is_ascii_alphanumeric);
        let is_other = found.letters >= shortest && !is_word && text != input;
        is_other.then_some(Form {
            text,
            is_cut: !found.is_whole,
        })
    }
}

impl Form<'_> {
    /// Is what it does there to be believed?
    #[must_use]
    pub fn supports(&self, reason: &str) -> bool {
        !self.is_cut || OF_A_CUT.contains(&reason)
    }
}
