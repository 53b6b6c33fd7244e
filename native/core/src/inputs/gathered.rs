//! What the decoding of an event gathers: a slot for each input, and the texts that do not stand in the event.

use super::parts::BASE64;
use super::records::Records;
use super::trigger::Sender;
use crate::gap::Gap;
use crate::known::Mark;
use crate::signs::{Signs, Stops};

/// What a text costs beside its bytes, and a byte of what may be base64.
const COST_OF_TEXT: usize = 200;
const COST_OF_BASE64: usize = 3;

/// Where an input stands: below the length of the raw event in that, else behind it in the decoded texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) start: usize,
    pub(super) end: usize,
    /// By what the text is known; none in a large event.
    pub(super) mark: Mark,
    pub(super) signs: Signs,
    /// What the signs in it cost.
    pub(super) stops: Stops,
    pub(super) layers: u8,
    /// How many layers are followed below its leaf.
    pub(super) most_layers: u8,
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
    pub(super) fn cost(&self) -> usize {
        let length = self.end - self.start;
        if self.is_binary {
            return COST_OF_TEXT + length;
        }
        let is_alike = self.signs.only(BASE64);
        let of_byte = if is_alike { COST_OF_BASE64 } else { 1 };
        COST_OF_TEXT + of_byte * length + self.stops.decoding
    }
}

/// What was found in an event.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) slots: Vec<Slot>,
    /// How many of them are values of letters and digits only.
    pub(super) words: usize,
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
