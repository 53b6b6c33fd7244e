//! One pass over an event that gathers its inputs.

use super::byte_list::ByteList;
use super::charsets::Charset;
use super::cookies::{cookies, is_cookies};
use super::encodings::{any_base64, standard_base64, standard_length};
use super::fields::{
    form_decoded, is_binary_field, is_body, is_content_type, is_form_encoded, wrapping,
};
use super::gathered::{Gathered, Slot};
use super::keys::{ListPath, named_value, unusual_key};
use super::opening::Candidate;
use super::parts::{Part, show_lenient};
use super::path::{Label, push_trail};
use super::trace::Trace;
use crate::json::{Leaf, Step, walk};
use crate::known::Known;
use crate::work::Budget;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Encodings inside encodings are followed this deep.
const MOST_LAYERS: u8 = 4;

/// What a byte costs that is read in another alphabet.
const COST_OF_CHARSET: usize = 8;

/// What the decoding of one event may cost, beside the walk over it: some 9 ms.
const MOST_WORK: usize = 9_000_000;

pub(super) struct Decoder<'a> {
    pub(super) raw: &'a [u8],
    pub(super) gathered: &'a mut Gathered,
    pub(super) known: &'a Known,
    byte_list: ByteList<'a>,
    list_path: ListPath,
    /// What the last `Content-Type` names: senders write headers in front of the body.
    charset: Option<Charset>,
    /// Where each slot comes from, where that is wanted.
    pub(super) traces: Option<Vec<Trace>>,
    /// The slot whose text is being opened.
    pub(super) opened: Option<usize>,
    pub(super) budget: Budget,
    /// The origin of all that is added, while texts that waited are opened.
    pub(super) origin: Option<usize>,
    /// Long texts by length: the slot of each, and whether its pairs were shown already.
    pub(super) waiting: BinaryHeap<Reverse<(usize, usize, bool)>>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(raw: &'a [u8], gathered: &'a mut Gathered, known: &'a Known) -> Self {
        Self {
            raw,
            gathered,
            known,
            byte_list: ByteList::default(),
            list_path: ListPath::default(),
            charset: None,
            traces: None,
            opened: None,
            budget: Budget::new(MOST_WORK),
            origin: None,
            waiting: BinaryHeap::new(),
        }
    }

    pub(super) fn with_traces(self) -> Self {
        Self {
            traces: Some(Vec::new()),
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
        self.open_all_waiting();
    }

    /// Takes all for one text.
    pub(super) fn decode_text(&mut self, path: &str) {
        let raw = self.raw;
        self.add_leaf(&[], raw, &|written| written.push_str(path));
        self.open_all_waiting();
    }

    fn open_all_waiting(&mut self) {
        while let Some(Reverse((_, at, is_cut))) = self.waiting.pop() {
            self.origin = Some(self.gathered.slots[at].origin);
            self.open_waiting(at, is_cut);
        }
    }

    fn notice(&mut self, trail: &[Step<'a>], leaf: Leaf<'_>) {
        if !self.byte_list.goes_on(trail, leaf) {
            self.add_byte_list();
        }
        if let Some(step) = self.list_path.notice(trail, leaf) {
            self.add_key(step, &|path| push_key_trail(path, trail));
        }
        match leaf {
            Leaf::Text(text) => {
                self.gathered.sender.notice_text(trail, text);
                let label: Label<'_> = &|path| push_trail(path, "", trail);
                if let Some(named) = named_value(trail, text) {
                    self.add_key(&named, &|path| push_key_trail(path, trail));
                }
                let here = self.gathered.slots.len();
                let is_cookies = is_cookies(trail);
                let mut leaf = self.leaf(trail, text);
                if is_cookies {
                    leaf = leaf.into_cookies();
                }
                self.add(&leaf, label);
                self.opened = (here < self.gathered.slots.len()).then_some(here);
                if let Some(whole) = self.opened.filter(|_| is_cookies) {
                    let whole = self.gathered.slots[whole];
                    cookies(text, &mut |part| self.add_part(text, whole, part, label));
                }
                if is_binary_field(trail) {
                    self.add_bytes(trail, text, label);
                }
                if is_form_encoded(trail) {
                    self.add_form_encoded(trail, text, label);
                }
                if is_content_type(trail) {
                    self.charset = Charset::of_type(text);
                }
                if let Some(charset) = self.charset.filter(|_| is_body(trail)) {
                    self.add_in_charset(charset, trail, text, label);
                }
                self.opened = None;
            }
            Leaf::Key(key) => {
                self.gathered.sender.notice_key(trail, key);
                let inputs = self.gathered.slots.len();
                self.gathered.records.notice_key(trail, inputs);
                if let Some(key) = unusual_key(trail, key) {
                    self.add_key(&key, &|path| push_key_trail(path, trail));
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
        self.add(&self.leaf(&[], key).into_key(), path);
    }

    fn leaf<'t>(&self, trail: &[Step<'_>], text: &'t [u8]) -> Candidate<'t> {
        Candidate::leaf(self.raw, text, most_layers(trail))
    }

    /// What a sender encoded is decoded also where it is no text.
    fn add_bytes(&mut self, trail: &[Step<'_>], text: &[u8], path: Label<'_>) {
        // Most texts are none already by their first bytes.
        let is_wanted = standard_length(text) == text.len();
        if is_wanted && !self.budget.pays(2 * text.len()) {
            self.gathered.gap.not_decoded += 1;
            return;
        }
        let Some(plain) = is_wanted.then(|| standard_base64(text)).flatten() else {
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

    /// A body, and the values of the form that it may be, in the alphabet that its header names.
    fn add_in_charset(
        &mut self,
        charset: Charset,
        trail: &[Step<'_>],
        text: &[u8],
        path: Label<'_>,
    ) {
        if !self.budget.pays(COST_OF_CHARSET * text.len()) {
            self.gathered.gap.not_decoded += 1;
            return;
        }
        let bytes = any_base64(text);
        let plain = charset.decoded(bytes.as_deref().unwrap_or(text));
        let label: Label<'_> = &|path| path.push_str("→charset");
        for text in std::iter::once(plain).chain(charset.values(text)) {
            self.add_part(&[], whole(trail), &Part::new(text, label), path);
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
}

fn push_key_trail(path: &mut String, trail: &[Step<'_>]) {
    push_trail(path, "", trail);
    path.push_str("#key");
}

/// The slot of a leaf at the end of `trail`, for parts that are no slices of it.
fn whole(trail: &[Step<'_>]) -> Slot {
    Slot {
        most_layers: most_layers(trail),
        ..Slot::default()
    }
}

/// How many layers are followed below the leaf at the end of `trail`.
fn most_layers(trail: &[Step<'_>]) -> u8 {
    MOST_LAYERS + wrapping(trail)
}
