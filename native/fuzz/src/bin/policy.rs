//! Any bytes as a compiled policy, and as the text that carries one. Nothing panics; what is no policy is refused.
#![no_main]

use hauberk_core::envelope;
use hauberk_core::policy::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(policy) = Policy::read(bytes) {
        let _ = policy.is_for("orders", "eu-west-1");
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = envelope::open(text, &[]);
    }
});
