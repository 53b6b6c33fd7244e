//! Libraries that the loader loads into a new program before the program's own: by the environment, or by its own words.

use crate::paths;
use hauberk_core::activity::{Activity, Kind};
use std::collections::HashSet;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;

/// Options of the loader with a value: those that load, and others.
const LOADING: [&[u8]; 2] = [b"--preload", b"--audit"];
const OTHERS: [&[u8]; 5] = [
    b"--library-path",
    b"--inhibit-rpath",
    b"--argv0",
    b"--glibc-hwcaps-prepend",
    b"--glibc-hwcaps-mask",
];

/// What was named first.
struct First {
    values: Vec<Vec<u8>>,
    paths: HashSet<Vec<u8>>,
}

static FIRST: OnceLock<First> = OnceLock::new();

/// Remembers what the environment names now: what was there when the process began is the platform's.
pub fn keep() {
    let named = [c"LD_PRELOAD", c"LD_AUDIT"].into_iter();
    let values: Vec<Vec<u8>> = named.filter_map(of_this_process).collect();
    let paths = values.iter().flat_map(|value| split(value)).collect();
    let _ = FIRST.set(First { values, paths });
}

/// The value of a variable of this process.
pub fn of_this_process(name: &CStr) -> Option<Vec<u8>> {
    std::env::var_os(OsStr::from_bytes(name.to_bytes())).map(OsStringExt::into_vec)
}

/// The paths that the value of such a variable names. A bare name is looked for in the system's own folders.
pub fn libraries(value: &[u8]) -> Vec<Vec<u8>> {
    let first = FIRST.get();
    let is_first = first.is_some_and(|first| first.values.iter().any(|first| first == value));
    if value.is_empty() || is_first {
        return Vec::new();
    }
    let was_first = |path: &Vec<u8>| first.is_some_and(|first| first.paths.contains(path));
    let mut found = split(value);
    found.retain(|path| path.contains(&b'/') && !was_first(path));
    found
}

/// The load of a library that is named so.
pub fn load(path: &[u8]) -> Activity {
    Activity::new(Kind::Code, "load", paths::absolute(path))
}

/// What the loader is told to load, where it is what is started: `ld.so --preload /tmp/x.so PROGRAM`.
pub fn of_loader(words: &[&[u8]]) -> Vec<Vec<u8>> {
    let Some((program, options)) = words.split_first() else {
        return Vec::new();
    };
    let name = program.rsplit(|byte| *byte == b'/').next();
    let is_loader = [&b"ld-linux"[..], b"ld.so", b"ld-2.", b"ld-musl"];
    if !is_loader
        .iter()
        .any(|start| name.is_some_and(|name| name.starts_with(start)))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut options = options.iter();
    while let Some(option) = options.next().filter(|word| word.starts_with(b"--")) {
        if LOADING.contains(option) {
            found.extend(options.next().into_iter().flat_map(|list| libraries(list)));
        } else if OTHERS.contains(option) {
            options.next();
        }
    }
    found
}

fn split(value: &[u8]) -> Vec<Vec<u8>> {
    let is_between = |byte: &u8| matches!(byte, b' ' | b':');
    let parts = value.split(is_between).filter(|part| !part.is_empty());
    parts.map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_libraries_of_a_value_are_the_paths_in_it() {
        let rows: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("/tmp/a.so", &["/tmp/a.so"]),
            (
                "/tmp/a.so:/tmp/b.so  ./c.so",
                &["/tmp/a.so", "/tmp/b.so", "./c.so"],
            ),
            ("libm.so.6", &[]),
            (":", &[]),
        ];
        for (value, expected) in rows {
            let found = libraries(value.as_bytes());
            assert_eq!(
                found,
                expected
                    .iter()
                    .map(|path| path.as_bytes().to_vec())
                    .collect::<Vec<_>>(),
                "{value}"
            );
        }
    }
    #[test]
    fn the_loader_is_told_of_libraries_by_its_options() {
        const X: &str = "/lib64/ld-linux-x86-64.so.2";
        let rows: [(&[&str], &[&str]); 7] = [
            (&[X, "--preload", "/tmp/a.so", "/bin/true"], &["/tmp/a.so"]),
            (
                &["ld.so", "--argv0", "x", "--audit", "/tmp/a.so:./b.so", "x"],
                &["/tmp/a.so", "./b.so"],
            ),
            (&[X, "--list", "/bin/true"], &[]),
            (&[X, "/bin/echo", "--preload", "/tmp/a.so"], &[]),
            (&["/bin/echo", "--preload", "/tmp/a.so"], &[]),
            (&[X, "--preload"], &[]),
            (&[], &[]),
        ];
        for (words, expected) in rows {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
            let expected: Vec<_> = expected.iter().map(|one| one.as_bytes().to_vec()).collect();
            assert_eq!(of_loader(&words), expected, "{words:?}");
        }
    }
}
