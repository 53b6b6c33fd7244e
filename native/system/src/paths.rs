//! Paths as the kernel would take them: absolute, without `.` and `..`, links in writable places followed.

use hauberk_core::inputs::percent_decoded;
use hauberk_core::normal_path::normal;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

static ROOTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();

/// What the platform itself reads, beside the roots of code.
const PLATFORM_FILES: [&str; 30] = [
    "/usr/**",
    "/lib/**",
    "/lib64/**",
    "/bin/**",
    "/sbin/**",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d/**",
    "/etc/ld.so.preload",
    "/etc/resolv.conf",
    "/run/systemd/resolve/**",
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
    "/proc/self/cgroup",
    "/proc/self/stat", // which CPython counts its threads by, before a fork
    "/sys/fs/cgroup/**",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu/**",
];

/// Sets the folders of the function's own code, its layers and the runtime.
pub fn set_roots(roots: Vec<String>) {
    let _ = ROOTS.set(roots.into_iter().map(String::into_bytes).collect());
}

/// Allowlist entries for what no function does by itself.
pub fn platform_entries(roots: &[String]) -> Vec<String> {
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
pub fn is_in_roots(path: &[u8]) -> bool {
    let is_below = |root: &Vec<u8>| {
        path.len() > root.len() && path.starts_with(root) && path[root.len()] == b'/'
    };
    ROOTS.get().is_some_and(|roots| roots.iter().any(is_below)) && !climbs(path)
}

fn climbs(path: &[u8]) -> bool {
    memchr::memmem::find(path, b"/..").is_some()
}

/// The path that an open of `path` would reach: links are followed as the kernel follows them, `..` after a link
/// included, so that no other spelling of a path is another path.
pub fn absolute(path: &[u8]) -> Vec<u8> {
    if is_in_roots(path) {
        return normal(path);
    }
    let whole = whole(path);
    let written = Path::new(OsStr::from_bytes(&whole));
    reached(written, MOST_LINKS).map_or_else(
        |_| normal(&whole),
        |path| of_this_process(path.into_os_string().into_vec()),
    )
}

/// Links to what does not exist yet that are followed, as the kernel does.
const MOST_LINKS: u8 = 40;

fn reached(written: &Path, links: u8) -> std::io::Result<PathBuf> {
    if let Ok(path) = written.canonicalize() {
        return Ok(path);
    }
    // What does not exist yet is below a folder that may, or is where a link leads to.
    let folder = written.parent().unwrap_or(written).canonicalize()?;
    let file = folder.join(written.file_name().unwrap_or_default());
    match file.read_link() {
        Ok(named) if links > 0 => reached(&folder.join(named), links - 1),
        _ => Ok(file),
    }
}

/// The path below the folder that a descriptor holds; the path itself where that is no descriptor, or the path is
/// absolute.
pub fn below_descriptor(descriptor: i64, path: Vec<u8>) -> Vec<u8> {
    if descriptor < 0 || path.starts_with(b"/") {
        return path;
    }
    [format!("/proc/self/fd/{descriptor}/").as_bytes(), &path].concat()
}

/// The path that a symbolic link at `link` leads to, where it names `named`.
pub fn beside(link: &[u8], named: &[u8]) -> Vec<u8> {
    let folder = Path::new(OsStr::from_bytes(link)).parent();
    let path = folder.map(|folder| folder.join(OsStr::from_bytes(named)));
    path.map_or_else(|| named.to_vec(), |path| path.into_os_string().into_vec())
}

/// The file of a SQLite database name: itself, or the path of a `file:` URI; none where that names no file.
/// Source: <https://www.sqlite.org/uri.html>.
pub fn of_database(name: &[u8]) -> Option<Vec<u8>> {
    let Some(uri) = name.strip_prefix(b"file:") else {
        return Some(name.to_vec());
    };
    let uri = uri
        .split(|byte| matches!(byte, b'?' | b'#'))
        .next()
        .unwrap_or(uri);
    let path = match uri.strip_prefix(b"//") {
        Some(rest) => &rest[rest.iter().position(|byte| *byte == b'/')?..],
        None => uri,
    };
    let path = percent_decoded(path).unwrap_or_else(|| path.to_vec());
    (!path.is_empty() && path != b":memory:").then_some(path)
}

/// The path from the root, links and `..` left as they are written.
pub fn whole(path: &[u8]) -> Vec<u8> {
    if path.starts_with(b"/") {
        path.to_vec()
    } else {
        in_working_directory(path)
    }
}

fn in_working_directory(path: &[u8]) -> Vec<u8> {
    let folder = std::env::current_dir()
        .map_or_else(|_| b"/".to_vec(), |dir| dir.into_os_string().into_vec());
    [&folder[..], b"/", path].concat()
}

/// `/proc/<our pid>` under the name that stays the same.
fn of_this_process(path: Vec<u8>) -> Vec<u8> {
    let own = format!("/proc/{}", std::process::id());
    match path.strip_prefix(own.as_bytes()) {
        Some(rest) if rest.is_empty() || rest.starts_with(b"/") => [b"/proc/self", rest].concat(),
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
            ("/dev/fd/../environ", "/proc/self/environ"),
            (
                "/proc/self/cwd/../../../../proc/self/maps",
                "/proc/self/maps",
            ),
            ("/proc/self/task/../environ", "/proc/self/environ"),
            ("//etc//passwd", "/etc/passwd"),
            ("/no/such/../folder", "/no/folder"),
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
    fn a_database_is_the_file_that_sqlite_opens() {
        let rows = [
            ("/tmp/a?b", Some("/tmp/a?b")),
            (":memory:x", Some(":memory:x")),
            (
                "file:/tmp/%2e%2e/root/x.db?mode=ro",
                Some("/tmp/../root/x.db"),
            ),
            ("file:///tmp/x.db", Some("/tmp/x.db")),
            ("file://localhost/tmp/x.db#f", Some("/tmp/x.db")),
            ("file:x.db", Some("x.db")),
            ("file::memory:?cache=shared", None),
            ("file:", None),
        ];
        for (name, expected) in rows {
            assert_eq!(
                of_database(name.as_bytes()).as_deref(),
                expected.map(str::as_bytes),
                "{name}"
            );
        }
    }

    #[test]
    fn a_link_in_a_writable_place_is_followed() {
        let folder = std::env::temp_dir().join(format!("hauberk-paths-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let links = [
            ("link", "/etc/passwd", "/etc/passwd"),
            ("to_new", "/etc/no-such-file", "/etc/no-such-file"),
            ("to_next", "to_new", "/etc/no-such-file"),
            ("to_itself", "to_itself", "to_itself"),
        ];
        let mut seen = Vec::new();
        for (name, named, _) in links {
            std::os::unix::fs::symlink(named, folder.join(name)).unwrap();
        }
        for (name, ..) in links {
            seen.push(absolute(folder.join(name).as_os_str().as_bytes()));
        }
        let expected = links.map(|(.., reached)| folder.join(reached).into_os_string().into_vec());
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_path_below_a_descriptor_is_below_its_folder() {
        let folder = std::fs::File::open("/etc").unwrap();
        let descriptor = i64::from(std::os::fd::AsRawFd::as_raw_fd(&folder));
        let rows = [
            (descriptor, "no-such-file", "/etc/no-such-file"),
            (descriptor, "../usr", "/usr"),
            (descriptor, "/usr", "/usr"),
            (-1, "/usr", "/usr"),
        ];
        for (descriptor, path, expected) in rows {
            let below = below_descriptor(descriptor, path.as_bytes().to_vec());
            assert_eq!(absolute(&below), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn a_symbolic_link_names_what_is_beside_it() {
        assert_eq!(beside(b"/tmp/a/link", b"../b"), b"/tmp/a/../b");
        assert_eq!(beside(b"/tmp/a/link", b"/etc/passwd"), b"/etc/passwd");
        assert_eq!(beside(b"link", b"b"), b"b");
    }
}
