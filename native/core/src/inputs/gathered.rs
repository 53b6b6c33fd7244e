//! What the decoding of an event gathers: a slot for each input, and the texts that do not stand in the event.

use super::records::Records;
use super::trigger::Sender;
use crate::gap::Gap;
use crate::known::Mark;
use crate::signs::Signs;

/// What a text costs beside its bytes, and a byte at which decoders stop beside being read.
const COST_OF_TEXT: usize = 100;
const COST_OF_STOP: usize = 10;

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
