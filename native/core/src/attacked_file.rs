//! Files that no function has reason to open or to change: what runs it, and what the kernel shows of processes.

use crate::attack_path::AttackPath;

/// How the wall's own files in memory are named.
const WALL_MEMORY: &[u8] = b"/memfd:hauberk-wall";
const RUNTIME_TAMPERING: AttackPath = AttackPath {
    detector: "runtime-tampering",
    cwe: 494,
    reason: "changes what runs the function: its runtime, its layers' code or its bootstrap",
};

/// Whether an act on a file is an attack on the environment that runs the function.
pub(crate) fn of(operation: &str, path: &[u8]) -> Option<AttackPath> {
    let is_change = !matches!(operation, "read" | "list");
    if is_change && is_of_runtime(path) {
        return Some(RUNTIME_TAMPERING);
    }
    process_file(path)
}

/// What runs a function: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html>. Python writes its own
/// bytecode there, or tries to. In layers there may be data too, which a database is opened to write by.
fn is_of_runtime(path: &[u8]) -> bool {
    if memchr::memmem::find(path, b"/__pycache__").is_some() {
        return false;
    }
    let is_below = |folder: &[u8]| path.starts_with(folder);
    let is_code = || {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        let ending = name
            .iter()
            .rposition(|byte| *byte == b'.')
            .map(|dot| &name[dot..]);
        ending.is_none_or(|ending| CODE.contains(&ending))
    };
    is_below(b"/var/runtime/")
        || is_below(b"/var/lang/")
        || matches!(path, b"/var/task/bootstrap" | b"/opt/bootstrap")
        || is_below(b"/opt/hauberk/")
        || is_below(b"/opt/extensions/")
        || is_below(b"/opt/") && is_code()
}

/// Endings of files that hold code.
const CODE: [&[u8]; 10] = [
    b".py", b".pyc", b".pth", b".so", b".js", b".mjs", b".cjs", b".jar", b".rb", b".sh",
];

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
    fn what_runs_the_function_is_not_to_be_changed() {
        let tampering = Some("runtime-tampering");
        let rows = [
            ("write", "/var/runtime/bootstrap", tampering),
            (
                "rename",
                "/var/runtime/awslambdaric/bootstrap.py",
                tampering,
            ),
            ("delete", "/var/lang/lib/python3.12/os.py", tampering),
            ("write", "/opt/hauberk/wrapper", tampering),
            ("chmod", "/opt/wrapper", tampering),
            ("write", "/opt/python/requests/api.py", tampering),
            ("link", "/opt/extensions/mine", tampering),
            ("write", "/var/task/bootstrap", tampering),
            ("write", "/opt/python/geo.db", None), // a database is opened so, also to read it
            (
                "write",
                "/opt/python/x/__pycache__/api.cpython-312.pyc",
                None,
            ),
            ("read", "/var/runtime/bootstrap", None),
            ("list", "/opt/python", None),
            ("write", "/var/task/app.log", None),
            ("write", "/tmp/opt/wrapper", None),
        ];
        for (operation, target, expected) in rows {
            let found = of(operation, target.as_bytes()).map(|path| path.detector);
            assert_eq!(found, expected, "{operation} {target}");
        }
    }
}
