//! Sets of numbers in memory that all processes share. Nothing leaves them, and none waits for another.

use std::sync::atomic::{AtomicU64, Ordering};

/// Places that are looked at for one number.
const TRIES: usize = 64;

/// Puts a number in; where there is no place for it nothing happens.
pub fn add(table: &[AtomicU64], number: u64) {
    let _ = places(number, table.len())
        .any(|place| !matches!(taken(&table[place], number), Taken::ByAnother));
}

pub fn holds(table: &[AtomicU64], number: u64) -> bool {
    let found = places(number, table.len()).map(|place| table[place].load(Ordering::Relaxed));
    found
        .take_while(|there| *there != 0)
        .any(|there| there == number)
}

/// Who has a place.
pub enum Taken {
    /// The number that asked, since it asked.
    Now,
    /// The number that asked.
    Before,
    ByAnother,
}

/// Takes a place for a number, if nobody has it.
pub fn taken(place: &AtomicU64, number: u64) -> Taken {
    match place.compare_exchange(0, number, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => Taken::Now,
        Err(there) if there == number => Taken::Before,
        Err(_) => Taken::ByAnother,
    }
}

/// The places at which a number may be, of so many.
#[allow(clippy::cast_possible_truncation)] // any bits do
pub fn places(number: u64, count: usize) -> impl Iterator<Item = usize> {
    let start = number as usize;
    (0..TRIES).map(move |step| start.wrapping_add(step) % count)
}
