//! A record that is too long for a line, with its long parts cut.

use crate::record::{Body, Seen};
use crate::redact::clip;
use std::collections::BTreeMap;

/// The same record with each long part cut, `by` times shorter than need be; what names it stays.
pub(crate) fn shortened(body: &Body, by: usize) -> Body {
    let cut = |text: &Option<String>, most| text.as_ref().map(|text| clip(text, most / by));
    let cut_all = |texts: &[String], many, most| {
        texts
            .iter()
            .take(many)
            .map(|text| clip(text, most / by))
            .collect()
    };
    let cut_each = |texts: &BTreeMap<String, String>| {
        texts
            .iter()
            .take(16)
            .map(|(name, text)| (clip(name, 40 / by), clip(text, 80 / by)))
            .collect()
    };
    let input = body.input.as_ref().map(|seen| Seen {
        path: clip(&seen.path, 200 / by),
        excerpt: clip(&seen.excerpt, 160 / by),
    });
    Body {
        alias: body.alias.clone(),
        verdict: body.verdict,
        detector: body.detector,
        protection: body.protection,
        confidence: body.confidence,
        reason: cut(&body.reason, 120),
        rules: cut_all(&body.rules, 4, 60),
        cwe: body.cwe,
        input,
        item: cut(&body.item, 200),
        caller: body.caller.clone(),
        named_by: cut(&body.named_by, 200),
        kind: body.kind,
        operation: body.operation.as_ref().map(|text| clip(text, 60)),
        target: cut(&body.target, 1_200),
        arguments: cut_all(&body.arguments, 4, 60),
        stack: cut_all(&body.stack, 4, 80),
        attacked: body.attacked,
        count: body.count,
        times: body.times,
        bytes: body.bytes,
        state: body.state,
        message: cut(&body.message, 400),
        mode: body.mode,
        policy: body.policy.clone(),
        coverage: cut_each(&body.coverage),
        walls: cut_each(&body.walls),
        faults: body.faults,
        dropped: body.dropped,
        inputs: body.inputs.clone(),
    }
}
