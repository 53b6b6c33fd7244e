//! Files that are removed, renamed, linked, made, cut, or given other rights.

use super::{refused, text};
use crate::kernel::{self, AT_FDCWD};
use crate::path::{At, followed, named};
use crate::real;
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::ffi::{c_char, c_int, c_uint};

const AT_SYMLINK_NOFOLLOW: c_int = 0x100;

type Text = *const c_char;

/// What a path names to a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// What it leads to, links at its end followed.
    End,
    /// The name itself.
    Itself,
    /// A name that is not there yet.
    New,
}

/// # Safety
/// The path is null or a C string.
unsafe fn on_one(
    operation: &'static str,
    names: Names,
    (folder, path): (c_int, Text),
    go: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path)) = (wall(), unsafe { text(path) }) else {
        return go();
    };
    // What is not there cannot be acted on, what is there cannot be made: the call says so itself.
    if kernel::is_there(folder, path) == (names == Names::New) {
        return go();
    }
    let at = At { folder, path };
    let target = if names == Names::End {
        followed(at)
    } else {
        named(at)
    };
    if wall.admits(&[Act::new(Kind::File, operation, &target)]) {
        go()
    } else {
        refused()
    }
}

/// # Safety
/// Both paths are null or C strings.
unsafe fn on_two(
    operation: &'static str,
    (folder, from): (c_int, Text),
    (other, to): (c_int, Text),
    go: impl FnOnce() -> c_int,
) -> c_int {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(from), Some(to)) = (wall(), unsafe { text(from) }, unsafe { text(to) })
    else {
        return go();
    };
    if !kernel::is_there(folder, from) {
        return go();
    }
    let (from, to) = (
        named(At { folder, path: from }),
        named(At {
            folder: other,
            path: to,
        }),
    );
    let acts = [&from, &to].map(|target| Act::new(Kind::File, operation, target));
    if wall.admits(&acts) { go() } else { refused() }
}

fn by(flags: c_int) -> Names {
    if flags & AT_SYMLINK_NOFOLLOW != 0 {
        Names::Itself
    } else {
        Names::End
    }
}

/// Calls on one path: the word for it, how the path is read, and which arguments name it.
macro_rules! on_one {
    ($($name:ident ($($argument:ident: $type:ty),*) $operation:literal $names:expr, $at:expr;)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe { on_one($operation, $names, $at, || real::$name($($argument),*)) }
            }
        )*
    };
}

on_one! {
    unlink(path: Text) "delete" Names::Itself, (AT_FDCWD, path);
    unlinkat(folder: c_int, path: Text, flags: c_int) "delete" Names::Itself, (folder, path);
    remove(path: Text) "delete" Names::Itself, (AT_FDCWD, path);
    rmdir(path: Text) "delete" Names::Itself, (AT_FDCWD, path);
    mkdir(path: Text, mode: c_uint) "write" Names::New, (AT_FDCWD, path);
    mkdirat(folder: c_int, path: Text, mode: c_uint) "write" Names::New, (folder, path);
    mkfifo(path: Text, mode: c_uint) "write" Names::New, (AT_FDCWD, path);
    truncate(path: Text, length: i64) "write" Names::End, (AT_FDCWD, path);
    truncate64(path: Text, length: i64) "write" Names::End, (AT_FDCWD, path);
    chmod(path: Text, mode: c_uint) "chmod" Names::End, (AT_FDCWD, path);
    fchmodat(folder: c_int, path: Text, mode: c_uint, flags: c_int) "chmod" by(flags), (folder, path);
    chown(path: Text, user: c_uint, group: c_uint) "chmod" Names::End, (AT_FDCWD, path);
    lchown(path: Text, user: c_uint, group: c_uint) "chmod" Names::Itself, (AT_FDCWD, path);
    fchownat(folder: c_int, path: Text, user: c_uint, group: c_uint, flags: c_int) "chmod" by(flags), (folder, path);
}

/// Calls on two paths.
macro_rules! on_two {
    ($($name:ident ($($argument:ident: $type:ty),*) $operation:literal $from:expr, $to:expr;)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe { on_two($operation, $from, $to, || real::$name($($argument),*)) }
            }
        )*
    };
}

on_two! {
    rename(from: Text, to: Text) "rename" (AT_FDCWD, from), (AT_FDCWD, to);
    renameat(folder: c_int, from: Text, other: c_int, to: Text) "rename" (folder, from), (other, to);
    renameat2(folder: c_int, from: Text, other: c_int, to: Text, flags: c_uint) "rename" (folder, from), (other, to);
    link(from: Text, to: Text) "link" (AT_FDCWD, from), (AT_FDCWD, to);
    linkat(folder: c_int, from: Text, other: c_int, to: Text, flags: c_int) "link" (folder, from), (other, to);
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn symlink(from: Text, to: Text) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { linked(from, (AT_FDCWD, to), || real::symlink(from, to)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn symlinkat(from: Text, other: c_int, to: Text) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { linked(from, (other, to), || real::symlinkat(from, other, to)) }
}

/// What a link says is read from the folder that the link is in.
///
/// # Safety
/// Both texts are null or C strings.
unsafe fn linked(from: Text, (other, to): (c_int, Text), go: impl FnOnce() -> c_int) -> c_int {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(from), Some(to)) = (wall(), unsafe { text(from) }, unsafe { text(to) })
    else {
        return go();
    };
    let to = named(At {
        folder: other,
        path: to,
    });
    let folder = to
        .iter()
        .rposition(|byte| *byte == b'/')
        .map_or(&b"/"[..], |slash| &to[..slash]);
    let written = from.to_bytes();
    let whole = if written.starts_with(b"/") {
        written.to_vec()
    } else {
        [folder, b"/", written].concat()
    };
    let from = std::ffi::CString::new(whole)
        .map_or_else(|_| written.to_vec(), |path| followed(At::here(&path)));
    let acts = [&from, &to].map(|target| Act::new(Kind::File, "link", target));
    if wall.admits(&acts) { go() } else { refused() }
}
