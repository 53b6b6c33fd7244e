//! The wall's start: the first process of an environment reads the policy and is its owner, those below it find what it
//! has read. Whatever is missing or wrong: the program runs.

use crate::kernel;
use crate::pending::Found;
use crate::place::Place;
use crate::setting::Setting;
use crate::shared::Shared;
use crate::wall::{Act, Wall};
use crate::{owner, path};
use hauberk_core::activity::Kind;
use std::ffi::{CStr, c_int};

pub const NAME: &CStr = c"hauberk-wall";
const NAME_OF_PLACE: &[u8] = b"HAUBERK_WALL";
const LIBRARY: &[u8] = b"libhauberk_wall.so";
/// Where programs and libraries stand that the platform brings; what is read there is no act of the function.
pub const PLATFORM: [&str; 5] = ["/usr", "/lib", "/lib64", "/bin", "/sbin"];

/// The variables of a process at its start.
pub struct Variables<'a>(pub Vec<&'a [u8]>);

impl<'a> Variables<'a> {
    pub fn get(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.pairs()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub fn text(&self, name: &[u8]) -> Option<String> {
        let value = self.get(name).filter(|value| !value.is_empty())?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.0.iter().filter_map(|one| {
            let end = one.iter().position(|byte| *byte == b'=')?;
            Some((&one[..end], &one[end + 1..]))
        })
    }

    /// The path by which this library was preloaded.
    pub fn library(&self) -> Option<&'a [u8]> {
        own_library(self.get(b"LD_PRELOAD")?)
    }
}

/// The path of this library in a list of those that are preloaded.
pub fn own_library(all: &[u8]) -> Option<&[u8]> {
    all.split(|byte| matches!(byte, b':' | b' '))
        .find(|one| one.ends_with(LIBRARY))
}

/// Starts the wall of this process; none where there is nothing to judge by.
pub fn start(variables: &Variables<'_>) -> Option<Wall> {
    let library = variables.library()?;
    match variables.get(NAME_OF_PLACE) {
        None => owner::own(variables, library, None),
        Some(b"guard") => owner::own(variables, library, Some(Announcer::Guard)),
        Some(b"alone") => owner::own(variables, library, Some(Announcer::Wall)),
        Some(place) => join(place, library),
    }
}

/// Whether this program may go on: what its standard streams are is known here whoever started it, and how.
pub fn is_admitted(wall: &Wall) -> bool {
    if wall.is_owner() || !kernel::is_commanded() {
        return true;
    }
    let program = path::linked(c"/proc/self/exe").unwrap_or_default();
    wall.admits(&[Act {
        hands_over: true,
        ..Act::new(Kind::Process, "start", &program)
    }])
}

/// Who tells of the environment, where the wrapper has said so in the place's stead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Announcer {
    Guard,
    Wall,
}

/// The invocation in which this process was started, where its starter has said it.
pub fn told_invocation(variables: &Variables<'_>) -> Option<u32> {
    Place::read(variables.get(NAME_OF_PLACE)?)?.started_in
}

/// Finds what the owner has read.
fn join(place: &[u8], library: &[u8]) -> Option<Wall> {
    let place = Place::read(place)?;
    let wall = Found::map(place)?.wall(library)?;
    if kernel::process_id() == place.owner {
        wall.inherit(false);
    }
    Some(wall)
}

pub fn map_shared(file: c_int) -> Option<&'static Shared> {
    if kernel::size(file)? < Shared::SIZE {
        return None;
    }
    let at = kernel::map_shared(file, Shared::SIZE)?;
    // SAFETY: so much was mapped, aligned to pages, and stays mapped; any bytes are atomic numbers.
    Some(unsafe { &*at.cast::<Shared>() })
}

/// Folders whose files may be read without a look, as the guard's; none where a rule is about files.
pub fn free(setting: &Setting) -> Vec<Vec<u8>> {
    let roots = setting.roots.iter().map(String::as_str);
    let folders = PLATFORM
        .into_iter()
        .chain(roots)
        .map(|folder| folder.as_bytes().to_vec());
    folders.filter(|_| !setting.judges_all_reads).collect()
}
