//! Links that lead out of the package: the second wall lets what is below the package be read as it is written, so the
//! kernel must too.
//!
//! Does not see: links deeper than [`DEEPEST`] folders

use crate::kernel::{self, AT_FDCWD, O_PATH, Sort};
use crate::path;
use std::ffi::CString;

/// How many folders deep links are looked for, and in how many folders in all.
const DEEPEST: usize = 3;
const MOST_FOLDERS: usize = 100;

/// Where they lead, of all links near the top of these folders.
pub fn out_of(roots: &[String]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders: Vec<Vec<u8>> = roots.iter().map(|root| root.clone().into_bytes()).collect();
    let mut looked_at = 0;
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for folder in folders {
            looked_at += 1;
            if looked_at > MOST_FOLDERS {
                return found;
            }
            let entries = CString::new(folder.clone())
                .ok()
                .and_then(|folder| kernel::entries(&folder));
            for (name, sort) in entries.into_iter().flatten() {
                let path = [&folder[..], b"/", &name].concat();
                match sort {
                    Sort::Folder => next.push(path),
                    Sort::Link => found.extend(end(path)),
                    Sort::Other => {}
                }
            }
        }
        folders = next;
    }
    found
}

/// What a link leads to, if that is there.
fn end(link: Vec<u8>) -> Option<Vec<u8>> {
    let link = CString::new(link).ok()?;
    let file = kernel::open_at(AT_FDCWD, &link, O_PATH)?;
    let path = path::of_descriptor(file);
    kernel::close(file);
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_near_the_top_are_followed() {
        let folder = std::env::temp_dir().join(format!("hauberk-links-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("a/b/c")).unwrap();
        for (name, to) in [
            ("x", "/etc"),
            ("a/y", "/usr/bin"),
            ("a/b/z", "/dev/null"),
            ("a/b/c/w", "/var"),
        ] {
            symlink(to, folder.join(name)).unwrap();
        }
        symlink("/no/such/thing", folder.join("nothing")).unwrap();
        symlink("/", folder.join("root")).unwrap();
        let mut found = out_of(&[folder.to_str().unwrap().to_owned(), "/no/such".to_owned()]);
        std::fs::remove_dir_all(&folder).unwrap();
        found.sort();
        let expected = ["/", "/dev/null", "/etc", "/usr/bin"].map(|path| path.as_bytes().to_vec());
        assert_eq!(found, expected);
    }
}
