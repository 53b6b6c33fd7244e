//! What a folder holds, asked of the kernel.

use super::{AT_FDCWD, O_DIRECTORY, call, close, number, open_at, word};
use std::ffi::CStr;

/// What an entry is, as far as the folder itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Folder,
    Link,
    Other,
}

/// Names, and what they are; none where it cannot be read.
pub fn entries(path: &CStr) -> Option<Vec<(Vec<u8>, Sort)>> {
    const AT_ONCE: usize = 16_384;
    let file = open_at(AT_FDCWD, path, O_DIRECTORY)?;
    let mut found = Vec::new();
    let mut room = vec![0; AT_ONCE];
    let is_whole = loop {
        let arguments = [word(file), room.as_mut_ptr() as usize, AT_ONCE, 0, 0, 0];
        // SAFETY: the kernel writes at most so many bytes.
        match usize::try_from(unsafe { call(number::GETDENTS64, arguments) }) {
            Ok(0) => break true,
            Ok(length) => read(&room[..length.min(AT_ONCE)], &mut found),
            Err(_) => break false,
        }
    };
    close(file);
    is_whole.then_some(found)
}

/// Reads some `struct linux_dirent64`: 16 bytes, how long it is, its type, its name up to a zero.
fn read(mut bytes: &[u8], found: &mut Vec<(Vec<u8>, Sort)>) {
    const NAME: usize = 19;
    while let [.., low, high, sort] = bytes.get(..NAME).unwrap_or_default() {
        let length = usize::from(u16::from_ne_bytes([*low, *high]));
        let Some(name) = bytes.get(NAME..length) else {
            return;
        };
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        let sort = match sort {
            4 => Sort::Folder,
            10 => Sort::Link,
            _ => Sort::Other,
        };
        if !matches!(name, b"." | b"..") {
            found.push((name.to_vec(), sort));
        }
        bytes = &bytes[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    #[test]
    fn a_folder_holds_what_was_put_there() {
        let folder = std::env::temp_dir().join(format!("hauberk-entries-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("folder")).unwrap();
        for n in 0..600 {
            std::fs::write(folder.join(format!("file-with-a-long-name-{n}")), "").unwrap();
        }
        std::os::unix::fs::symlink("folder", folder.join("link")).unwrap();
        let path = CString::new(folder.to_str().unwrap()).unwrap();
        let found = entries(&path).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found.len(), 602);
        assert!(found.contains(&(b"folder".to_vec(), Sort::Folder)));
        assert!(found.contains(&(b"link".to_vec(), Sort::Link)));
        assert!(found.contains(&(b"file-with-a-long-name-7".to_vec(), Sort::Other)));
        assert_eq!(entries(c"/no/such/folder"), None);
    }
}
