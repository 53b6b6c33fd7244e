//! What is done where no invocation runs: between a response and the next event.
//!
//! Told of are acts that leave something: programs that are started, files that are changed, calls of AWS, hosts that are
//! looked up and addresses that are reached, where the policy has no list of the kind yet: what is listed was learned, at
//! whatever time it came. Not told of is what goes to this machine or its link: extensions, the daemon of X-Ray.

use crate::activity::{Activity, Kind};
use crate::found::{Found, MOST_SHOWN_OF_CODE};
use crate::policy::Protection;
use crate::redact::{clip, redacted};
use std::net::IpAddr;

const OUTLIVES: &str = "outlives-invocation";
/// Of what is done where no invocation runs.
pub const ACTS_AFTERWARDS: &str = "acts-after-response";
/// Hidden functionality.
const CWE: u16 = 912;

/// An act, done where no invocation runs.
#[must_use]
pub(crate) fn acted(activity: &Activity) -> Option<Found<'static>> {
    if !leaves_something(activity) {
        return None;
    }
    let reason = "done after the response, while no invocation runs";
    Some(Found::sure(
        Protection::Lambda,
        ACTS_AFTERWARDS,
        CWE,
        reason,
    ))
}

fn leaves_something(activity: &Activity) -> bool {
    match activity.kind {
        Kind::Process => !activity.is_of_arguments(),
        Kind::Api => true,
        Kind::File => !matches!(&*activity.operation, "read" | "list"),
        Kind::Host => activity.target != b"localhost",
        Kind::Address => activity.operation != "bind" && !is_near(&activity.target),
        Kind::Code => false,
    }
}

/// Whether an address is of this machine, or of its link: a Unix socket, loopback, 169.254.0.0/16.
fn is_near(target: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(target) else {
        return target.starts_with(b"unix:");
    };
    let host = crate::policy::split_port(text).0;
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(host)) => host.is_loopback() || host.is_link_local(),
        Ok(IpAddr::V6(host)) => host.is_loopback(),
        Err(_) => text.starts_with("unix:"),
    }
}

/// A process that was started in an invocation that is over, and runs on.
#[must_use]
pub(crate) fn outlives() -> Found<'static> {
    let reason = "started in an invocation that is over, and still running";
    Found::sure(Protection::Lambda, OUTLIVES, CWE, reason)
}

/// A thread that was begun in an invocation that is over, in which code of this file runs on.
#[must_use]
pub(crate) fn thread_outlives(file: &[u8], secrets: &[Vec<u8>]) -> Found<'static> {
    let shown = clip(&redacted(file, secrets), MOST_SHOWN_OF_CODE);
    let reason =
        format!("code that is no part of the package runs on when its invocation is over: {shown}");
    Found {
        subject: Some(file.to_vec()),
        ..Found::sure(Protection::Lambda, OUTLIVES, CWE, reason)
    }
}

/// Whether what a detector tells of makes an invocation one that teaches nothing.
#[must_use]
pub fn is_attack(detector: &str) -> bool {
    !matches!(detector, OUTLIVES | ACTS_AFTERWARDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_something_elsewhere_is_told_of() {
        let rows = [
            (Kind::Process, "start", "/bin/sh", true),
            (Kind::File, "write", "/tmp/a", true),
            (Kind::File, "read", "/tmp/a", false),
            (Kind::File, "list", "/tmp", false),
            (Kind::Api, "s3:PutObject", "*", true),
            (Kind::Host, "resolve", "evil.example", true),
            (Kind::Host, "resolve", "localhost", false),
            (Kind::Address, "connect", "203.0.113.7:443", true),
            (Kind::Address, "send", "203.0.113.7:53", true),
            (Kind::Address, "bind", "0.0.0.0:8080", false),
            (Kind::Address, "send", "169.254.79.129:2000", false),
            (Kind::Address, "connect", "127.0.0.1:4317", false),
            (Kind::Address, "connect", "[::1]:4317", false),
            (Kind::Address, "connect", "unix:/tmp/agent", false),
            (Kind::Code, "load", "/tmp/x.so", false),
        ];
        for (kind, operation, target, expected) in rows {
            let found = acted(&Activity::new(kind, operation, target));
            assert_eq!(found.is_some(), expected, "{operation} {target}");
        }
    }
}
