//! The second wall in this process, where it was preloaded: what the guard shares with it, so that neither tells what
//! the other has told.

use hauberk_core::activity::{Activity, Kind};
use hauberk_core::afterwards::ACTS_AFTERWARDS;
use hauberk_core::record::Entry;
use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

type Environment = unsafe extern "C" fn(*mut u8) -> c_int;
type Renew = unsafe extern "C" fn() -> c_int;
type ByKind = unsafe extern "C" fn(*mut u8, usize) -> usize;
type TurnTo = unsafe extern "C" fn(*const u8, usize);
type Told = unsafe extern "C" fn(u8, *const u8, usize, *const u8, usize) -> c_int;
type Altered = unsafe extern "C" fn() -> u32;
type TellOfForeign = unsafe extern "C" fn(*const AtomicU32);
type Foreign = unsafe extern "C" fn(*mut u8, usize) -> usize;
type Detected = unsafe extern "C" fn(*const u8, usize, *const u8, usize, *const u8, usize);

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn mincore(page: *mut c_void, size: usize, state: *mut u8) -> c_int;
}

/// `ENOMEM`
const NO_MEMORY: c_int = 12;

/// The wall's functions for a guard.
struct Wall {
    environment: Environment,
    renew: Renew,
    by_kind: ByKind,
    turn_to: TurnTo,
    told: Told,
    detected: Detected,
    altered: Altered,
    read_again: Altered,
    tell_of_foreign: TellOfForeign,
    foreign: Foreign,
}

/// The bit of what the wall judges by, which it can read anew.
const POLICY: u32 = 4;
/// What the wall tells that has changed of it, by the bits of its answer.
const PARTS: [(u32, &str, &str); 5] = [
    (
        1,
        "wall's memory",
        "expected the memory that all processes share, found it written over",
    ),
    (
        2,
        "wall's descriptors",
        "expected the files by which children find the wall, found others or none",
    ),
    (
        POLICY,
        "wall's policy",
        "expected the policy that was read, found another",
    ),
    (
        8,
        "wall's functions",
        "expected the C library's functions behind the wall's, found others",
    ),
    (
        16,
        "wall's place",
        "expected that calls reach the wall before the C library, found some that pass it by",
    ),
];
/// What is told where it cannot be asked.
const LIBRARY: (&str, &str, bool) = (
    "wall's library",
    "expected the library that was preloaded, found nothing there",
    false,
);

static WALL: OnceLock<Option<Wall>> = OnceLock::new();
/// Whether a library may be in this process that is no part of the package: the wall says it here.
static MAY_BE_FOREIGN: AtomicU32 = AtomicU32::new(0);

/// The wall, where it is there and mapped.
fn wall() -> Option<&'static Wall> {
    let wall = WALL.get_or_init(find).as_ref()?;
    wall.is_mapped().then_some(wall)
}

impl Wall {
    /// Whether what it is asked by has not been taken away.
    fn is_mapped(&self) -> bool {
        const PAGE: usize = 4_096; // where pages are larger the kernel refuses: it is not known to be gone
        let (mut state, page) = (0, self.altered as usize & !(PAGE - 1));
        // SAFETY: it looks whether there is a page, which need not be, and writes one byte.
        let answer = unsafe { mincore(page as *mut c_void, PAGE, &raw mut state) };
        answer == 0 || std::io::Error::last_os_error().raw_os_error() != Some(NO_MEMORY)
    }
}

fn find() -> Option<Wall> {
    // SAFETY: the wall's functions of these names have these signatures; where it is not there, neither are they.
    unsafe {
        Some(Wall {
            environment: std::mem::transmute::<*mut c_void, Environment>(named(
                c"hauberk_wall_environment",
            )?),
            renew: std::mem::transmute::<*mut c_void, Renew>(named(c"hauberk_wall_renew")?),
            by_kind: std::mem::transmute::<*mut c_void, ByKind>(named(c"hauberk_wall_by_kind")?),
            turn_to: std::mem::transmute::<*mut c_void, TurnTo>(named(c"hauberk_wall_turn_to")?),
            told: std::mem::transmute::<*mut c_void, Told>(named(c"hauberk_wall_told")?),
            detected: std::mem::transmute::<*mut c_void, Detected>(named(
                c"hauberk_wall_detected",
            )?),
            altered: std::mem::transmute::<*mut c_void, Altered>(named(c"hauberk_wall_altered")?),
            read_again: std::mem::transmute::<*mut c_void, Altered>(named(
                c"hauberk_wall_read_again",
            )?),
            tell_of_foreign: std::mem::transmute::<*mut c_void, TellOfForeign>(named(
                c"hauberk_wall_tell_of_foreign",
            )?),
            foreign: std::mem::transmute::<*mut c_void, Foreign>(named(c"hauberk_wall_foreign")?),
        })
    }
}

/// A function of whichever library of this process has it.
fn named(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: a live C string; null stands for all libraries.
    let found = unsafe { dlsym(std::ptr::null_mut(), name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

/// What the records of this environment are known by, where the wall stands: from now on the guard announces it.
pub(crate) fn environment() -> Option<String> {
    let mut room = [0; 32];
    // SAFETY: there is room for 32 bytes.
    let is_known = unsafe { (wall()?.environment)(room.as_mut_ptr()) } != 0;
    // SAFETY: the number stays.
    unsafe { (wall()?.tell_of_foreign)(&raw const MAY_BE_FOREIGN) };
    is_known.then(|| String::from_utf8_lossy(&room).into_owned())
}

/// What they are known by from now on, drawn anew for this process and those below it.
pub(crate) fn renewed() -> Option<String> {
    // SAFETY: it takes nothing, and is called with the GIL.
    let is_renewed = unsafe { (wall()?.renew)() } != 0;
    is_renewed.then(environment).flatten()
}

/// Which wall holds what, by kind of activity and by part of a kind: ours is the one of language.
pub(crate) fn by_kind() -> BTreeMap<String, String> {
    let mut room = [0; 4_096];
    let told = wall().map_or(0, |wall| {
        // SAFETY: there is room for so many bytes.
        unsafe { (wall.by_kind)(room.as_mut_ptr(), room.len()) }
    });
    let own = Kind::ALL.map(|kind| (kind.name().to_owned(), "language".to_owned()));
    let text = String::from_utf8_lossy(&room[..told.min(room.len())]).into_owned();
    let others = text.lines().filter_map(|line| line.split_once('='));
    let others = others.map(|(name, word)| (name.to_owned(), word.to_owned()));
    own.into_iter().chain(others).collect()
}

/// The file of a library on this thread's stack that is no part of the package, where the wall stands.
pub(crate) fn foreign() -> Option<Vec<u8>> {
    const LONGEST: usize = 4_096;
    if MAY_BE_FOREIGN.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let wall = wall()?;
    let mut room = vec![0; LONGEST];
    // SAFETY: there is room for so many bytes.
    let length = unsafe { (wall.foreign)(room.as_mut_ptr(), room.len()) };
    room.truncate(length);
    (length > 0).then_some(room)
}

/// Opens an invocation there too; an empty id ends one.
pub(crate) fn turn_to(request_id: &str) {
    if let Some(wall) = wall() {
        // SAFETY: so many bytes are there.
        unsafe { (wall.turn_to)(request_id.as_ptr(), request_id.len()) };
    }
}

/// The parts of the wall that are not as they were when the guard joined it, what was found, and whether it was put back.
pub(crate) fn altered(puts_back: bool) -> Vec<(&'static str, &'static str, bool)> {
    let Some(wall) = wall() else {
        let was_there = WALL.get().is_some_and(Option::is_some);
        return was_there.then_some(LIBRARY).into_iter().collect();
    };
    // SAFETY: the wall's functions take nothing.
    let altered = unsafe { (wall.altered)() };
    let parts = PARTS.iter().filter(|(bit, ..)| altered & bit != 0);
    parts
        .map(|(bit, piece, found)| {
            let is_policy = *bit == POLICY;
            (
                *piece,
                *found,
                puts_back && is_policy && unsafe { (wall.read_again)() } != 0,
            )
        })
        .collect()
}

/// An act after the response that is a tracer's: the wall does not tell of it either.
pub(crate) fn is_telemetry(activity: &Activity) {
    let Some(wall) = wall() else { return };
    let parts = [
        ACTS_AFTERWARDS.as_bytes(),
        activity.operation.as_bytes(),
        &activity.target,
    ];
    let [detector, operation, target] = parts.map(|part| (part.as_ptr(), part.len()));
    // SAFETY: so many bytes are there each time.
    unsafe {
        (wall.detected)(
            detector.0,
            detector.1,
            operation.0,
            operation.1,
            target.0,
            target.1,
        );
    }
}

/// What of these records is still to be written: not what the wall has told already. It will not tell the rest.
pub(crate) fn untold(entries: Vec<Entry>) -> Vec<Entry> {
    match wall() {
        None => entries,
        Some(wall) => entries
            .into_iter()
            .filter(|entry| is_untold(wall, entry))
            .collect(),
    }
}

fn is_untold(wall: &Wall, entry: &Entry) -> bool {
    if entry.kind == "usage" {
        return true; // the wall counts nothing
    }
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().as_bytes().to_vec();
    let (operation, target) = (text(&entry.body.operation), text(&entry.body.target));
    let kind = entry.body.kind.and_then(Kind::named);
    // SAFETY: so many bytes are there each time.
    unsafe {
        if let Some(detector) = entry.body.detector {
            let (name, length) = (detector.as_ptr(), detector.len());
            (wall.detected)(
                name,
                length,
                operation.as_ptr(),
                operation.len(),
                target.as_ptr(),
                target.len(),
            );
            return true;
        }
        let Some(kind) = kind else { return true };
        (wall.told)(
            kind as u8,
            operation.as_ptr(),
            operation.len(),
            target.as_ptr(),
            target.len(),
        ) != 0
    }
}
