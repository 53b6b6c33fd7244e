//! Does an input change where a path leads?
//!
//! Injection: `..` segments of the input lead out of the directory that stands before the input; an absolute input
//! that is the whole path, but for an ending of the code's, or the folder at its beginning (`/home/x` in
//! `/home/x/a.txt`; `/etc`, but not `/data`); a NUL byte. Safe: `a/../b`, which stays inside; `notes..txt`; `...`;
//! absolute paths below `/mnt`, where Lambda mounts file systems that events name files of; backslashes, which are
//! plain characters on Linux. Only where the code's own part of the path is written as Windows does (`C:\data\…`)
//! they are separators. Not seen: a path that was resolved before the call, so that the input is no longer in it;
//! links. Longer than 4,096 bytes no path is opened: not judged.

use std::borrow::Cow;

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

/// Where Lambda mounts file systems, and nothing else.
const MOUNTS: &[u8] = b"mnt";

/// The folder that the function's own paths begin with.
const OWN_CODE: [&[u8]; 2] = [b"var", b"task"];

/// Folders at the root that no address on the web is called by.
const ROOTS: [&[u8]; 4] = [b"etc", b"proc", b"root", b"sys"];

/// Says where `input` leads `path` out of its place.
pub fn path(path: &[u8], input: &[u8]) -> Option<Change> {
    if input.len() < SHORTEST_INPUT || input.len() > path.len() || path.len() > LONGEST_PATH {
        return None;
    }
    let finder = Finder::new(input);
    Occurrences::new(path, &finder).find_map(|start| {
        let end = start + input.len();
        let reason = judge(path, start, end)?;
        Some(Change { reason, start, end })
    })
}

fn judge(path: &[u8], start: usize, end: usize) -> Option<&'static str> {
    if memchr(0, &path[start..end]).is_some() {
        return Some("holds a NUL byte");
    }
    let windows = as_windows(path, start, end);
    if start == 0 && windows.is_some() && has_drive(path) {
        return Some("chooses an absolute path");
    }
    let path = windows.map_or(Cow::Borrowed(path), Cow::Owned);
    let is_at_root = path[..start].iter().all(|byte| *byte == b'/');
    if is_at_root && path[start] == b'/' && is_chosen(&path, end) {
        return Some(if is_sensitive(&path) {
            "names a place of the system"
        } else {
            "chooses an absolute path"
        });
    }
    climbs(&path, start, end).then_some("leaves its directory")
}

/// The path with slashes, where the code's own part of it has backslashes or a drive.
fn as_windows(path: &[u8], start: usize, end: usize) -> Option<Vec<u8>> {
    let is_own = |part: &[u8]| memchr(b'\\', part).is_some();
    let is_whole = start == 0 && end == path.len();
    let only_climbs = path[start..end].chunks(3).all(|step| step == b"..\\");
    let is_windows = is_own(&path[..start])
        || is_own(&path[end..])
        || (!is_whole && (has_drive(path) || (start == 0 && only_climbs)));
    let slashed = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    is_windows.then(|| path.iter().map(slashed).collect())
}

fn has_drive(path: &[u8]) -> bool {
    matches!(path, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// Is the absolute path up to `end` what the path is, but for an ending like `.txt` or the files of that folder?
fn is_chosen(path: &[u8], end: usize) -> bool {
    if !path.starts_with(b"/") {
        return false;
    }
    let (place, rest) = (resolved(&path[..end]), &path[end..]);
    let Some(root) = place.first() else {
        return rest.is_empty() && path.windows(2).any(|pair| pair == b"..");
    };
    if *root == MOUNTS {
        return false;
    }
    let names_a_file = place.len() > 1;
    if rest.is_empty() {
        return true;
    }
    if memchr(b'/', rest).is_none() && !path[..end].ends_with(b"/") {
        return names_a_file && rest.starts_with(b".");
    }
    let is_folder = rest.starts_with(b"/") || path[..end].ends_with(b"/");
    is_folder && (names_a_file || ROOTS.contains(root)) && place != OWN_CODE
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
