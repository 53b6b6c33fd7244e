//! Variables by which libc asks for other names than the one that it is given, where they are not as they were at the
//! environment's start: set by the code, or for a child.

use super::text;
use crate::kernel;
use crate::wall::Wall;
use hauberk_core::asked_name;
use std::ffi::{CString, c_char};

const NAMES: [&std::ffi::CStr; 2] = [c"LOCALDOMAIN", c"HOSTALIASES"];

unsafe extern "C" {
    fn getenv(name: *const c_char) -> *const c_char;
}

/// The names that are asked for in a name's place.
pub(super) fn redirected(wall: &Wall, name: &[u8]) -> Vec<Vec<u8>> {
    // SAFETY: a live C string in, a C string of the environment or null out.
    let now = NAMES.map(|name| unsafe { text(getenv(name.as_ptr())) });
    if now == [None; 2] {
        return Vec::new();
    }
    let now = now.map(|value| value.map(std::ffi::CStr::to_bytes).unwrap_or_default());
    if at_start(wall.setting.owner)
        .is_some_and(|at_start| now == at_start.each_ref().map(|one| &one[..]))
    {
        return Vec::new();
    }
    asked_name::redirected(name, now)
}

/// What the variables of the owner were when it was started.
fn at_start(owner: u32) -> Option<[Vec<u8>; 2]> {
    let path = CString::new(format!("/proc/{owner}/environ")).ok()?;
    let all = kernel::whole(&path)?;
    Some(asked_name::REDIRECTING.map(|name| {
        let value = |one: &[u8]| {
            one.strip_prefix(name.as_bytes())?
                .strip_prefix(b"=")
                .map(<[u8]>::to_vec)
        };
        all.split(|byte| *byte == 0)
            .find_map(value)
            .unwrap_or_default()
    }))
}
