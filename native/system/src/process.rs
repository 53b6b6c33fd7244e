//! Which program a call would start.

use crate::paths;
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// Where `execvp` looks when there is no PATH.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";

/// Where a program will be started and looked for; this process' own where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    pub search_path: Option<&'a [u8]>,
    pub folder: Option<&'a [u8]>,
}

/// Starting what these arguments name: the program, what it starts in turn, and what a shell's command names.
///
/// A target is the path of a program, links in its folder followed; its name where that cannot be told.
pub fn starts(arguments: &[&[u8]], place: Place<'_>) -> Vec<Activity> {
    let target = |program: flow::Program| {
        if program.is_as_written {
            program.name
        } else {
            located(&program.name, place)
        }
    };
    flow::started(arguments)
        .into_iter()
        .map(|program| Activity::new(Kind::Process, "start", target(program)))
        .collect()
}

/// The path of the program that a name starts there; the name itself where there is none.
pub fn located(program: &[u8], place: Place<'_>) -> Vec<u8> {
    if program.contains(&b'/') {
        return in_real_folder(&below(place.folder, program));
    }
    let from_environment = std::env::var_os("PATH").map(OsStringExt::into_vec);
    let path = place
        .search_path
        .map(<[u8]>::to_vec)
        .or(from_environment)
        .unwrap_or(DEFAULT_PATH.to_vec());
    for folder in path.split(|byte| *byte == b':') {
        let folder = if folder.is_empty() { b"." } else { folder };
        let candidate = below(place.folder, &[folder, b"/", program].concat());
        if exists(&candidate) {
            return in_real_folder(&candidate);
        }
    }
    program.to_vec()
}

/// The path from the root, of one that is relative to `folder`.
fn below(folder: Option<&[u8]>, path: &[u8]) -> Vec<u8> {
    match folder {
        Some(folder) if !path.starts_with(b"/") => paths::whole(&[folder, b"/", path].concat()),
        _ => paths::whole(path),
    }
}

/// `/bin/ls` and `/usr/bin/ls` are one where `/bin` is a link; the name itself stays, since `sh` may be a link too. A
/// descriptor has no name: it is the file that it holds (`/memfd:x (deleted)`); so is `/proc/self/exe`.
fn in_real_folder(path: &[u8]) -> Vec<u8> {
    let path = Path::new(OsStr::from_bytes(path));
    let is_held =
        path.parent().is_some_and(|folder| folder.ends_with("fd")) || path.ends_with("exe");
    if let (true, Ok(held)) = (is_held && path.starts_with("/proc"), path.read_link()) {
        return held.into_os_string().into_vec();
    }
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name).into_os_string().into_vec(),
        _ => path.as_os_str().as_bytes().to_vec(),
    }
}

/// Whether there is a file to start, at a path that may be relative to the folder it is started in.
pub fn is_there(path: &[u8], place: Place<'_>) -> bool {
    exists(&below(place.folder, path))
}

/// Whether there is a file to start.
pub fn exists(path: &[u8]) -> bool {
    Path::new(OsStr::from_bytes(path)).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(arguments: &[&str], place: Place<'_>) -> Vec<String> {
        let arguments: Vec<&[u8]> = arguments.iter().map(|text| text.as_bytes()).collect();
        starts(&arguments, place)
            .iter()
            .map(|activity| String::from_utf8_lossy(&activity.target).into_owned())
            .collect()
    }

    #[test]
    fn a_program_is_found_as_the_system_finds_it() {
        let found = |program, search_path: Option<&'static [u8]>| {
            let folder = None;
            located(
                program,
                Place {
                    search_path,
                    folder,
                },
            )
        };
        let sh = found(b"sh", Some(b"/nowhere:/bin"));
        assert!(sh.ends_with(b"/sh") && sh.starts_with(b"/"));
        assert_eq!(
            found(b"sh", Some(b"/bin:/usr/bin")),
            found(b"/bin/sh", None)
        );
        assert_eq!(found(b"no-such-program", Some(b"/bin")), b"no-such-program");
    }

    #[test]
    fn a_program_that_a_descriptor_holds_is_its_file() {
        let own = std::env::current_exe().unwrap();
        let file = std::fs::File::open(&own).unwrap();
        let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
        let path = format!("/proc/self/fd/{descriptor}");
        for path in [&path[..], "/proc/self/exe"] {
            assert_eq!(targets(&[path], Place::default()), [own.to_str().unwrap()]);
        }
    }

    #[test]
    fn a_relative_program_is_found_from_the_folder_it_is_started_in() {
        let base = std::env::temp_dir().join(format!("hauberk-process-{}", std::process::id()));
        std::fs::create_dir_all(base.join("bin")).unwrap();
        std::fs::write(base.join("bin/echo"), "").unwrap();
        let folder = base.as_os_str().as_bytes();
        let place = |search_path| Place {
            search_path,
            folder: Some(folder),
        };
        let written = targets(&["bin/echo"], place(None));
        let searched = targets(&["echo"], place(Some(b"bin")));
        let here = targets(&["sh", "-c", "./bin/echo"], place(None));
        let echo = in_real_folder(base.join("bin/echo").as_os_str().as_bytes());
        std::fs::remove_dir_all(&base).unwrap();
        let echo = String::from_utf8_lossy(&echo);
        assert_eq!(written, [&*echo]);
        assert_eq!(searched, [&*echo]);
        assert!(
            here[1].ends_with("/bin/echo") && here[1].starts_with('/'),
            "{here:?}"
        );
    }

    #[test]
    fn a_program_that_cannot_be_told_is_not_looked_for() {
        let rows: &[(&[&str], &[&str])] = &[
            (&["sh", "-c", "PATH=/tmp/x cat"], &["cat"]),
            (&["sh", "-c", "LD_PRELOAD=/tmp/x :"], &["LD_PRELOAD=/tmp/x"]),
            (&["env", "PATH=/tmp/x", "cat"], &["cat"]),
            (&["sh", "-c", "cd /tmp; bin/x"], &["bin/x"]),
            (&["sh"], &["-"]),
        ];
        for (arguments, expected) in rows {
            let started = targets(arguments, Place::default());
            assert_eq!(started[1..], **expected, "{arguments:?}");
        }
    }
}
