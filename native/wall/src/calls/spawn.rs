//! Programs that are started beside this one, by one call.

use super::process::started;
use super::target::{in_folder, named_by, searched};
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
            now,
            target,
            |errno| errno,
            |environment| {
                real::posix_spawn(process, path, actions, attributes, arguments, environment)
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
            now,
            target,
            |errno| errno,
            |environment| {
                real::posix_spawnp(process, file, actions, attributes, arguments, environment)
            },
        )
    }
}
