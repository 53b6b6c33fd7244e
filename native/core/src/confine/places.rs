//! Where a kernel lets files be read or changed, when it knows no patterns but only folders and files that are there.
//!
//! A place is widened until it holds whatever may come to be in it: a pattern to the folder that it begins with, what is
//! not there to the nearest folder that is.

use crate::entries::Target;
use std::collections::BTreeSet;

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Nothing,
    Folder,
    File,
    /// A device, a pipe, a socket: nothing that is written anew under its name.
    Other,
}

/// Where acts of one sort may happen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// At this path alone, to what is there.
    Itself(Vec<u8>),
    /// At this path, where something may be made under its name.
    Named(Vec<u8>),
    /// Anywhere below this folder.
    Below(Vec<u8>),
    /// What the platform or the package has at this path, if it has anything: it does not come to be later.
    Standing(Vec<u8>),
}

impl Place {
    /// Where the targets of an entry may be, when their names may come to be another thing's.
    pub(super) fn of_change(target: Target) -> Option<Place> {
        match target {
            Target::Only(path) => whole(path).map(|path| steady(Place::Below(folder_of(&path)))),
            Target::Beginning(path) => Some(steady(Place::Below(folder_of(&path)))),
        }
    }

    pub(super) fn of_write(target: Target) -> Option<Place> {
        match target {
            Target::Only(path) => whole(path).map(|path| steady(Place::Named(path))),
            beginning => Place::of_change(beginning),
        }
    }

    pub(super) fn of_read(target: Target) -> Option<Place> {
        match target {
            Target::Only(path) => whole(path).map(|path| steady(Place::Itself(path))),
            beginning => Place::of_change(beginning),
        }
    }

    pub(super) fn of_platform(target: Target) -> Place {
        let (Target::Only(path) | Target::Beginning(path)) = &target;
        let path = match target {
            Target::Only(_) => path.clone(),
            Target::Beginning(_) => folder_of(path),
        };
        steady(Place::Standing(path))
    }

    fn path(&self) -> &[u8] {
        let (Place::Itself(path) | Place::Named(path) | Place::Below(path) | Place::Standing(path)) =
            self;
        path
    }

    /// What is there now that holds the whole place. Whatever is missing below the root itself does not come to be: a
    /// folder there would have to be made first, which is another entry's to allow.
    fn widened(&self, what: &impl Fn(&[u8]) -> Found) -> Option<Vec<u8>> {
        let is_held = match (self, what(self.path())) {
            (_, Found::Folder) => true,
            (Place::Itself(_) | Place::Standing(_), found) => found != Found::Nothing,
            (Place::Named(_), found) => found == Found::Other,
            (Place::Below(_), _) => false,
        };
        if is_held {
            return Some(self.path().to_vec());
        }
        if matches!(self, Place::Standing(_)) {
            return None;
        }
        let mut folder = folder_of(self.path());
        if folder == b"/" && matches!(self, Place::Named(_)) {
            return Some(folder);
        }
        while folder != b"/" && what(&folder) != Found::Folder {
            folder = folder_of(&folder);
        }
        (folder != b"/").then_some(folder)
    }
}

/// What is there now that holds all of the places; none where that is everything. `what` tells what is at a path.
#[must_use]
pub fn widened(places: &[Place], what: impl Fn(&[u8]) -> Found) -> Option<BTreeSet<Vec<u8>>> {
    let all: BTreeSet<Vec<u8>> = places
        .iter()
        .filter_map(|place| place.widened(&what))
        .collect();
    if all.contains(&b"/"[..]) {
        return None;
    }
    let is_in_another = |path: &Vec<u8>| {
        let above = path.iter().enumerate().skip(1);
        let mut above = above.filter(|(_, byte)| **byte == b'/');
        above.any(|(end, _)| all.contains(&path[..end]))
    };
    Some(
        all.iter()
            .filter(|path| !is_in_another(path))
            .cloned()
            .collect(),
    )
}

/// A path from the root; other targets are no files.
fn whole(path: Vec<u8>) -> Option<Vec<u8>> {
    path.starts_with(b"/").then_some(path)
}

/// What `/proc` holds is not the same thing for long, nor for each process: all of it is one place.
fn steady(place: Place) -> Place {
    const PROCESSES: &[u8] = b"/proc";
    let is_in = place
        .path()
        .strip_prefix(PROCESSES)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"));
    if is_in {
        Place::Below(PROCESSES.to_vec())
    } else {
        place
    }
}

/// The folder that a name is in; the root where it has none.
pub(super) fn folder_of(path: &[u8]) -> Vec<u8> {
    match path.iter().rposition(|byte| *byte == b'/') {
        None | Some(0) => b"/".to_vec(),
        Some(slash) => path[..slash].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(path: &[u8]) -> Found {
        match path {
            b"/" | b"/tmp" | b"/tmp/d" | b"/etc" | b"/dev" => Found::Folder,
            b"/etc/hosts" | b"/tmp/f" => Found::File,
            b"/dev/null" => Found::Other,
            _ => Found::Nothing,
        }
    }

    #[test]
    fn a_place_is_widened_to_what_is_there() {
        let rows = [
            (Place::Itself(b"/etc/hosts".to_vec()), "/etc/hosts"),
            (Place::Itself(b"/etc/none".to_vec()), "/etc"),
            (Place::Itself(b"/none/of/these".to_vec()), ""),
            (Place::Below(b"/none".to_vec()), ""),
            (Place::Named(b"/none/x".to_vec()), ""),
            (Place::Named(b"/none".to_vec()), "/"),
            (Place::Standing(b"/etc/none".to_vec()), ""),
            (Place::Standing(b"/dev/null".to_vec()), "/dev/null"),
            (Place::Named(b"/tmp/f".to_vec()), "/tmp"),
            (Place::Named(b"/tmp/none".to_vec()), "/tmp"),
            (Place::Named(b"/tmp/d".to_vec()), "/tmp/d"),
            (Place::Named(b"/dev/null".to_vec()), "/dev/null"),
            (Place::Below(b"/tmp/d".to_vec()), "/tmp/d"),
            (Place::Below(b"/tmp/f".to_vec()), "/tmp"),
            (Place::Below(b"/tmp/d/e/f".to_vec()), "/tmp/d"),
        ];
        for (place, expected) in rows {
            let expected = (!expected.is_empty()).then(|| expected.as_bytes().to_vec());
            assert_eq!(place.widened(&what), expected, "{place:?}");
        }
    }

    #[test]
    fn an_entry_is_the_place_that_the_table_says() {
        let only = |text: &str| Target::Only(text.into());
        let beginning = |text: &str| Target::Beginning(text.into());
        let below = |text: &str| Some(Place::Below(text.into()));
        let rows = [
            (
                Place::of_read(only("/a/b")),
                Some(Place::Itself(b"/a/b".to_vec())),
            ),
            (
                Place::of_write(only("/a/b")),
                Some(Place::Named(b"/a/b".to_vec())),
            ),
            (Place::of_change(only("/a/b")), below("/a")),
            (Place::of_change(only("/a")), below("/")),
            (Place::of_read(beginning("/a/b")), below("/a")),
            (Place::of_read(beginning("/a/b/")), below("/a/b")),
            (Place::of_read(beginning("")), below("/")),
            (Place::of_read(beginning("/proc/")), below("/proc")),
            (Place::of_write(only("/proc/self/comm")), below("/proc")),
            (
                Place::of_read(only("/process")),
                Some(Place::Itself(b"/process".to_vec())),
            ),
            (Place::of_read(only("-")), None),
        ];
        for (number, (place, expected)) in rows.into_iter().enumerate() {
            assert_eq!(place, expected, "row {number}");
        }
    }

    #[test]
    fn what_is_in_another_place_is_no_place_of_its_own() {
        let below = |text: &str| Place::Below(text.into());
        let places = [below("/tmp"), below("/tmp/d"), below("/etc")];
        let expected = ["/etc", "/tmp"].map(|path| path.as_bytes().to_vec());
        assert_eq!(widened(&places, what), Some(expected.into()));
        assert_eq!(widened(&[below("/tmp"), below("/")], what), None);
        let new = Place::Named(b"/x".to_vec());
        assert_eq!(widened(&[below("/tmp"), new], what), None);
    }
}
