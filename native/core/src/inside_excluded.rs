//! What stands in a resource only as a piece of an excluded value: where `a=1; x` is excluded and stands there, `a` of it
//! does nothing that the value does not.
//!
//! A piece that stands there besides is an input like others.

use crate::excluded::{Excluded, is_excluded};
use crate::flow::Changed;
use crate::inputs::{Event, Input, percent_decoded};
use crate::marks::segments;
use memchr::memmem::Finder;
use std::cell::Cell;
use std::ops::Range;

/// Spellings of an excluded value that are looked for.
const MOST_SPELLINGS: usize = 64;
/// Places of a text that are looked at.
const MOST_PLACES: usize = 256;

/// What a policy excludes of the inputs that a sink is asked about.
pub(crate) struct AtSink<'s> {
    pub(crate) event: &'s Event,
    pub(crate) excluded: Excluded<'s>,
    /// What the sink was given, and that read for inputs that were changed.
    pub(crate) resource: &'s [u8],
    pub(crate) changed: Option<&'s Changed<'s>>,
    /// Inputs that may still be compared with exclusions.
    pub(crate) left: Cell<usize>,
}

impl AtSink<'_> {
    /// Whether an input is excluded, wherever it stands.
    pub(crate) fn has(&self, input: Input<'_>) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let mut left = self.left.get();
        let is_it = is_excluded(self.event, input, &self.excluded, &mut left);
        self.left.set(left);
        is_it
    }

    /// Whether an input is excluded, or stands only in values that are.
    pub(crate) fn lets_pass(&self, input: Input<'_>) -> bool {
        self.has(input) || self.around(input).hold_all_of(input.text())
    }

    /// Where the excluded values stand that hold an input.
    pub(crate) fn around(&self, input: Input<'_>) -> Around {
        if self.excluded.is_empty() {
            return Around::default();
        }
        let mut places = Vec::new();
        let mut add = |value: &[u8]| {
            places.extend(places_of(self.resource, value));
            let changed = self.changed.into_iter();
            let forms = changed.flat_map(|changed| changed.forms(value));
            places.extend(forms.map(|form| place_in(self.resource, form.text)));
        };
        for whole in std::iter::successors(input.whole(), |one| one.whole()) {
            if self.has(whole) {
                let parts = self.event.inside(whole).take(MOST_SPELLINGS);
                let spellings = std::iter::once(whole).chain(parts);
                spellings
                    .filter(|one| self.has(*one))
                    .for_each(|one| add(one.text()));
            } else {
                self.segments(whole).iter().for_each(|one| add(one));
            }
        }
        let lower = match places.is_empty() {
            true => Vec::new(),
            false => self.resource.to_ascii_lowercase(),
        };
        Around { lower, places }
    }

    /// What the path of a request holds of excluded values, as code gets it.
    fn segments(&self, whole: Input<'_>) -> Vec<Vec<u8>> {
        let mut left = self.left.get();
        let places = segments(self.event, whole, &self.excluded, &mut left);
        self.left.set(left);
        let texts = places.into_iter().map(|place| &whole.text()[place]);
        texts
            .map(|text| percent_decoded(text).unwrap_or_else(|| text.to_vec()))
            .collect()
    }
}

/// Where in a resource the excluded values stand that hold an input.
#[derive(Default)]
pub(crate) struct Around {
    lower: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Around {
    /// Whether a text stands nowhere, in whatever case, but in them.
    pub(crate) fn hold_all_of(&self, text: &[u8]) -> bool {
        let places: Vec<_> = places_of(&self.lower, &text.to_ascii_lowercase()).collect();
        (1..MOST_PLACES).contains(&places.len()) && places.iter().all(|one| self.hold(one))
    }

    /// Whether a place is in one of them.
    pub(crate) fn hold(&self, inner: &Range<usize>) -> bool {
        let mut places = self.places.iter();
        places.any(|outer| outer.start <= inner.start && inner.end <= outer.end)
    }
}

/// Where a slice of a text stands in it.
pub(crate) fn place_in(text: &[u8], slice: &[u8]) -> Range<usize> {
    let start = slice.as_ptr().addr() - text.as_ptr().addr();
    start..start + slice.len()
}

/// Where a text stands, at most so many places.
fn places_of(resource: &[u8], text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let (finder, length) = (Finder::new(text).into_owned(), text.len());
    let mut from = 0;
    let places = std::iter::from_fn(move || {
        let start = from + finder.find(resource.get(from..)?)?;
        from = start + 1;
        Some(start..start + length)
    });
    places.take(MOST_PLACES)
}
