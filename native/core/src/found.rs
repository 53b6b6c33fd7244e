//! What may be an attack: in an event, on Lambda itself. Nothing is judged here.

use crate::activity::Activity;
use crate::attack_path::{self, Circumstances};
use crate::dangerous_global::is_dangerous_global;
use crate::gap::Gap;
use crate::inputs::{Caller, Event, Input};
use crate::judge::Action;
use crate::policy::{Policy, Protection};
use crate::record::Seen;
use crate::redact::{clip, redacted};
use crate::scan;
use crate::show;
use std::borrow::Cow;

/// What is said of an event of which a part was not inspected, where the policy wants that.
pub(crate) const NOT_INSPECTED: &str = "not-inspected";
/// Bytes of what a bomb holds that are shown.
const SHOWN_OF_BOMB: usize = 16;
/// Bytes of the name of code that are shown.
pub(crate) const MOST_SHOWN_OF_CODE: usize = 200;

/// An attack that was recognised.
#[derive(Debug)]
pub struct Found<'a> {
    pub(crate) protection: Protection,
    pub(crate) detector: &'static str,
    /// 0 to 100.
    pub(crate) confidence: u8,
    pub(crate) cwe: u16,
    pub(crate) reason: String,
    pub(crate) rules: Vec<&'static str>,
    /// The input, and where in it the match is.
    pub(crate) input: Option<(Input<'a>, usize, usize)>,
    /// The value of a name, where it need not be an input.
    pub(crate) value: Option<Value>,
    /// The caller, where it is not the input but who sent it.
    pub(crate) caller: Option<Caller>,
    /// What it is about, where that is neither an input nor a target: the file of the code that acts, a host.
    pub(crate) subject: Option<Vec<u8>>,
    /// What the poller calls the record that holds it.
    pub(crate) item: Option<String>,
}

/// A value of the event by its name: a number, a single letter.
#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) path: String,
    pub(crate) text: Vec<u8>,
    /// The number of the batch's record that it belongs to.
    pub(crate) record: Option<usize>,
}

impl Found<'_> {
    pub(crate) fn sure(
        protection: Protection,
        detector: &'static str,
        cwe: u16,
        reason: impl Into<String>,
    ) -> Self {
        let reason = reason.into();
        Found {
            protection,
            detector,
            confidence: 100,
            cwe,
            reason,
            rules: Vec::new(),
            input: None,
            value: None,
            caller: None,
            subject: None,
            item: None,
        }
    }

    /// Where it was seen in the event; empty where it was not.
    pub(crate) fn path(&self) -> &str {
        let of_caller = || self.caller.as_ref().map_or("", |caller| &caller.path);
        let of_value = self.value.as_ref().map(|value| value.path.as_str());
        let of_input = self.input.map(|(input, _, _)| input.path());
        of_input.or(of_value).unwrap_or_else(of_caller)
    }

    /// The number of the batch's record that it was seen in.
    pub(crate) fn record(&self) -> Option<usize> {
        let of_value = || self.value.as_ref().and_then(|value| value.record);
        self.input
            .map_or_else(of_value, |(input, _, _)| input.record())
    }

    /// What an exclusion's patterns are compared with: the input, the caller's address, what it is about, else `target`.
    pub(crate) fn matched<'t>(&'t self, target: &'t [u8]) -> Cow<'t, [u8]> {
        if let Some((input, _, _)) = &self.input {
            return Cow::Borrowed(input.text());
        }
        match (&self.value, &self.caller, &self.subject) {
            (Some(value), ..) => Cow::Borrowed(&value.text),
            (None, Some(caller), _) => Cow::Owned(caller.address.to_string().into_bytes()),
            (None, None, Some(subject)) => Cow::Borrowed(subject),
            (None, None, None) => Cow::Borrowed(target),
        }
    }

    /// The reason, with what of the shown excerpt is like known attacks: no more is told than is shown.
    pub(crate) fn explained(&self, seen: Option<&Seen>) -> String {
        let alike = seen.and_then(|seen| scan::alike(&self.rules, seen.excerpt.as_bytes()));
        match alike {
            Some(pieces) => format!("{}; it resembles known attacks in {pieces}", self.reason),
            None => self.reason.clone(),
        }
    }

    /// What a record shows of the input, or of the caller.
    pub(crate) fn seen(&self, secrets: &[Vec<u8>]) -> Option<Seen> {
        let of_caller = |caller: &Caller| Seen {
            path: caller.path.clone(),
            excerpt: caller.address.to_string(),
        };
        let of_value = |value: &Value| {
            let length = value.text.len();
            show::value(&value.path, &value.text, 0, length, secrets)
        };
        let of_input =
            |(input, start, end): (Input<'_>, _, _)| show::input(input, start, end, secrets);
        let seen = self.input.map(of_input);
        seen.or_else(|| self.value.as_ref().map(of_value))
            .or_else(|| self.caller.as_ref().map(of_caller))
    }
}

/// Callers of one event that are told of.
const MOST_CALLERS: usize = 16;

/// Callers whose addresses are on the policy's lists.
pub(crate) fn in_source(event: &Event, policy: &Policy) -> Vec<Found<'static>> {
    let sources = &policy.sources;
    let mut found: Vec<Found<'_>> = Vec::new();
    if sources.is_empty() {
        return found;
    }
    for caller in event.callers(sources.trusted_proxies()) {
        let address = caller.address;
        let is_it = |one: &Found<'_>| one.caller.as_ref().is_some_and(|it| it.address == address);
        if found.len() == MOST_CALLERS || found.iter().any(is_it) {
            continue;
        }
        if let Some(why) = sources.denial(address) {
            let reason = format!("the caller {address} is {why}");
            found.push(Found {
                caller: Some(caller),
                ..Found::sure(Protection::Firewall, "malicious-source", 1_327, reason)
            });
        }
    }
    found
}

/// A compressed text grows as only a bomb does.
pub(crate) fn in_compressed(input: Input<'_>) -> Option<Found<'_>> {
    let reason =
        "a compressed text that grows some hundred times more than what is written to be read";
    input.is_bomb().then(|| Found {
        input: Some((input, 0, input.text().len().min(SHOWN_OF_BOMB))),
        ..Found::sure(Protection::Firewall, "decompression-bomb", 409, reason)
    })
}

/// An event of which a part was not inspected, where the policy takes that for an attack.
pub(crate) fn in_gap(gap: Gap, policy: &Policy) -> Option<Found<'static>> {
    (gap.inputs() > 0 && policy.not_inspected > Action::Allow)
        .then(|| Found::sure(Protection::Firewall, NOT_INSPECTED, 405, gap.to_string()))
}

/// An activity that is an attack whatever the allowlist says.
pub(crate) fn in_activity(
    activity: &Activity,
    around: &Circumstances<'_>,
) -> Option<Found<'static>> {
    if let Some(path) = attack_path::recognise(activity, around) {
        return Some(Found::sure(
            Protection::Lambda,
            path.detector,
            path.cwe,
            path.reason,
        ));
    }
    let name = std::str::from_utf8(&activity.target).ok()?;
    if activity.operation != "unpickle" || !is_dangerous_global(name) {
        return None;
    }
    let reason = format!("a pickle asks for {name:.100}, which runs code");
    Some(Found::sure(
        Protection::Flow,
        "unsafe-deserialization",
        502,
        reason,
    ))
}

/// Code that is no part of the package acts. `file` is the name that it gives itself.
pub(crate) fn foreign_code(file: &[u8], secrets: &[Vec<u8>]) -> Found<'static> {
    let shown = clip(&redacted(file, secrets), MOST_SHOWN_OF_CODE);
    let reason = format!("code that is no part of the package is on the stack: {shown}");
    Found {
        subject: Some(file.to_vec()),
        ..Found::sure(Protection::Lambda, "injected-code", 94, reason)
    }
}

/// A credential of the function's own leaves it.
pub(crate) fn credential_sent(what: &str, host: &str) -> Found<'static> {
    let reason = format!(
        "sends the function's {what} to {}",
        clip(host, MOST_SHOWN_OF_CODE)
    );
    Found {
        subject: Some(host.as_bytes().to_vec()),
        ..Found::sure(Protection::Lambda, "credential-sent", 201, reason)
    }
}

/// An activity that the policy does not allow.
pub(crate) fn not_allowed(activity: &Activity, is_rule: bool, reason: String) -> Found<'static> {
    let detector = if is_rule {
        activity.kind.denied()
    } else {
        activity.kind.unlisted()
    };
    Found::sure(Protection::Kind(activity.kind), detector, 284, reason)
}
