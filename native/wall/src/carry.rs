//! The wall's own variables, in the environment of each program that is started.
//!
//! Nothing is allocated where the environment has the usual size: in a child of `vfork` it would stay the parent's.

use crate::place::Place;
use std::ffi::{CStr, CString, c_char};
use std::io::Write;
use std::ptr;

pub const PRELOAD: &[u8] = b"LD_PRELOAD=";
pub const WALL: &[u8] = b"HAUBERK_WALL=";
/// Variables and bytes for which there is room on the stack.
const USUAL_COUNT: usize = 128;
const USUAL_BYTES: usize = 1_024;

/// The longest variable that tells a place and an invocation.
const LONGEST_PLACE: usize = 96;

/// The two variables, whole: `NAME=value`; the second is for a program told with the invocation that it is started in.
#[derive(Debug)]
pub struct Carry {
    preload: CString,
    wall: CString,
}

impl Carry {
    #[must_use]
    pub fn new(library: &[u8], place: &Place) -> Option<Carry> {
        Some(Carry {
            preload: CString::new([PRELOAD, library].concat()).ok()?,
            wall: CString::new([WALL, place.written().as_bytes()].concat()).ok()?,
        })
    }

    /// The path of this library.
    pub fn library(&self) -> &[u8] {
        &self.preload.to_bytes()[PRELOAD.len()..]
    }

    /// Where the owner's setting is.
    pub fn place(&self) -> Option<Place> {
        Place::read(&self.wall.to_bytes()[WALL.len()..])
    }

    /// The second variable, of a program that is started in this invocation.
    fn wall_in<'a>(&'a self, invocation: u32, room: &'a mut [u8; LONGEST_PLACE]) -> &'a CStr {
        let place = self.wall.to_bytes();
        let mut rest = &mut room[..];
        let _ = rest
            .write_all(place)
            .and_then(|()| write!(rest, ":{invocation}\0"));
        CStr::from_bytes_until_nul(room).unwrap_or(&self.wall)
    }

    /// Whether an environment has both as they are to be.
    fn is_in(&self, environment: &[&CStr], wall: &CStr) -> bool {
        let is_preloaded = |one: &&CStr| match one.to_bytes().strip_prefix(PRELOAD) {
            Some(value) => names(value, self.library()),
            None => false,
        };
        environment.iter().any(is_preloaded) && environment.contains(&wall)
    }

    /// Says in this process' own environment where the owner's setting is, where the wrapper has left room for that.
    ///
    /// # Safety
    /// The list is this process' environment, a null ends it, and no other thread reads it yet.
    pub unsafe fn tell(&self, environment: *mut *const c_char) {
        let mut at = environment;
        // SAFETY: what the caller vouches for; the string lives as long as the process.
        unsafe {
            while !at.is_null() && !(*at).is_null() {
                if CStr::from_ptr(*at).to_bytes().starts_with(WALL) {
                    *at = self.wall.as_ptr();
                }
                at = at.add(1);
            }
        }
    }

    /// Calls `go` with an environment that has both, for a program that is started in this invocation; what
    /// has to leave the environment in its place tells none.
    ///
    /// # Safety
    /// `environment` is null, or a list of C strings that a null ends.
    pub unsafe fn with<T>(
        &self,
        environment: *const *const c_char,
        started_in: Option<u32>,
        go: impl FnOnce(*const *const c_char) -> T,
    ) -> T {
        // SAFETY: what the caller vouches for.
        let count = unsafe { length(environment) };
        // SAFETY: so many strings are there.
        let given = |at: usize| unsafe { CStr::from_ptr(*environment.add(at)) };
        let mut room = [c""; USUAL_COUNT];
        let mut more = Vec::new();
        let strings = if count <= USUAL_COUNT {
            &mut room[..count]
        } else {
            more.resize(count, c"");
            &mut more[..]
        };
        strings
            .iter_mut()
            .enumerate()
            .for_each(|(at, one)| *one = given(at));
        let mut room = [0; LONGEST_PLACE];
        let wall = started_in.map_or(self.wall.as_c_str(), |invocation| {
            self.wall_in(invocation, &mut room)
        });
        if self.is_in(strings, wall) {
            go(environment)
        } else {
            self.added(strings, wall, go)
        }
    }

    fn added<T>(
        &self,
        given: &[&CStr],
        wall: &CStr,
        go: impl FnOnce(*const *const c_char) -> T,
    ) -> T {
        let mut bytes = [0_u8; USUAL_BYTES];
        let others = given
            .iter()
            .find_map(|one| one.to_bytes().strip_prefix(PRELOAD));
        let mut long = Vec::new();
        let preload = match others.filter(|value| !value.is_empty()) {
            None => &self.preload,
            Some(value) if names(value, self.library()) => {
                self.joined(b"", value, &mut bytes, &mut long)
            }
            Some(value) => self.joined(self.library(), value, &mut bytes, &mut long),
        };
        let mut room = [ptr::null(); USUAL_COUNT + 3];
        let mut more = Vec::new();
        let list = if given.len() <= USUAL_COUNT {
            &mut room[..]
        } else {
            more.resize(given.len() + 3, ptr::null());
            &mut more[..]
        };
        let is_others = |one: &&&CStr| {
            !one.to_bytes().starts_with(PRELOAD) && !one.to_bytes().starts_with(WALL)
        };
        let kept = given.iter().filter(is_others).map(|one| one.as_ptr());
        let all = [preload.as_ptr(), wall.as_ptr()].into_iter().chain(kept);
        list.iter_mut()
            .zip(all)
            .for_each(|(place, one)| *place = one);
        go(list.as_ptr())
    }

    /// `LD_PRELOAD=` and both values.
    fn joined<'a>(
        &'a self,
        ours: &[u8],
        others: &[u8],
        bytes: &'a mut [u8],
        long: &'a mut Vec<u8>,
    ) -> &'a CStr {
        let colon: &[u8] = if ours.is_empty() { b"" } else { b":" };
        let parts = [PRELOAD, ours, colon, others, b"\0"];
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let out = if length <= bytes.len() {
            &mut bytes[..length]
        } else {
            long.resize(length, 0);
            &mut long[..]
        };
        let mut at = 0;
        for part in parts {
            out[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        CStr::from_bytes_until_nul(out).unwrap_or(&self.preload)
    }
}

/// Whether a list of libraries names this one.
fn names(list: &[u8], library: &[u8]) -> bool {
    list.split(|byte| matches!(byte, b':' | b' '))
        .any(|one| one == library)
}

/// How many strings there are before the null.
unsafe fn length(list: *const *const c_char) -> usize {
    let mut count = 0;
    // SAFETY: the list goes on until its null.
    while !list.is_null() && unsafe { !(*list.add(count)).is_null() } {
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: &str = "HAUBERK_WALL=1:2:0000000000000003:7";

    fn carried(environment: &[&str]) -> Vec<String> {
        let place = Place::read(b"1:2:3").unwrap();
        let carry = Carry::new(b"/opt/wall.so", &place).unwrap();
        let strings: Vec<CString> = environment
            .iter()
            .map(|one| CString::new(*one).unwrap())
            .collect();
        let mut list: Vec<*const c_char> = strings.iter().map(|one| one.as_ptr()).collect();
        list.push(ptr::null());
        let read = |list: *const *const c_char| {
            // SAFETY: `with` gives a list that a null ends.
            (0..unsafe { length(list) })
                .map(|at| {
                    unsafe { CStr::from_ptr(*list.add(at)) }
                        .to_str()
                        .unwrap()
                        .to_owned()
                })
                .collect()
        };
        // SAFETY: the strings live until the end.
        unsafe { carry.with(list.as_ptr(), Some(7), read) }
    }

    #[test]
    fn both_variables_are_in_every_environment() {
        let rows: [(&[&str], &[&str]); 7] = [
            (&[], &["LD_PRELOAD=/opt/wall.so", PLACE]),
            (&["A=b"], &["LD_PRELOAD=/opt/wall.so", PLACE, "A=b"]),
            (
                &["LD_PRELOAD=/x.so /y.so", "A=b"],
                &["LD_PRELOAD=/opt/wall.so:/x.so /y.so", PLACE, "A=b"],
            ),
            (
                &["HAUBERK_WALL=9:9:9", "LD_PRELOAD=/x.so:/opt/wall.so"],
                &["LD_PRELOAD=/x.so:/opt/wall.so", PLACE],
            ),
            (&["LD_PRELOAD="], &["LD_PRELOAD=/opt/wall.so", PLACE]),
            (
                &[
                    "LD_PRELOAD=/opt/wall.so",
                    "HAUBERK_WALL=1:2:0000000000000003:6",
                ],
                &["LD_PRELOAD=/opt/wall.so", PLACE],
            ),
            (
                &["A=b", PLACE, "LD_PRELOAD=/opt/wall.so"],
                &["A=b", PLACE, "LD_PRELOAD=/opt/wall.so"],
            ),
        ];
        for (given, expected) in rows {
            assert_eq!(carried(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_large_environment_is_carried_too() {
        let many: Vec<String> = (0..5_000).map(|n| format!("V{n}={n}")).collect();
        let long = format!("LD_PRELOAD=/{}", "x".repeat(5_000));
        let mut given: Vec<&str> = many.iter().map(String::as_str).collect();
        given.push(&long);
        let carried = carried(&given);
        assert_eq!(carried.len(), 5_002);
        assert_eq!(
            carried[0],
            format!("LD_PRELOAD=/opt/wall.so:/{}", "x".repeat(5_000))
        );
        assert_eq!(carried[5_001], "V4999=4999");
    }
}
