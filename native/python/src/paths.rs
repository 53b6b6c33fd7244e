//! Paths as the kernel would take them: absolute, without `.` and `..`, links in writable places followed.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::sync::OnceLock;

static ROOTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

/// Where links can be planted, so that a name says nothing until they are followed.
const WRITABLE: [&[u8]; 4] = [b"/tmp/", b"/dev/shm/", b"/mnt/", b"/var/tmp/"];

/// What the platform itself reads, beside the roots of code.
const PLATFORM_FILES: [&str; 22] = [
    "/usr/**",
    "/lib/**",
    "/lib64/**",
    "/bin/**",
    "/sbin/**",
    "/etc/ld.so.*",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/os-release",
    "/etc/ssl/**",
    "/etc/pki/**",
    "/dev/urandom",
    "/dev/null",
    "/proc/*info",
    "/sys/devices/system/cpu/**",
];

/// Sets the folders of the function's own code, its layers and the runtime.
pub(crate) fn set_roots(roots: Vec<String>) {
    let _ = ROOTS.set(roots.into_iter().map(String::into_bytes).collect());
}

/// Allowlist entries for what no function does by itself.
pub(crate) fn platform_entries(roots: &[String]) -> Vec<String> {
    let mut entries: Vec<String> = PLATFORM_FILES
        .iter()
        .map(|path| format!("read {path}"))
        .collect();
    entries.extend(["list /usr/**", "write /dev/null"].map(str::to_owned));
    for root in roots {
        let escaped: String = root
            .chars()
            .flat_map(|character| {
                ['\\', character]
                    .into_iter()
                    .skip(usize::from(!"*?\\".contains(character)))
            })
            .collect();
        entries.extend([
            format!("read {escaped}/**"),
            format!("list {escaped}/**"),
            format!("list {escaped}"),
            format!("* {escaped}/**__pycache__**"),
        ]);
    }
    entries
}

/// Whether a path is plainly below a root of code: an import's path, as it is written.
pub(crate) fn is_in_roots(path: &[u8]) -> bool {
    let is_below = |root: &Vec<u8>| {
        path.len() > root.len() && path.starts_with(root) && path[root.len()] == b'/'
    };
    ROOTS.get().is_some_and(|roots| roots.iter().any(is_below)) && !climbs(path)
}

fn climbs(path: &[u8]) -> bool {
    memchr::memmem::find(path, b"/..").is_some()
}

/// The path that an open of `path` would reach.
pub(crate) fn absolute(path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") {
        return followed(normal(path), path);
    }
    let mut whole = std::env::current_dir()
        .map_or_else(|_| b"/".to_vec(), |dir| dir.into_os_string().into_vec());
    whole.push(b'/');
    whole.extend_from_slice(path);
    followed(normal(&whole), &whole)
}

/// Without empty parts, `.` and `..`.
fn normal(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let mut out = Vec::with_capacity(path.len());
    for part in parts {
        out.push(b'/');
        out.extend_from_slice(part);
    }
    if out.is_empty() { b"/".to_vec() } else { out }
}

fn followed(normal: Vec<u8>, written: &[u8]) -> Vec<u8> {
    let is_writable = WRITABLE
        .iter()
        .any(|root| normal.starts_with(root) || written.starts_with(root));
    if normal.starts_with(b"/proc/") {
        return followed_in_proc(normal);
    }
    if !is_writable {
        return normal;
    }
    let path = Path::new(OsStr::from_bytes(written));
    if let Ok(real) = path.canonicalize() {
        return real.into_os_string().into_vec();
    }
    // What does not exist yet is below a parent that may.
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name).into_os_string().into_vec(),
        _ => normal,
    }
}

/// `/proc/self/root/etc` leads out of `/proc`; `/proc/<our pid>` is `/proc/self`.
fn followed_in_proc(normal: Vec<u8>) -> Vec<u8> {
    let own = format!("/proc/{}/", std::process::id());
    let path = match normal.strip_prefix(own.as_bytes()) {
        Some(rest) => [b"/proc/self/", rest].concat(),
        None => normal,
    };
    let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    let link = parts
        .iter()
        .position(|part| matches!(*part, b"root" | b"cwd" | b"fd" | b"exe"));
    let Some(link) = link.filter(|at| *at >= 3) else {
        return path;
    };
    match Path::new(OsStr::from_bytes(&path)).canonicalize() {
        Ok(real) if !real.starts_with("/proc") => real.into_os_string().into_vec(),
        _ if parts[link] == b"root" => {
            absolute(&[b"/", &parts[link + 1..].join(&b"/"[..])[..]].concat())
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_one_the_kernel_reaches() {
        let rows = [
            ("/var/task/../../etc/passwd", "/etc/passwd"),
            ("/a//b/./c", "/a/b/c"),
            ("/../..", "/"),
            ("/proc/self/root/etc/hostname", "/etc/hostname"),
            ("/proc/self/environ", "/proc/self/environ"),
        ];
        for (written, expected) in rows {
            assert_eq!(
                String::from_utf8_lossy(&absolute(written.as_bytes())),
                expected,
                "{written}"
            );
        }
        let own = format!("/proc/{}/environ", std::process::id());
        assert_eq!(absolute(own.as_bytes()), b"/proc/self/environ");
    }

    #[test]
    fn a_link_in_a_writable_place_is_followed() {
        let folder = std::env::temp_dir().join(format!("hauberk-paths-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.join("link")).unwrap();
        let reached = absolute(folder.join("link").as_os_str().as_bytes());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(reached, b"/etc/passwd");
    }
}
