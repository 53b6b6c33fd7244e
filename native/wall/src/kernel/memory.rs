//! Memory, of this process alone or shared, asked of the kernel.

use super::files::{AT_FDCWD, close, fcntl, open_at, read};
use super::{call, descriptor, number, word};
use std::ffi::{CStr, c_int};

const F_ADD_SEALS: usize = 1033;
const F_GET_SEALS: usize = 1034;
const SEAL_SHRINK: usize = 2;
const MFD_CLOEXEC: usize = 1;
const MFD_ALLOW_SEALING: usize = 2;
const PROT_READ: usize = 1;
const PROT_WRITE: usize = 2;
const MAP_SHARED: usize = 1;
const MAP_PRIVATE: usize = 2;
const MAP_ANONYMOUS: usize = 0x20;
const MAP_NORESERVE: usize = 0x4000;
const MADV_NOHUGEPAGE: usize = 15;

/// A file in memory, of this size, closed on exec.
pub fn memory_file(name: &CStr, size: usize) -> Option<c_int> {
    let arguments = [
        name.as_ptr() as usize,
        MFD_CLOEXEC | MFD_ALLOW_SEALING,
        0,
        0,
        0,
        0,
    ];
    // SAFETY: the name is a live C string.
    let file = descriptor(unsafe { call(number::MEMFD_CREATE, arguments) })?;
    // SAFETY: this touches no memory of ours.
    let answer = unsafe { call(number::FTRUNCATE, [word(file), size, 0, 0, 0, 0]) };
    if answer < 0 {
        close(file);
        return None;
    }
    Some(file)
}

/// Fixes the size of a file in memory, and its content too unless others may still write it.
pub fn seal(file: c_int, stays_writable: bool) {
    const SEAL: usize = 1;
    const GROW: usize = 4;
    const WRITE: usize = 8;
    fcntl(
        file,
        F_ADD_SEALS,
        SEAL | SEAL_SHRINK | GROW | if stays_writable { 0 } else { WRITE },
    );
}

/// Whether it is a file in memory that stays as large as it is.
pub fn is_sealed(file: c_int) -> bool {
    let seals = fcntl(file, F_GET_SEALS, 0);
    usize::try_from(seals).is_ok_and(|seals| seals & SEAL_SHRINK != 0)
}

fn map(size: usize, protection: usize, flags: usize, file: c_int) -> Option<*mut u8> {
    // SAFETY: a new mapping where the kernel finds room; no live memory changes.
    let answer = unsafe { call(number::MMAP, [0, size, protection, flags, word(file), 0]) };
    usize::try_from(answer).ok().map(|at| at as *mut u8)
}

/// Memory of this process alone, zeroed; it costs nothing until it is touched.
pub fn memory(size: usize) -> Option<*mut u8> {
    map(
        size,
        PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1,
    )
}

/// Memory of this process alone whose pages stay small, so that what is not touched stays free.
pub fn sparse_memory(size: usize) -> Option<*mut u8> {
    let at = memory(size)?;
    // SAFETY: the range was just mapped.
    unsafe {
        call(
            number::MADVISE,
            [at as usize, size, MADV_NOHUGEPAGE, 0, 0, 0],
        )
    };
    Some(at)
}

/// A file as memory that all who map it share, and may write.
pub fn map_shared(file: c_int, size: usize) -> Option<*mut u8> {
    map(size, PROT_READ | PROT_WRITE, MAP_SHARED, file)
}

/// A file as memory that is only read.
pub fn map_to_read(file: c_int, size: usize) -> Option<*const u8> {
    map(size, PROT_READ, MAP_PRIVATE, file).map(<*mut u8>::cast_const)
}

/// Whether pages can be written from now on, or only read.
pub fn protect(at: *mut u8, size: usize, is_writable: bool) -> bool {
    let protection = PROT_READ | if is_writable { PROT_WRITE } else { 0 };
    // SAFETY: what is written to these pages is the caller's to answer for.
    unsafe { call(number::MPROTECT, [at as usize, size, protection, 0, 0, 0]) == 0 }
}

/// Puts a mapping in the place of another of the same size, at once; whether it could.
///
/// # Safety
/// What is mapped there may be replaced by what `by` holds.
pub unsafe fn replace(at: usize, by: *mut u8, size: usize) -> bool {
    const MAY_MOVE_TO: usize = 3;
    // SAFETY: what the caller vouches for.
    unsafe {
        call(
            number::MREMAP,
            [by as usize, size, size, MAY_MOVE_TO, at, 0],
        ) == at.cast_signed()
    }
}

/// # Safety
/// Nobody uses the range any more.
pub unsafe fn unmap(at: *mut u8, size: usize) {
    unsafe { call(number::MUNMAP, [at as usize, size, 0, 0, 0, 0]) };
}

/// Whether eight bytes can be read there. The kernel looks at them before it sees that nothing is asked of it.
pub fn is_readable(at: usize) -> bool {
    const NO_HOW: usize = usize::MAX >> 33;
    const EFAULT: isize = -14;
    const SIZE: usize = 8;
    // SAFETY: the kernel reads what can be read, and changes nothing where it is not told how.
    at != 0 && unsafe { call(number::RT_SIGPROCMASK, [NO_HOW, at, 0, SIZE, 0, 0]) != EFAULT }
}

/// All that a file holds, of which the kernel does not say how much that is.
pub fn whole(path: &CStr) -> Option<Vec<u8>> {
    const AT_ONCE: usize = 16_384;
    let file = open_at(AT_FDCWD, path, 0)?;
    let mut bytes = Vec::new();
    let is_whole = loop {
        let length = bytes.len();
        bytes.resize(length + AT_ONCE, 0);
        match read(file, &mut bytes[length..]) {
            Some(0) => {
                bytes.truncate(length);
                break true;
            }
            Some(more) => bytes.truncate(length + more),
            None => break false,
        }
    };
    close(file);
    is_whole.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_is_told_without_reading_it() {
        let here = 7_u64;
        assert!(is_readable(&raw const here as usize));
        for nowhere in [0, 8, usize::MAX - 15] {
            assert!(!is_readable(nowhere), "{nowhere:x}");
        }
        const SIZE: usize = 4_096;
        let guarded = map(SIZE, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1).unwrap();
        assert!(!is_readable(guarded as usize));
        assert!(protect(guarded, SIZE, false) && is_readable(guarded as usize));
        // SAFETY: nobody uses it.
        unsafe { unmap(guarded, SIZE) };
    }
}
