//! What a kernel holds is never less than what `judge` allows, whatever the function does in between.

mod confined;

use confined::policy;
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::confine::{Confinement, Found, Held, confine, widened};
use hauberk_core::judge::Action;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Files by path, each with a number that stays its own when it is renamed.
#[derive(Clone)]
struct World {
    files: BTreeMap<String, (u32, Found)>,
    next: u32,
}

impl World {
    fn new(paths: &[(String, bool)]) -> World {
        let mut world = World {
            files: BTreeMap::new(),
            next: 0,
        };
        world.make("", Found::Folder);
        for (path, is_folder) in paths {
            let found = if *is_folder {
                Found::Folder
            } else {
                Found::File
            };
            if world.what(folder(path)) == Found::Folder && world.what(path) == Found::Nothing {
                world.make(path, found);
            }
        }
        world
    }

    fn make(&mut self, path: &str, found: Found) {
        self.files.insert(path.to_owned(), (self.next, found));
        self.next += 1;
    }

    fn what(&self, path: &str) -> Found {
        let path = if path == "/" { "" } else { path };
        self.files
            .get(path)
            .map_or(Found::Nothing, |(_, found)| *found)
    }

    fn number(&self, path: &str) -> Option<u32> {
        self.files.get(path).map(|(number, _)| *number)
    }

    /// Moves what is at a path, and all below it.
    fn rename(&mut self, from: &str, to: &str) {
        let below = format!("{from}/");
        let moved: Vec<String> = self
            .files
            .keys()
            .filter(|path| *path == from || path.starts_with(&below))
            .cloned()
            .collect();
        for path in moved {
            let file = self.files.remove(&path).unwrap();
            self.files
                .insert(format!("{to}{}", &path[from.len()..]), file);
        }
    }

    fn is_empty(&self, path: &str) -> bool {
        !self
            .files
            .keys()
            .any(|one| one.starts_with(&format!("{path}/")))
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The kernel's: which numbers may be read, and which changed; all of what is below them too.
struct Kernel {
    reads: Option<BTreeSet<u32>>,
    writes: Option<BTreeSet<u32>>,
    programs: Option<BTreeSet<u32>>,
}

impl Kernel {
    fn new(held: &Confinement, world: &World) -> Kernel {
        let what = |path: &[u8]| world.what(std::str::from_utf8(path).unwrap());
        let number = |path: &Vec<u8>| world.number(std::str::from_utf8(path).unwrap());
        let numbers = |held: &Held<Vec<_>>| {
            let paths = widened(held.only()?, what)?;
            Some(paths.iter().filter_map(number).collect())
        };
        let programs = held.programs.only();
        let writes = numbers(&held.writes);
        Kernel {
            reads: numbers(&held.reads).filter(|_| writes.is_some()),
            writes,
            programs: programs.map(|programs| programs.iter().filter_map(number).collect()),
        }
    }

    fn is_in(set: Option<&BTreeSet<u32>>, world: &World, path: &str) -> bool {
        let Some(set) = set else { return true };
        let mut at = path;
        loop {
            if world.number(at).is_some_and(|number| set.contains(&number)) {
                return true;
            }
            if at.is_empty() {
                return false;
            }
            at = folder(at);
        }
    }

    fn lets(&self, operation: &str, world: &World, path: &str) -> bool {
        let changes = |path| Kernel::is_in(self.writes.as_ref(), world, path);
        match operation {
            "start" => {
                let is_program =
                    |set: &BTreeSet<u32>| world.number(path).is_some_and(|one| set.contains(&one));
                self.programs.as_ref().is_none_or(is_program) && self.lets("read", world, path)
            }
            "read" => Kernel::is_in(self.reads.as_ref(), world, path),
            "write" if world.what(path) != Found::Nothing => changes(path),
            _ => changes(folder(path)),
        }
    }
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof!["[ab]", Just("u".to_owned())], 1..4)
        .prop_map(|parts| format!("/{}", parts.join("/")))
}

fn pattern() -> impl Strategy<Value = String> {
    (path(), prop_oneof![4 => Just(""), 1 => Just("/*"), 1 => Just("/**"), 1 => Just("*"), 1 => Just("?"), 1 => Just("/../b")])
        .prop_map(|(path, end)| format!("{path}{end}"))
}

fn entries(operations: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let entry = (prop::sample::select(operations), pattern());
    prop::collection::vec(
        entry.prop_map(|(operation, pattern)| format!("{operation} {pattern}")),
        0..5,
    )
}

const FILES: &[&str] = &["read", "write", "delete", "rename", "link", "*", "re*"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn nothing_that_is_allowed_is_refused(
        files in entries(FILES),
        programs in entries(&["start"]),
        excluded in entries(FILES),
        code in prop_oneof![3 => Just(Vec::<String>::new()), 1 => entries(&["load"])],
        there in prop::collection::vec((path(), any::<bool>()), 0..14),
        acts in prop::collection::vec((0..6_usize, path(), path()), 1..40),
    ) {
        let policy = policy(&format!(
            r#""allowlist": {{"file": {files:?}, "process": {programs:?}, "code": {code:?}}},
               "exclusions": [{{"name": "x", "kind": "file", "patterns": {excluded:?}}}]"#
        ));
        let held = confine(&policy, &["/u".to_owned()], "127.0.0.1:9001");
        let mut world = World::new(&there);
        let kernel = Kernel::new(&held, &world);
        let allows = |kind, operation: &str, path: &str| {
            policy.judge(&Activity::new(kind, operation, path)).action != Action::Block
        };
        for (act, one, other) in acts {
            let (is_there, parent) = (world.what(&one) != Found::Nothing, world.what(folder(&one)));
            if parent != Found::Folder {
                continue;
            }
            let file = |operation, path: &str| allows(Kind::File, operation, path);
            match act {
                0 if is_there && file("read", &one) => prop_assert!(kernel.lets("read", &world, &one), "read {one}"),
                1 | 2 if file("write", &one) => {
                    if is_there && act == 2 && world.what(&one) == Found::Folder {
                        continue; // a folder that is there is not made
                    }
                    prop_assert!(kernel.lets("write", &world, &one), "write {one}");
                    if !is_there {
                        world.make(&one, if act == 1 { Found::File } else { Found::Folder });
                    }
                }
                3 if is_there && world.is_empty(&one) && file("delete", &one) => {
                    prop_assert!(kernel.lets("delete", &world, &one), "delete {one}");
                    world.files.remove(&one);
                }
                4 if is_there && file("rename", &one) && file("rename", &other) => {
                    let is_possible = world.what(folder(&other)) == Found::Folder
                        && world.what(&other) == Found::Nothing
                        && !other.starts_with(&format!("{one}/"));
                    if is_possible {
                        let lets = kernel.lets("rename", &world, &one) && kernel.lets("rename", &world, &other);
                        prop_assert!(lets, "rename {one} {other}");
                        world.rename(&one, &other);
                    }
                }
                5 if world.what(&one) == Found::File && allows(Kind::Process, "start", &one) => {
                    prop_assert!(kernel.lets("start", &world, &one), "start {one}");
                }
                _ => {}
            }
        }
    }
}
