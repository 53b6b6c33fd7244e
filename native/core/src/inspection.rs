//! The firewall's answer about one event, without a guard around it.

use crate::batch::Batch;
use crate::found;
use crate::gap::Gap;
use crate::inputs::decode;
use crate::judge::{Action, Suspicion};
use crate::places;
use crate::policy::Policy;
use crate::unusual;

/// An attack in an event.
#[derive(Debug)]
pub struct Detection {
    pub action: Action,
    pub detector: &'static str,
    /// 0 to 100.
    pub confidence: u8,
    /// Where the input was, or the caller's address.
    pub path: String,
    pub rules: Vec<&'static str>,
    pub reason: String,
    /// What was seen, redacted.
    pub excerpt: String,
    /// What the poller calls the record that holds it, of a batch.
    pub item: Option<String>,
}

/// What the firewall says of an event.
#[derive(Debug)]
pub struct Inspection {
    /// What sent the event.
    pub trigger: &'static str,
    pub verdict: Action,
    pub detections: Vec<Detection>,
    /// What was not inspected, because there was too much of it.
    pub gap: Gap,
}

/// Inspects an event as the guard of a function with this policy would.
#[must_use]
pub fn inspect(event: &[u8], policy: &Policy) -> Inspection {
    let event = decode(event);
    let trigger = event.sender().trigger;
    let mut detections = Vec::new();
    let searched = places::in_inputs(&event, policy);
    let unusual = unusual::in_values(&event, policy);
    let is_in_input = !searched.found.is_empty() || !unusual.is_empty();
    let batch = is_in_input.then(|| Batch::read(event.raw(), trigger));
    let batch = batch.flatten();
    for found in found::in_source(&event, policy)
        .into_iter()
        .chain(searched.found)
        .chain(unusual)
        .chain(found::in_gap(searched.gap, policy))
    {
        let action = policy
            .judge_suspicion(&Suspicion {
                protection: found.protection,
                detector: found.detector,
                confidence: found.confidence,
                path: found.path(),
                matched: &found.matched(b""),
            })
            .action;
        if action == Action::Allow {
            continue;
        }
        let record = found.record();
        let seen = found.seen(&[]);
        let reason = found.explained(seen.as_ref());
        let seen = seen.unwrap_or_default();
        detections.push(Detection {
            action,
            detector: found.detector,
            confidence: found.confidence,
            path: seen.path,
            rules: found.rules,
            reason,
            excerpt: seen.excerpt,
            item: record.and_then(|record| batch.as_ref()?.identifier(record)),
        });
    }
    let verdict = detections.iter().map(|one| one.action).max();
    Inspection {
        trigger: trigger.name(),
        verdict: verdict.unwrap_or(Action::Allow),
        detections,
        gap: searched.gap,
    }
}
