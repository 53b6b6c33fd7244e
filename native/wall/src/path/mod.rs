//! Where a path leads, as the kernel follows it.

mod plain;
mod walked;

use crate::kernel::{self, AT_FDCWD, O_DIRECTORY, O_NOFOLLOW, O_PATH};
pub use plain::{Plain, beside, plain};
use std::ffi::{CStr, CString, c_int};
use std::io::Write;
use walked::walked;

const LONGEST: usize = 4_096;
/// Links that the kernel follows in one path.
pub const MOST_LINKS: usize = 40;

/// A path as a call is given it.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub folder: c_int,
    pub path: &'a CStr,
}

impl<'a> At<'a> {
    /// Relative to the working directory.
    pub fn here(path: &'a CStr) -> At<'a> {
        At {
            folder: AT_FDCWD,
            path,
        }
    }
}

/// The path of an open descriptor.
pub fn of_descriptor(file: c_int) -> Option<Vec<u8>> {
    let mut name = [0_u8; 32];
    write!(&mut name[..], "/proc/self/fd/{file}").ok()?;
    let name = CStr::from_bytes_until_nul(&name).ok()?;
    linked(name).map(of_this_process)
}

/// What a link says.
pub fn linked(name: &CStr) -> Option<Vec<u8>> {
    let mut path = Vec::with_capacity(LONGEST);
    let length = kernel::read_link(name, path.spare_capacity_mut())?.len();
    // SAFETY: `read_link` has written so many bytes to its beginning.
    unsafe { path.set_len(length) };
    Some(path)
}

/// Where a path leads, links followed to their end; where nothing is, where it would be.
pub fn followed(at: At<'_>) -> Vec<u8> {
    if let Some(plain) = plain(at.path, 0) {
        return plain.path;
    }
    ended(at, MOST_LINKS)
}

/// The same of a path that is not plain, by so many links to nothing; by more the call fails.
fn ended(at: At<'_>, links: usize) -> Vec<u8> {
    kernel::open_at(at.folder, at.path, O_PATH).map_or_else(
        || beyond(at, links),
        |file| {
            let path = of_descriptor(file);
            kernel::close(file);
            path.unwrap_or_else(|| at.path.to_bytes().to_vec())
        },
    )
}

/// Where a name is made that is not there: below the folder it is in; where it is a link to nothing, below the folder
/// that the link names. So it is found, too, where no descriptor is left to follow it by.
fn beyond(at: At<'_>, links: usize) -> Vec<u8> {
    let Ok(path) = CString::new(named(at)) else {
        return named(at);
    };
    let Some(target) = linked(&path).filter(|_| links > 0) else {
        return path.into_bytes();
    };
    let (folder, _) = split(path.to_bytes());
    let whole = if target.starts_with(b"/") {
        target
    } else {
        [folder, b"/", &target].concat()
    };
    CString::new(whole).map_or_else(
        |_| path.to_bytes().to_vec(),
        |target| ended(At::here(&target), links - 1),
    )
}

/// The name in its real folder: the last part is not followed.
pub fn named(at: At<'_>) -> Vec<u8> {
    if let Some(plain) = plain(at.path, O_NOFOLLOW) {
        return plain.path;
    }
    let (folder, name) = split(at.path.to_bytes());
    if matches!(name, b"" | b"." | b"..") {
        return reached(At {
            folder: at.folder,
            path: at.path,
        })
        .unwrap_or_else(|| at.path.to_bytes().to_vec());
    }
    let written = if folder.is_empty() && at.path.to_bytes().starts_with(b"/") {
        b"/"
    } else {
        folder
    };
    let real = match CString::new(if written.is_empty() { b"." } else { written }) {
        Ok(folder) => reached(At {
            folder: at.folder,
            path: &folder,
        }),
        Err(_) => None,
    };
    let mut path = real.unwrap_or_else(|| unreached(at.folder, written));
    if !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// Where a folder would be that is not there, or cannot be opened.
fn unreached(folder: c_int, written: &[u8]) -> Vec<u8> {
    let whole = if written.starts_with(b"/") {
        written.to_vec()
    } else {
        let above = if folder == AT_FDCWD {
            linked(c"/proc/self/cwd")
        } else {
            of_descriptor(folder)
        };
        [&above.unwrap_or_default()[..], b"/", written].concat()
    };
    of_this_process(walked(&whole))
}

/// The path of a folder that is there.
fn reached(at: At<'_>) -> Option<Vec<u8>> {
    if let Some(Plain { path, .. }) = plain(at.path, 0).filter(|plain| !plain.is_missing) {
        return Some(path);
    }
    let file = kernel::open_at(at.folder, at.path, O_PATH | O_DIRECTORY)?;
    let path = of_descriptor(file);
    kernel::close(file);
    path
}

/// A path's folder and its last part; trailing slashes belong to neither.
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(0, |last| last + 1);
    let path = &path[..end];
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"", path),
    }
}

/// `/proc/<our number>` under the name that stays the same.
pub fn of_this_process(path: Vec<u8>) -> Vec<u8> {
    let Some(rest) = path.strip_prefix(b"/proc/") else {
        return path;
    };
    let own = kernel::process_id().to_string();
    match rest.strip_prefix(own.as_bytes()) {
        Some(rest) if rest.starts_with(b"/") => [b"/proc/self", rest].concat(),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    fn c(text: &str) -> CString {
        CString::new(text).unwrap()
    }

    #[test]
    fn a_path_is_the_one_the_kernel_reaches() {
        let folder = std::env::temp_dir().join(format!("hauberk-wall-{}", kernel::process_id()));
        std::fs::create_dir_all(folder.join("real")).unwrap();
        std::fs::write(folder.join("real/file"), "").unwrap();
        symlink("real", folder.join("link")).unwrap();
        symlink("/etc/passwd", folder.join("password")).unwrap();
        symlink("nowhere/x", folder.join("dangling")).unwrap();
        symlink("real/x", folder.join("later")).unwrap();
        let base = folder.to_str().unwrap().to_owned();
        let rows = [
            ("/link/file", "/real/file", "/real/file"),
            ("/link/../real/file", "/real/file", "/real/file"),
            ("//real//./file", "/real/file", "/real/file"),
            ("/real/new", "/real/new", "/real/new"),
            ("/link/new", "/real/new", "/real/new"),
            ("/later", "/real/x", "/later"),
            ("/link/", "/real", "/link"),
            ("/real/.", "/real", "/real"),
        ];
        for (written, end, name) in rows {
            let path = c(&format!("{base}{written}"));
            let told = |path: Vec<u8>| String::from_utf8(path).unwrap();
            assert_eq!(
                told(followed(At::here(&path))),
                format!("{base}{end}"),
                "{written}"
            );
            assert_eq!(
                told(named(At::here(&path))),
                format!("{base}{name}"),
                "{written}"
            );
        }
        let password = c(&format!("{base}/password"));
        assert_eq!(followed(At::here(&password)), b"/etc/passwd");
        symlink("dangling", folder.join("real/../chain")).unwrap();
        let chain = c(&format!("{base}/chain"));
        assert!(followed(At::here(&chain)).ends_with(b"/nowhere/x"));
        symlink("circle", folder.join("circle")).unwrap();
        assert!(followed(At::here(&c(&format!("{base}/circle")))).ends_with(b"/circle"));
        let dangling = c(&format!("{base}/dangling"));
        assert!(followed(At::here(&dangling)).ends_with(b"/nowhere/x"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_relative_path_is_below_its_folder() {
        let tmp = c("/usr");
        let folder = kernel::open_at(AT_FDCWD, &tmp, O_PATH).unwrap();
        assert_eq!(
            followed(At {
                folder,
                path: c"bin/env"
            }),
            b"/usr/bin/env"
        );
        assert_eq!(
            named(At {
                folder,
                path: c"no-such-thing"
            }),
            b"/usr/no-such-thing"
        );
        kernel::close(folder);
        let here = std::env::current_dir().unwrap();
        let expected = [here.as_os_str().as_bytes(), b"/no-such-thing"].concat();
        assert_eq!(followed(At::here(c"no-such-thing")), expected);
        let deeper = [here.as_os_str().as_bytes(), b"/no/such/thing"].concat();
        assert_eq!(followed(At::here(c"no/./such/thing")), deeper);
        assert_eq!(named(At::here(c"/no-such-thing")), b"/no-such-thing");
        assert_eq!(named(At::here(c"/")), b"/");
    }

    #[test]
    fn files_of_this_process_have_one_name() {
        let own = c(&format!("/proc/{}/maps", kernel::process_id()));
        assert_eq!(followed(At::here(&own)), b"/proc/self/maps");
        assert_eq!(followed(At::here(c"/proc/self/maps")), b"/proc/self/maps");
        assert_eq!(
            followed(At::here(c"/proc/thread-self/../../environ")),
            b"/proc/self/environ"
        );
    }
}
