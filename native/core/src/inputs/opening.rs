//! How a text becomes an input, and is opened for those that it hides.

use super::compressed::{self, Inflated, inflated, is_compressed, is_gzip};
use super::decoder::Decoder;
use super::encodings::is_binary;
use super::gathered::Slot;
use super::parts::{Part, Wanted, parts};
use super::path::Label;
use super::trace::{From, Trace};
use crate::known::{Mark, Nothing};
use crate::redact::clip;
use crate::signs::Signs;
use std::cell::Cell;
use std::cmp::Reverse;
use std::ops::Range;

/// Inputs of one event that have syntax, and words beside them; what is beyond is counted, not inspected.
const MOST_INPUTS: usize = 20_000;
/// Bytes of all inputs of one event, the decoded ones too.
const MOST_BYTES: usize = 16 << 20;

/// Longer texts wait until all shorter ones were decoded, and the shorter ones of them come first: a long text cannot
/// use up what short ones need.
const LONG: usize = 16 << 10;
/// What a part costs to be found.
const COST_OF_PART: usize = 200;
/// How much less it costs to keep one that is a slice, which is not copied.
const COST_BY_SLICE: usize = 4;
/// What it costs to inflate a text, at most.
const COST_OF_INFLATING: usize = 1_500_000;
/// What it costs to see that a text only begins as a compressed one: `(S` does.
const COST_OF_TRYING: usize = 10_000;

/// Of an event of no more bytes it is remembered which texts hold nothing. They are paid for all the same: what else is
/// decoded does not depend on what came before.
const SMALL_EVENT: usize = 64 << 10;

/// Bytes of a path, as long as they usually are.
const MOST_USUAL_PATH_BYTES: usize = 64;
/// Bytes of a path that is shown.
const MOST_PATH_BYTES: usize = 512;

/// A text that may become an input.
pub(super) struct Candidate<'a> {
    text: &'a [u8],
    /// Where it stands already, if it does.
    start: Option<usize>,
    layers: u8,
    /// How many layers are followed below its leaf.
    most_layers: u8,
    is_covered: bool,
    is_key: bool,
    /// Whether the pairs of a form in it were shown already.
    is_cut: bool,
    is_bomb: bool,
    from: From,
}

impl<'a> Candidate<'a> {
    /// A leaf of the event `raw`.
    pub(super) fn leaf(raw: &[u8], text: &'a [u8], most_layers: u8) -> Self {
        Self {
            text,
            start: start_in(raw, text),
            layers: 0,
            most_layers,
            is_covered: false,
            is_key: false,
            is_cut: false,
            is_bomb: false,
            from: From::default(),
        }
    }

    /// The same text as cookies, each of which is shown by itself.
    pub(super) fn into_cookies(self) -> Self {
        Self {
            is_covered: true,
            is_cut: true,
            ..self
        }
    }

    /// Whether it is a value of letters and digits.
    fn is_word(&self) -> bool {
        !self.is_key && !Signs::of(self.text).has_syntax()
    }

    /// The same text as the key of a value.
    pub(super) fn into_key(self) -> Self {
        Self {
            is_key: true,
            ..self
        }
    }
}

impl Decoder<'_> {
    pub(super) fn add(&mut self, candidate: &Candidate<'_>, path: Label<'_>) {
        let text = candidate.text;
        if text.len() < 2 {
            return;
        }
        let is_full = self.gathered.bytes + text.len() > MOST_BYTES || self.has_no_place(candidate);
        // What stands in the event is kept, whatever was spent on other texts.
        let is_slice = candidate.start.is_some();
        let cost = text.len() / if is_slice { COST_BY_SLICE } else { 1 };
        if is_full || candidate.layers > 0 && !self.budget.pays(cost) {
            self.gathered.gap.not_kept += 1;
            return;
        }
        let slot = self.slot(candidate);
        let at = self.gathered.slots.len();
        self.gathered.bytes += text.len();
        self.gathered.words += usize::from(!slot.is_key && !slot.signs.has_syntax());
        self.gathered.slots.push(slot);
        if let Some(traces) = &mut self.traces {
            traces.push(Trace {
                path: written(path),
                from: candidate.from.clone(),
            });
        }
        if text.len() > LONG {
            self.waiting
                .push(Reverse((text.len(), at, candidate.is_cut)));
        } else if self.opens(at) {
            self.open(at, text, candidate.is_cut, path);
        }
    }

    /// Words without syntax have places of their own: however many there are, an attack among them has one.
    fn has_no_place(&self, candidate: &Candidate<'_>) -> bool {
        let words = self.gathered.words;
        let others = self.gathered.slots.len() - words;
        match (words >= MOST_INPUTS, others >= MOST_INPUTS) {
            (false, false) => false,
            (true, true) => true,
            (are_many_words, _) => candidate.is_word() == are_many_words,
        }
    }

    fn slot(&mut self, candidate: &Candidate<'_>) -> Slot {
        let text = candidate.text;
        let start = candidate.start.unwrap_or_else(|| self.store(text));
        let (signs, stops) = Signs::counted(text);
        let is_small = self.raw.len() <= SMALL_EVENT;
        let here = self.gathered.slots.len();
        Slot {
            mark: if is_small {
                self.known.mark(text)
            } else {
                Mark::default()
            },
            start,
            end: start + text.len(),
            signs,
            stops,
            layers: candidate.layers,
            most_layers: candidate.most_layers,
            origin: self.origin.unwrap_or(here),
            parts: here + 1,
            is_covered: candidate.is_covered,
            is_key: candidate.is_key,
            is_binary: signs.has(Signs::HIGH) && is_binary(text),
            is_bomb: candidate.is_bomb,
        }
    }

    /// Adds what a text hides that had to wait.
    pub(super) fn open_waiting(&mut self, at: usize, is_cut: bool) {
        if !self.opens(at) {
            return;
        }
        let Slot { start, end, .. } = self.gathered.slots[at];
        let copy: Vec<u8>;
        let text = if let Some(start) = start.checked_sub(self.raw.len()) {
            copy = self.gathered.decoded[start..end - self.raw.len()].to_vec();
            &copy
        } else {
            &self.raw[start..end]
        };
        let traces = self.traces.as_ref();
        let path = traces.map_or_else(String::new, |traces| traces[at].path.clone());
        self.open(at, text, is_cut, &|written| written.push_str(&path));
    }

    /// Whether what a slot hides is to be looked for: then that is paid for.
    fn opens(&mut self, at: usize) -> bool {
        self.gathered.slots[at].parts = self.gathered.slots.len();
        let slot = &self.gathered.slots[at];
        if slot.layers == slot.most_layers {
            return false;
        }
        let is_paid = self.budget.pays(slot.cost());
        self.gathered.gap.not_decoded += usize::from(!is_paid);
        is_paid
    }

    /// Adds what the text of a slot hides.
    fn open(&mut self, at: usize, text: &[u8], is_cut: bool, path: Label<'_>) {
        let slot = self.gathered.slots[at];
        let before = self.gathered.gap;
        let nothing = Nothing::hidden(is_cut);
        let is_known = self.known.holds(slot.mark, nothing);
        let inflated = self.inflated(text, is_known);
        if is_known {
            return;
        }
        let wanted = Wanted {
            signs: slot.signs,
            is_binary: slot.is_binary,
            pairs: !is_cut,
            inflated,
            work: Cell::new(0),
        };
        let paid = self.budget;
        let outer = self.opened.replace(at);
        let is_whole = parts(text, &wanted, &mut |part| {
            self.add_part(text, slot, part, path);
        });
        self.opened = outer;
        self.budget.spend(wanted.work.get());
        if self.gathered.gap != before {
            return;
        }
        self.gathered.slots[at].is_covered |= is_whole;
        // A part that is too short for an input was paid for, too.
        let hides_nothing = self.gathered.slots.len() == at + 1 && self.budget == paid;
        if hides_nothing && !is_whole {
            self.known.add(slot.mark, nothing);
        }
    }

    /// What a text holds compressed. One that is known to hold nothing is paid for as if it was not.
    fn inflated(&mut self, text: &[u8], is_known: bool) -> Option<Inflated> {
        if !is_compressed(text) {
            return None;
        }
        self.budget.spend(COST_OF_TRYING);
        let has_room = MOST_BYTES - self.gathered.bytes >= compressed::MOST_BYTES;
        if !has_room || !self.budget.lasts_for(COST_OF_INFLATING) {
            self.gathered.gap.not_decoded += 1;
            return None;
        }
        let inflated = (!is_known).then(|| inflated(text)).flatten();
        if is_gzip(text) || inflated.is_some() {
            self.budget.spend(COST_OF_INFLATING);
        }
        inflated
    }

    pub(super) fn add_part(&mut self, whole: &[u8], slot: Slot, part: &Part<'_>, path: Label<'_>) {
        self.gathered.gap.not_decoded += usize::from(part.is_cut_short);
        self.budget.spend(COST_OF_PART);
        let inner = Candidate {
            text: &part.text,
            start: start_in(whole, &part.text).map(|at| slot.start + at),
            layers: slot.layers + 1,
            most_layers: slot.most_layers,
            is_covered: part.is_covered,
            // A key in another spelling is one.
            is_key: part.is_key || slot.is_key && !part.is_covered,
            is_cut: part.is_cut,
            is_bomb: part.is_bomb,
            from: From {
                whole: self.opened,
                bytes: range_in(whole, part.source.unwrap_or(&part.text)),
            },
        };
        self.add(&inner, &|written| {
            path(written);
            (part.label)(written);
        });
    }

    fn store(&mut self, text: &[u8]) -> usize {
        let start = self.raw.len() + self.gathered.decoded.len();
        self.gathered.decoded.extend_from_slice(text);
        start
    }
}

/// A path as it is shown.
fn written(path: Label<'_>) -> String {
    let mut written = String::with_capacity(MOST_USUAL_PATH_BYTES);
    path(&mut written);
    if written.len() > MOST_PATH_BYTES {
        return clip(&written, MOST_PATH_BYTES);
    }
    written
}

fn range_in(whole: &[u8], part: &[u8]) -> Option<Range<usize>> {
    start_in(whole, part).map(|start| start..start + part.len())
}

/// Where `part` starts in `whole`, if it is a slice of it.
fn start_in(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}
