//! Commands that are given to a shell, also in words that are expanded.

use super::process::{OWN_STREAMS, admits, admits_libraries, environment, replace_environment};
use super::target::in_folder;
use super::text;
use crate::path::At;
use crate::real::{self, EACCES};
use crate::wall::wall;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

type Text = *const c_char;

const SHELL: &std::ffi::CStr = c"/bin/sh";

/// # Safety
/// The command is a C string; `go` gives it to a shell.
unsafe fn run<T>(command: Text, refused: impl FnOnce() -> T, go: impl FnOnce() -> T) -> T {
    // SAFETY: what the caller vouches for.
    let (Some(wall), Some(_)) = (wall(), unsafe { text(command) }) else {
        return go();
    };
    let words = [SHELL.as_ptr(), c"-c".as_ptr(), command, ptr::null()];
    // SAFETY: the words are C strings that a null ends; the list that `with` gives lives until its call is back.
    unsafe {
        let target = in_folder(At::here(SHELL));
        if !target.map_or(true, |target| {
            admits(wall, &target, words.as_ptr(), OWN_STREAMS)
        }) || !admits_libraries(wall, environment())
        {
            return refused();
        }
        wall.carry
            .with(environment(), None, |carried| in_environment(carried, go))
    }
}

/// Whether one thread has put another environment in the place of this process' own. The others go on in that one.
static IS_REPLACED: AtomicBool = AtomicBool::new(false);

/// # Safety
/// The list is an environment, and lives until `go` has come back.
unsafe fn in_environment<T>(carried: *const Text, go: impl FnOnce() -> T) -> T {
    if carried == environment() || IS_REPLACED.swap(true, Ordering::Acquire) {
        return go();
    }
    // SAFETY: what the caller vouches for; who has changed the list meanwhile has made a copy of it.
    unsafe {
        let own = replace_environment(carried);
        let answer = go();
        if environment() == carried {
            replace_environment(own);
        }
        IS_REPLACED.store(false, Ordering::Release);
        answer
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn system(command: Text) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { run(command, super::refused, || real::system(command)) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn popen(command: Text, kind: Text) -> *mut c_void {
    let refused = || {
        real::set_errno(EACCES);
        ptr::null_mut()
    };
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe { run(command, refused, || real::popen(command, kind)) }
}

/// What a command in words is not allowed to be, or may not be given.
const WRDE_NOCMD: c_int = 4;
const WRDE_CMDSUB: c_int = 4;

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wordexp(words: Text, found: *mut c_void, flags: c_int) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let go = || real::wordexp(words, found, flags);
        let has_command = text(words).is_some_and(|words| holds_command(words.to_bytes()));
        if has_command && flags & WRDE_NOCMD == 0 {
            run(words, || WRDE_CMDSUB, go)
        } else {
            go()
        }
    }
}

/// Whether words have a command in them, which a shell is started for.
fn holds_command(words: &[u8]) -> bool {
    words.contains(&b'`') || words.windows(2).any(|two| two == b"$(")
}
