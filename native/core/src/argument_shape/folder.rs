//! What is kept of a path: all, where nothing changes while the function runs; else the folder that all share.

use super::told::Secrets;
use crate::normal_path::normal;

/// Where the platform, the package and its layers stand: what is there was deployed.
#[rustfmt::skip]
const DEPLOYED: [&[u8]; 13] = [
    b"/var/task", b"/var/lang", b"/var/runtime", b"/opt", b"/usr", b"/bin", b"/sbin", b"/lib", b"/lib64", b"/etc",
    b"/app", b"/function", b"/asset",
];
/// Folders whose names are a machine's and no person's; the deeper before those that hold them.
#[rustfmt::skip]
const SHARED: [&[u8]; 13] = [
    b"/var/tmp", b"/dev/shm", b"/tmp", b"/mnt", b"/home", b"/root", b"/proc", b"/sys", b"/run", b"/dev", b"/var",
    b"/srv", b"/media",
];
const DEVICES: [&[u8]; 7] = [
    b"/dev/null",
    b"/dev/stdin",
    b"/dev/stdout",
    b"/dev/stderr",
    b"/dev/zero",
    b"/dev/random",
    b"/dev/urandom",
];
const LONGEST_KEPT: usize = 120;

/// What stands for an absolute path.
pub(super) enum Place {
    /// It stands for itself.
    Kept(Vec<u8>),
    /// Something below this folder, which may be the root.
    Below(&'static [u8]),
}

/// Where an absolute path leads, as far as its text tells.
pub(super) fn place(path: &[u8], secrets: Secrets<'_>) -> Place {
    let path = normal(path);
    let is_in = |folder: &&&[u8]| is_below(&path, folder) || path == **folder;
    let deployed = DEPLOYED.iter().find(is_in);
    let shared = SHARED.iter().find(is_in);
    let is_shared_itself = shared.is_some_and(|folder| path == *folder) || path == b"/";
    let stays = deployed.is_some() || is_shared_itself || DEVICES.contains(&&*path);
    let is_plain = || path.len() <= LONGEST_KEPT && path.iter().copied().all(is_of_kept);
    if stays && is_plain() && secrets.spare(&path) {
        return Place::Kept(path);
    }
    Place::Below(deployed.or(shared).copied().unwrap_or_default())
}

fn is_below(path: &[u8], folder: &[u8]) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with(b"/"))
}

/// Signs that stand in names of deployed files, and in no pattern.
pub(super) fn is_of_kept(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._+@=,:/-".contains(&byte)
}
