//! Lambda's own attack paths: what no handler has reason to do, whatever its allowlist says.
//!
//! Sees:         opening `/proc/*/environ`, `mem`, `maps` and their like; connecting to Lambda's APIs, to where credentials
//!               are given out and to the X-Ray daemon; changing what runs the function; running what was written; programs
//!               whose standard streams are a connection; pools that mine; names that carry data
//! Does not see: which of the Runtime, Extensions and Telemetry APIs is asked: they have one address

use crate::activity::{Activity, Kind};
use crate::{attacked_file, dns_carrier, mining};

/// An attack on the environment that runs the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttackPath {
    pub detector: &'static str,
    pub cwe: u16,
    pub reason: &'static str,
}

/// What is known around an activity.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub runtime_api: &'a str,
    /// Whether the AWS SDK acts, or who sends traces.
    pub is_sdk: bool,
    /// The words of a process.
    pub arguments: &'a [&'a [u8]],
    /// Whether the process that is started gets a connection as a standard stream.
    pub hands_over: bool,
    /// Whether the function has written, in this environment, the file that would be run.
    pub is_written: bool,
}

/// Whether an activity is one of them.
#[must_use]
pub fn recognise(activity: &Activity, around: &Circumstances<'_>) -> Option<AttackPath> {
    match activity.kind {
        // Its start was looked at.
        Kind::Process if activity.is_of_arguments() => None,
        Kind::File => attacked_file::of(&activity.operation, &activity.target),
        Kind::Address if activity.operation != "bind" && !around.is_sdk => {
            service(&activity.target, around.runtime_api)
        }
        Kind::Process if around.hands_over => Some(REVERSE_SHELL),
        Kind::Process if is_in_memory(&activity.target) => Some(RUN_FROM_MEMORY),
        Kind::Process if around.is_written => Some(WRITTEN_THEN_EXECUTED),
        Kind::Process => mining::in_process(&activity.target, around.arguments),
        Kind::Code if activity.operation == "load" && around.is_written => {
            Some(WRITTEN_THEN_EXECUTED)
        }
        Kind::Host => {
            mining::in_host(&activity.target).or_else(|| dns_carrier::in_host(&activity.target))
        }
        _ => None,
    }
}

const REVERSE_SHELL: AttackPath = AttackPath {
    detector: "reverse-shell",
    cwe: 506,
    reason: "starts a program whose input or output is a connection: whoever is at its other end commands it",
};
const RUN_FROM_MEMORY: AttackPath = AttackPath {
    detector: "written-then-executed",
    cwe: 506,
    reason: "runs a program that no file holds",
};
const WRITTEN_THEN_EXECUTED: AttackPath = AttackPath {
    detector: "written-then-executed",
    cwe: 506,
    reason: "runs what was written in this environment, and so was not deployed",
};

/// A file in memory; what was removed while it ran is none.
fn is_in_memory(program: &[u8]) -> bool {
    program.starts_with(b"/memfd:")
}

/// Where credentials can be had: of instances, of containers, of pods.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
const CREDENTIAL_ENDPOINTS: [&[u8]; 5] = [
    b"169.254.169.254:",
    b"169.254.170.2:",
    b"169.254.170.23:",
    b"[fd00:ec2::254]:",
    b"[fd00:ec2::23]:",
];

/// Lambda's own services, which only the runtime and the SDK have reason to talk to.
fn service(target: &[u8], runtime_api: &str) -> Option<AttackPath> {
    if !runtime_api.is_empty() && target == runtime_api.as_bytes() {
        return Some(AttackPath {
            detector: "runtime-api-access",
            cwe: 441,
            reason: "connects to where Lambda's Runtime, Extensions and Telemetry APIs are, which are the runtime's alone",
        });
    }
    if CREDENTIAL_ENDPOINTS
        .iter()
        .any(|one| target.starts_with(one))
    {
        return Some(AttackPath {
            detector: "credential-endpoint-access",
            cwe: 522,
            reason: "connects to where credentials are given out, which only the SDK has reason to",
        });
    }
    // `AWS_XRAY_DAEMON_ADDRESS` is link-local, with this port.
    let is_daemon = target.starts_with(b"169.254.") && target.ends_with(b":2000");
    is_daemon.then_some(AttackPath {
        detector: "xray-daemon-access",
        cwe: 345,
        reason: "sends traces to the X-Ray daemon, which only the SDK has reason to",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(
        kind: Kind,
        operation: &str,
        target: &str,
        around: &Circumstances<'_>,
    ) -> Option<&'static str> {
        recognise(&Activity::new(kind, operation, target), around).map(|path| path.detector)
    }

    #[test]
    fn only_lambdas_own_paths_are_recognised() {
        let around = Circumstances {
            runtime_api: "127.0.0.1:9001",
            ..Circumstances::default()
        };
        let rows = [
            (Kind::File, "/proc/self/environ", Some("credential-read")),
            (
                Kind::File,
                "/proc/12/task/13/environ",
                Some("credential-read"),
            ),
            (Kind::File, "/proc/self/maps", Some("memory-read")),
            (Kind::File, "/proc/self/mem", Some("memory-read")),
            (Kind::File, "/proc/self/numa_maps", Some("memory-read")),
            (Kind::File, "/proc/self/auxv", Some("memory-read")),
            (
                Kind::File,
                "/memfd:hauberk-wall (deleted)",
                Some("memory-read"),
            ),
            (Kind::File, "/memfd:other (deleted)", None),
            (Kind::File, "/proc/meminfo", None),
            (Kind::File, "/proc/self/status", None),
            (Kind::File, "/tmp/proc/self/environ", None),
            (Kind::File, "/proc/sys/environ", None),
            (Kind::File, "/var/runtime/bootstrap", None),
            (Kind::Address, "127.0.0.1:9001", Some("runtime-api-access")),
            (Kind::Address, "127.0.0.1:9002", None),
            (
                Kind::Address,
                "169.254.169.254:80",
                Some("credential-endpoint-access"),
            ),
            (
                Kind::Address,
                "169.254.170.2:80",
                Some("credential-endpoint-access"),
            ),
            (
                Kind::Address,
                "169.254.170.23:80",
                Some("credential-endpoint-access"),
            ),
            (
                Kind::Address,
                "[fd00:ec2::254]:80",
                Some("credential-endpoint-access"),
            ),
            (Kind::Address, "169.254.170.20:80", None),
            (
                Kind::Address,
                "169.254.79.129:2000",
                Some("xray-daemon-access"),
            ),
            (Kind::Address, "169.254.78.1:53", None), // Lambda's resolver
            (Kind::Address, "10.0.0.5:2000", None),
            (
                Kind::Process,
                "/memfd:x (deleted)",
                Some("written-then-executed"),
            ),
            (Kind::Process, "/usr/bin/ls", None),
        ];
        for (kind, target, expected) in rows {
            let operation = ["start", "read", "", "", "connect", ""][kind as usize];
            assert_eq!(told(kind, operation, target, &around), expected, "{target}");
        }
    }

    #[test]
    fn the_sdk_may_ask_for_credentials_and_send_traces() {
        let around = Circumstances {
            runtime_api: "127.0.0.1:9001",
            is_sdk: true,
            ..Circumstances::default()
        };
        for target in ["169.254.170.2:80", "169.254.79.129:2000", "127.0.0.1:9001"] {
            assert_eq!(told(Kind::Address, "connect", target, &around), None);
        }
    }

    #[test]
    fn a_connection_is_not_to_be_a_standard_stream() {
        let around = Circumstances {
            hands_over: true,
            ..Circumstances::default()
        };
        let found = told(Kind::Process, "start", "/bin/sh", &around);
        assert_eq!(found, Some("reverse-shell"));
        assert_eq!(told(Kind::Code, "load", "/tmp/x.so", &around), None);
    }

    #[test]
    fn what_was_written_is_not_to_be_run() {
        let around = Circumstances {
            is_written: true,
            ..Circumstances::default()
        };
        let rows = [
            (
                Kind::Process,
                "start",
                "/tmp/x",
                Some("written-then-executed"),
            ),
            (
                Kind::Code,
                "load",
                "/tmp/x.so",
                Some("written-then-executed"),
            ),
            (Kind::Code, "unpickle", "app.A", None),
            (Kind::File, "read", "/tmp/x", None),
        ];
        for (kind, operation, target, expected) in rows {
            assert_eq!(told(kind, operation, target, &around), expected, "{target}");
        }
    }
}
