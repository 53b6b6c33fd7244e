//! Whose an open file is, what its rights are, for what it is open, and where nobody can write.

use super::{call, number, word};
use std::ffi::{CStr, c_int};

/// An open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Whether it has a name: a temporary one may have none, one in memory has none.
    pub has_name: bool,
    pub is_folder: bool,
    pub user: u32,
    pub group: u32,
    /// Without its kind.
    pub mode: u32,
    /// Whether it was opened to be written.
    pub is_writable: bool,
}

#[allow(clippy::cast_possible_truncation)] // halves and quarters of words
pub fn rights(file: c_int) -> Option<Rights> {
    const AT_EMPTY_PATH: usize = 0x1000;
    const STATX_BASIC_STATS: usize = 0x7FF;
    const F_GETFL: usize = 3;
    let mut found = [0_u64; 32]; // `struct statx` is 256 bytes
    let path = c"";
    let arguments = [
        word(file),
        path.as_ptr() as usize,
        AT_EMPTY_PATH,
        STATX_BASIC_STATS,
        found.as_mut_ptr() as usize,
        0,
    ];
    // SAFETY: a live C string, and the kernel writes one `struct statx` into live memory.
    let answer = unsafe { call(number::STATX, arguments) };
    if answer != 0 {
        return None;
    }
    // SAFETY: this touches no memory.
    let flags = unsafe { call(number::FCNTL, [word(file), F_GETFL, 0, 0, 0, 0]) };
    let [links_and_user, group_and_mode] = [found[2], found[3]];
    let mode = (group_and_mode >> 32) as u32;
    Some(Rights {
        has_name: links_and_user as u32 != 0,
        is_folder: mode & 0o170_000 == 0o040_000,
        user: (links_and_user >> 32) as u32,
        group: group_and_mode as u32,
        mode: mode & 0o7777,
        is_writable: flags >= 0 && flags & 3 != 0,
    })
}

/// Whether nobody can write where a path leads: it is on a file system that is only read.
pub fn is_read_only(path: &CStr) -> bool {
    const ST_RDONLY: u64 = 1;
    let mut found = [0_u64; 16]; // `struct statfs` is 120 bytes
    let arguments = [
        path.as_ptr() as usize,
        found.as_mut_ptr() as usize,
        0,
        0,
        0,
        0,
    ];
    // SAFETY: a live C string, and the kernel writes one `struct statfs` into live memory that is large enough.
    let answer = unsafe { call(number::STATFS, arguments) };
    answer == 0 && found[10] & ST_RDONLY != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    #[test]
    fn an_open_file_is_known_as_it_is() {
        let path = std::env::temp_dir().join(format!("hauberk-rights-{}", std::process::id()));
        let written = std::fs::File::create(&path).unwrap();
        let permissions = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(&path, permissions).unwrap();
        let read = std::fs::File::open(&path).unwrap();
        let known = rights(read.as_raw_fd()).unwrap();
        let told = read.metadata().unwrap();
        assert_eq!(
            (known.user, known.group, known.mode),
            (told.uid(), told.gid(), 0o640)
        );
        assert!(known.has_name && !known.is_writable && !known.is_folder);
        assert!(rights(written.as_raw_fd()).unwrap().is_writable);
        std::fs::remove_file(&path).unwrap();
        assert!(!rights(read.as_raw_fd()).unwrap().has_name);
        assert_eq!(rights(-1), None);
    }
}
