//! Does an input lead a path out of its folder, though its `..` are no longer in it?
//!
//! Injection: code resolved the path (`os.path.normpath`, `pathlib.Path.resolve`), and it ends with what the input
//! names above its folder; code took `../` out once, and what was left of the input climbs again (`....//`).
//! Safe: the same names in a path that an input names without climbing.
//! Not seen: names of less than four bytes; links that were followed.

use memchr::memmem;

use super::path::path;

/// Shorter names stand at the end of a path by accident.
const SHORTEST_NAMES: usize = 4;

/// Says what `input` does to a path in which it does not stand as it is.
#[must_use]
pub fn resolved(place: &[u8], input: &[u8]) -> Option<&'static str> {
    memmem::find(input, b"..")?;
    let left: Vec<u8> = without_climbs(input);
    if left.len() < input.len() && memmem::find(&left, b"..").is_some() {
        if let Some(change) = path(place, &left) {
            return Some(change.reason);
        }
    }
    let names = above(input)?;
    let is_long = names.iter().map(|name| name.len() + 1).sum::<usize>() > SHORTEST_NAMES;
    let is_its_end = place.starts_with(b"/") && ends_with(place, &names);
    (is_long && is_its_end).then_some("led out of its directory")
}

/// The input after `replace("../", "")`.
fn without_climbs(input: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(input.len());
    let mut from = 0;
    for at in memmem::find_iter(input, b"../") {
        left.extend_from_slice(&input[from..at]);
        from = at + 3;
    }
    left.extend_from_slice(&input[from..]);
    left
}

/// The names that a relative path ends with, where it leads out of the folder that it begins in.
fn above(input: &[u8]) -> Option<Vec<&[u8]>> {
    let mut names: Vec<&[u8]> = Vec::new();
    let mut climbs = false;
    for segment in input.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." if names.pop().is_none() => climbs = true,
            b".." => {}
            name => names.push(name),
        }
    }
    (climbs && !names.is_empty()).then_some(names)
}

fn ends_with(place: &[u8], names: &[&[u8]]) -> bool {
    let mut segments = place.rsplit(|byte| *byte == b'/');
    names
        .iter()
        .rev()
        .all(|name| segments.next() == Some(*name))
}
