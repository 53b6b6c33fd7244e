//! Acts that are tried before the kernel's wall is raised and after it: what was let and is refused now is what the
//! kernel holds. None of them changes anything, be it let.

use super::filter::EOPNOTSUPP;
use super::ruleset::Wanted;
use crate::kernel::{self, AT_FDCWD, O_PATH, O_WRONLY};
use crate::real::EACCES;
use std::collections::BTreeSet;
use std::ffi::{CStr, CString, c_int};

/// Files that nearly every system has, and few functions use.
const TO_WRITE: [&CStr; 4] = [
    c"/proc/self/comm",
    c"/dev/full",
    c"/dev/zero",
    c"/dev/random",
];
const TO_READ: [&CStr; 4] = [c"/dev/zero", c"/dev/full", c"/dev/random", c"/dev/kmsg"];
/// Programs that do nothing.
const TO_START: [&CStr; 4] = [
    c"/usr/bin/true",
    c"/bin/true",
    c"/usr/bin/false",
    c"/bin/false",
];
/// Ports that hardly anybody waits at.
const TO_CONNECT: [u16; 4] = [1, 7, 9, 13];
const NOT_LISTED: isize = -(EACCES as isize);

/// What will be tried: each was let, before.
#[derive(Debug, Default)]
pub struct Probes {
    write: Option<&'static CStr>,
    read: Option<&'static CStr>,
    start: Option<&'static CStr>,
    port: Option<u16>,
}

/// What was seen to be refused.
#[derive(Debug, Default, Clone, Copy)]
pub struct Proven {
    pub programs: bool,
    pub reads: bool,
    pub writes: bool,
    pub ports: bool,
}

impl Probes {
    /// Chooses acts that are not listed, and that this system lets so far.
    pub fn prepared(wanted: &Wanted) -> Probes {
        let opens = |file: &CStr, flags| kernel::try_open(file, flags) == 0;
        let unlisted = |set: Option<&BTreeSet<Vec<u8>>>, all: [&'static CStr; 4], flags: c_int| {
            let set = set?;
            let mut all = all.into_iter();
            all.find(|file| !is_in(file.to_bytes(), set) && opens(file, flags))
        };
        let listed = wanted.programs.iter().flatten();
        let listed: Vec<_> = listed.filter_map(|path| identity(path)).collect();
        let is_program =
            |file: &&CStr| identity(file.to_bytes()).is_some_and(|one| !listed.contains(&one));
        let is_open = |port: &u16| {
            let ports = wanted.ports.as_ref();
            ports.is_some_and(|ports| !ports.connect.contains(port))
        };
        Probes {
            write: unlisted(wanted.writes.as_ref(), TO_WRITE, O_WRONLY),
            read: unlisted(wanted.reads.as_ref(), TO_READ, 0),
            start: TO_START
                .into_iter()
                .find(|file| !listed.is_empty() && is_program(file)),
            port: TO_CONNECT.into_iter().find(is_open),
        }
    }

    /// Tries them.
    pub fn tried(&self, wanted: &Wanted) -> Proven {
        let is_refused = |file: Option<&CStr>, flags| {
            file.is_some_and(|file| kernel::try_open(file, flags) == NOT_LISTED)
        };
        let starts_none = wanted.programs.as_ref().is_some_and(BTreeSet::is_empty);
        let programs = if starts_none {
            kernel::try_start_nothing() == NOT_LISTED
        } else {
            self.start.and_then(kernel::try_start) == Some(NOT_LISTED)
        };
        const MSG_FASTOPEN: usize = 0x2000_0000;
        let ports = self.port.and_then(kernel::try_connect) == Some(NOT_LISTED)
            && kernel::try_send_nowhere(MSG_FASTOPEN) == -(EOPNOTSUPP as isize);
        Proven {
            programs,
            reads: is_refused(self.read, 0),
            writes: is_refused(self.write, O_WRONLY),
            ports,
        }
    }
}

/// What tells the file at a path from each other one, whatever its names.
fn identity(path: &[u8]) -> Option<kernel::Identity> {
    let path = CString::new(path).ok()?;
    let file = kernel::open_at(AT_FDCWD, &path, O_PATH)?;
    let identity = kernel::identity(file);
    kernel::close(file);
    identity
}

/// Whether a path is one of these, or below one.
fn is_in(path: &[u8], set: &BTreeSet<Vec<u8>>) -> bool {
    set.iter().any(|one| {
        path.strip_prefix(one.as_slice())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    })
}
