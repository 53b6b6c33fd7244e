//! Paths without links, which are their own names: one look at the kernel tells most of them.

use crate::kernel::{self, Straight};
use crate::path::{of_this_process, split};
use hauberk_core::normal_path::normal;
use std::ffi::{CStr, c_int};

/// A path without links, which is its own name.
pub struct Plain {
    pub path: Vec<u8>,
    /// That nothing is there, nor its folder perhaps. A path through what is no folder is not told from one to what is there.
    pub is_missing: bool,
}

/// Most paths have no link in them, which is cheaper to ask than where a path leads; none of those that have, of relative
/// ones, and where the kernel cannot say. `flags`: `O_NOFOLLOW` where a link at the end is meant itself.
pub fn plain(path: &CStr, flags: c_int) -> Option<Plain> {
    if !path.to_bytes().starts_with(b"/") {
        return None;
    }
    let is_missing = match kernel::straight(path, flags) {
        Straight::There => false,
        Straight::Missing => true,
        Straight::Unknown => return None,
    };
    let path = of_this_process(normal(path.to_bytes()));
    Some(Plain { path, is_missing })
}

/// What is named in a folder by which another path, which is plain, was written too.
pub fn beside(plain: &CStr, path: &CStr) -> Option<Vec<u8>> {
    let [(folder, name), (other, own)] = [plain, path].map(|one| split(one.to_bytes()));
    let is_name = |name: &[u8]| !matches!(name, b"" | b"." | b"..");
    (folder == other && is_name(name) && is_name(own))
        .then(|| of_this_process(normal(path.to_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::O_NOFOLLOW;
    use std::ffi::CString;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_what_has_no_link_in_it_is_plain() {
        let folder = std::env::temp_dir().join(format!("hauberk-plain-{}", kernel::process_id()));
        let folder = folder.to_str().unwrap();
        std::fs::create_dir_all(format!("{folder}/real")).unwrap();
        std::fs::write(format!("{folder}/real/file"), "").unwrap();
        symlink("real", format!("{folder}/link")).unwrap();
        symlink("nowhere", format!("{folder}/dangling")).unwrap();
        let rows = [
            // path, links at its end followed, the name itself: is it missing
            ("/real/file", Some(false), Some(false)),
            ("/real//../real/./file", Some(false), Some(false)),
            ("/real/new", Some(true), Some(true)),
            ("/nowhere/new", Some(true), Some(true)),
            ("/link", None, Some(false)),
            ("/link/", None, None),
            ("/link/file", None, None),
            ("/link/../real/file", None, None),
            ("/dangling", None, Some(false)),
            ("/real/file/below", Some(false), Some(false)),
        ];
        for (written, end, itself) in rows {
            let path = CString::new(format!("{folder}{written}")).unwrap();
            let found = [0, O_NOFOLLOW].map(|flags| plain(&path, flags).map(|one| one.is_missing));
            assert_eq!(found, [end, itself], "{written}");
        }
        assert!(plain(c"etc/passwd", 0).is_none());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_beside_another_is_in_the_same_words_of_a_folder() {
        let rows = [
            ("/a/b", "/a/c", Some("/a/c")),
            ("/a//b", "/a//c/", Some("/a/c")),
            ("/b", "/c", Some("/c")),
            ("/a/b", "/d/c", None),
            ("/a/b", "/a/d/c", None),
            ("/a/b", "/a/..", None),
            ("/a/.", "/a/c", None),
            ("/a/b", "c", None),
        ];
        for (one, other, expected) in rows {
            let [one, other] = [one, other].map(|path| CString::new(path).unwrap());
            let found = beside(&one, &other);
            assert_eq!(
                found.as_deref(),
                expected.map(str::as_bytes),
                "{one:?} {other:?}"
            );
        }
    }
}
