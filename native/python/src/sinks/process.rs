//! Programs that are started, by their words or through a shell, and the libraries that they are told to load first.
//!
//! Does not see: programs that native code starts, what a child process does

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::flow;
use hauberk_system::preload;
use hauberk_system::process::{self, Place};
use pyo3::ffi::{self, PyObject};
use std::cell::Cell;
use std::ffi::{CStr, c_int};

/// What a program is started with: its words, where it is looked for, what is loaded into it.
struct Start {
    words: Vec<Vec<u8>>,
    folder: Option<Vec<u8>>,
    search_path: Option<Vec<u8>>,
    preloads: Vec<Vec<u8>>,
    /// Descriptors that are to be its standard streams.
    streams: [i64; 3],
}

/// This process' own.
const STREAMS: [i64; 3] = [0, 1, 2];

thread_local! {
    /// The standard streams of what the `os.posix_spawn` in progress starts.
    static GIVEN_STREAMS: Cell<[i64; 3]> = const { Cell::new(STREAMS) };
}

/// Says which descriptors become the standard streams of what `os.posix_spawn` starts next; gives those before.
pub(crate) fn give_streams(streams: [i64; 3]) -> [i64; 3] {
    GIVEN_STREAMS.replace(streams)
}

pub(super) unsafe fn spawn(
    executable: *mut PyObject,
    words: *mut PyObject,
    folder: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let start = unsafe {
        Start {
            words: arguments::texts(words),
            folder: arguments::text(folder),
            search_path: arguments::entry(environment, c"PATH"),
            preloads: preloads(|name| arguments::entry(environment, name)),
            streams: STREAMS,
        }
    };
    let program = unsafe { arguments::text(executable) };
    let program = program.or_else(|| start.words.first().cloned())?;
    admit_process(&program, &start)
}

/// `os.exec*` and `os.posix_spawn`: the path is tried as it is, so one that does not exist starts nothing.
pub(super) unsafe fn execute(
    path: *mut PyObject,
    words: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let path = unsafe { path_or_descriptor(path)? };
    let start = unsafe {
        Start {
            words: arguments::texts(words),
            folder: None,
            search_path: arguments::entry(environment, c"PATH"),
            preloads: preloads(|name| arguments::entry(environment, name)),
            streams: GIVEN_STREAMS.get(),
        }
    };
    if path.contains(&b'/') && !process::exists(&path) {
        return None;
    }
    admit_process(&path, &start)
}

/// A program may be named by a descriptor.
unsafe fn path_or_descriptor(path: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        if !path.is_null() && ffi::PyLong_Check(path) != 0 {
            return Some(format!("/proc/self/fd/{}", arguments::integer(path)).into_bytes());
        }
        arguments::text(path)
    }
}

/// `_posixsubprocess.fork_exec`: each of `candidates` is tried until one can be run. `environment` is a list of
/// `NAME=value`, or None for this process' own; `streams` the descriptors that become its standard streams.
pub(crate) unsafe fn fork_exec(
    words: *mut PyObject,
    candidates: *mut PyObject,
    folder: *mut PyObject,
    environment: *mut PyObject,
    streams: [i64; 3],
) -> Option<String> {
    let entries = unsafe { arguments::texts(environment) };
    let has_own = !environment.is_null() && environment != unsafe { ffi::Py_None() };
    let of_list = |name: &CStr| {
        let value = |entry: &Vec<u8>| {
            Some(
                entry
                    .strip_prefix(name.to_bytes())?
                    .strip_prefix(b"=")?
                    .to_vec(),
            )
        };
        entries.iter().find_map(value)
    };
    let start = unsafe {
        Start {
            words: arguments::texts(words),
            folder: arguments::text(folder),
            search_path: of_list(c"PATH"),
            preloads: preloads(|name| of_list(name).or_else(|| has_own.then(Vec::new))),
            streams,
        }
    };
    let candidates = unsafe { arguments::texts(candidates) };
    let found = candidates
        .iter()
        .find(|candidate| process::is_there(candidate, start.place()));
    let program = match (&found, &candidates[..]) {
        (Some(found), _) => found.as_slice(),
        (None, [one]) => one,
        // It was looked for in each folder of `PATH`, and is nowhere.
        (None, several) => several.first()?.rsplit(|byte| *byte == b'/').next()?,
    };
    admit_process(program, &start)
}

pub(super) unsafe fn terminal(words: *mut PyObject) -> Option<String> {
    let start = Start::here(unsafe { arguments::texts(words) });
    admit_process(&start.words.first()?.clone(), &start)
}

impl Start {
    /// In this process' own folder and environment.
    fn here(words: Vec<Vec<u8>>) -> Start {
        Start {
            words,
            folder: None,
            search_path: None,
            preloads: preloads(|_| None),
            streams: STREAMS,
        }
    }

    fn hands_over(&self) -> bool {
        self.streams.into_iter().any(is_connection)
    }

    fn place(&self) -> Place<'_> {
        Place {
            search_path: self.search_path.as_deref(),
            folder: self.folder.as_deref(),
        }
    }
}

/// The libraries that a new program loads before its own; `given` is the environment that it is given.
fn preloads(given: impl Fn(&CStr) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
    let named = |name: &CStr| {
        let value = given(name).or_else(|| preload::of_this_process(name));
        preload::libraries(&value.unwrap_or_default())
    };
    [c"LD_PRELOAD", c"LD_AUDIT"]
        .into_iter()
        .flat_map(named)
        .collect()
}

fn admit_process(program: &[u8], start: &Start) -> Option<String> {
    // What is run is the program, whatever name the first word gives it.
    let mut shown: Vec<&[u8]> = start.words.iter().map(Vec::as_slice).collect();
    match shown.first_mut() {
        Some(first) => *first = program,
        None => shown.push(program),
    }
    // A shell behind `env` and its like is judged with the arguments before it.
    let resource = match flow::command_of(&shown) {
        Some(command) => Resource::Shell(command),
        None => Resource::Arguments(&shown),
    };
    let mut activities = process::starts(&shown, start.place());
    let by_words = preload::of_loader(&shown);
    let libraries = start.preloads.iter().chain(&by_words);
    activities.extend(libraries.map(|library| preload::load(library)));
    let act = Act {
        activities,
        resource,
        arguments: shown.clone(),
    };
    guard::admit_start(&act, start.hands_over())
}

unsafe extern "C" {
    fn getpeername(socket: c_int, address: *mut u16, size: *mut u32) -> c_int;
}

const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;

/// Whether a descriptor is a socket with someone at its other end, by way of the network; a pair of sockets between
/// processes is none.
fn is_connection(descriptor: i64) -> bool {
    let Ok(descriptor) = c_int::try_from(descriptor) else {
        return false;
    };
    let (mut family, mut size) = (0_u16, 2_u32);
    // SAFETY: there is room for as many bytes as `size` says; the rest of the address is cut off.
    let is_socket = unsafe { getpeername(descriptor, &raw mut family, &raw mut size) } == 0;
    is_socket && matches!(family, AF_INET | AF_INET6)
}

pub(super) fn shell(command: &[u8]) -> Option<String> {
    let words: [&[u8]; 3] = [b"/bin/sh", b"-c", command];
    let start = Start::here(words.map(<[u8]>::to_vec).to_vec());
    admit_process(words[0], &start)
}
