//! Which program a call would start.

use crate::paths;
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

const SHELLS: [&[u8]; 6] = [b"sh", b"bash", b"dash", b"ash", b"zsh", b"ksh"];
/// Where `execvp` looks when there is no PATH.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";

/// Starting `program`; its target is the path of the program, links in its folder followed.
pub fn start(program: &[u8], search_path: Option<&[u8]>) -> Activity {
    Activity::new(Kind::Process, "start", located(program, search_path))
}

/// Starting what a shell command names, the shell first.
pub fn start_all(shell: &[u8], command: &[u8], search_path: Option<&[u8]>) -> Vec<Activity> {
    let mut activities = vec![start(shell, search_path)];
    activities.extend(
        flow::programs(command)
            .iter()
            .map(|program| start(program, search_path)),
    );
    activities
}

/// The command of `sh -c COMMAND`; none where the arguments are no shell's.
pub fn shell_command<'a>(arguments: &[&'a [u8]]) -> Option<&'a [u8]> {
    let name = arguments.first()?.rsplit(|byte| *byte == b'/').next()?;
    if !SHELLS.contains(&name) {
        return None;
    }
    let takes_command = |argument: &&&[u8]| argument.starts_with(b"-") && argument.ends_with(b"c");
    let flag = arguments
        .iter()
        .skip(1)
        .take_while(|argument| argument.starts_with(b"-"))
        .position(|a| takes_command(&a))?;
    arguments.get(flag + 2).copied()
}

fn located(program: &[u8], search_path: Option<&[u8]>) -> Vec<u8> {
    if program.contains(&b'/') {
        return in_real_folder(&paths::whole(program));
    }
    let from_environment = std::env::var_os("PATH").map(OsStringExt::into_vec);
    let path = search_path
        .map(<[u8]>::to_vec)
        .or(from_environment)
        .unwrap_or(DEFAULT_PATH.to_vec());
    for folder in path.split(|byte| *byte == b':') {
        let candidate = [folder, b"/", program].concat();
        if exists(&candidate) {
            return in_real_folder(&paths::whole(&candidate));
        }
    }
    program.to_vec()
}

/// `/bin/ls` and `/usr/bin/ls` are one where `/bin` is a link; the name itself stays, since `sh` may be a link too.
fn in_real_folder(path: &[u8]) -> Vec<u8> {
    let path = Path::new(OsStr::from_bytes(path));
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name).into_os_string().into_vec(),
        _ => path.as_os_str().as_bytes().to_vec(),
    }
}

/// Whether there is a file to start.
pub fn exists(path: &[u8]) -> bool {
    Path::new(OsStr::from_bytes(path)).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_command_is_told_from_a_script() {
        let rows: &[(&[&str], Option<&str>)] = &[
            (&["/bin/sh", "-c", "ls"], Some("ls")),
            (&["bash", "-e", "-c", "ls"], Some("ls")),
            (&["bash", "-lc", "ls"], Some("ls")),
            (&["sh", "script.sh", "-c"], None),
            (&["ls", "-c", "x"], None),
            (&["sh", "-c"], None),
            (&[], None),
        ];
        for (arguments, expected) in rows {
            let arguments: Vec<&[u8]> = arguments.iter().map(|text| text.as_bytes()).collect();
            assert_eq!(
                shell_command(&arguments),
                expected.map(str::as_bytes),
                "{arguments:?}"
            );
        }
    }

    #[test]
    fn a_program_is_found_as_the_system_finds_it() {
        let sh = located(b"sh", Some(b"/nowhere:/bin"));
        assert!(sh.ends_with(b"/sh") && sh.starts_with(b"/"));
        assert_eq!(
            located(b"sh", Some(b"/bin:/usr/bin")),
            located(b"/bin/sh", None)
        );
        assert_eq!(
            located(b"no-such-program", Some(b"/bin")),
            b"no-such-program"
        );
    }
}
