//! The program that a call would start, as the system finds it.

use super::text;
use crate::kernel;
use crate::path::{At, linked, named};
use crate::real::EACCES;
use std::ffi::{CStr, CString, c_char, c_int};

type Text = *const c_char;

const ENOENT: c_int = 2;
const EFAULT: c_int = 14;
/// Where the system looks when there is no `PATH`.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

/// A program to start: where it is, or the number of the error with which the call fails by itself.
pub(super) type Target = Result<Vec<u8>, c_int>;

pub(super) fn in_folder(at: At<'_>) -> Target {
    let path = CString::new(named(at)).map_err(|_| ENOENT)?;
    kernel::executable(&path)?;
    Ok(held(&path).unwrap_or_else(|| path.into_bytes()))
}

/// What `/proc/self/exe` and a descriptor's name there stand for: they are no names of a program.
fn held(path: &CStr) -> Option<Vec<u8>> {
    let rest = path.to_bytes().strip_prefix(b"/proc/")?;
    let (folder, name) = rest.split_at(rest.iter().rposition(|byte| *byte == b'/')?);
    (name == b"/exe" || folder.ends_with(b"/fd")).then(|| linked(path))?
}

/// As `execvp` finds it.
pub(super) fn searched(file: &CStr) -> Target {
    if file.to_bytes().contains(&b'/') {
        return in_folder(At::here(file));
    }
    let folders = variable(c"PATH").unwrap_or(DEFAULT_PATH);
    let mut failed = ENOENT;
    for folder in folders.split(|byte| *byte == b':') {
        let folder = if folder.is_empty() { b"." } else { folder };
        let path = CString::new([folder, b"/", file.to_bytes()].concat()).map_err(|_| ENOENT)?;
        match in_folder(At::here(&path)) {
            Err(EACCES) => failed = EACCES,
            Err(_) => {}
            found => return found,
        }
    }
    Err(failed)
}

fn variable<'a>(name: &CStr) -> Option<&'a [u8]> {
    unsafe extern "C" {
        fn getenv(name: Text) -> Text;
    }
    // SAFETY: a live C string in, a C string of the environment or null out.
    unsafe { text(getenv(name.as_ptr())) }.map(CStr::to_bytes)
}

/// A path that a call names.
///
/// # Safety
/// The pointer is null or a C string, which stays as it is while it is used.
pub(super) unsafe fn named_by<'a>(pointer: Text) -> Result<&'a CStr, c_int> {
    // SAFETY: what the caller vouches for.
    unsafe { text(pointer) }.ok_or(EFAULT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_as_the_system_finds_it() {
        let sh = in_folder(At::here(c"/bin/sh")).unwrap();
        assert!(sh.ends_with(b"/sh"));
        assert_eq!(searched(c"sh").map(|path| path.ends_with(b"/sh")), Ok(true));
        assert_eq!(searched(c"no-such-program"), Err(ENOENT));
        assert_eq!(in_folder(At::here(c"/no/such/program")), Err(ENOENT));
        assert_eq!(in_folder(At::here(c"/etc/passwd")), Err(EACCES));
        let own = std::env::current_exe().unwrap().into_os_string();
        assert_eq!(
            in_folder(At::here(c"/proc/self/exe")),
            Ok(own.into_encoded_bytes())
        );
    }
}
