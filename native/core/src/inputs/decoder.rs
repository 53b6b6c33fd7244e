//! One pass over an event that gathers its inputs.

use super::compressed::{self, is_compressed};
use super::encodings::standard_base64;
use super::parts::{Part, is_unusual_key, parts};
use super::path::{Label, push_trail};
use super::trigger::{Sender, is_trail};
use crate::json::{Leaf, Step, walk};
use crate::redact::clip;
use crate::signs::Signs;
use std::borrow::Cow;

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
}

/// What was found in an event.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) slots: Vec<Slot>,
    /// Texts that do not stand in the raw event as they are.
    pub(super) decoded: Vec<u8>,
    pub(super) sender: Sender,
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
    is_covered: bool,
}

pub(super) struct Decoder<'a> {
    raw: &'a [u8],
    gathered: &'a mut Gathered,
    /// The path of each slot, where paths are wanted.
    pub(super) paths: Option<Vec<String>>,
    body: Option<Cow<'a, [u8]>>,
    body_is_base64: bool,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(raw: &'a [u8], gathered: &'a mut Gathered) -> Self {
        Self {
            raw,
            gathered,
            paths: None,
            body: None,
            body_is_base64: false,
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
            let whole = Candidate {
                text: raw,
                start: Some(0),
                layers: 0,
                is_covered: false,
            };
            self.add(&whole, &|path| path.push('$'));
        }
        self.open_body();
    }

    fn notice(&mut self, trail: &[Step<'a>], leaf: Leaf<'a>) {
        match leaf {
            Leaf::Text(text) => {
                self.gathered.sender.notice_text(trail, &text);
                self.add_leaf(&text, 0, &|path| push_trail(path, "", trail));
                if is_trail(trail, &["body"]) {
                    self.body = Some(text);
                }
            }
            Leaf::Key(key) => {
                self.gathered.sender.notice_key(trail, &key);
                if is_unusual_key(&key) {
                    self.add_leaf(&key, MOST_LAYERS, &|path| {
                        push_trail(path, "", trail);
                        path.push_str("#key");
                    });
                }
            }
            Leaf::True => self.body_is_base64 |= is_trail(trail, &["isBase64Encoded"]),
            Leaf::Other => {}
        }
    }

    fn add_leaf(&mut self, text: &[u8], layers: u8, path: Label<'_>) {
        let start = start_in(self.raw, text);
        self.add(
            &Candidate {
                text,
                start,
                layers,
                is_covered: false,
            },
            path,
        );
    }

    fn add(&mut self, candidate: &Candidate<'_>, path: Label<'_>) {
        let Candidate {
            text,
            start,
            layers,
            is_covered,
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
        self.gathered.slots.push(Slot {
            start,
            end,
            signs,
            layers,
            is_covered,
        });
        if let Some(paths) = &mut self.paths {
            let mut written = String::new();
            path(&mut written);
            paths.push(clip(&written, MOST_PATH_BYTES));
        }
        let room = MOST_BYTES - self.gathered.bytes;
        if layers < MOST_LAYERS && is_compressed(text) && room < compressed::MOST_BYTES {
            self.gathered.left_out += 1;
        } else if layers < MOST_LAYERS {
            let (slot, left_out) = (self.gathered.slots.len() - 1, self.gathered.left_out);
            let is_whole = parts(text, signs, &mut |part| {
                self.add_part(candidate, start, part, path);
            });
            self.gathered.slots[slot].is_covered |= is_whole && self.gathered.left_out == left_out;
        }
    }

    fn add_part(&mut self, whole: &Candidate<'_>, start: usize, part: &Part<'_>, path: Label<'_>) {
        let start = start_in(whole.text, &part.text).map(|at| start + at);
        let (text, is_covered, layers) = (&*part.text, part.is_covered, whole.layers + 1);
        self.add(
            &Candidate {
                text,
                start,
                layers,
                is_covered,
            },
            &|written| {
                path(written);
                (part.label)(written);
            },
        );
    }

    fn store(&mut self, text: &[u8]) -> usize {
        let start = self.raw.len() + self.gathered.decoded.len();
        self.gathered.decoded.extend_from_slice(text);
        start
    }

    /// A body that the gateway encoded is decoded also where it is no text.
    fn open_body(&mut self) {
        let Some(body) = self.body.take().filter(|_| self.body_is_base64) else {
            return;
        };
        if let Some(plain) = standard_base64(&body) {
            let opened = Candidate {
                text: &plain,
                start: None,
                layers: 1,
                is_covered: false,
            };
            self.add(&opened, &|path| path.push_str("body→base64"));
        }
    }
}

/// Where `part` starts in `whole`, if it is a slice of it.
fn start_in(whole: &[u8], part: &[u8]) -> Option<usize> {
    let at = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (at + part.len() <= whole.len()).then_some(at)
}
