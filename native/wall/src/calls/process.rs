//! Programs that are started, in the place of this one or beside it; each gets the wall with it.
//!
//! Does not see: what a program does that is linked statically, or gets other rights at its start (its start is seen);
//! a relative path behind a change of folder in `posix_spawn`'s file actions

use super::target::{Target, in_folder, named_by, searched};
use super::text;
use crate::carry::PRELOAD;
use crate::children;
use crate::kernel;
use crate::path::{At, of_descriptor};
use crate::real::{self, EACCES};
use crate::started;
use crate::wall::{Act, Wall, wall};
use hauberk_core::activity::Kind;
use hauberk_core::argument_shape;
use hauberk_system::preload;
use std::ffi::{CStr, CString, c_char, c_int};

const AT_EMPTY_PATH: c_int = 0x1000;
const EBADF: c_int = 9;
/// What the loader is asked to load beside a program.
const AUDIT: &[u8] = b"LD_AUDIT=";
/// Arguments that are looked at, itself among them, and one that tells that there are more.
const MOST_ARGUMENTS: usize = argument_shape::MOST_WORDS + 2;

const USUAL_ARGUMENTS: usize = 64;

type Text = *const c_char;
type List = *const *const c_char;

unsafe extern "C" {
    static mut environ: List;
}

/// The environment of this process, as it is now.
pub(crate) fn environment() -> List {
    // SAFETY: glibc's own variable, read as each program reads it.
    unsafe { environ }
}

/// Puts another environment in the place of this process' own, and gives the one that was there.
///
/// # Safety
/// The list lives until it is replaced.
pub(super) unsafe fn replace_environment(by: List) -> List {
    // SAFETY: glibc's own variable; what the caller vouches for.
    unsafe {
        let before = environ;
        environ = by;
        before
    }
}

/// A program's standard streams, where its starter gives it its own.
pub(super) const OWN_STREAMS: [c_int; 3] = [0, 1, 2];

/// Whether a program may be started; `streams` are the descriptors that become its standard streams.
///
/// # Safety
/// The arguments are null or a list of C strings that a null ends.
pub(super) unsafe fn admits(
    wall: &Wall,
    target: &[u8],
    arguments: List,
    streams: [c_int; 3],
) -> bool {
    let mut shown: Vec<&[u8]> = Vec::with_capacity(USUAL_ARGUMENTS);
    // SAFETY: the list goes on until its null.
    while let Some(one) =
        unsafe { nth(arguments, shown.len()) }.filter(|_| shown.len() < MOST_ARGUMENTS)
    {
        shown.push(one.to_bytes());
    }
    // What is run is the program, whatever name the first word gives it.
    match shown.first_mut() {
        Some(first) => *first = target,
        None => shown.push(target),
    }
    let start = Act {
        arguments: &shown,
        hands_over: kernel::is_commanded_by(streams),
        ..Act::new(Kind::Process, "start", target)
    };
    let may_start = wall.admits(&[start]) && wall.admits_arguments(&start);
    let by_words = preload::of_loader(&shown);
    may_start && by_words.iter().all(|library| loads(wall, library))
}

/// Whether a program may be given the libraries that its environment asks the loader for.
///
/// # Safety
/// The environment is null or a list of C strings that a null ends.
pub(super) unsafe fn admits_libraries(wall: &Wall, environment: List) -> bool {
    let mut at = 0;
    // SAFETY: the list goes on until its null.
    while let Some(variable) = unsafe { nth(environment, at) } {
        let bytes = variable.to_bytes();
        let asked = [PRELOAD, AUDIT]
            .into_iter()
            .find_map(|name| bytes.strip_prefix(name));
        if !asked
            .unwrap_or_default()
            .split(|byte| matches!(byte, b':' | b' '))
            .all(|one| loads(wall, one))
        {
            return false;
        }
        at += 1;
    }
    true
}

fn loads(wall: &Wall, library: &[u8]) -> bool {
    if library == wall.carry.library() || !library.contains(&b'/') {
        return true;
    }
    let Ok(path) = CString::new(library) else {
        return true;
    };
    super::code::admits(wall, &path)
}

unsafe fn nth<'a>(list: List, at: usize) -> Option<&'a CStr> {
    // SAFETY: the caller looks at each place before the null, in turn.
    if list.is_null() {
        None
    } else {
        unsafe { text(*list.add(at)) }
    }
}

/// Judges a start, then makes it with the wall in its environment; `failing` is what the call answers otherwise. Where
/// the kernel lets nothing be started, it would refuse what is not there too: that fails here as it fails elsewhere.
///
/// # Safety
/// Both lists are null or C strings that a null ends; `streams` tells the descriptors that become the program's standard
/// streams, `started_in` the invocation that it is started in; `target` finds it, `go` starts it and notes its process.
pub(super) unsafe fn started(
    (arguments, environment): (List, List),
    streams: impl FnOnce() -> [c_int; 3],
    started_in: impl FnOnce(&Wall) -> u32,
    target: impl FnOnce() -> Target,
    failing: impl FnOnce(c_int) -> c_int,
    go: impl FnOnce(Option<&Wall>, u32, List) -> c_int,
) -> c_int {
    let Some(wall) = wall() else {
        return go(None, 0, environment);
    };
    // SAFETY: what the caller vouches for.
    unsafe {
        let is_admitted = match target() {
            Ok(target) => admits(wall, &target, arguments, streams()),
            Err(errno) if wall.starts_nothing => return failing(errno),
            Err(_) => true,
        };
        if is_admitted && admits_libraries(wall, environment) {
            let invocation = started_in(wall);
            wall.carry
                .with(environment, Some(invocation), |environment| {
                    go(Some(wall), invocation, environment)
                })
        } else {
            failing(EACCES)
        }
    }
}

/// A start in the place of this program. The owner's descriptors stay open for its successor.
///
/// # Safety
/// As for [`started`].
pub(super) unsafe fn replaced(
    lists: (List, List),
    target: impl FnOnce() -> Target,
    go: impl FnOnce(List) -> c_int,
) -> c_int {
    let owner = wall().filter(|wall| kernel::process_id() == wall.setting.owner);
    let go = |wall: Option<&Wall>, invocation, environment| {
        if let Some(wall) = wall {
            children::note_started(wall, kernel::process_id(), invocation);
        }
        owner.iter().for_each(|wall| wall.inherit(true));
        let answer = go(environment);
        owner.iter().for_each(|wall| wall.inherit(false));
        answer
    };
    // SAFETY: what the caller vouches for.
    let failing = |errno| {
        real::set_errno(errno);
        -1
    };
    unsafe { started(lists, || OWN_STREAMS, started::here, target, failing, go) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execve(path: Text, arguments: List, environment: List) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let target = || in_folder(At::here(named_by(path)?));
        replaced((arguments, environment), target, |environment| {
            real::execve(path, arguments, environment)
        })
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execv(path: Text, arguments: List) -> c_int {
    // SAFETY: as `execve`, with this process' environment.
    unsafe { execve(path, arguments, environment()) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execvpe(file: Text, arguments: List, environment: List) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let target = || searched(named_by(file)?);
        replaced((arguments, environment), target, |environment| {
            real::execvpe(file, arguments, environment)
        })
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execvp(file: Text, arguments: List) -> c_int {
    // SAFETY: as `execvpe`, with this process' environment.
    unsafe { execvpe(file, arguments, environment()) }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn execveat(
    folder: c_int,
    path: Text,
    arguments: List,
    environment: List,
    flags: c_int,
) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        let target = || match named_by(path)? {
            path if path.is_empty() && flags & AT_EMPTY_PATH != 0 => {
                of_descriptor(folder).ok_or(EBADF)
            }
            path => in_folder(At { folder, path }),
        };
        replaced((arguments, environment), target, |environment| {
            real::execveat(folder, path, arguments, environment, flags)
        })
    }
}

/// # Safety
/// As the C function of this name.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fexecve(file: c_int, arguments: List, environment: List) -> c_int {
    // SAFETY: the arguments are the caller's, passed on as they are.
    unsafe {
        replaced(
            (arguments, environment),
            || of_descriptor(file).ok_or(EBADF),
            |environment| real::fexecve(file, arguments, environment),
        )
    }
}
