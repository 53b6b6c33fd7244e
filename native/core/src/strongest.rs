//! Of all that the firewall's detectors see in an event, what is told: of each detector one detection, of a batch one
//! for each record. One attack in two spellings is told once, under the path that names its place best.

use crate::excluded::{Excluded, Excluding};
use crate::found::{self, Found};
use crate::gap::Gap;
use crate::inputs::{Event, Input, is_request_path};
use crate::judge::{Action, Suspicion};
use crate::policy::{Policy, Protection};
use crate::reading;
use crate::scan::Hit;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

/// Hits of one detector in one record, each as strong as the one that is told, whose places are compared with its place:
/// thousands of copies of an attack are one.
const MOST_COMPARED: usize = 64;

/// What the firewall found in an event's inputs, and what it did not look at.
pub(crate) struct Searched<'a> {
    /// What the policy does not let pass, in the order of the event.
    pub(crate) found: Vec<Found<'a>>,
    pub(crate) gap: Gap,
}

/// How sure that a value is no harmless one is, of which no more is known than that its shape was never seen there.
const CONFIDENCE_OF_UNUSUAL: u8 = 30;

impl Searched<'_> {
    /// Nothing was looked for: what the event has too much of is missing to the flow rule all the same.
    pub(crate) fn nothing(event: &Event) -> Self {
        Self {
            found: Vec::new(),
            gap: event.gap(),
        }
    }
}

/// Looks for attacks in the inputs.
pub(crate) fn in_inputs<'a>(event: &'a Event, policy: &Policy) -> Searched<'a> {
    let mut strongest = BTreeMap::new();
    let mut excluding = Excluding::new(event);
    let gap = reading::read(event, &mut |input: Input<'a>, hits| {
        for hit in hits {
            let most = most_of(policy, &hit);
            if most.0 == Action::Allow {
                continue;
            }
            let key = (input.record(), hit.detector);
            let told = strongest.entry(key).or_insert_with(Told::default);
            told.notice(input, most, || {
                let excluded = Excluded::of(policy, hit.detector);
                let hit = excluding.rest(input, hit, &excluded)?;
                Some(Seen::of(event, input, hit, policy))
            });
        }
    });
    let mut told: Vec<(usize, Seen<'a>)> = strongest
        .into_values()
        .filter_map(|told| told.best)
        .collect();
    told.sort_by_key(|(first, _)| *first);
    Searched {
        found: told
            .into_iter()
            .map(|(_, seen)| seen.found())
            .chain(event.inputs().filter_map(found::in_compressed))
            .collect(),
        gap,
    }
}

/// The most that may come of a hit, whatever is known of the place where it is.
pub(crate) fn most_of(policy: &Policy, hit: &Hit) -> (Action, u8) {
    let confidence = if policy.has_parameters() {
        hit.weighed(|_| 100, Some(CONFIDENCE_OF_UNUSUAL))
    } else {
        hit.confidence
    };
    let suspicion = Suspicion {
        protection: Protection::Firewall,
        detector: hit.detector,
        confidence,
        path: "",
        matched: b"",
    };
    (policy.without_exclusions(&suspicion).action, confidence)
}

/// What is told of one detector and record.
#[derive(Default)]
struct Told<'a> {
    /// The first place, in the order of the event, of what is told, and that.
    best: Option<(usize, Seen<'a>)>,
    /// How many were compared by their places.
    compared: usize,
}

impl<'a> Told<'a> {
    /// Looks at a hit of which no more can come than `most`: only where it may be told in the place of the best one.
    fn notice(
        &mut self,
        input: Input<'a>,
        most: (Action, u8),
        seen: impl FnOnce() -> Option<Seen<'a>>,
    ) {
        let order = self
            .best
            .as_ref()
            .map(|(_, best)| best.strength().cmp(&most));
        match order {
            Some(Ordering::Greater) => return,
            Some(Ordering::Equal) if self.compared == MOST_COMPARED => return,
            Some(Ordering::Equal) => self.compared += 1,
            _ => {}
        }
        let first = input.origin();
        let Some(seen) = seen().filter(|seen| seen.action != Action::Allow) else {
            return;
        };
        self.best = Some(match self.best.take() {
            None => (first, seen),
            Some((earlier, best)) if best.compare(&seen) == Ordering::Greater => (earlier, best),
            Some((earlier, _)) => (first.min(earlier), seen),
        });
    }
}

/// A hit, where it is, and what the policy says of it.
#[derive(Clone)]
pub(crate) struct Seen<'a> {
    pub(crate) input: Input<'a>,
    hit: Hit,
    pub(crate) action: Action,
}

impl<'a> Seen<'a> {
    pub(crate) fn of(event: &'a Event, whole: Input<'a>, hit: Hit, policy: &Policy) -> Self {
        let (input, start) = narrowed(event, whole, &hit);
        let end = input.text().len().min(start + (hit.end - hit.start));
        let confidence = weighed(policy, input, &hit);
        let hit = Hit { confidence, ..hit };
        let suspicion = Suspicion {
            protection: Protection::Firewall,
            detector: hit.detector,
            confidence: hit.confidence,
            path: input.path(),
            matched: input.text(),
        };
        Self {
            input,
            action: policy.without_exclusions(&suspicion).action,
            hit: Hit { start, end, ..hit },
        }
    }

    pub(crate) fn strength(&self) -> (Action, u8) {
        (self.action, self.hit.confidence)
    }

    /// Which of two hits is told. Of equals the nearer to what is used: named, decoded, cut out.
    fn compare(&self, other: &Self) -> Ordering {
        self.strength()
            .cmp(&other.strength())
            .then_with(|| self.compare_places(other))
    }

    pub(crate) fn compare_places(&self, other: &Self) -> Ordering {
        let place = |seen: &Self| {
            let (path, text) = (seen.input.path(), seen.input.text());
            let steps = path.matches('→').count();
            (clarity(path), Reverse(text.len()), Reverse(steps))
        };
        place(self).cmp(&place(other))
    }

    pub(crate) fn found(self) -> Found<'a> {
        let Self { input, hit, .. } = self;
        Found {
            protection: Protection::Firewall,
            detector: hit.detector,
            confidence: hit.confidence,
            cwe: hit.cwe,
            reason: hit.reason.to_owned(),
            rules: hit.rules,
            input: Some((input, hit.start, hit.end)),
            value: None,
            caller: None,
            subject: None,
            item: None,
        }
    }
}

/// How sure a hit is at this input: rules that many callers' harmless values there make speak count for less, and a
/// value that is not as all others were is one witness more.
fn weighed(policy: &Policy, input: Input<'_>, hit: &Hit) -> u8 {
    if !policy.has_parameters() {
        return hit.confidence;
    }
    let known = spellings(input.path()).find_map(|path| Some((path, policy.parameter(path)?)));
    let Some((path, parameter)) = known else {
        return hit.confidence;
    };
    // What is known of a value's shape is known of it as it was sent.
    let is_unusual = path == input.path() && !parameter.fits(input.text());
    hit.weighed(
        |rule| parameter.weight(hit.detector, rule),
        is_unusual.then_some(CONFIDENCE_OF_UNUSUAL),
    )
}

/// A path, and the shorter ones of the same value in other spellings (`→url`, `→html`).
fn spellings(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        let (shorter, step) = path.rsplit_once('→')?;
        (clarity_of_step(step) <= 0).then_some(shorter)
    })
}

/// The input inside `whole` that names the place of a hit best, and where in it the hit begins.
fn narrowed<'a>(event: &'a Event, whole: Input<'a>, hit: &Hit) -> (Input<'a>, usize) {
    let from = whole.span().start + hit.start;
    let is_all = hit.end - hit.start >= whole.text().len();
    let holds =
        |part: &Input<'_>| part.is_covered() && !part.is_key() && part.span().contains(&from);
    let inside = event.inside(whole).filter(|part| !is_all && holds(part));
    let best = inside.max_by_key(|part| clarity(part.path()));
    match best.filter(|part| clarity(part.path()) > clarity(whole.path())) {
        Some(part) => (part, from - part.span().start),
        None => (whole, hit.start),
    }
}

/// How many steps of a path name what is there (`→$.q`, `→form.q`, `→xml`), less those that are guesses.
fn clarity(path: &str) -> i32 {
    // A form in a form is a guess.
    let again = path.matches("→form.").count().saturating_sub(1);
    let mut steps = path.split('→');
    let leaf = steps.next().unwrap_or_default();
    let is_request_path = is_request_path(leaf);
    let has_name = ["pathParameters.", "queryStringParameters."];
    let of_leaf = 2 * i32::from(has_name.iter().any(|root| leaf.starts_with(root)));
    // There a segment is what a route has a name for.
    let of_step = |step: &str| match step.starts_with("segment[") && is_request_path {
        true => 1,
        false => clarity_of_step(step),
    };
    of_leaf + steps.map(of_step).sum::<i32>() - i32::try_from(again).unwrap_or(0)
}

fn clarity_of_step(step: &str) -> i32 {
    if let Some(name) = step.strip_prefix("form.") {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte);
        return if !name.is_empty() && name.bytes().all(is_usual) {
            1
        } else {
            -1
        };
    }
    if step.starts_with("segment") || step == "trimmed" {
        return -1;
    }
    let names = ["$.", "$[", "multipart.", "xml", "graphql", "jwt.", "basic."];
    i32::from(names.iter().any(|name| step.starts_with(name)))
}
