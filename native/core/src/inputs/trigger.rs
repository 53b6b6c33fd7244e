//! What sent the event, and who called: as far as the sender's own fields say it.

use crate::json::Step;
use std::net::IpAddr;

/// What sent the event, as far as the answer to a blocked one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trigger {
    /// API Gateway v1 and v2, function URL: `statusCode`, `headers`, `body`.
    Http,
    /// Application load balancer: also `statusDescription`.
    LoadBalancer,
    #[default]
    Other,
}

/// The sender of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sender {
    pub trigger: Trigger,
    /// The caller's address, where the trigger vouches for it.
    pub caller: Option<IpAddr>,
}

impl Sender {
    pub(super) fn notice_key(&mut self, trail: &[Step<'_>], key: &[u8]) {
        if !is_trail(trail, &["requestContext"]) {
            return;
        }
        match key {
            b"elb" => self.trigger = Trigger::LoadBalancer,
            b"http" | b"identity" | b"connectionId" if self.trigger == Trigger::Other => {
                self.trigger = Trigger::Http;
            }
            _ => {}
        }
    }

    pub(super) fn notice_text(&mut self, trail: &[Step<'_>], text: &[u8]) {
        let is_gateways = is_trail(trail, &["requestContext", "http", "sourceIp"])
            || is_trail(trail, &["requestContext", "identity", "sourceIp"]);
        if is_gateways {
            self.caller = address(text);
        }
        // A load balancer appends the address it saw: only the last one is not the caller's word.
        let is_balancers = self.trigger == Trigger::LoadBalancer
            && is_trail(trail, &["headers", "x-forwarded-for"]);
        if is_balancers {
            self.caller = text.rsplit(|byte| *byte == b',').next().and_then(address);
        }
    }
}

/// What to answer in the function's place to a trigger that waits for HTTP; none for the others.
#[must_use]
pub fn refusal(trigger: Trigger) -> Option<&'static str> {
    match trigger {
        Trigger::Http => Some(
            r#"{"statusCode": 403, "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#,
        ),
        Trigger::LoadBalancer => Some(
            r#"{"statusCode": 403, "statusDescription": "403 Forbidden", "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#,
        ),
        Trigger::Other => None,
    }
}

/// Do the steps have these names, in any case?
pub(super) fn is_trail(trail: &[Step<'_>], names: &[&str]) -> bool {
    trail.len() == names.len()
        && trail.iter().zip(names).all(|(step, name)| match step {
            Step::Key(key) => key.eq_ignore_ascii_case(name.as_bytes()),
            Step::Index(_) => false,
        })
}

fn address(text: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}
