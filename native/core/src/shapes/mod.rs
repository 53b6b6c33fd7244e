//! The shapes of an environment's inputs, as the learner is told them: of each what its values have in common, no value.
//!
//! All is bounded. Events are looked at one by one while there are few, later one of some; what was seen is told at each
//! doubling of them, later at each 512th, as far as it is news. The first of an environment's names are kept, those that
//! came in one event give way to newer ones.

mod told_name;

pub(crate) use self::told_name::is_told;
use crate::characters::{Alphabet, runs, written};
use crate::escaped;
use crate::inputs::{Event, Named, above};
use crate::value_type::{Alphabets, Types};
use serde::Serialize;
use std::collections::HashMap;

/// Events that are looked at one by one; of those behind them one of [`LATER`] is.
const FIRST: u64 = 64;
const LATER: u64 = 16;
/// Events up to which each doubling is told; behind them each as many.
const MOST_DOUBLED: u32 = 512;
/// A longer event is not looked at.
const LONGEST_EVENT: usize = 64 << 10;
/// Names that are kept, and those below one name: more are values that someone uses as names.
const MOST_NAMES: usize = 256;
const MOST_NAMES_BELOW: usize = 64;
/// What the learner reads of the structures of an input, and how long they may be.
const MOST_STRUCTURES: usize = 8;
const LONGEST_STRUCTURE: usize = 64;
/// Events in which an input came at least: a single value is not told.
const LEAST_EVENTS: u32 = 2;
/// Records that are written at once, and bytes of the shapes in one: a line holds them whole.
const MOST_RECORDS: usize = 4;
const MOST_BYTES: usize = 3_000;

/// What the values of one input have in common, as a record has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shape {
    pub path: String,
    pub events: u32,
    pub types: Vec<&'static str>,
    pub alphabet: String,
    pub length: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub structure: Option<Vec<String>>,
}

/// What was seen of one input.
#[derive(Debug)]
struct Seen {
    events: u32,
    /// The number of the last event in which it came.
    last: u32,
    types: Types,
    alphabet: Alphabet,
    length: [usize; 2],
    /// None where they are too many or too long.
    structures: Option<Vec<Box<[u8]>>>,
    /// In how many events it had come when it was told.
    told: u32,
    is_changed: bool,
}

/// What was seen of all inputs.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    came: u64,
    /// How many of those that came were looked at.
    looked: u32,
    /// None of a name that is not told.
    inputs: HashMap<String, Option<Seen>>,
    kinds: Alphabets,
    structure: Vec<u8>,
}

impl Shapes {
    /// Takes in an event; gives what is to be told now, record by record.
    pub(crate) fn take(&mut self, event: &Event, secrets: &[Vec<u8>]) -> Vec<Vec<Shape>> {
        self.came += 1;
        let is_turn = self.came <= FIRST || self.came % LATER == 0;
        if !is_turn || event.raw().len() > LONGEST_EVENT || self.looked == u32::MAX {
            return Vec::new();
        }
        self.looked += 1;
        event.named(&mut |value| self.notice(value, secrets));
        if self.is_due() {
            self.tell()
        } else {
            Vec::new()
        }
    }

    /// What was told did not arrive: it is told again.
    pub(crate) fn was_lost(&mut self) {
        self.inputs
            .values_mut()
            .flatten()
            .for_each(|one| one.told = 0);
    }

    fn is_due(&self) -> bool {
        let is_doubled = self.looked.is_power_of_two() && self.looked >= LEAST_EVENTS;
        is_doubled && self.looked <= MOST_DOUBLED || self.looked % MOST_DOUBLED == 0
    }

    fn notice(&mut self, value: &Named<'_>, secrets: &[Vec<u8>]) {
        let Some(seen) = self.inputs.get_mut(value.name) else {
            if self.has_room(value.name) {
                let seen = is_told(value.name, secrets).then(|| Seen::new(self.looked));
                self.inputs.insert(value.name.to_owned(), seen);
                self.notice(value, secrets);
            }
            return;
        };
        if let Some(seen) = seen {
            seen.add(value, self.looked, &self.kinds, &mut self.structure);
        }
    }

    /// Whether a new name can be kept: in the place of those that came in one event only, and not in this one, if need be.
    fn has_room(&mut self, name: &str) -> bool {
        if self.inputs.len() >= MOST_NAMES {
            let looked = self.looked;
            let is_kept = |one: &Option<Seen>| {
                one.as_ref()
                    .is_some_and(|one| one.events > 1 || one.last == looked)
            };
            self.inputs.retain(|_, one| is_kept(one));
        }
        let holder = above(name);
        let below = self.inputs.keys().filter(|other| above(other) == holder);
        self.inputs.len() < MOST_NAMES && below.count() < MOST_NAMES_BELOW
    }

    /// What is news, the least known first.
    fn tell(&mut self) -> Vec<Vec<Shape>> {
        let mut due: Vec<(&String, &mut Seen)> = self
            .inputs
            .iter_mut()
            .filter_map(|(name, seen)| Some((name, seen.as_mut()?)))
            .filter(|(_, seen)| seen.is_news())
            .collect();
        due.sort_unstable_by(|one, other| (one.1.told, one.0).cmp(&(other.1.told, other.0)));
        let mut records: Vec<Vec<Shape>> = Vec::new();
        let mut room = 0;
        for (name, seen) in due {
            let shape = seen.shape(name);
            let bytes = escaped::json(&shape).len();
            if bytes > room {
                if records.len() == MOST_RECORDS || bytes > MOST_BYTES {
                    break;
                }
                records.push(Vec::new());
                room = MOST_BYTES;
            }
            room -= bytes;
            if let Some(record) = records.last_mut() {
                record.push(shape);
            }
            seen.told = seen.events;
            seen.is_changed = false;
        }
        records
    }
}

impl Seen {
    fn new(event: u32) -> Self {
        Self {
            events: 0,
            last: event.wrapping_sub(1),
            types: Types::all(),
            alphabet: Alphabet::default(),
            length: [usize::MAX, 0],
            structures: Some(Vec::new()),
            told: 0,
            is_changed: true,
        }
    }

    fn add(&mut self, value: &Named<'_>, event: u32, kinds: &Alphabets, structure: &mut Vec<u8>) {
        self.events += u32::from(self.last != event);
        self.last = event;
        let (text, size) = (value.text, value.text.len());
        let own = Alphabet::of(text);
        let alphabet = self.alphabet.and(own);
        let types = self
            .types
            .common(Types::of(text, own, value.is_json, kinds));
        let length = [self.length[0].min(size), self.length[1].max(size)];
        self.is_changed |= (alphabet, types, length) != (self.alphabet, self.types, self.length);
        (self.alphabet, self.types, self.length) = (alphabet, types, length);
        self.add_structure(text, structure);
    }

    fn add_structure(&mut self, text: &[u8], structure: &mut Vec<u8>) {
        let Some(known) = &mut self.structures else {
            return;
        };
        let is_short = runs(text, LONGEST_STRUCTURE, structure);
        if is_short && known.iter().any(|one| **one == **structure) {
            return;
        }
        self.is_changed = true;
        if is_short && known.len() < MOST_STRUCTURES {
            known.push(structure.as_slice().into());
        } else {
            self.structures = None;
        }
    }

    fn is_news(&self) -> bool {
        self.events >= LEAST_EVENTS && (self.is_changed || self.events / 2 >= self.told)
    }

    fn shape(&self, name: &str) -> Shape {
        let structures = self.structures.as_ref();
        Shape {
            path: name.to_owned(),
            events: self.events,
            types: self.types.names(),
            alphabet: self.alphabet.written(),
            length: self.length,
            structure: structures.map(|all| all.iter().map(|one| written(one)).collect()),
        }
    }
}
