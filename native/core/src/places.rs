//! All places in an event that a person would have to know of, to let what is told there pass.

use crate::excluded::{Excluded, Excluding};
use crate::found::{self, Found};
use crate::inputs::{Event, Input, parameter, place};
use crate::judge::Action;
use crate::policy::Policy;
use crate::reading;
use crate::scan::Hit;
use crate::strongest::{self, Searched, Seen, most_of};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Hits of one detector in one record that are looked at: the first ones.
const MOST_HITS: usize = 256;
/// Places of one detector in one record that are told.
const MOST_PLACES: usize = 16;

/// Looks for attacks in the inputs: of each detector and record one detection for each value that has to be excluded
/// to let the event pass. What only holds such a value is not told.
pub(crate) fn in_inputs<'a>(event: &'a Event, policy: &Policy) -> Searched<'a> {
    let mut hits: BTreeMap<_, Vec<(Input<'a>, Hit)>> = BTreeMap::new();
    let mut is_cut_short = false;
    let gap = reading::read(event, &mut |input: Input<'a>, of_input| {
        for hit in of_input {
            let is_told = most_of(policy, &hit).0 != Action::Allow;
            let hits = hits.entry((input.record(), hit.detector)).or_default();
            if is_told && hits.len() < MOST_HITS {
                hits.push((input, hit));
            } else {
                is_cut_short |= is_told;
            }
        }
    });
    let mut excluding = Excluding::new(event);
    let mut told: Vec<Seen<'a>> = Vec::new();
    for ((_, detector), hits) in hits {
        let excluded = Excluded::of(policy, detector);
        let needed = needed(event, policy, &mut excluding, excluded, hits);
        is_cut_short |= needed.len() == MOST_PLACES;
        told.extend(needed);
    }
    told.sort_by_key(|seen| seen.input.origin());
    let mut found: Vec<Found<'a>> = told.into_iter().map(Seen::found).collect();
    if is_cut_short {
        // What the guard would tell is told in any case.
        let is_new = |one: &Found<'_>| {
            let is_it =
                |other: &Found<'_>| one.detector == other.detector && one.path() == other.path();
            !found.iter().any(is_it)
        };
        let of_guard = strongest::in_inputs(event, policy).found.into_iter();
        let more: Vec<Found<'a>> = of_guard.filter(is_new).collect();
        found.extend(more);
    } else {
        found.extend(event.inputs().filter_map(found::in_compressed));
    }
    Searched { found, gap }
}

/// The clearest places first; what is let pass where these are excluded is none.
fn needed<'a>(
    event: &'a Event,
    policy: &Policy,
    excluding: &mut Excluding<'a>,
    mut excluded: Excluded<'_>,
    hits: Vec<(Input<'a>, Hit)>,
) -> Vec<Seen<'a>> {
    let seen = |input, hit: &Hit| Seen::of(event, input, hit.clone(), policy);
    let all: Vec<Seen<'a>> = hits
        .iter()
        .filter_map(|(input, hit)| {
            let rest = excluding.rest(*input, hit.clone(), &excluded)?;
            Some(seen(*input, &rest))
        })
        .collect();
    let mut waiting: Vec<_> = hits
        .into_iter()
        .map(|(input, hit)| (seen(input, &hit), input, hit))
        .collect();
    let mut told = Vec::new();
    while !waiting.is_empty() && told.len() < MOST_PLACES {
        waiting.sort_by(|(one, ..), (other, ..)| other.compare_places(one));
        let mut later = Vec::new();
        for (place, input, hit) in waiting {
            let Some(rest) = excluding.rest(input, hit.clone(), &excluded) else {
                continue;
            };
            let rest = seen(input, &rest);
            if rest.action == Action::Allow {
                continue;
            }
            // Without what was told it is seen at another place: there may be clearer ones.
            if place.compare_places(&rest) == Ordering::Greater {
                later.push((rest, input, hit));
            } else if told.len() < MOST_PLACES && excluded.tell(rest.input) {
                told.push(rest);
                later.push((place, input, hit));
            }
        }
        waiting = later;
    }
    told.into_iter()
        .map(|one| strongest_there(one, &all))
        .collect()
}

/// The strongest that is seen at the place of `one`: what is told of a value is the worst that it is.
fn strongest_there<'a>(one: Seen<'a>, all: &[Seen<'a>]) -> Seen<'a> {
    let name = |seen: &Seen<'a>| parameter(&place(seen.input.path())).into_owned();
    let own = name(&one);
    all.iter()
        .filter(|other| other.strength() > one.strength() && name(other) == own)
        .max_by_key(|other| other.strength())
        .cloned()
        .unwrap_or(one)
}
