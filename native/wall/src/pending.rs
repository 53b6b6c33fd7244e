//! A program below the owner begins. What the owner has read is found and mapped at once, while the program has the rights
//! that it was started with, and read when something is first to be judged: many programs do nothing that is.
//!
//! Nothing here may use an address out of a table of the library: see `addresses`. What is written here stands together
//! (`.bss.start`): each page that is touched costs the program some microseconds.

use crate::carry::{Carry, PRELOAD, WALL};
use crate::kernel::{self, AT_FDCWD, O_RDWR};
use crate::place::Place;
use crate::setting::{FORM, Setting};
use crate::shared::Shared;
use crate::wall::Wall;
use crate::{addresses, children, libraries, start, started};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

const LONGEST_LIBRARY: usize = 128;
const LONGEST_PLACE: usize = 96;

/// What was found at the start.
struct Pending {
    found: MaybeUninit<Found>,
    library: [u8; LONGEST_LIBRARY],
    library_length: usize,
    /// `HAUBERK_WALL=…` as this process hands it on.
    variable: [u8; LONGEST_PLACE],
}

struct Kept(UnsafeCell<Pending>);

// SAFETY: it is written once, before `STATE` says that it may be read.
unsafe impl Sync for Kept {}

#[unsafe(link_section = ".bss.start")]
static PENDING: Kept = Kept(UnsafeCell::new(Pending {
    found: MaybeUninit::uninit(),
    library: [0; LONGEST_LIBRARY],
    library_length: 0,
    variable: [0; LONGEST_PLACE],
}));

const NOTHING: u32 = 0;
const IS_FOUND: u32 = 1;
const WAS_READ: u32 = 2;
#[unsafe(link_section = ".bss.start")]
static STATE: AtomicU32 = AtomicU32::new(NOTHING);

/// What the owner has read, mapped.
#[derive(Clone, Copy)]
pub struct Found {
    place: Place,
    setting: &'static [u8],
    shared: &'static Shared,
}

impl Found {
    /// Asks the kernel for it; none where it is not there, or not what the place tells of.
    pub fn map(place: Place) -> Option<Found> {
        let (setting, shared_file) = sealed(place)?;
        let shared = with_file(place.owner, shared_file, O_RDWR, start::map_shared)?;
        Some(Found {
            place,
            setting,
            shared,
        })
    }

    /// Reads it; `library` is the path of this one.
    pub fn wall(&self, library: &[u8]) -> Option<Wall> {
        let setting = Setting::read(self.setting)?;
        if self.shared.nonce.load(Ordering::Relaxed) != setting.nonce {
            return None;
        }
        let carry = Carry::new(library, &self.place)?;
        let free = start::free(&setting);
        Some(Wall::new(
            setting,
            self.place.file,
            self.shared,
            carry,
            free,
        ))
    }
}

/// What the owner has put into its sealed file, mapped, and its descriptor of the memory that all share.
pub fn sealed(place: Place) -> Option<(&'static [u8], c_int)> {
    with_file(place.owner, place.file, 0, |file| {
        let mut words = [0_u64; 4];
        // SAFETY: so many bytes are there, and any are numbers.
        let bytes = unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), 32) };
        let size = kernel::size(file).filter(|_| kernel::read(file, bytes) == Some(32))?;
        let [form, nonce, owner, shared_file] = words.map(u64::from_le);
        if form != FORM || nonce != place.nonce || owner != u64::from(place.owner) {
            return None;
        }
        let at = kernel::map_to_read(file, size)?;
        // SAFETY: so much was mapped, stays mapped, and is sealed.
        let setting = unsafe { std::slice::from_raw_parts(at, size) };
        Some((setting, c_int::try_from(shared_file).ok()?))
    })
}

/// Begins, where nothing is to be decided yet: somebody told in which invocation this program is started and has noted it,
/// it is not the owner, and no standard stream of it is a connection. Whether it did.
///
/// # Safety
/// The list is the process' environment, a null ends it, and the loader waits.
pub unsafe fn begin(environment: *mut *const c_char) -> bool {
    // SAFETY: what the caller vouches for; nobody else reads what is kept yet.
    unsafe {
        let (Some((place, told)), Some(library)) =
            (told(environment), library_in(environment.cast_const()))
        else {
            return false;
        };
        let Some(invocation) = told.started_in else {
            return false;
        };
        let is_usual = library.len() <= LONGEST_LIBRARY
            && told.owner != kernel::process_id()
            && libraries::reach_libc()
            && !kernel::is_commanded();
        let Some(found) = is_usual.then(|| Found::map(told)).flatten() else {
            return false;
        };
        let kept = &mut *PENDING.0.get();
        if !hand_on(place, &mut kept.variable) {
            return false;
        }
        kept.library[..library.len()].copy_from_slice(library);
        kept.library_length = library.len();
        kept.found = MaybeUninit::new(found);
        started::begin(invocation);
        children::note_forks();
    }
    STATE.store(IS_FOUND, Ordering::Release);
    true
}

/// The variable that tells where the setting is, its place in the environment first.
unsafe fn told(environment: *mut *const c_char) -> Option<(*mut *const c_char, Place)> {
    // SAFETY: the list goes on until its null.
    unsafe {
        let mut at = environment;
        while !(*at).is_null() {
            if let Some(value) = CStr::from_ptr(*at).to_bytes().strip_prefix(WALL) {
                return Some((at, Place::read(value)?));
            }
            at = at.add(1);
        }
    }
    None
}

unsafe fn library_in<'a>(environment: *const *const c_char) -> Option<&'a [u8]> {
    // SAFETY: the list goes on until its null; the strings stay as they are while the loader waits.
    unsafe {
        let mut at = environment;
        while !(*at).is_null() {
            let one = CStr::from_ptr(*at).to_bytes();
            if let Some(libraries) = one.strip_prefix(PRELOAD) {
                return start::own_library(libraries);
            }
            at = at.add(1);
        }
    }
    None
}

/// Leaves the invocation out of this process' own variable: what is started by it without us is started in another.
unsafe fn hand_on(place: *mut *const c_char, room: &'static mut [u8; LONGEST_PLACE]) -> bool {
    // SAFETY: the string stays as it is while the loader waits; the room stays as long as the process.
    unsafe {
        let variable = CStr::from_ptr(*place).to_bytes();
        let Some(end) = variable.iter().rposition(|byte| *byte == b':') else {
            return false;
        };
        if end >= room.len() {
            return false;
        }
        room[..end].copy_from_slice(&variable[..end]);
        *place = room.as_ptr().cast();
    }
    true
}

/// The wall of what was found at the start, read now; none where nothing was found or it was read before.
#[cold]
pub fn read() -> Option<Wall> {
    if STATE.load(Ordering::Acquire) != IS_FOUND {
        return None;
    }
    addresses::write();
    silence();
    let read = catch_unwind(|| {
        // SAFETY: it was written before the state said so, and is not again.
        let (kept, found) = unsafe {
            let kept = &*PENDING.0.get();
            (kept, kept.found.assume_init_ref())
        };
        found.wall(&kept.library[..kept.library_length])
    });
    read.ok().flatten()
}

/// What was found is read, and need not be again.
pub fn done() {
    STATE.store(WAS_READ, Ordering::Release);
}

/// A fault is told in a record, not on the function's log.
pub fn silence() {
    static IS_SILENT: AtomicBool = AtomicBool::new(false);
    if !IS_SILENT.swap(true, Ordering::Relaxed) {
        std::panic::set_hook(Box::new(|_| {}));
    }
}

/// Gives `read` a sealed file that the owner has open.
fn with_file<T>(
    owner: u32,
    file: c_int,
    flags: c_int,
    read: impl FnOnce(c_int) -> Option<T>,
) -> Option<T> {
    let mut room = [0; 48];
    let path = path_of(owner, file.unsigned_abs(), &mut room)?;
    let file = kernel::open_at(AT_FDCWD, path, flags)?;
    let read = if kernel::is_sealed(file) {
        read(file)
    } else {
        None
    };
    kernel::close(file);
    read
}

/// `/proc/PROCESS/fd/NUMBER`, without a format.
fn path_of(process: u32, file: u32, room: &mut [u8; 48]) -> Option<&CStr> {
    let mut at = 0;
    let mut add = |part: &[u8]| {
        room[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    };
    add(b"/proc/");
    let mut digits = [0; 10];
    add(written(process, &mut digits));
    add(b"/fd/");
    add(written(file, &mut digits));
    add(b"\0");
    CStr::from_bytes_until_nul(room).ok()
}

fn written(mut number: u32, room: &mut [u8; 10]) -> &[u8] {
    let mut at = room.len();
    loop {
        at -= 1;
        room[at] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            return &room[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_without_a_format() {
        for (process, file) in [(1, 0), (10, 500), (u32::MAX, 2_147_483_647)] {
            let mut room = [0; 48];
            let path = path_of(process, file, &mut room).unwrap();
            assert_eq!(path.to_str().unwrap(), format!("/proc/{process}/fd/{file}"));
        }
    }
}
