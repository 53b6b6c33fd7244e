//! Any bytes as an event: decoded, inspected, shown. Nothing panics, and what is shown is bounded.
#![no_main]

use hauberk_core::inspection::inspect;
use hauberk_core::policy::{Mode, Policy};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in(Mode::Prevent));

fuzz_target!(|event: &[u8]| {
    for detection in inspect(event, &POLICY).detections {
        assert!(detection.confidence <= 100 && !detection.path.is_empty());
        assert!(detection.path.len() + detection.excerpt.len() < 2_048);
    }
});
