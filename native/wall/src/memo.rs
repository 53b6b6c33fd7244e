//! Numbers of acts that this process was let do, with nothing to tell: the same again need not be judged.

use std::sync::atomic::{AtomicU64, Ordering};

const PLACES: usize = 1 << 11;

static PASSED: [AtomicU64; PLACES] = [const { AtomicU64::new(0) }; PLACES];

#[allow(clippy::cast_possible_truncation)] // any bits do
fn place(number: u64) -> &'static AtomicU64 {
    &PASSED[number as usize % PLACES]
}

pub fn contains(number: u64) -> bool {
    place(number).load(Ordering::Relaxed) == number
}

pub fn add(number: u64) {
    place(number).store(number, Ordering::Relaxed);
}
