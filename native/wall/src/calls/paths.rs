//! Files that are removed, renamed, linked, made, cut, or given other rights, times or attributes.
//!
//! Does not see: what is cut that is open already: it is open to be written, which was judged

use super::opened::on_open;
use super::{refused, text};
use crate::kernel::{self, AT_FDCWD, O_NOFOLLOW};
use crate::path::{At, Plain, beside, followed, named, of_descriptor, plain};
use crate::real;
use crate::wall::{Act, wall};
use hauberk_core::activity::Kind;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

const AT_SYMLINK_NOFOLLOW: c_int = 0x100;
const AT_SYMLINK_FOLLOW: c_int = 0x400;

type Text = *const c_char;
type Any = *const c_void;

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

impl Names {
    /// What is told by one look, of most paths.
    fn plain(self, path: &CStr) -> Option<Plain> {
        plain(path, if self == Names::End { 0 } else { O_NOFOLLOW })
    }

    fn target(self, at: At<'_>) -> Vec<u8> {
        if self == Names::End {
            followed(at)
        } else {
            named(at)
        }
    }
}

/// Whether an act on one path may be done.
///
/// # Safety
/// The path is null or a C string.
unsafe fn on_one(operation: &'static str, names: Names, (folder, path): (c_int, Text)) -> bool {
    // SAFETY: what the caller vouches for.
    let path = unsafe { text(path) };
    if folder >= 0 && path.is_none_or(CStr::is_empty) {
        return on_open(operation, folder); // the descriptor itself is named
    }
    let (Some(wall), Some(path)) = (wall(), path) else {
        return true;
    };
    let is_made = names == Names::New;
    let target = match names.plain(path) {
        Some(plain) if plain.is_missing && !is_made => return true,
        Some(plain) => plain.path,
        None => names.target(At { folder, path }),
    };
    let act = Act::new(Kind::File, operation, &target);
    // What is not there cannot be acted on, what is there cannot be made: the call says so itself.
    wall.remembers(&act) || kernel::is_there(folder, path) == is_made || wall.admits(&[act])
}

/// Whether an act on two paths may be done.
///
/// # Safety
/// Both paths are null or C strings.
unsafe fn on_two(
    operation: &'static str,
    names: Names,
    (folder, from): (c_int, Text),
    (other, to): (c_int, Text),
) -> bool {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(from), Some(to)) = (wall(), unsafe { text(from) }, unsafe { text(to) })
    else {
        return true;
    };
    let is_open = folder >= 0 && from.is_empty();
    let plain = names.plain(from);
    if plain.as_ref().is_some_and(|plain| plain.is_missing) {
        return true;
    }
    let near = plain.as_ref().and_then(|_| beside(from, to));
    let target = near.unwrap_or_else(|| {
        named(At {
            folder: other,
            path: to,
        })
    });
    let source = match plain {
        Some(plain) => plain.path,
        None if is_open => of_descriptor(folder).unwrap_or_default(),
        None => names.target(At { folder, path: from }),
    };
    let acts = [&source, &target].map(|path| Act::new(Kind::File, operation, path));
    acts.iter().all(|act| wall.remembers(act))
        || !is_open && !kernel::is_there(folder, from)
        || wall.admits(&acts)
}

fn by(flags: c_int) -> Names {
    if flags & AT_SYMLINK_NOFOLLOW != 0 {
        Names::Itself
    } else {
        Names::End
    }
}

/// What a hard link is made of: a link itself, unless the call says otherwise.
fn linked_by(flags: c_int) -> Names {
    if flags & AT_SYMLINK_FOLLOW != 0 {
        Names::End
    } else {
        Names::Itself
    }
}

/// Functions that answer whether the call of their name may be made, and those that make it then.
macro_rules! calls {
    ($judge:ident: $($name:ident ($($argument:ident: $type:ty),*) $judged:expr;)*) => {
        pub(super) mod $judge {
            use super::*;
            $(
                /// # Safety
                /// The arguments are those of the C function of this name.
                #[allow(unused_variables)]
                pub unsafe fn $name($($argument: $type),*) -> bool {
                    // SAFETY: what the caller vouches for.
                    unsafe { $judged }
                }
            )*
        }
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe {
                    if $judge::$name($($argument),*) { real::$name($($argument),*) } else { refused() }
                }
            }
        )*
    };
}

/// Calls on one path: the word for it, how the path is read, and which arguments name it.
macro_rules! on_one {
    ($($name:ident $arguments:tt $operation:literal $names:expr, $at:expr;)*) => {
        calls! { one: $($name $arguments on_one($operation, $names, $at);)* }
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
    mkfifoat(folder: c_int, path: Text, mode: c_uint) "write" Names::New, (folder, path);
    mknod(path: Text, mode: c_uint, device: u64) "write" Names::New, (AT_FDCWD, path);
    mknodat(folder: c_int, path: Text, mode: c_uint, device: u64) "write" Names::New, (folder, path);
    __xmknod(form: c_int, path: Text, mode: c_uint, device: Any) "write" Names::New, (AT_FDCWD, path);
    __xmknodat(form: c_int, folder: c_int, path: Text, mode: c_uint, device: Any) "write" Names::New, (folder, path);
    utime(path: Text, times: Any) "write" Names::End, (AT_FDCWD, path);
    utimes(path: Text, times: Any) "write" Names::End, (AT_FDCWD, path);
    lutimes(path: Text, times: Any) "write" Names::Itself, (AT_FDCWD, path);
    futimesat(folder: c_int, path: Text, times: Any) "write" Names::End, (folder, path);
    utimensat(folder: c_int, path: Text, times: Any, flags: c_int) "write" by(flags), (folder, path);
    setxattr(path: Text, name: Text, value: Any, size: usize, flags: c_int) "write" Names::End, (AT_FDCWD, path);
    lsetxattr(path: Text, name: Text, value: Any, size: usize, flags: c_int) "write" Names::Itself, (AT_FDCWD, path);
    removexattr(path: Text, name: Text) "write" Names::End, (AT_FDCWD, path);
    lremovexattr(path: Text, name: Text) "write" Names::Itself, (AT_FDCWD, path);
    truncate(path: Text, length: i64) "write" Names::End, (AT_FDCWD, path);
    truncate64(path: Text, length: i64) "write" Names::End, (AT_FDCWD, path);
    chmod(path: Text, mode: c_uint) "chmod" Names::End, (AT_FDCWD, path);
    fchmodat(folder: c_int, path: Text, mode: c_uint, flags: c_int) "chmod" by(flags), (folder, path);
    chown(path: Text, user: c_uint, group: c_uint) "chmod" Names::End, (AT_FDCWD, path);
    lchown(path: Text, user: c_uint, group: c_uint) "chmod" Names::Itself, (AT_FDCWD, path);
    fchownat(folder: c_int, path: Text, user: c_uint, group: c_uint, flags: c_int) "chmod" by(flags), (folder, path);
}

/// Calls on two paths: besides the word, how the first is read.
macro_rules! on_two {
    ($($name:ident $arguments:tt $operation:literal $names:expr, $from:expr, $to:expr;)*) => {
        calls! {
            two:
            $($name $arguments on_two($operation, $names, $from, $to);)*
            symlink(from: Text, to: Text) linked(from, (AT_FDCWD, to));
            symlinkat(from: Text, other: c_int, to: Text) linked(from, (other, to));
        }
    };
}

on_two! {
    rename(from: Text, to: Text) "rename" Names::Itself, (AT_FDCWD, from), (AT_FDCWD, to);
    renameat(folder: c_int, from: Text, other: c_int, to: Text) "rename" Names::Itself, (folder, from), (other, to);
    renameat2(folder: c_int, from: Text, other: c_int, to: Text, flags: c_uint) "rename" Names::Itself, (folder, from), (other, to);
    link(from: Text, to: Text) "link" Names::Itself, (AT_FDCWD, from), (AT_FDCWD, to);
    linkat(folder: c_int, from: Text, other: c_int, to: Text, flags: c_int) "link" linked_by(flags), (folder, from), (other, to);
}

/// What a link says is read from the folder that the link is in.
///
/// # Safety
/// Both texts are null or C strings.
unsafe fn linked(from: Text, (other, to): (c_int, Text)) -> bool {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(from), Some(to)) = (wall(), unsafe { text(from) }, unsafe { text(to) })
    else {
        return true;
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
    wall.admits(&[&from, &to].map(|target| Act::new(Kind::File, "link", target)))
}
