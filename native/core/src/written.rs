//! Files that the function has written in this environment: what is run of them was not deployed.

use crate::activity::{Activity, Kind};
use std::collections::HashSet;

/// Files that are remembered.
const MOST: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Written {
    paths: HashSet<Vec<u8>>,
}

/// Whether an operation puts something at its target.
#[must_use]
pub fn puts(kind: Kind, operation: &str) -> bool {
    kind == Kind::File && matches!(operation, "write" | "rename" | "link")
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
        let is_put = puts(activity.kind, &activity.operation);
        if is_put && self.paths.len() < MOST && !self.paths.contains(&activity.target) {
            self.paths.insert(activity.target.clone());
        }
    }

    /// Whether an activity runs what was written.
    pub(crate) fn is_run(&self, activity: &Activity, arguments: &[&[u8]]) -> bool {
        let is_known = |path: &[u8]| self.paths.contains(path);
        runs(activity.kind, &activity.operation)
            && (is_known(&activity.target) || script(arguments).is_some_and(is_known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
