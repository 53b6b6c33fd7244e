//! Folders of code that whoever configures the function chose, beside its package: an image may keep a function anywhere.

use crate::start::Variables;
use crate::{libraries, path};

/// Variables that name folders of code.
const SEARCHED: [&[u8]; 4] = [b"PATH", b"LD_LIBRARY_PATH", b"PYTHONPATH", b"NODE_PATH"];
/// Where anyone writes: no folder of code, whoever names it.
const SHARED: [&[u8]; 4] = [b"", b"/tmp", b"/var/tmp", b"/dev/shm"];

/// The folder that the first process was started in, those of its program and of the libraries that it was started with,
/// those in which it looks for code, and for programs' folders what is beside them (`/app/.venv` of `/app/.venv/bin`).
pub fn folders_of_code(variables: &Variables<'_>) -> Vec<String> {
    let program = path::linked(c"/proc/self/exe").unwrap_or_default();
    let mut files = vec![program];
    libraries::are_all(|name| {
        files.push(name.to_bytes().to_vec());
        true
    });
    let files = files.iter().filter_map(|file| {
        let slash = file.iter().rposition(|byte| *byte == b'/')?;
        Some(&file[..slash])
    });
    let working = path::linked(c"/proc/self/cwd").unwrap_or_default();
    let named = SEARCHED.into_iter().filter_map(|name| variables.get(name));
    let named = named.flat_map(|folders| folders.split(|byte| *byte == b':'));
    chosen(files.chain([&working[..]]).chain(named))
}

fn chosen<'a>(folders: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let mut chosen: Vec<String> = folders
        .filter(|folder| folder.starts_with(b"/"))
        .map(|folder| folder.strip_suffix(b"/").unwrap_or(folder))
        .map(|folder| folder.strip_suffix(b"/bin").unwrap_or(folder))
        .filter(|folder| !SHARED.contains(folder))
        .map(|folder| String::from_utf8_lossy(folder).into_owned())
        .collect();
    chosen.sort();
    chosen.dedup();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_those_that_a_configuration_names() {
        let rows: [(&[&str], &[&str]); 5] = [
            (&["/function", "/function/"], &["/function"]),
            (&["/app/.venv/bin"], &["/app/.venv"]),
            (&["/bin", "/", "", ".", "lib"], &[]),
            (&["/tmp", "/tmp/", "/var/tmp", "/dev/shm"], &[]),
            (
                &["/tmp/python", "/mnt/libraries"],
                &["/mnt/libraries", "/tmp/python"],
            ),
        ];
        for (folders, expected) in rows {
            let chosen = chosen(folders.iter().map(|folder| folder.as_bytes()));
            assert_eq!(chosen, expected);
        }
    }
}
