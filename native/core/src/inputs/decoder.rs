//! One pass over an event that gathers its inputs.

use super::byte_list::ByteList;
use super::compressed::{self, is_compressed};
use super::encodings::{is_binary, standard_base64};
use super::fields::{form_decoded, is_binary_field, is_form_encoded, wrapping};
use super::parts::{Part, Wanted, parts, show_lenient, unusual_key};
use super::path::{Label, push_trail};
use super::records::Records;
use super::trigger::Sender;
use crate::gap::Gap;
use crate::json::{Leaf, Step, walk};
use crate::known::{Known, Mark, Nothing};
use crate::redact::clip;
use crate::signs::Signs;
use crate::work::Budget;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Encodings inside encodings are followed this deep.
const MOST_LAYERS: u8 = 4;
/// Inputs of one event; what is beyond is counted, not inspected.
const MOST_INPUTS: usize = 20_000;
/// Bytes of all inputs of one event, the decoded ones too.
const MOST_BYTES: usize = 16 << 20;

/// What the decoding of one event may cost, beside the walk over it: some 8 ms.
const MOST_WORK: usize = 8_000_000;
/// Longer texts wait until all shorter ones were decoded, and the shorter ones of them come first: a long text cannot
/// use up what short ones need.
const LONG: usize = 16 << 10;
/// What a text costs beside its bytes, and a byte at which decoders stop beside being read.
const COST_OF_TEXT: usize = 100;
const COST_OF_STOP: usize = 10;
/// What a part costs to be found.
const COST_OF_PART: usize = 100;
/// What it costs to inflate a text, at most.
const COST_OF_INFLATING: usize = 1_500_000;

/// Of an event of no more bytes it is remembered which texts hold nothing: no budget comes to its end in it.
pub(crate) const SMALL_EVENT: usize = 64 << 10;

/// Bytes of a path, as long as they usually are.
const MOST_USUAL_PATH_BYTES: usize = 64;
/// Bytes of a path that is shown.
const MOST_PATH_BYTES: usize = 512;

/// Where an input stands: below the length of the raw event in that, else behind it in the decoded texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) start: usize,
    pub(super) end: usize,
    /// By what the text is known; none in a large event.
    pub(super) mark: Mark,
    pub(super) signs: Signs,
    /// How often readers stop in it.
    pub(super) stops: usize,
    pub(super) layers: u8,
    /// How many layers are followed below its leaf.
    most_layers: u8,
    /// The slot that it would be at, had its leaf not waited.
    pub(super) origin: usize,
    /// Where the slots of what it hides begin.
    pub(super) parts: usize,
    /// Whether who reads the other inputs has read it.
    pub(super) is_covered: bool,
    /// Whether it is the key of a value.
    pub(super) is_key: bool,
    /// Whether it is no text.
    pub(super) is_binary: bool,
    /// Whether it is the start of what was made to grow without end.
    pub(super) is_bomb: bool,
}

impl Slot {
    /// What it costs to decode it.
    fn cost(&self) -> usize {
        let length = self.end - self.start;
        if self.is_binary {
            return COST_OF_TEXT + length;
        }
        COST_OF_TEXT + 2 * length + COST_OF_STOP * self.stops
    }
}

/// What was found in an event.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) slots: Vec<Slot>,
    /// Texts that do not stand in the raw event as they are.
    pub(super) decoded: Vec<u8>,
    pub(super) sender: Sender,
    pub(super) records: Records,
    pub(super) gap: Gap,
    pub(super) malformed_at: Option<usize>,
    pub(super) bytes: usize,
}

impl Gathered {
    /// Forgets all, and gives back buffers of more than `most` bytes.
    pub(super) fn clear(&mut self, most: usize) {
        let (mut slots, mut decoded) = (
            std::mem::take(&mut self.slots),
            std::mem::take(&mut self.decoded),
        );
        slots.clear();
        slots.shrink_to(most / size_of::<Slot>());
        decoded.clear();
        decoded.shrink_to(most);
        *self = Self {
            slots,
            decoded,
            ..Self::default()
        };
    }
}

/// A text that may become an input.
struct Candidate<'a> {
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
}

pub(super) struct Decoder<'a> {
    raw: &'a [u8],
    gathered: &'a mut Gathered,
    known: &'a Known,
    byte_list: ByteList<'a>,
    /// The path of each slot, where paths are wanted.
    pub(super) paths: Option<Vec<String>>,
    budget: Budget,
    /// The origin of all that is added, while texts that waited are opened.
    origin: Option<usize>,
    /// Long texts by length: the slot of each, and whether its pairs were shown already.
    waiting: BinaryHeap<Reverse<(usize, usize, bool)>>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(raw: &'a [u8], gathered: &'a mut Gathered, known: &'a Known) -> Self {
        Self {
            raw,
            gathered,
            known,
            byte_list: ByteList::default(),
            paths: None,
            budget: Budget::new(MOST_WORK),
            origin: None,
            waiting: BinaryHeap::new(),
        }
    }

    pub(super) fn with_paths(self) -> Self {
        Self {
            paths: Some(Vec::new()),
            ..self
        }
    }

    pub(super) fn decode(&mut self) {
        let raw = self.raw;
        let outcome = walk(raw, |trail, leaf| self.notice(trail, leaf));
        if let Err(malformed) = outcome {
            self.gathered.malformed_at = Some(malformed.at);
            self.add_leaf(&[], raw, &|path| path.push('$'));
        }
        self.add_byte_list();
        while let Some(Reverse((_, at, is_cut))) = self.waiting.pop() {
            self.origin = Some(self.gathered.slots[at].origin);
            self.open_waiting(at, is_cut);
        }
    }

    fn notice(&mut self, trail: &[Step<'a>], leaf: Leaf<'a>) {
        if !self.byte_list.goes_on(trail, &leaf) {
            self.add_byte_list();
        }
        match leaf {
            Leaf::Text(text) => {
                self.gathered.sender.notice_text(trail, &text);
                let label: Label<'_> = &|path| push_trail(path, "", trail);
                self.add_leaf(trail, &text, label);
                if is_binary_field(trail) {
                    self.add_bytes(trail, &text, label);
                }
                if is_form_encoded(trail) {
                    self.add_form_encoded(trail, &text, label);
                }
            }
            Leaf::Key(key) => {
                self.gathered.sender.notice_key(trail, &key);
                let inputs = self.gathered.slots.len();
                self.gathered.records.notice_key(trail, inputs);
                if let Some(key) = unusual_key(trail, key) {
                    self.add_key(&key, &|path| {
                        push_trail(path, "", trail);
                        path.push_str("#key");
                    });
                }
            }
            Leaf::Other(number) => self.byte_list.add(trail, number),
            Leaf::True => {}
        }
    }

    fn add_leaf(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        self.add(&self.leaf(trail, text), path);
    }

    fn add_key(&mut self, key: &[u8], path: Label<'_>) {
        let leaf = Candidate {
            is_key: true,
            ..self.leaf(&[], key)
        };
        self.add(&leaf, path);
    }

    fn leaf<'t>(&self, trail: &[Step<'_>], text: &'t [u8]) -> Candidate<'t> {
        Candidate {
            text,
            start: start_in(self.raw, text),
            layers: 0,
            most_layers: MOST_LAYERS + wrapping(trail),
            is_covered: false,
            is_key: false,
            is_cut: false,
            is_bomb: false,
        }
    }

    /// What a sender encoded is decoded also where it is no text.
    fn add_bytes(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        if !self.budget.pays(2 * text.len()) {
            self.gathered.gap.not_decoded += 1;
            return;
        }
        let Some(plain) = standard_base64(text) else {
            return;
        };
        let whole = whole(trail);
        let label: Label<'_> = &|path| path.push_str("→base64");
        self.add_part(&[], whole, &Part::new(&*plain, label), path);
        show_lenient(&plain, label, &mut |part| {
            self.add_part(&[], whole, part, path);
        });
    }

    fn add_form_encoded(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        if let Some(plain) = form_decoded(text) {
            let label: Label<'_> = &|path| path.push_str("→url");
            self.add_part(&[], whole(trail), &Part::new(plain, label), path);
        }
    }

    fn add_byte_list(&mut self) {
        if self.byte_list.bytes.is_empty() {
            return;
        }
        let ByteList { trail, bytes } = std::mem::take(&mut self.byte_list);
        self.add_leaf(&trail, &bytes, &|path| {
            push_trail(path, "", &trail);
            path.push_str("→bytes");
        });
    }

    fn add(&mut self, candidate: &Candidate<'_>, path: Label<'_>) {
        let text = candidate.text;
        if text.len() < 2 {
            return;
        }
        let is_full = self.gathered.slots.len() >= MOST_INPUTS
            || self.gathered.bytes + text.len() > MOST_BYTES;
        // What stands in the event is kept, whatever was spent on other texts.
        if is_full || candidate.layers > 0 && !self.budget.pays(text.len()) {
            self.gathered.gap.not_kept += 1;
            return;
        }
        self.gathered.bytes += text.len();
        let start = candidate.start.unwrap_or_else(|| self.store(text));
        let (signs, stops) = Signs::counted(text);
        let is_small = self.raw.len() <= SMALL_EVENT;
        let slot = Slot {
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
            origin: self.origin.unwrap_or(self.gathered.slots.len()),
            parts: self.gathered.slots.len() + 1,
            is_covered: candidate.is_covered,
            is_key: candidate.is_key,
            is_binary: signs.has(Signs::HIGH) && is_binary(text),
            is_bomb: candidate.is_bomb,
        };
        self.gathered.slots.push(slot);
        if let Some(paths) = &mut self.paths {
            let mut written = String::with_capacity(MOST_USUAL_PATH_BYTES);
            path(&mut written);
            let is_long = written.len() > MOST_PATH_BYTES;
            paths.push(if is_long {
                clip(&written, MOST_PATH_BYTES)
            } else {
                written
            });
        }
        let at = self.gathered.slots.len() - 1;
        if text.len() > LONG {
            self.waiting
                .push(Reverse((text.len(), at, candidate.is_cut)));
        } else if self.opens(at, nothing(candidate.is_cut)) {
            self.open(at, text, candidate.is_cut, path);
        }
    }

    /// Adds what a text hides that had to wait.
    fn open_waiting(&mut self, at: usize, is_cut: bool) {
        if !self.opens(at, nothing(is_cut)) {
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
        let paths = self.paths.as_ref();
        let path = paths.map_or_else(String::new, |paths| paths[at].clone());
        self.open(at, text, is_cut, &|written| written.push_str(&path));
    }

    /// Whether what a slot hides is to be looked for: then that is paid for.
    fn opens(&mut self, at: usize, nothing: Nothing) -> bool {
        self.gathered.slots[at].parts = self.gathered.slots.len();
        let slot = self.gathered.slots[at];
        if slot.layers == slot.most_layers || self.known.holds(slot.mark, nothing) {
            return false;
        }
        let is_paid = self.budget.pays(slot.cost());
        self.gathered.gap.not_decoded += usize::from(!is_paid);
        is_paid
    }

    /// Adds what the text of a slot hides.
    fn open(&mut self, at: usize, text: &[u8], is_cut: bool, path: Label<'_>) {
        let slot = self.gathered.slots[at];
        let has_room = MOST_BYTES - self.gathered.bytes >= compressed::MOST_BYTES;
        let inflates = is_compressed(text) && has_room && self.budget.pays(COST_OF_INFLATING);
        if !inflates && is_compressed(text) {
            self.gathered.gap.not_decoded += 1;
        }
        let wanted = Wanted {
            signs: slot.signs,
            is_binary: slot.is_binary,
            pairs: !is_cut,
            compressed: inflates,
        };
        let before = self.gathered.gap;
        let is_whole = parts(text, wanted, &mut |part| {
            self.add_part(text, slot, part, path);
        });
        self.gathered.slots[at].is_covered |= is_whole && self.gathered.gap == before;
        let hides_nothing = self.gathered.slots.len() == at + 1;
        if hides_nothing && !is_whole && self.gathered.gap == before {
            self.known.add(slot.mark, nothing(is_cut));
        }
    }

    fn add_part(&mut self, whole: &[u8], slot: Slot, part: &Part<'_>, path: Label<'_>) {
        self.gathered.gap.not_decoded += usize::from(part.is_cut_short);
        self.budget.spend(COST_OF_PART);
        let inner = Candidate {
            text: &part.text,
            start: start_in(whole, &part.text).map(|at| slot.start + at),
            layers: slot.layers + 1,
            most_layers: slot.most_layers,
            is_covered: part.is_covered,
            is_key: part.is_key,
            is_cut: part.is_cut,
            is_bomb: part.is_bomb,
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

/// What is noted of a text that hides none, where perhaps its pairs were shown before.
fn nothing(is_cut: bool) -> Nothing {
    if is_cut {
        Nothing::HiddenBesidePairs
    } else {
        Nothing::Hidden
    }
}

/// The slot of a leaf at the end of `trail`, for parts that are no slices of it.
fn whole(trail: &[Step<'_>]) -> Slot {
    Slot {
        most_layers: MOST_LAYERS + wrapping(trail),
        ..Slot::default()
    }
}

/// Where `part` starts in `whole`, if it is a slice of it.
fn start_in(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}
