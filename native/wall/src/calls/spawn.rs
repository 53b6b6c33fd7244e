//! Programs that are started beside this one, by one call.

use super::file_actions::streams;
use super::process::started;
use super::target::{in_folder, named_by, searched};
use crate::children;
use crate::path::At;
use crate::real;
use crate::wall::Wall;
use std::ffi::{c_char, c_int, c_void};

type Text = *const c_char;
type List = *const *const c_char;

/// What is started beside this process is started in the invocation that runs.
fn now(wall: &Wall) -> u32 {
    wall.shared.invocation()
}

/// Notes the process that is started.
///
/// # Safety
/// `process` is null or has room for a number; `go` starts it and says which one it is.
unsafe fn noted(
    process: *mut c_int,
    wall: Option<&Wall>,
    invocation: u32,
    go: impl FnOnce(*mut c_int) -> c_int,
) -> c_int {
    let mut own = 0;
    let told = if process.is_null() {
        &raw mut own
    } else {
        process
    };
    let answer = go(told);
    // SAFETY: what the caller vouches for.
    let number = u32::try_from(unsafe { *told });
    if let (0, Some(wall), Ok(number)) = (answer, wall, number) {
        children::note_started(wall, number, invocation);
    }
    answer
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawn(
    process: *mut c_int,
    path: Text,
    actions: *const c_void,
    attributes: *const c_void,
    arguments: List,
    environment: List,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let target = || in_folder(At::here(named_by(path)?));
        started(
            (arguments, environment),
            || streams(actions),
            now,
            target,
            |errno| errno,
            |wall, invocation, environment| {
                noted(process, wall, invocation, |process| {
                    real::posix_spawn(process, path, actions, attributes, arguments, environment)
                })
            },
        )
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_spawnp(
    process: *mut c_int,
    file: Text,
    actions: *const c_void,
    attributes: *const c_void,
    arguments: List,
    environment: List,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let target = || searched(named_by(file)?);
        started(
            (arguments, environment),
            || streams(actions),
            now,
            target,
            |errno| errno,
            |wall, invocation, environment| {
                noted(process, wall, invocation, |process| {
                    real::posix_spawnp(process, file, actions, attributes, arguments, environment)
                })
            },
        )
    }
}
