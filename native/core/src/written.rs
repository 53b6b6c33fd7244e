//! Files that the function has written in this environment: what is run of them was not deployed.

use crate::activity::{Activity, Kind};
use std::collections::HashSet;

/// Files that are remembered.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Written {
    paths: HashSet<Vec<u8>>,
    moved: HashSet<Vec<u8>>,
}

/// Whether an operation puts something at its target.
#[must_use]
pub fn puts(kind: Kind, operation: &str) -> bool {
    kind == Kind::File && matches!(operation, "write" | "rename" | "link")
}

/// Whether an operation puts all that is below its target there, too.
#[must_use]
pub fn moves(kind: Kind, operation: &str) -> bool {
    kind == Kind::File && operation == "rename"
}

/// The folders that a path is below, the nearest first.
pub fn above(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = path.iter().enumerate().rev();
    slashes
        .filter(|(at, byte)| **byte == b'/' && *at > 0)
        .map(|(at, _)| &path[..at])
}

/// Whether an operation runs its target.
#[must_use]
pub fn runs(kind: Kind, operation: &str) -> bool {
    matches!(
        (kind, operation),
        (Kind::Process, "start") | (Kind::Code, "load")
    )
}

/// Programs that run the file that is their first argument, whatever version stands behind their names.
const INTERPRETERS: [&[u8]; 14] = [
    b"ash", b"bash", b"busybox", b"dash", b"deno", b"ksh", b"lua", b"node", b"perl", b"php",
    b"python", b"ruby", b"sh", b"zsh",
];
/// Their options that take the next argument; behind others of one letter that take code there is no file.
const WITH_VALUE: [&[u8]; 4] = [b"-X", b"-W", b"-I", b"--rcfile"];
const WITH_CODE: [&[u8]; 5] = [b"-c", b"-e", b"-m", b"-r", b"--eval"];

/// The file that an interpreter would run, as it is written.
#[must_use]
pub fn script<'a>(arguments: &[&'a [u8]]) -> Option<&'a [u8]> {
    let (program, rest) = arguments.split_first()?;
    let name = program.rsplit(|byte| *byte == b'/').next()?;
    let is_version = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let end = name.iter().rposition(|byte| !is_version(byte))? + 1;
    if !INTERPRETERS.contains(&&name[..end]) {
        return None;
    }
    let mut rest = rest.iter();
    while let Some(argument) = rest.next() {
        if WITH_CODE.contains(argument) {
            return None;
        }
        if WITH_VALUE.contains(argument) && !(*argument == b"-I" && name.starts_with(b"python")) {
            rest.next();
        } else if !argument.starts_with(b"-") {
            return Some(argument);
        }
    }
    None
}

impl Written {
    /// Remembers what an activity writes.
    pub(crate) fn note(&mut self, activity: &Activity) {
        if puts(activity.kind, &activity.operation) {
            remember(&mut self.paths, &activity.target);
        }
        if moves(activity.kind, &activity.operation) {
            remember(&mut self.moved, &activity.target);
        }
    }

    /// Whether an activity runs what was written.
    pub(crate) fn is_run(&self, activity: &Activity, arguments: &[&[u8]]) -> bool {
        runs(activity.kind, &activity.operation)
            && (self.contains(&activity.target)
                || script(arguments).is_some_and(|path| self.contains(path)))
    }

    /// Whether a file was written, or a folder above it was put where it is.
    fn contains(&self, path: &[u8]) -> bool {
        self.paths.contains(path)
            || !self.moved.is_empty() && above(path).any(|folder| self.moved.contains(folder))
    }
}

fn remember(paths: &mut HashSet<Vec<u8>>, path: &[u8]) {
    if paths.len() < MOST && !paths.contains(path) {
        paths.insert(path.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_a_folder_that_was_renamed_was_put_there() {
        let rows = [
            ("rename", "/tmp/b", "/tmp/b/c/x", true),
            ("rename", "/tmp/b", "/tmp/b", true),
            ("rename", "/tmp/b", "/tmp/bc/x", false),
            ("write", "/tmp/b", "/tmp/b/x", false), // a folder that was made, or was to be
            ("read", "/tmp/b", "/tmp/b", false),
        ];
        for (operation, target, run, expected) in rows {
            let mut written = Written::default();
            written.note(&Activity::new(Kind::File, operation, target));
            let start = Activity::new(Kind::Process, "start", run);
            assert_eq!(
                written.is_run(&start, &[]),
                expected,
                "{operation} {target}"
            );
            let shell: [&[u8]; 2] = [b"/bin/sh", run.as_bytes()];
            let start = Activity::new(Kind::Process, "start", "/bin/sh");
            assert_eq!(written.is_run(&start, &shell), expected, "sh {run}");
        }
    }

    #[test]
    fn a_script_is_the_first_argument_of_an_interpreter() {
        let rows: [(&[&str], Option<&str>); 12] = [
            (&["/usr/bin/sh", "/tmp/x"], Some("/tmp/x")),
            (&["sh", "-ex", "/tmp/x", "/tmp/y"], Some("/tmp/x")),
            (
                &["/var/lang/bin/python3.12", "-I", "/tmp/x.py"],
                Some("/tmp/x.py"),
            ),
            (
                &["python3", "-X", "dev", "-W", "error", "/tmp/x.py"],
                Some("/tmp/x.py"),
            ),
            (&["perl5.36", "-w", "/tmp/x"], Some("/tmp/x")),
            (&["perl", "-I", "/tmp/lib", "/tmp/x"], Some("/tmp/x")),
            (&["python3", "-m", "tool", "/tmp/data"], None),
            (&["sh", "-c", "cat $0", "/tmp/data"], None),
            (&["/usr/bin/cat", "/tmp/data"], None),
            (&["/tmp/shell", "/tmp/x"], None),
            (&["python3"], None),
            (&[], None),
        ];
        for (words, expected) in rows {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
            assert_eq!(script(&words), expected.map(str::as_bytes), "{expected:?}");
        }
    }
}
