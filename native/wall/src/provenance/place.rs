//! Where a library is of the package, its layers, the runtime or the platform, and where it was brought in.

use crate::kernel;
use crate::start::PLATFORM;
use crate::wall::Wall;
use std::ffi::CString;

/// Whether a file is below a folder that the platform, the function's package or its configuration names.
fn is_known(wall: &Wall, file: &[u8]) -> bool {
    let setting = &wall.setting;
    let told = setting.roots.iter().chain(&setting.folders);
    let mut folders = PLATFORM.into_iter().chain(told.map(String::as_str));
    folders.any(|folder| {
        let rest = file.strip_prefix(folder.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"/"))
    })
}

/// Whether the name of a library, as it was asked for, leads to none that was brought in, as far as a name tells. What has
/// no path is looked for in the system's folders.
pub(super) fn is_ordinary(wall: &Wall, name: &[u8]) -> bool {
    if !name.contains(&b'/') {
        return true;
    }
    let climbs = name.windows(3).any(|part| part == b"/..");
    is_known(wall, name) && !climbs && !wall.is_written(name)
}

/// Whether a file, by its own path, was brought in: it was written in this environment, or stands where one can write and
/// nobody looks for code.
pub(super) fn is_foreign(wall: &Wall, file: &[u8]) -> bool {
    if wall.is_written(file) {
        return true;
    }
    let is_read_only = || CString::new(file).is_ok_and(|path| kernel::is_read_only(&path));
    !is_known(wall, file) && !is_read_only()
}
