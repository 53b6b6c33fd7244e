//! Any bytes as a compiled policy, which an event is inspected by, and as the text that carries one. Nothing panics; what is no policy is refused.
#![no_main]

use hauberk_core::envelope;
use hauberk_core::inspection::inspect;
use hauberk_core::policy::Policy;
use libfuzzer_sys::fuzz_target;

const EVENT: &[u8] =
    br#"{"body": "q=%3Cscript%3Ef()%3C/script%3E&n=1", "path": "/a/../../etc/passwd"}"#;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(policy) = Policy::read(bytes) {
        let _ = policy.is_for("orders", "eu-west-1");
        let _ = inspect(EVENT, &policy);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = envelope::open(text, &[]);
    }
});
