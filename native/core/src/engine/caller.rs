//! Who called, as records tell it: by a number under a key that is drawn anew for each environment, never by the address.

use super::Engine;
use crate::inputs::{Caller, Event};
use std::hash::{BuildHasher, RandomState};

/// The caller of the invocation.
#[derive(Default)]
pub(super) struct Called {
    key: RandomState,
    /// None until it was looked for; then none where the event tells of nobody.
    noted: Option<Option<String>>,
}

impl Called {
    pub(super) fn forget(&mut self) {
        self.noted = None;
    }

    pub(super) fn number(&self) -> Option<String> {
        self.noted.clone().flatten()
    }
}

impl Engine {
    /// Looks who called, once an invocation.
    pub(super) fn note_caller(&mut self, event: &Event) {
        if self.called.noted.is_some() {
            return;
        }
        let callers = event.callers(self.policy.sources.trusted_proxies());
        let number = |one: &Caller| format!("{:012x}", self.called.key.hash_one(one.address) >> 16);
        self.called.noted = Some(callers.first().map(number));
    }
}
