//! The id of the invocation that is running, for all processes of an environment.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// Longer ones are cut.
const LONGEST: usize = 64;

/// One writer writes it, anyone reads it; who reads while it is being written reads none.
#[repr(C)]
pub struct RequestId {
    /// Odd while it is being written.
    turns: AtomicU32,
    length: AtomicU32,
    words: [AtomicU64; LONGEST / 8],
}

impl RequestId {
    pub fn write(&self, id: &[u8]) {
        let id = &id[..id.len().min(LONGEST)];
        self.turns.fetch_or(1, Ordering::Acquire);
        fence(Ordering::Release);
        for (place, chunk) in self.words.iter().zip(id.chunks(8)) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            place.store(u64::from_le_bytes(word), Ordering::Relaxed);
        }
        let length = u32::try_from(id.len()).unwrap_or(0);
        self.length.store(length, Ordering::Relaxed);
        self.turns.fetch_add(1, Ordering::Release);
    }

    pub fn read(&self) -> String {
        let before = self.turns.load(Ordering::Acquire);
        let length = self.length.load(Ordering::Relaxed) as usize;
        let bytes: Vec<u8> = self
            .words
            .iter()
            .flat_map(|word| word.load(Ordering::Relaxed).to_le_bytes())
            .take(length)
            .collect();
        fence(Ordering::Acquire);
        let is_whole = before & 1 == 0 && self.turns.load(Ordering::Relaxed) == before;
        if is_whole {
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_was_written() {
        // SAFETY: all of it is atomic numbers, for which zeros are a value.
        let place = unsafe { Box::<RequestId>::new_zeroed().assume_init() };
        assert_eq!(place.read(), "");
        for id in ["8476a536-e9f4-11e8-9739-2dfe598c3fcd", "r", ""] {
            place.write(id.as_bytes());
            assert_eq!(place.read(), id);
        }
        place.write(&[b'x'; 1_000]);
        assert_eq!(place.read().len(), LONGEST);
        place.turns.fetch_or(1, Ordering::Relaxed);
        assert_eq!(place.read(), "");
    }
}
