//! One pass over an event that gathers its inputs.

use super::byte_list::ByteList;
use super::compressed::{self, is_compressed};
use super::encodings::{is_binary, standard_base64};
use super::fields::{form_decoded, is_binary_field, is_form_encoded, wrapping};
use super::parts::{Part, Wanted, parts, show_lenient, unusual_key};
use super::path::{Label, push_trail};
use super::records::Records;
use super::trigger::Sender;
use crate::json::{Leaf, Step, walk};
use crate::redact::clip;
use crate::signs::Signs;

/// Encodings inside encodings are followed this deep.
const MOST_LAYERS: u8 = 4;
/// Inputs of one event; what is beyond is counted, not inspected.
const MOST_INPUTS: usize = 20_000;
/// Bytes of all inputs of one event, the decoded ones too.
const MOST_BYTES: usize = 16 << 20;

/// Bytes of a path that is shown.
const MOST_PATH_BYTES: usize = 512;

/// Where an input stands: below the length of the raw event in that, else behind it in the decoded texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) signs: Signs,
    pub(super) layers: u8,
    /// Whether who reads the other inputs has read it.
    pub(super) is_covered: bool,
    /// Whether it is the key of a value.
    pub(super) is_key: bool,
    /// Whether it is no text.
    pub(super) is_binary: bool,
}

/// What was found in an event.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) slots: Vec<Slot>,
    /// Texts that do not stand in the raw event as they are.
    pub(super) decoded: Vec<u8>,
    pub(super) sender: Sender,
    pub(super) records: Records,
    pub(super) left_out: usize,
    pub(super) malformed_at: Option<usize>,
    bytes: usize,
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
}

pub(super) struct Decoder<'a> {
    raw: &'a [u8],
    gathered: &'a mut Gathered,
    byte_list: ByteList<'a>,
    /// The path of each slot, where paths are wanted.
    pub(super) paths: Option<Vec<String>>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(raw: &'a [u8], gathered: &'a mut Gathered) -> Self {
        Self {
            raw,
            gathered,
            byte_list: ByteList::default(),
            paths: None,
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
        }
    }

    /// What a sender encoded is decoded also where it is no text.
    fn add_bytes(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        let Some(plain) = standard_base64(text) else {
            return;
        };
        let whole = Candidate {
            start: None,
            ..self.leaf(trail, text)
        };
        let label: Label<'_> = &|path| path.push_str("→base64");
        self.add_part(&whole, 0, &Part::new(&*plain, label), path);
        show_lenient(&plain, label, &mut |part| {
            self.add_part(&whole, 0, part, path)
        });
    }

    fn add_form_encoded(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        if let Some(plain) = form_decoded(text) {
            let label: Label<'_> = &|path| path.push_str("→url");
            self.add_part(&self.leaf(trail, text), 0, &Part::new(plain, label), path);
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
        let Candidate {
            text,
            start,
            layers,
            most_layers,
            is_covered,
            is_key,
            is_cut,
        } = *candidate;
        if text.len() < 2 {
            return;
        }
        if self.gathered.slots.len() >= MOST_INPUTS || self.gathered.bytes + text.len() > MOST_BYTES
        {
            self.gathered.left_out += 1;
            return;
        }
        self.gathered.bytes += text.len();
        let start = start.unwrap_or_else(|| self.store(text));
        let (end, signs) = (start + text.len(), Signs::of(text));
        let is_binary = signs.has(Signs::HIGH) && is_binary(text);
        self.gathered.slots.push(Slot {
            start,
            end,
            signs,
            layers,
            is_covered,
            is_key,
            is_binary,
        });
        if let Some(paths) = &mut self.paths {
            let mut written = String::new();
            path(&mut written);
            paths.push(clip(&written, MOST_PATH_BYTES));
        }
        if layers == most_layers {
            return;
        }
        let has_room = MOST_BYTES - self.gathered.bytes >= compressed::MOST_BYTES;
        if !has_room && is_compressed(text) {
            self.gathered.left_out += 1;
        }
        let wanted = Wanted {
            signs,
            is_binary,
            pairs: !is_cut,
            compressed: has_room,
        };
        let (slot, left_out) = (self.gathered.slots.len() - 1, self.gathered.left_out);
        let is_whole = parts(text, wanted, &mut |part| {
            self.add_part(candidate, start, part, path);
        });
        self.gathered.slots[slot].is_covered |= is_whole && self.gathered.left_out == left_out;
    }

    fn add_part(&mut self, whole: &Candidate<'_>, start: usize, part: &Part<'_>, path: Label<'_>) {
        self.gathered.left_out += usize::from(part.is_cut_short);
        let inner = Candidate {
            text: &part.text,
            start: start_in(whole.text, &part.text).map(|at| start + at),
            layers: whole.layers + 1,
            most_layers: whole.most_layers,
            is_covered: part.is_covered,
            is_key: part.is_key,
            is_cut: part.is_cut,
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

/// Where `part` starts in `whole`, if it is a slice of it.
fn start_in(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}
