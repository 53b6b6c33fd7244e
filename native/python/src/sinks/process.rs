//! Programs that are started, by their words or through a shell.
//!
//! Does not see: `_posixsubprocess.fork_exec`, what a child process does

use crate::{arguments, guard};
use hauberk_core::act::{Act, Resource};
use hauberk_core::flow;
use hauberk_system::process::{self, Place};
use pyo3::ffi::PyObject;

pub(super) unsafe fn spawn(
    executable: *mut PyObject,
    words: *mut PyObject,
    folder: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let (words, folder, search_path) = unsafe {
        (
            arguments::texts(words),
            arguments::text(folder),
            arguments::entry(environment, c"PATH"),
        )
    };
    let program = unsafe { arguments::text(executable) }.or_else(|| words.first().cloned())?;
    let place = Place {
        search_path: search_path.as_deref(),
        folder: folder.as_deref(),
    };
    admit_process(&program, &words, place)
}

/// `os.exec*` and `os.posix_spawn`: the path is tried as it is, so one that does not exist starts nothing.
pub(super) unsafe fn execute(
    path: *mut PyObject,
    words: *mut PyObject,
    environment: *mut PyObject,
) -> Option<String> {
    let (path, words) = unsafe { (arguments::text(path)?, arguments::texts(words)) };
    let search_path = unsafe { arguments::entry(environment, c"PATH") };
    if path.contains(&b'/') && !process::exists(&path) {
        return None;
    }
    let place = Place {
        search_path: search_path.as_deref(),
        folder: None,
    };
    admit_process(&path, &words, place)
}

pub(super) unsafe fn terminal(words: *mut PyObject) -> Option<String> {
    let words = unsafe { arguments::texts(words) };
    admit_process(&words.first()?.clone(), &words, Place::default())
}

fn admit_process(program: &[u8], words: &[Vec<u8>], place: Place<'_>) -> Option<String> {
    // What is run is the program, whatever name the first word gives it.
    let mut shown: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    match shown.first_mut() {
        Some(first) => *first = program,
        None => shown.push(program),
    }
    // A shell behind `env` and its like is judged with the arguments before it.
    let resource = match flow::command_of(&shown) {
        Some(command) => Resource::Shell(command),
        None => Resource::Arguments(&shown),
    };
    guard::admit(&Act {
        activities: process::starts(&shown, place),
        resource,
        arguments: shown.clone(),
    })
}

pub(super) fn shell(command: &[u8]) -> Option<String> {
    let words: [&[u8]; 3] = [b"/bin/sh", b"-c", command];
    guard::admit(&Act {
        activities: process::starts(&words, Place::default()),
        resource: Resource::Shell(command),
        arguments: words.to_vec(),
    })
}
