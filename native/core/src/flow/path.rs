//! Does an input change where a path leads?
//!
//! Injection: `..` segments of the input lead out of the directory that stands before the input;
//! an absolute input that is the whole path and names a place of the system (`/etc/passwd`,
//! `/proc/self/environ`, `/var/task`), or a file in any folder but `/tmp`, `/mnt`, `/efs`, `/app`, `/data`,
//! `/asset` and `/function`; a NUL byte. Safe: `a/../b`, which stays inside; `notes..txt`; `...`; backslashes,
//! which are plain characters on Linux. Not seen: a path that was resolved before the call, so that
//! the input is no longer in it; links. Longer than 4,096 bytes no path is opened: not judged.

use memchr::{memchr, memmem::Finder};

use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT};

/// Linux refuses longer paths (`PATH_MAX`).
const LONGEST_PATH: usize = 4096;

/// Places that no input should name: the system's, the runtime's, the function's own code.
const SENSITIVE: [&str; 24] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/usr",
    "/var/cache",
    "/var/lang",
    "/var/lib",
    "/var/log",
    "/var/run",
    "/var/runtime",
    "/var/spool",
    "/var/task",
];

/// First names of the places where functions keep files that a caller may name.
const OWN: [&[u8]; 7] = [
    b"app",
    b"asset",
    b"data",
    b"efs",
    b"function",
    b"mnt",
    b"tmp",
];

/// Says where `input` leads `path` out of its place.
pub fn path(path: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > path.len() || path.len() > LONGEST_PATH {
        return None;
    }
    let finder = Finder::new(input);
    Occurrences::new(path, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(path, input, start)?;
        Some(Change { reason, start, end })
    })
}

fn judge(path: &[u8], input: &[u8], start: usize) -> Option<&'static str> {
    if memchr(0, input).is_some() {
        return Some("holds a NUL byte");
    }
    if start == 0 && is_chosen_by(path, input) && is_sensitive(path) {
        return Some("names a place of the system");
    }
    if start == 0 && path == input && chooses(path) {
        return Some("chooses an absolute path");
    }
    climbs(path, start, start + input.len()).then_some("leaves its directory")
}

/// Is an absolute `input` all of `path`, but perhaps for an ending like `.txt`?
fn is_chosen_by(path: &[u8], input: &[u8]) -> bool {
    let names_a_file = input.iter().filter(|byte| **byte == b'/').count() > 1;
    let ending = &path[input.len()..];
    input.starts_with(b"/")
        && (ending.is_empty() || (names_a_file && ending.starts_with(b".")))
        && memchr(b'/', ending).is_none()
}

/// Is it a file in a folder that is not one of those where functions keep files?
fn chooses(path: &[u8]) -> bool {
    let place = resolved(path);
    path.starts_with(b"/") && place.len() > 1 && !OWN.contains(&place[0])
}

fn is_sensitive(path: &[u8]) -> bool {
    let place = resolved(path);
    SENSITIVE.iter().any(|root| {
        let mut parts = root.split('/').filter(|part| !part.is_empty());
        let mut names = place.iter();
        parts.all(|part| names.next().is_some_and(|name| *name == part.as_bytes()))
    })
}

/// Do the segments that the input wrote or touched lead out of the directory before them?
fn climbs(path: &[u8], start: usize, end: usize) -> bool {
    let opens_segment = path[start] == b'/';
    let base_end = match path[..start].iter().rposition(|byte| *byte == b'/') {
        _ if opens_segment => start,
        Some(slash) => slash + 1,
        None => 0,
    };
    let rest = &path[end..];
    let reach = end + memchr(b'/', rest).unwrap_or(rest.len());
    if !path[base_end..reach]
        .split(|byte| *byte == b'/')
        .any(|segment| segment == b"..")
    {
        return false;
    }
    let is_absolute_input = base_end == 0 && path.starts_with(b"/");
    !is_absolute_input && !is_inside(&path[..base_end], &path[..reach])
}

fn is_inside(base: &[u8], path: &[u8]) -> bool {
    let (base, place) = (resolved(base), resolved(path));
    let climbs = |names: &[&[u8]]| names.iter().take_while(|name| **name == b"..").count();
    climbs(&place) == climbs(&base) && place.starts_with(&base)
}

/// The segments of a path without `.` and `..`, but for those `..` that climb above its beginning.
fn resolved(path: &[u8]) -> Vec<&[u8]> {
    let is_absolute = path.starts_with(b"/");
    let mut names: Vec<&[u8]> = Vec::new();
    for segment in path.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." if names.last().is_some_and(|name| *name != b"..") => drop(names.pop()),
            b".." if is_absolute => {}
            _ => names.push(segment),
        }
    }
    names
}
