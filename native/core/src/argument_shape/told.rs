//! What may stand in a shape as it is: nothing that is a secret, or looks like one.

use crate::redact::redacted;

/// Below this many bytes nothing looks like a secret by itself.
const SHORTEST: usize = 12;

/// The values that may never be shown.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a>(pub(super) &'a [Vec<u8>]);

impl Secrets<'_> {
    /// Whether a word may be kept.
    pub(super) fn spare(self, kept: &[u8]) -> bool {
        let holds =
            |secret: &Vec<u8>| !secret.is_empty() && memchr::memmem::find(kept, secret).is_some();
        let looks_so = || kept.len() >= SHORTEST && redacted(kept, &[]).as_bytes() != kept;
        !self.0.iter().any(holds) && !looks_so()
    }
}
