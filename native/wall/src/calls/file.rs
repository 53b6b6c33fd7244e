//! Files that are opened.
//!
//! What only reads is judged by what was opened, so that no link can change in between; what creates or empties a file
//! is judged before. A file that is not there is no act.
//!
//! Does not see: `stat`, `readlink`, what folders hold

use super::{refused, text};
use crate::kernel::{self, AT_FDCWD, O_ACCMODE, O_CREAT, O_DIRECTORY, O_PATH, O_TRUNC, O_WRONLY};
use crate::memo;
use crate::path::{self, At, followed, named};
use crate::provenance;
use crate::real;
use crate::wall::{Act, Answer, Wall, wall};
use hauberk_core::activity::Kind;
use std::ffi::{CStr, c_char, c_int, c_uint};

/// Without the bit of `O_DIRECTORY` that it has too.
const O_TMPFILE: c_int = 0o20_000_000;
const O_EXCL: c_int = 0o200;

type Text = *const c_char;

/// The word for what an open may do.
pub(super) fn operation(flags: c_int) -> &'static str {
    if flags & O_ACCMODE != 0 || changes(flags) {
        "write"
    } else {
        "read"
    }
}

/// Whether the open itself changes something.
pub(super) fn changes(flags: c_int) -> bool {
    flags & (O_CREAT | O_TRUNC | O_TMPFILE) != 0
}

/// Whether an open gives nothing to read or to write: a mere place, or a folder, which is opened to open what is in it.
fn is_place(flags: c_int) -> bool {
    flags & O_PATH != 0 || flags & O_DIRECTORY != 0 && flags & O_TMPFILE == 0
}

/// Whether a call may pass without a look: it reads what the platform or the function's package brought, or a child its
/// own map, as libraries do that guard its stack.
pub(super) fn is_free(wall: &Wall, operation: &str, path: &CStr) -> bool {
    let is_read = operation != "write";
    is_read && (is_below(path.to_bytes(), &wall.free) || is_own_map(path) && !wall.is_owner())
}

/// A process' look at how its own memory is laid out, by either name that it has: libffi asks by its number.
pub(super) fn is_own_map(path: &CStr) -> bool {
    let Some(rest) = path.to_bytes().strip_prefix(b"/proc/") else {
        return false;
    };
    let Some(slash) = rest.iter().position(|byte| *byte == b'/') else {
        return false;
    };
    let (process, file) = rest.split_at(slash);
    matches!(file, b"/maps" | b"/smaps" | b"/auxv")
        && (process == b"self" || process == kernel::process_id().to_string().as_bytes())
}

/// Whether a path, as it is written, goes straight to something below one of these folders.
fn is_below(path: &[u8], folders: &[Vec<u8>]) -> bool {
    let is_in = |folder: &Vec<u8>| {
        path.len() > folder.len() && path.starts_with(folder) && path[folder.len()] == b'/'
    };
    folders.iter().any(is_in) && !path.windows(3).any(|part| part == b"/..")
}

/// Whether an open may change what it would.
pub(super) fn admits_change(wall: &Wall, at: At<'_>, flags: c_int) -> bool {
    let is_new = flags & O_EXCL != 0 && flags & O_CREAT != 0;
    let target = if is_new { named(at) } else { followed(at) };
    admits(wall, "write", &target)
}

/// Whether an open may be made that is judged by its path alone.
pub(super) fn admits_unopened(wall: &Wall, at: At<'_>, flags: c_int) -> bool {
    let operation = operation(flags);
    if is_place(flags) || is_free(wall, operation, at.path) {
        return true;
    }
    if changes(flags) {
        admits_change(wall, at, flags)
    } else {
        admits(wall, operation, &followed(at))
    }
}

/// Whether what was opened by this path may be used. Pipes, sockets and their like have no path; the same file by the
/// same path is looked at once in a process.
pub(super) fn admits_opened(
    wall: &Wall,
    operation: &'static str,
    path: &CStr,
    file: c_int,
) -> bool {
    let kernel::Opened { is_folder, birth } = kernel::opened(file);
    if is_folder {
        return true;
    }
    // Who writes matters each time where it may be a library that was brought in.
    let is_same = operation == "read" || !provenance::may_be_foreign(wall);
    let known = birth
        .filter(|_| is_same)
        .map(|birth| wall.known(Kind::File, operation, [path.to_bytes(), &birth]));
    if known.is_some_and(memo::contains) {
        return true;
    }
    let Some(target) = path::of_descriptor(file).filter(|target| target.starts_with(b"/")) else {
        return true;
    };
    let answer = wall.answer(&Act::new(Kind::File, operation, &target));
    if answer == Answer::Pass {
        known.into_iter().for_each(memo::add);
    }
    answer != Answer::Block
}

/// Tells of an open that the kernel's wall has refused, which says nothing itself: the file's own rights would have let it.
pub(super) fn tell_held(wall: &Wall, operation: &'static str, at: At<'_>) {
    let is_by_kernel = |(kind, by): &(String, String)| kind.starts_with("file") && by == "kernel";
    if real::errno() != real::EACCES
        || !wall.setting.walls.iter().any(is_by_kernel)
        || !kernel::has_rights(at.folder, at.path, operation == "write")
    {
        return;
    }
    let Some(file) = kernel::open_at(at.folder, at.path, O_PATH) else {
        return;
    };
    let target = path::of_descriptor(file).filter(|_| !kernel::opened(file).is_folder);
    kernel::close(file);
    if let Some(target) = target {
        admits(wall, operation, &target);
    }
    real::set_errno(real::EACCES);
}

fn admits(wall: &Wall, operation: &'static str, target: &[u8]) -> bool {
    wall.admits(&[Act::new(Kind::File, operation, target)])
}

/// # Safety
/// The path is null or a C string; `go` opens it.
unsafe fn opened(folder: c_int, path: Text, flags: c_int, go: impl FnOnce() -> c_int) -> c_int {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path)) = (wall(), unsafe { text(path) }) else {
        return go();
    };
    let operation = operation(flags);
    if is_place(flags) || is_free(wall, operation, path) {
        return go();
    }
    if changes(flags) {
        return if admits_change(wall, At { folder, path }, flags) {
            go()
        } else {
            refused()
        };
    }
    let file = go();
    if file < 0 {
        tell_held(wall, operation, At { folder, path });
        return file;
    }
    if admits_opened(wall, operation, path, file) {
        return file;
    }
    kernel::close(file);
    refused()
}

/// Opens of one form: a folder or none, and a mode or none.
macro_rules! opens {
    ($($name:ident ($folder:ident; $($argument:ident: $type:ty),*);)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe { opens!(@call $name $folder; $($argument),*) }
            }
        )*
    };
    (@call $name:ident here; $path:ident, $flags:ident $(, $mode:ident)?) => {
        opened(AT_FDCWD, $path, $flags, || real::$name($path, $flags $(, $mode)?))
    };
    (@call $name:ident below; $folder:ident, $path:ident, $flags:ident $(, $mode:ident)?) => {
        opened($folder, $path, $flags, || real::$name($folder, $path, $flags $(, $mode)?))
    };
    (@call $name:ident anew; $path:ident, $mode:ident) => {
        opened(AT_FDCWD, $path, O_CREAT | O_WRONLY | O_TRUNC, || real::$name($path, $mode))
    };
}

opens! {
    open(here; path: Text, flags: c_int, mode: c_uint);
    open64(here; path: Text, flags: c_int, mode: c_uint);
    __open_2(here; path: Text, flags: c_int);
    __open64_2(here; path: Text, flags: c_int);
    openat(below; folder: c_int, path: Text, flags: c_int, mode: c_uint);
    openat64(below; folder: c_int, path: Text, flags: c_int, mode: c_uint);
    __openat_2(below; folder: c_int, path: Text, flags: c_int);
    __openat64_2(below; folder: c_int, path: Text, flags: c_int);
    creat(anew; path: Text, mode: c_uint);
    creat64(anew; path: Text, mode: c_uint);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_is_what_its_flags_say() {
        let rows = [
            (0, "read", false),
            (O_WRONLY, "write", false),
            (kernel::O_RDWR, "write", false),
            (O_CREAT, "write", true),
            (O_TRUNC, "write", true),
            (O_TMPFILE | O_DIRECTORY | O_WRONLY, "write", true),
            (kernel::O_CLOEXEC | kernel::O_NOFOLLOW, "read", false),
        ];
        for (flags, word, changing) in rows {
            assert_eq!(
                (operation(flags), changes(flags)),
                (word, changing),
                "{flags:o}"
            );
        }
    }

    #[test]
    fn a_map_is_a_process_own_by_its_word_or_its_number() {
        let number = kernel::process_id();
        let rows = [
            ("/proc/self/maps".to_owned(), true),
            (format!("/proc/{number}/maps"), true),
            (format!("/proc/{number}/auxv"), true),
            (format!("/proc/{}/maps", number + 1), false),
            (format!("/proc/{number}/environ"), false),
            (format!("/proc/{number}/maps/x"), false),
            ("/proc/1x/maps".to_owned(), false),
            ("/proc/maps".to_owned(), false),
            ("/tmp/self/maps".to_owned(), false),
        ];
        for (path, expected) in rows {
            let path = std::ffi::CString::new(path).unwrap();
            assert_eq!(is_own_map(&path), expected, "{path:?}");
        }
    }

    #[test]
    fn what_climbs_is_below_nothing() {
        let folders = [b"/usr".to_vec()];
        for (path, expected) in [
            ("/usr/lib/x", true),
            ("/usr/../etc/x", false),
            ("/usrx/y", false),
            ("/usr", false),
            ("usr/x", false),
        ] {
            assert_eq!(is_below(path.as_bytes(), &folders), expected, "{path}");
        }
    }
}
