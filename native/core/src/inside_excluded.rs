//! What stands in a resource only as a piece of an excluded value: where `a=1; x` is excluded and stands there, `a` of it
//! does nothing that the value does not.
//!
//! A piece that stands there besides is an input like others.

use crate::excluded::{Excluded, MOST_COMPARED, is_excluded};
use crate::flow::Changed;
use crate::inputs::{Event, Input, percent_decoded};
use crate::marks::segments;
use memchr::memmem::Finder;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Spellings of an excluded value that are looked for.
const MOST_SPELLINGS: usize = 64;
/// Places of a text that are looked at.
const MOST_PLACES: usize = 256;

/// Inputs of one call that may pass so.
const MOST_PASSED: usize = 1_000;

/// What a policy excludes of the inputs that a sink is asked about.
pub(crate) struct AtSink<'s> {
    event: &'s Event,
    excluded: Excluded<'s>,
    /// What the sink was given, and that read for inputs that were changed.
    resource: &'s [u8],
    changed: Option<&'s Changed<'s>>,
    lower: OnceCell<Vec<u8>>,
    /// Of each value that was asked about, where it stands, if it is excluded.
    known: RefCell<BTreeMap<usize, Rc<Places>>>,
    /// Inputs that may still be compared with exclusions.
    left: Cell<usize>,
    passed: Cell<usize>,
}

impl<'s> AtSink<'s> {
    pub(crate) fn new(
        event: &'s Event,
        excluded: Excluded<'s>,
        resource: &'s [u8],
        changed: Option<&'s Changed<'s>>,
    ) -> Self {
        Self {
            event,
            excluded,
            resource,
            changed,
            lower: OnceCell::new(),
            known: RefCell::default(),
            left: Cell::new(MOST_COMPARED),
            passed: Cell::new(0),
        }
    }

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

    /// Whether an input is excluded, or stands nowhere, in whatever case, but in values that are.
    pub(crate) fn lets_pass(&self, input: Input<'_>) -> bool {
        if self.has(input) {
            return true;
        }
        let around = self.around(input);
        if around.iter().all(|places| places.is_empty()) {
            return false;
        }
        let lower = self
            .lower
            .get_or_init(|| self.resource.to_ascii_lowercase());
        let places: Vec<_> = places_of(lower, &input.text().to_ascii_lowercase()).collect();
        let is_inside = |place: &Range<usize>| around.iter().any(|one| one.hold(place));
        (1..MOST_PLACES).contains(&places.len()) && places.iter().all(is_inside) && self.count()
    }

    /// Whether a form of an input, a slice of what the sink was given, stands in a value that is excluded and holds the
    /// input.
    pub(crate) fn lets_form_pass(&self, input: Input<'_>, form: &[u8]) -> bool {
        let place = place_in(self.resource, form);
        self.around(input).iter().any(|one| one.hold(&place)) && self.count()
    }

    fn count(&self) -> bool {
        self.passed.set(self.passed.get() + 1);
        self.passed.get() <= MOST_PASSED
    }

    /// Where the excluded values stand that hold an input.
    fn around(&self, input: Input<'_>) -> Vec<Rc<Places>> {
        if self.excluded.is_empty() {
            return Vec::new();
        }
        let wholes = std::iter::successors(input.whole(), |one| one.whole());
        wholes.map(|whole| self.places(whole)).collect()
    }

    fn places(&self, whole: Input<'_>) -> Rc<Places> {
        if let Some(known) = self.known.borrow().get(&whole.number()) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.found(whole));
        let mut known = self.known.borrow_mut();
        known.insert(whole.number(), Rc::clone(&found));
        found
    }

    fn found(&self, whole: Input<'_>) -> Places {
        let mut places = Vec::new();
        let mut add = |value: &[u8]| {
            places.extend(places_of(self.resource, value));
            let changed = self.changed.into_iter();
            let forms = changed.flat_map(|changed| changed.forms(value));
            places.extend(forms.map(|form| place_in(self.resource, form.text)));
        };
        if self.has(whole) {
            let parts = self.event.inside(whole).take(MOST_SPELLINGS);
            let spellings = std::iter::once(whole).chain(parts);
            spellings
                .filter(|one| self.has(*one))
                .for_each(|one| add(one.text()));
        } else {
            self.segments(whole).iter().for_each(|one| add(one));
        }
        Places::of(places)
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

/// Places in their order, each with the furthest end of it and those before it.
struct Places(Vec<(usize, usize)>);

impl Places {
    fn of(mut places: Vec<Range<usize>>) -> Self {
        places.sort_unstable_by_key(|one| (one.start, one.end));
        let furthest = |end: &mut usize, one: Range<usize>| {
            *end = one.end.max(*end);
            Some((one.start, *end))
        };
        Self(places.into_iter().scan(0, furthest).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them holds this place.
    fn hold(&self, inner: &Range<usize>) -> bool {
        let before = self.0.partition_point(|(start, _)| *start <= inner.start);
        let furthest = before.checked_sub(1).map(|last| self.0[last].1);
        furthest.is_some_and(|end| inner.end <= end)
    }
}

/// Where a slice of a text stands in it.
fn place_in(text: &[u8], slice: &[u8]) -> Range<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_held_by_one_that_begins_before_it_and_ends_behind_it() {
        let places = Places::of(vec![5..9, 0..20, 4..6, 30..32, 31..40]);
        let rows = [
            (5..9, true),
            (0..20, true),
            (10..20, true),
            (31..33, true),
            (30..32, true),
        ];
        for (place, expected) in rows {
            assert_eq!(places.hold(&place), expected, "{place:?}");
        }
        for place in [0..21, 19..21, 20..30, 29..31, 30..33, 40..41] {
            assert!(!places.hold(&place), "{place:?}");
        }
        assert!(!Places::of(Vec::new()).hold(&(0..1)));
    }
}
