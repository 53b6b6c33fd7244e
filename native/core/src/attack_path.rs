//! Lambda's own attack paths: what no handler has reason to do, whatever its allowlist says.
//!
//! Sees:         opening `/proc/*/environ`, `mem`, `maps` and their like; connecting to the Runtime API
//! Does not see: the same by native code (the runtime's own client is native, so it is never mistaken)

use crate::activity::{Activity, Kind};

/// How the wall's own files in memory are named.
const WALL_MEMORY: &[u8] = b"/memfd:hauberk-wall";

/// An attack on the environment that runs the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttackPath {
    pub detector: &'static str,
    pub cwe: u16,
    pub reason: &'static str,
}

/// Whether an activity is one of them. `runtime_api` is the value of `AWS_LAMBDA_RUNTIME_API`.
#[must_use]
pub fn recognise(activity: &Activity, runtime_api: &str) -> Option<AttackPath> {
    match activity.kind {
        Kind::File => process_file(&activity.target),
        Kind::Address if !runtime_api.is_empty() && activity.target == runtime_api.as_bytes() => {
            Some(AttackPath {
                detector: "runtime-api-access",
                cwe: 441,
                reason: "connects to Lambda's Runtime API, which is the runtime's alone",
            })
        }
        _ => None,
    }
}

fn process_file(path: &[u8]) -> Option<AttackPath> {
    if path.starts_with(WALL_MEMORY) {
        return Some(AttackPath {
            detector: "memory-read",
            cwe: 1323,
            reason: "opens what the wall judges by",
        });
    }
    let rest = path.strip_prefix(b"/proc/")?;
    let mut parts = rest.split(|byte| *byte == b'/');
    let process = parts.next()?;
    let is_process =
        process == b"self" || process == b"thread-self" || process.iter().all(u8::is_ascii_digit);
    if !is_process {
        return None;
    }
    match parts.next_back()? {
        b"environ" => Some(AttackPath {
            detector: "credential-read",
            cwe: 526,
            reason: "opens a process's environment, which holds the function's credentials",
        }),
        b"mem" | b"maps" | b"smaps" | b"smaps_rollup" | b"numa_maps" | b"pagemap"
        | b"map_files" | b"auxv" | b"syscall" => Some(AttackPath {
            detector: "memory-read",
            cwe: 1323,
            reason: "opens a process's memory or its map, which tells how to undo the guard",
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lambdas_own_paths_are_recognised() {
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
            (Kind::Address, "127.0.0.1:9001", Some("runtime-api-access")),
            (Kind::Address, "127.0.0.1:9002", None),
        ];
        for (kind, target, expected) in rows {
            let found = recognise(&Activity::new(kind, "read", target), "127.0.0.1:9001");
            assert_eq!(found.map(|path| path.detector), expected, "{target}");
        }
    }
}
