//! Values that deviate from what was learned of their names.

use crate::found::{Found, Value};
use crate::inputs::{Event, Named};
use crate::judge::{Action, Suspicion};
use crate::policy::{Deviation, Policy, Protection};

/// The detector's name. It blocks only where its own mode says so.
pub(crate) const UNUSUAL_INPUT: &str = "unusual-input";
/// Improper input validation.
const CWE: u16 = 20;
/// Values of one event that are told.
const MOST_TOLD: usize = 8;

/// The values that are unlike all that was learned of them, and that the policy does not let pass.
pub(crate) fn in_values(event: &Event, policy: &Policy) -> Vec<Found<'static>> {
    let mut found: Vec<Found<'static>> = Vec::new();
    let is_allowed = |path: &str, text: &[u8]| {
        policy.judge_suspicion(&suspicion(path, text)).action == Action::Allow
    };
    let is_off = policy.without_exclusions(&suspicion("", b"")).action == Action::Allow;
    if !policy.has_parameters() || is_off {
        return found;
    }
    event.named(&mut |value| {
        if found.len() == MOST_TOLD {
            return;
        }
        let Some(why) = deviation(policy, value) else {
            return;
        };
        let path = value.path();
        let is_told = |one: &Found<'_>| one.path() == path && one.matched(b"") == value.text;
        if !found.iter().any(is_told) && !is_allowed(&path, value.text) {
            found.push(Found {
                value: Some(Value {
                    path,
                    text: value.text.to_vec(),
                    record: value.record,
                }),
                ..Found::sure(Protection::Firewall, UNUSUAL_INPUT, CWE, why.to_string())
            });
        }
    });
    found
}

fn suspicion<'a>(path: &'a str, matched: &'a [u8]) -> Suspicion<'a> {
    Suspicion {
        protection: Protection::Firewall,
        detector: UNUSUAL_INPUT,
        confidence: 100,
        path,
        matched,
    }
}

fn deviation<'p>(policy: &'p Policy, value: &Named<'_>) -> Option<Deviation<'p>> {
    match policy.parameter_named(value.name) {
        Some(parameter) => parameter.deviation(value.text),
        // Its own name is not known, but that of what holds it, as a single value.
        None => policy.parameter_named(value.above())?.deviation_within(),
    }
}
