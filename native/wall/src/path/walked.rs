//! Where a path leads, found without opening anything: where no descriptor is left, and of what is not there.

use crate::path::{MOST_LINKS, linked};
use std::ffi::CString;

/// A whole path with all links in it followed; what is behind a part that is not there stays as it is written. Links
/// beyond those that the kernel follows stay, too: the call fails by itself.
pub fn walked(path: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(path.len());
    let mut left = path.to_vec();
    let mut links = 0;
    while !left.is_empty() {
        let end = left.iter().position(|byte| *byte == b'/');
        let rest = end.map_or(Vec::new(), |end| left[end + 1..].to_vec());
        let part = &left[..end.unwrap_or(left.len())];
        let above = found.len();
        match part {
            b"" | b"." => {}
            b".." => found.truncate(found.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
            _ => {
                found.push(b'/');
                found.extend_from_slice(part);
                let target = CString::new(&found[..]).ok().and_then(|path| linked(&path));
                if let Some(target) = target.filter(|_| links < MOST_LINKS) {
                    links += 1;
                    let is_whole = target.starts_with(b"/");
                    found.truncate(if is_whole { 0 } else { above });
                    left = [&target[..], b"/", &rest].concat();
                    continue;
                }
            }
        }
        left = rest;
    }
    if found.is_empty() {
        found.push(b'/');
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_path_is_walked_as_the_kernel_walks_it() {
        let folder = std::env::temp_dir().join(format!("hauberk-walked-{}", std::process::id()));
        let base = folder.to_str().unwrap();
        std::fs::create_dir_all(folder.join("real/deep")).unwrap();
        symlink("real/deep", folder.join("link")).unwrap();
        symlink(folder.join("link"), folder.join("whole")).unwrap();
        symlink("circle", folder.join("circle")).unwrap();
        let rows = [
            ("/real/deep", "/real/deep"),
            ("/link", "/real/deep"),
            ("/link/..", "/real"),
            ("/whole/../x", "/real/x"),
            ("/real//./deep/../deep", "/real/deep"),
            ("/missing/../real", "/real"),
            ("/missing/x", "/missing/x"),
            ("/circle", "/circle"),
        ];
        for (written, expected) in rows {
            let found = walked(format!("{base}{written}").as_bytes());
            assert_eq!(
                String::from_utf8(found).unwrap(),
                format!("{base}{expected}"),
                "{written}"
            );
        }
        assert_eq!(walked(b"/.."), b"/");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
