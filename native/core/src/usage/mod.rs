//! How often each thing is done in an invocation, and how many bytes are sent: told when a number goes a step beyond the
//! most that this environment has told of.
//!
//! All is bounded: places, and lines of an environment. What has no place of its own is counted with the rest of its
//! operation. What an attacked invocation showed is told anew by one that is not.

mod place;

use crate::activity::Activity;
use std::collections::HashMap;
use std::sync::Arc;

/// Places that are counted one by one, and all with the rests of operations.
const MOST_PLACES: usize = 1_024;
const MOST_WITH_RESTS: usize = MOST_PLACES + 64;
/// Bytes of a target that has a place of its own.
const LONGEST: usize = 1_024;
/// What of numbers is told: from so many times on, each doubling; from so many bytes on, each fourfold.
pub const LEAST_TIMES: u64 = 8;
pub const LEAST_BYTES: u64 = 64 << 10;
/// No number is higher.
const MOST: u64 = u64::MAX >> 1;
const TIMES_BITS: u32 = 1;
const BYTES_BITS: u32 = 2;
/// Lines of an environment: first times, of what no other record tells; times; bytes.
const MOST_LINES: [u16; 3] = [80, 80, 40];

/// What is told of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) place: Arc<Activity>,
    pub(crate) number: Number,
}

/// A step that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Times(u64),
    Bytes(u64),
}

/// What comes of counting.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) told: Option<Told>,
    /// Whether there was something to tell for which no line is left, the first time.
    pub(crate) is_withheld: bool,
}

/// One number of a place.
#[derive(Debug, Clone, Copy)]
struct Tally {
    so_far: u64,
    /// From which number on it is told.
    due: u64,
}

#[derive(Debug)]
struct Place {
    what: Arc<Activity>,
    /// The invocation that the numbers are of.
    invocation: u32,
    times: Tally,
    bytes: Tally,
}

/// What an invocation has raised, to be taken back if it was attacked.
#[derive(Debug)]
struct Raised {
    at: u16,
    is_bytes: bool,
    due: u64,
    lines: usize,
}

/// The numbers of one environment.
#[derive(Debug)]
pub(crate) struct Usage {
    named: HashMap<Arc<Activity>, u16>,
    places: Vec<Place>,
    invocation: u32,
    raised: Vec<Raised>,
    lines_left: [u16; 3],
    /// Whether lines were missing.
    is_over: bool,
    /// Where the act in progress is counted.
    noted: Vec<u16>,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            named: HashMap::new(),
            places: Vec::new(),
            invocation: 0,
            raised: Vec::new(),
            lines_left: MOST_LINES,
            is_over: false,
            noted: Vec::new(),
        }
    }
}

impl Usage {
    /// Counts from nothing: an invocation is over, which was attacked or not.
    pub(crate) fn turn(&mut self, was_attacked: bool) {
        self.invocation = self.invocation.wrapping_add(1);
        for one in std::mem::take(&mut self.raised).into_iter().rev() {
            if let (true, Some(place)) = (was_attacked, self.places.get_mut(usize::from(one.at))) {
                let tally = if one.is_bytes {
                    &mut place.bytes
                } else {
                    &mut place.times
                };
                tally.due = one.due;
                self.lines_left[one.lines] += 1;
            }
        }
    }

    /// The place of an activity; none where there are too many. `is_untold` says that no other record tells of it.
    pub(crate) fn place(&mut self, activity: &Activity, is_untold: bool) -> Option<u16> {
        let own = place::of(activity);
        if let Some(at) = self.named.get(&own) {
            return Some(*at);
        }
        if own.target.len() <= LONGEST && self.places.len() < MOST_PLACES {
            return self.put(own, is_untold);
        }
        let rest = place::rest(activity);
        match self.named.get(&rest) {
            Some(at) => Some(*at),
            None if self.places.len() < MOST_WITH_RESTS => self.put(rest, is_untold),
            None => None,
        }
    }

    fn put(&mut self, what: Activity, is_untold: bool) -> Option<u16> {
        let at = u16::try_from(self.places.len()).ok()?;
        let what = Arc::new(what);
        self.named.insert(Arc::clone(&what), at);
        let tally = |due| Tally { so_far: 0, due };
        self.places.push(Place {
            what,
            invocation: self.invocation,
            times: tally(if is_untold { 1 } else { LEAST_TIMES }),
            bytes: tally(LEAST_BYTES),
        });
        Some(at)
    }

    /// Counts an act that is decided about; where it is counted is noted.
    pub(crate) fn done(
        &mut self,
        activity: &Activity,
        is_untold: bool,
        is_attacked: bool,
    ) -> Counted {
        let Some(at) = self.place(activity, is_untold) else {
            return Counted::default();
        };
        self.noted.push(at);
        self.again(at, is_attacked)
    }

    /// What was noted since this was asked last.
    pub(crate) fn take_noted(&mut self) -> Vec<u16> {
        std::mem::take(&mut self.noted)
    }

    /// Counts an act that passed before in this invocation, which is not attacked.
    pub(crate) fn repeated(&mut self, places: &[u16]) -> Vec<Counted> {
        let counted = places.iter().map(|at| self.again(*at, false));
        counted.filter(|one| *one != Counted::default()).collect()
    }

    /// It was done once more. Nothing is told while the invocation `is_attacked`.
    pub(crate) fn again(&mut self, at: u16, is_attacked: bool) -> Counted {
        self.count(at, is_attacked, false, 1)
    }

    /// So many bytes were sent there.
    pub(crate) fn sent(&mut self, at: u16, is_attacked: bool, bytes: u64) -> Counted {
        self.count(at, is_attacked, true, bytes)
    }

    fn count(&mut self, at: u16, is_attacked: bool, is_bytes: bool, more: u64) -> Counted {
        let invocation = self.invocation;
        let Some(place) = self.places.get_mut(usize::from(at)) else {
            return Counted::default();
        };
        if place.invocation != invocation {
            place.invocation = invocation;
            (place.times.so_far, place.bytes.so_far) = (0, 0);
        }
        let tally = if is_bytes {
            &mut place.bytes
        } else {
            &mut place.times
        };
        tally.so_far = tally.so_far.saturating_add(more).min(MOST);
        if tally.so_far < tally.due || is_attacked {
            return Counted::default();
        }
        self.tell(at, is_bytes)
    }

    #[cold]
    fn tell(&mut self, at: u16, is_bytes: bool) -> Counted {
        let place = &mut self.places[usize::from(at)];
        let (tally, least, bits) = if is_bytes {
            (&mut place.bytes, LEAST_BYTES, BYTES_BITS)
        } else {
            (&mut place.times, LEAST_TIMES, TIMES_BITS)
        };
        let due = tally.due;
        let step = reached(tally.so_far, least, bits);
        tally.due = step.map_or(least, |step| step.saturating_mul(1 << bits));
        let lines = match step {
            None => 0,
            Some(_) => 1 + usize::from(is_bytes),
        };
        if self.lines_left[lines] == 0 {
            return Counted {
                is_withheld: !std::mem::replace(&mut self.is_over, true),
                told: None,
            };
        }
        self.lines_left[lines] -= 1;
        self.raised.push(Raised {
            at,
            is_bytes,
            due,
            lines,
        });
        let step = step.unwrap_or(1);
        let number = if is_bytes {
            Number::Bytes(step)
        } else {
            Number::Times(step)
        };
        Counted {
            told: Some(Told {
                place: Arc::clone(&place.what),
                number,
            }),
            is_withheld: false,
        }
    }
}

/// The highest step that a number has reached; none below the least.
fn reached(number: u64, least: u64, bits: u32) -> Option<u64> {
    let above = number.checked_div(least)?.checked_ilog2()?;
    Some(least << (above / bits * bits))
}

#[cfg(test)]
mod tests;
