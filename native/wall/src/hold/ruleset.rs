//! Landlock: the kernel's own list of what a process, and all below it, may do with files and ports.
//!
//! Source of its numbers: <https://docs.kernel.org/userspace-api/landlock.html>.

use crate::kernel::{self, AT_FDCWD, O_PATH};
use hauberk_core::confine::{Found, Ports};
use std::collections::BTreeSet;
use std::ffi::{CString, c_int};

const EXECUTE: u64 = 1;
const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
const REMOVE_FOLDER: u64 = 1 << 4;
const REMOVE_FILE: u64 = 1 << 5;
const MAKE_FOLDER: u64 = 1 << 7;
const MAKE_FILE: u64 = 1 << 8;
const MAKE_LINK: u64 = 1 << 12;
/// Renaming and linking from one folder to another; a kernel without it lets nobody.
const REFER: u64 = 1 << 13;
const TRUNCATE: u64 = 1 << 14;
const CHANGES: u64 = WRITE_FILE
    | REMOVE_FOLDER
    | REMOVE_FILE
    | MAKE_FOLDER
    | MAKE_FILE
    | MAKE_LINK
    | REFER
    | TRUNCATE;
/// What can be said of a file that is no folder.
const OF_FILES: u64 = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;
const BIND: u64 = 1;
const CONNECT: u64 = 2;
/// Sockets that have a name without a path.
const NAMES: u64 = 1;

/// The first version that knows of renaming between folders, of truncating, of ports, of names.
const LEAST_VERSION: u32 = 2;
const WITH_TRUNCATE: u32 = 3;
const WITH_PORTS: u32 = 4;
const WITH_NAMES: u32 = 6;

/// What is there to be held, resolved to what is there.
#[derive(Debug, Default)]
pub struct Wanted {
    pub programs: Option<BTreeSet<Vec<u8>>>,
    pub reads: Option<BTreeSet<Vec<u8>>>,
    pub writes: Option<BTreeSet<Vec<u8>>>,
    pub ports: Option<Ports>,
    pub refuses_names: bool,
    /// An open file that may be opened again to write into it: the log.
    pub log: Option<c_int>,
}

/// Which version of Landlock this kernel has.
///
/// # Errors
/// What the kernel answered.
pub fn version() -> Result<u32, isize> {
    const ASK_FOR_VERSION: usize = 1;
    // SAFETY: the question touches no memory.
    let answer = unsafe {
        kernel::call(
            kernel::number::LANDLOCK_CREATE_RULESET,
            [0, 0, ASK_FOR_VERSION, 0, 0, 0],
        )
    };
    match u32::try_from(answer) {
        Ok(version) if version >= LEAST_VERSION => Ok(version),
        Ok(_) => Err(0),
        Err(_) => Err(answer),
    }
}

/// Whether a version can hold ports.
pub fn has_ports(version: u32) -> bool {
    version >= WITH_PORTS
}

/// Holds this process to it, for good.
///
/// # Errors
/// What the kernel answered.
pub fn hold(wanted: &Wanted, version: u32) -> Result<(), isize> {
    let known = if version < WITH_TRUNCATE {
        !TRUNCATE
    } else {
        !0
    };
    let ports = wanted.ports.as_ref().filter(|_| has_ports(version));
    let mut files = 0;
    if wanted.programs.is_some() {
        files |= EXECUTE | REFER;
    }
    if wanted.reads.is_some() {
        files |= READ_FILE | REFER;
    }
    if wanted.writes.is_some() {
        files |= CHANGES & known;
    }
    let attributes = [
        files,
        if ports.is_some() { BIND | CONNECT } else { 0 },
        if wanted.refuses_names && version >= WITH_NAMES {
            NAMES
        } else {
            0
        },
    ];
    if attributes == [0; 3] {
        return Ok(());
    }
    let set = Ruleset::new(&attributes, files)?;
    set.allow_all(wanted.writes.as_ref(), CHANGES | READ_FILE)?;
    set.allow_all(wanted.reads.as_ref(), READ_FILE)?;
    set.allow_all(wanted.programs.as_ref(), EXECUTE | READ_FILE)?;
    if wanted.writes.is_none() {
        set.allow(b"/", REFER)?;
    }
    if let Some(log) = wanted.log {
        set.allow(format!("/proc/self/fd/{log}").as_bytes(), CHANGES)?;
    }
    if let Some(Ports { connect, bind }) = ports {
        connect
            .iter()
            .try_for_each(|port| set.allow_port(*port, CONNECT))?;
        bind.iter()
            .try_for_each(|port| set.allow_port(*port, BIND))?;
    }
    set.restrict()
}

/// A list that is being made.
struct Ruleset {
    file: c_int,
    handled: u64,
}

impl Drop for Ruleset {
    fn drop(&mut self) {
        kernel::close(self.file);
    }
}

impl Ruleset {
    fn new(attributes: &[u64; 3], handled: u64) -> Result<Ruleset, isize> {
        // SAFETY: a live `struct landlock_ruleset_attr`; an older kernel takes the longer one where its end is zero.
        let answer = unsafe {
            kernel::call(
                kernel::number::LANDLOCK_CREATE_RULESET,
                [
                    attributes.as_ptr() as usize,
                    size_of_val(attributes),
                    0,
                    0,
                    0,
                    0,
                ],
            )
        };
        let file = c_int::try_from(answer).ok().filter(|file| *file >= 0);
        Ok(Ruleset {
            file: file.ok_or(answer)?,
            handled,
        })
    }

    fn allow_all(&self, paths: Option<&BTreeSet<Vec<u8>>>, rights: u64) -> Result<(), isize> {
        let mut paths = paths.into_iter().flatten();
        paths.try_for_each(|path| self.allow(path, rights))
    }

    /// Allows these rights on what is at a path, and below it. What is gone is left out.
    fn allow(&self, path: &[u8], rights: u64) -> Result<(), isize> {
        const PATH_BENEATH: usize = 1;
        let Some(path) = CString::new(path).ok() else {
            return Ok(());
        };
        let mut rights = rights & self.handled;
        if kernel::found(&path) != Found::Folder {
            rights &= OF_FILES;
        }
        if rights == 0 {
            return Ok(());
        }
        let Some(file) = kernel::open_at(AT_FDCWD, &path, O_PATH) else {
            return Ok(());
        };
        let mut attributes = [0; 12]; // `struct landlock_path_beneath_attr` is packed
        attributes[..8].copy_from_slice(&rights.to_ne_bytes());
        attributes[8..].copy_from_slice(&file.to_ne_bytes());
        let answer = self.add(PATH_BENEATH, attributes.as_ptr() as usize);
        kernel::close(file);
        answer
    }

    fn allow_port(&self, port: u16, right: u64) -> Result<(), isize> {
        const PORT: usize = 2;
        let attributes = [right, u64::from(port)];
        self.add(PORT, attributes.as_ptr() as usize)
    }

    fn add(&self, kind: usize, attributes: usize) -> Result<(), isize> {
        let file = usize::try_from(self.file).unwrap_or(0);
        // SAFETY: the callers give the address of a live struct of this kind.
        done(unsafe {
            kernel::call(
                kernel::number::LANDLOCK_ADD_RULE,
                [file, kind, attributes, 0, 0, 0],
            )
        })
    }

    fn restrict(&self) -> Result<(), isize> {
        let file = usize::try_from(self.file).unwrap_or(0);
        // SAFETY: this touches no memory of ours.
        done(unsafe {
            kernel::call(
                kernel::number::LANDLOCK_RESTRICT_SELF,
                [file, 0, 0, 0, 0, 0],
            )
        })
    }
}

/// What a call that gives nothing answered.
pub fn done(answer: isize) -> Result<(), isize> {
    if answer < 0 { Err(answer) } else { Ok(()) }
}
