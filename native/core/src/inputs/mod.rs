//! From a Lambda event to its inputs: each untrusted leaf with its path, and the forms it hides.
//!
//! Sees:         strings and unusual keys at any depth; inside them JSON (lines of it too, and behind a prefix),
//!               percent-encoding, forms (also multipart), queries, cookies, base64 (also a part of a text), gzip, zlib,
//!               deflate below base64, UTF-16, UTF-32, EBCDIC and UTF-7 where they are named, HTML's and JavaScript's
//!               spellings of characters, overlong UTF-8, the form NFKC, tokens' claims, what pickles ask for, segments
//!               of paths, values of XML and GraphQL, words of mail headers, lists of bytes, and all of these trimmed
//! Does not see: other numbers; CSV and YAML bodies; hexadecimal; more than 1 MB of a compressed text; what the function
//!               fetches by itself

mod base64_runs;
mod byte_list;
mod caller;
mod charsets;
mod compressed;
mod cookies;
mod cuts;
mod decoder;
mod encoded_words;
mod encodings;
mod escapes;
mod fields;
mod form;
mod forwarded;
mod gathered;
mod graphql;
mod header_parameters;
mod hidden_bytes;
mod keys;
mod leaves;
mod lenient_base64;
mod mail;
mod multipart;
mod named;
mod opening;
mod parts;
mod path;
mod pickles;
mod place;
mod prefixed;
mod record_number;
mod records;
mod refusal;
mod trace;
mod trigger;
mod xml;
mod xml_joined;

pub use self::caller::Caller;
use self::decoder::Decoder;
pub use self::encodings::percent_decoded;
use self::gathered::{Gathered, Slot};
pub(crate) use self::named::{Named, above, without_indexes};
pub(crate) use self::place::{Name, is_of_all, is_request_path, parameter, place};
pub use self::refusal::refusal;
use self::trace::Trace;
pub use self::trigger::{Sender, Trigger};
use crate::address_set::AddressSet;
use crate::gap::Gap;
use crate::known::{Known, Mark};
use crate::signs::{Signs, Stops};
use std::cell::OnceCell;
use std::ops::Range;

/// Buffers larger than this are given back after an invocation.
const MOST_KEPT_BYTES: usize = 256 << 10;

/// An event of no more bytes is decoded again where a path is asked for: that is cheaper than to write paths of which
/// almost none ever is. Of a larger one they are written at once.
const SMALL_EVENT: usize = 64 << 10;

/// An event, decoded. Its texts stand in two buffers, and the paths of a small one are written only when one is asked
/// for: both keep a clean invocation cheap.
#[derive(Debug, Default)]
pub struct Event {
    raw: Vec<u8>,
    gathered: Gathered,
    traces: OnceCell<Vec<Trace>>,
    /// Outlives the event.
    known: Known,
}

/// One untrusted leaf of the event, or a form that it hides.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    event: &'a Event,
    at: usize,
}

/// Decodes an event as the Runtime API gives it. Answers for any bytes.
#[must_use]
pub fn decode(event: &[u8]) -> Event {
    let mut decoded = Event::default();
    decoded.read(event);
    decoded
}

/// Decodes a text that stands at `path`, as if it was a leaf.
pub(crate) fn decode_text(text: &[u8], path: &str) -> Event {
    let mut decoded = Event {
        raw: text.to_vec(),
        ..Event::default()
    };
    let mut decoder =
        Decoder::new(&decoded.raw, &mut decoded.gathered, &decoded.known).with_traces();
    decoder.decode_text(path);
    decoded.traces = OnceCell::from(decoder.traces.unwrap_or_default());
    decoded
}

impl Event {
    /// Takes in another event, in the place of the last one.
    pub fn read(&mut self, event: &[u8]) {
        self.clear();
        self.raw.extend_from_slice(event);
        let mut decoder = Decoder::new(&self.raw, &mut self.gathered, &self.known);
        if event.len() > SMALL_EVENT {
            decoder = decoder.with_traces();
        }
        decoder.decode();
        if let Some(traces) = decoder.traces {
            self.traces = OnceCell::from(traces);
        }
    }

    /// As it was read.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Shows the values by their names, each behind those that stand in it.
    pub(crate) fn named(&self, visit: &mut dyn FnMut(&Named<'_>)) {
        named::named(&self.raw, visit);
    }

    /// Forgets the event.
    pub fn clear(&mut self) {
        self.raw.clear();
        self.raw.shrink_to(MOST_KEPT_BYTES);
        self.gathered.clear(MOST_KEPT_BYTES);
        self.traces.take();
    }

    /// The inputs, each in front of what it hides.
    pub fn inputs(&self) -> impl ExactSizeIterator<Item = Input<'_>> {
        (0..self.gathered.slots.len()).map(|at| Input { event: self, at })
    }

    /// What an input hides, at any depth.
    pub(crate) fn inside<'a>(&'a self, whole: Input<'a>) -> impl Iterator<Item = Input<'a>> {
        (whole.slot().parts..self.gathered.slots.len())
            .map(|at| Input { event: self, at })
            .take_while(move |part| part.layers() > whole.layers())
    }

    #[must_use]
    pub fn sender(&self) -> Sender {
        self.gathered.sender
    }

    /// Which texts held nothing, in this and other events.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// Bytes of all inputs.
    pub(crate) fn bytes(&self) -> usize {
        self.gathered.bytes
    }

    /// The addresses that called, as far as the sender vouches for them and `trusted` proxies for those before them.
    #[must_use]
    pub fn callers(&self, trusted: &AddressSet) -> Vec<Caller> {
        caller::callers(&self.raw, self.gathered.sender.trigger, trusted)
    }

    /// What was not kept, or not decoded, because there was too much.
    #[must_use]
    pub fn gap(&self) -> Gap {
        self.gathered.gap
    }

    /// Where the event stops being JSON, if it does.
    #[must_use]
    pub fn malformed_at(&self) -> Option<usize> {
        self.gathered.malformed_at
    }

    /// Where all inputs come from: a small event is decoded once more for that.
    fn traces(&self) -> &[Trace] {
        self.traces.get_or_init(|| {
            let mut again = Gathered::default();
            let mut decoder = Decoder::new(&self.raw, &mut again, &self.known).with_traces();
            decoder.decode();
            decoder.traces.unwrap_or_default()
        })
    }
}

impl<'a> Input<'a> {
    fn slot(self) -> &'a Slot {
        &self.event.gathered.slots[self.at]
    }

    /// The text, in generalised UTF-8; decoded, it may be any bytes.
    #[must_use]
    pub fn text(self) -> &'a [u8] {
        let Slot { start, end, .. } = *self.slot();
        match start.checked_sub(self.event.raw.len()) {
            Some(start) => &self.event.gathered.decoded[start..end - self.event.raw.len()],
            None => &self.event.raw[start..end],
        }
    }

    /// Where it was: `body→$.q`.
    #[must_use]
    pub fn path(self) -> &'a str {
        self.trace().map_or("", |trace| &trace.path)
    }

    fn trace(self) -> Option<&'a Trace> {
        self.event.traces().get(self.at)
    }

    /// The input that it was taken out of; none of a leaf.
    pub(crate) fn whole(self) -> Option<Input<'a>> {
        let at = self.trace()?.from.whole?;
        Some(Input { at, ..self })
    }

    /// Which bytes of that it was made of; none where that is all of them, or not known.
    pub(crate) fn source(self) -> Option<Range<usize>> {
        self.trace()?.from.bytes.clone()
    }

    /// Where it stands: two inputs of which one stands in the other overlap.
    pub(crate) fn span(self) -> Range<usize> {
        self.slot().start..self.slot().end
    }

    /// Whether it is the start of what a compressed text grows to without end.
    #[must_use]
    pub fn is_bomb(self) -> bool {
        self.slot().is_bomb
    }

    /// By what its text is known.
    pub(crate) fn mark(self) -> Mark {
        self.slot().mark
    }

    pub(crate) fn signs(self) -> Signs {
        self.slot().signs
    }

    /// Where it, or what hid it, stands among all in the order of the event.
    pub(crate) fn origin(self) -> usize {
        self.slot().origin
    }

    /// Where it stands among all.
    pub(crate) fn number(self) -> usize {
        self.at
    }

    /// What the signs in it cost.
    pub(crate) fn stops(self) -> Stops {
        self.slot().stops
    }

    /// Whether it holds a byte that is no letter, digit or `_`: without one it cannot change a syntax.
    #[must_use]
    pub fn has_syntax(self) -> bool {
        self.signs().has_syntax()
    }

    /// Whether it may climb or start at the root.
    #[must_use]
    pub fn has_slash(self) -> bool {
        self.signs().has(Signs::SLASH) || self.text() == b".."
    }

    /// Whether it stands in another input as it is, or is no more than its parts: who reads those has read it.
    #[must_use]
    pub fn is_covered(self) -> bool {
        self.slot().is_covered
    }

    /// Whether it is the key of a value.
    #[must_use]
    pub fn is_key(self) -> bool {
        self.slot().is_key
    }

    /// Whether it is an image, a compressed file: no text, so that no code takes it for one.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self.slot().is_binary
    }

    /// The number of the batch's record that it belongs to, from 0; none where it belongs to none.
    #[must_use]
    pub fn record(self) -> Option<usize> {
        self.event.gathered.records.of(self.origin())
    }

    /// How many encodings it was under.
    #[must_use]
    pub fn layers(self) -> u8 {
        self.slot().layers
    }
}
