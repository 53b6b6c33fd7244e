//! Files that are opened as streams.

use super::file::{admits_change, admits_opened, is_free, is_own_map, operation, tell_held};
use super::text;
use crate::kernel::{O_CREAT, O_RDWR, O_TRUNC, O_WRONLY};
use crate::path::At;
use crate::real::{self, EACCES};
use crate::wall::wall;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

type Text = *const c_char;
type File = *mut c_void;

/// The flags that a mode stands for: `r`, `w+`, `ab`.
fn flags(mode: &CStr) -> c_int {
    let mode = mode.to_bytes();
    let both = mode.contains(&b'+');
    let one_way = |flag| if both { O_RDWR } else { flag };
    match mode.first() {
        Some(b'w') => one_way(O_WRONLY) | O_CREAT | O_TRUNC,
        Some(b'a') => one_way(O_WRONLY) | O_CREAT,
        _ => one_way(0),
    }
}

fn refused() -> File {
    real::set_errno(EACCES);
    ptr::null_mut()
}

/// # Safety
/// Both texts are null or C strings; `go` opens the path in this mode.
unsafe fn opened(path: Text, mode: Text, go: impl FnOnce() -> File) -> File {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(path), Some(mode)) =
        (wall(), unsafe { text(path) }, unsafe { text(mode) })
    else {
        return go();
    };
    let flags = flags(mode);
    let operation = operation(flags);
    // V8, the JVM and libffi look at their own maps so. What scripts open is no stream of C's.
    if is_free(wall, operation, path) || operation == "read" && is_own_map(path) {
        return go();
    }
    if flags & O_CREAT != 0 {
        return if admits_change(wall, At::here(path), flags) {
            go()
        } else {
            refused()
        };
    }
    let stream = go();
    // SAFETY: the stream was just opened and is nobody's yet.
    unsafe {
        if stream.is_null() {
            tell_held(wall, operation, At::here(path));
            return stream;
        }
        if admits_opened(wall, operation, path, real::fileno(stream)) {
            return stream;
        }
        real::fclose(stream);
    }
    refused()
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fopen(path: Text, mode: Text) -> File {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { opened(path, mode, || real::fopen(path, mode)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fopen64(path: Text, mode: Text) -> File {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { opened(path, mode, || real::fopen64(path, mode)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freopen(path: Text, mode: Text, stream: File) -> File {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { opened(path, mode, || real::freopen(path, mode, stream)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freopen64(path: Text, mode: Text, stream: File) -> File {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { opened(path, mode, || real::freopen64(path, mode, stream)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_is_what_c_says() {
        let rows = [
            (c"r", "read"),
            (c"rbe", "read"),
            (c"r+", "write"),
            (c"w", "write"),
            (c"a", "write"),
            (c"", "read"),
        ];
        for (mode, word) in rows {
            assert_eq!(operation(flags(mode)), word, "{mode:?}");
        }
    }
}
