//! Acts of this invocation that were let pass: the same act again has the same verdict, and taught all it could.

use crate::act::{Act, Resource};
use std::collections::HashMap;

/// Acts that are remembered.
const MOST: usize = 512;
/// Bytes of an act that is remembered; longer ones are judged each time.
const MOST_BYTES: usize = 1 << 10;

/// The memory of one invocation.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// Each with the places where it is counted.
    passed: HashMap<Vec<u8>, Vec<u16>>,
}

impl Repeats {
    pub(crate) fn forget(&mut self) {
        self.passed.clear();
    }

    /// What tells an act from each other one; none where it is too long to remember.
    pub(crate) fn key(act: &Act<'_>) -> Option<Vec<u8>> {
        let mut key = Vec::with_capacity(160);
        let mut add = |part: &[u8]| {
            key.extend_from_slice(&part.len().to_le_bytes());
            key.extend_from_slice(&part[..part.len().min(MOST_BYTES)]);
            key.len() <= MOST_BYTES
        };
        let is_short = act.activities.iter().all(|activity| {
            add(&[activity.kind as u8])
                && add(activity.operation.as_bytes())
                && add(&activity.target)
        }) && add(b"resource")
            && match act.resource {
                Resource::None => true,
                Resource::Path(path) => add(b"path") && add(path),
                Resource::Shell(command) => {
                    let mut beside = act.arguments.iter().filter(|one| **one != command);
                    add(b"shell") && add(command) && beside.all(|one| add(one))
                }
                Resource::Arguments(arguments) => {
                    add(b"arguments") && arguments.iter().all(|one| add(one))
                }
                Resource::Url(url) => add(b"url") && add(url),
                _ => false, // statements with their values seldom come twice
            };
        is_short.then_some(key)
    }

    /// Where an act is counted that passed before; none where none did.
    pub(crate) fn places(&self, key: &[u8]) -> Option<&[u16]> {
        self.passed.get(key).map(Vec::as_slice)
    }

    pub(crate) fn add(&mut self, key: Vec<u8>, places: Vec<u16>) {
        if self.passed.len() < MOST {
            self.passed.insert(key, places);
        }
    }
}
