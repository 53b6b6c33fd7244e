//! Where code is from, by the name of its file.

use super::held;
use crate::arguments;
use hauberk_system::{paths, process};
use pyo3::ffi;
use std::collections::HashMap;
use std::ffi::CStr;
use std::os::unix::ffi::OsStringExt;
use std::sync::{Mutex, OnceLock};

/// Names that are remembered.
const MOST_NAMES: usize = 4_096;
/// Names of code that has none.
const UNNAMED: [&[u8]; 4] = [b"<string>", b"<stdin>", b"<console>", b""];

static FOLDERS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
static NAMES: Mutex<Option<HashMap<Vec<u8>, Place>>> = Mutex::new(None);

/// Where code is from, by the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Package,
    Elsewhere,
    Unnamed,
    /// A name that is no file's: it tells who made it (`<attrs generated init app.A>`).
    Named,
}

/// Says where code of the package is: the roots, and what whoever configures the function chose: the folders that Python
/// looks for modules in at its start, those of `PYTHONPATH` among them, the one that it was started in, and that of the
/// program. An image may keep a function anywhere.
///
/// # Safety
/// The GIL is held.
pub(super) unsafe fn set_folders(roots: &[String]) {
    let listed = |name: &CStr| unsafe { arguments::texts(ffi::PySys_GetObject(name.as_ptr())) };
    let folder_of = |program: Vec<u8>| {
        let slash = program.iter().rposition(|byte| *byte == b'/')?;
        program.ends_with(b".py").then(|| program[..slash].to_vec())
    };
    let working = std::env::current_dir().map(|folder| folder.into_os_string().into_vec());
    let mut folders: Vec<Vec<u8>> = Vec::new();
    let told = roots.iter().map(|root| root.clone().into_bytes());
    let programs = listed(c"argv").into_iter().filter_map(folder_of);
    for folder in told.chain(listed(c"path")).chain(programs).chain(working) {
        let folder = folder.strip_suffix(b"/").unwrap_or(&folder);
        if folder.starts_with(b"/") && folder != b"/tmp" {
            folders.extend([folder.to_vec(), paths::absolute(folder)]);
        }
    }
    folders.sort();
    folders.dedup();
    let _ = FOLDERS.set(folders);
}

fn is_in(folders: &[Vec<u8>], path: &[u8]) -> bool {
    let below = |folder: &Vec<u8>| {
        path.strip_prefix(&folder[..])
            .is_some_and(|rest| rest.starts_with(b"/"))
    };
    folders.iter().any(below)
}

/// Of the name of a file, as it is written in the code.
pub(super) fn place(file: &[u8]) -> Place {
    if paths::is_in_roots(file) {
        return Place::Package;
    }
    if UNNAMED.contains(&file) {
        return Place::Unnamed;
    }
    let known = held(&NAMES)
        .as_ref()
        .and_then(|names| names.get(file).copied());
    known.unwrap_or_else(|| {
        let found = looked_up(file);
        let mut names = held(&NAMES);
        let names = names.get_or_insert_default();
        if names.len() < MOST_NAMES {
            names.insert(file.to_vec(), found);
        }
        found
    })
}

/// As the file system has it: links and `..` followed; a relative name that no file has is a name only.
fn looked_up(file: &[u8]) -> Place {
    let reached = paths::absolute(file);
    let is_file = file.starts_with(b"/") || process::exists(&reached);
    let folders = FOLDERS.get().map_or(&[][..], Vec::as_slice);
    match is_file {
        true if is_in(folders, &reached) => Place::Package,
        true => Place::Elsewhere,
        false => Place::Named,
    }
}
