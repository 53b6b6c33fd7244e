//! Which bytes of an input are excluded values, by what it hides and by what its parts were made of.

use crate::excluded::Excluded;
use crate::inputs::{Event, Input, is_of_all, is_request_path, percent_decoded};
use std::ops::Range;

/// Segments of a path that are looked at.
const MOST_SEGMENTS: usize = 64;

/// What of an input is excluded.
#[derive(Default)]
pub(crate) struct Marks {
    /// Whether its text is read in another form, without that.
    pub(crate) is_of_all: bool,
    pub(crate) bytes: Vec<Range<usize>>,
}

impl Marks {
    /// What of an input is excluded. Each input that is looked at is taken from `left`; without it nothing is.
    pub(crate) fn of<'a>(
        event: &'a Event,
        input: Input<'a>,
        excluded: &Excluded<'_>,
        left: &mut usize,
    ) -> Self {
        let inside: Vec<Input<'a>> = event.inside(input).collect();
        let mut marks = Marks::default();
        let Some(rest) = left.checked_sub(1 + inside.len()) else {
            return marks;
        };
        *left = rest;
        marks.bytes = segments(event, input, excluded, left);
        let first = inside.first().map_or(0, |part| part.number());
        let mut of_parts: Vec<Marks> = inside.iter().map(|_| Marks::default()).collect();
        // Each stands behind what holds it.
        for (at, part) in inside.iter().enumerate().rev() {
            let Some(whole) = part.whole().map(Input::number) else {
                continue;
            };
            let own = std::mem::take(&mut of_parts[at]);
            let of_whole = match whole.checked_sub(first) {
                None if whole == input.number() => &mut marks,
                Some(above) if above < at => &mut of_parts[above],
                _ => continue,
            };
            of_whole.add(*part, own, excluded.holds(*part, part.text()));
        }
        marks
    }

    /// Takes in what of a part is excluded. What is neither known to be of all of this text nor of which bytes of it is
    /// not, and told.
    fn add(&mut self, part: Input<'_>, own: Marks, is_excluded: bool) {
        if !is_excluded && own.bytes.is_empty() && !own.is_of_all {
            return;
        }
        let source = part.source();
        let is_slice =
            |source: &Range<usize>| part.is_covered() && source.len() == part.text().len();
        let slice = source
            .clone()
            .filter(|source| !is_excluded && is_slice(source));
        if let Some(Range { start, .. }) = slice {
            // It is not read by itself, so that all else in it has to stay.
            let moved = |bytes: Range<usize>| start + bytes.start..start + bytes.end;
            self.bytes.extend(own.bytes.into_iter().map(moved));
        } else if is_of_all(last_step(part.path())) {
            self.is_of_all = true;
        } else {
            self.bytes.extend(source);
        }
    }
}

fn is_in_request_path(path: &str) -> bool {
    path.split('→').next().is_some_and(is_request_path)
}

pub(crate) fn last_step(path: &str) -> &str {
    path.rsplit_once('→').map_or("", |(_, step)| step)
}

/// What the path of a request holds of excluded parameters and segments: AWS hands it on under several names, of which
/// only values tell that they are the same.
pub(crate) fn segments(
    event: &Event,
    input: Input<'_>,
    excluded: &Excluded<'_>,
    left: &mut usize,
) -> Vec<Range<usize>> {
    let Some(rest) = left.checked_sub(event.inputs().len()) else {
        return Vec::new();
    };
    if !is_in_request_path(input.path()) {
        return Vec::new();
    }
    *left = rest;
    let is_part = |path: &str| {
        path.starts_with("pathParameters.") && !path.contains('→')
            || is_in_request_path(path) && path.contains("→segment[")
    };
    let values = event.inputs().filter(|one| is_part(one.path()));
    let excluded = values.filter(|one| excluded.holds(*one, one.text()));
    excluded
        .take(MOST_SEGMENTS)
        .flat_map(|one| aligned(input.text(), one.text()))
        .collect()
}

/// Where `value`, however it is escaped, stands in a path as whole segments.
fn aligned(text: &[u8], value: &[u8]) -> Vec<Range<usize>> {
    let plain = |text: &[u8]| percent_decoded(text).unwrap_or_else(|| text.to_vec());
    let wanted = plain(value);
    let ends: Vec<usize> = memchr::memchr2_iter(b'/', b'?', text)
        .chain([text.len()])
        .take(MOST_SEGMENTS)
        .collect();
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let mut found = Vec::new();
    for start in starts {
        let fits = |end: &&usize| {
            **end >= start + wanted.len() && **end - start <= 3 * value.len().max(wanted.len())
        };
        let end = ends
            .iter()
            .filter(fits)
            .find(|end| plain(&text[start..**end]) == wanted);
        found.extend(end.map(|end| start..*end));
    }
    found
}
