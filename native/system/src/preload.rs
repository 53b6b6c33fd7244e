//! Libraries that the environment makes the loader load into each new program, before the program's own.

use crate::paths;
use hauberk_core::activity::{Activity, Kind};
use std::collections::HashSet;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::OnceLock;

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
}
