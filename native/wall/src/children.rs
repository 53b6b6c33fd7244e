//! The processes below the owner's: which of them were started in which invocation, and which run on when it is over.
//!
//! A process is noted by the one that starts a program in it, right after the `fork` that made it, or where the wall starts in
//! it, if nobody has told that one in which invocation that is. The owner looks when the next invocation begins. What Python's own `multiprocessing` keeps for all invocations is not told of.
//!
//! Does not see: statically linked programs, what is started before the first invocation, processes beyond the 64th that
//! runs at once; what C's `popen` starts counts for the invocation in which it begins

use crate::kernel;
use crate::wall::{Wall, wall};
use crate::{path, started};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::alone::outliving;
use std::ffi::{CString, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};

const MOST: usize = 64;
/// In the place of a process that is just noting itself.
const TAKEN: u32 = u32::MAX;

#[repr(C)]
struct Child {
    /// 0 where there is none.
    process: AtomicU32,
    /// One of the states below.
    state: AtomicU32,
}

const NOT_SEEN: u32 = 0;
/// Any other state is when it was seen first as it was forked, or without words ([`moment`]): it is about to become another
/// program, or may be.
const TOLD: u32 = u32::MAX;
/// How long a fork is given for that: on a busy machine invocations may be over sooner.
const TO_BECOME_MS: u32 = 250;

/// The processes that noted themselves.
#[repr(C)]
pub struct Children {
    /// Whether there may be any.
    are_some: AtomicU32,
    all: [Child; MOST],
}

impl Children {
    fn note(&self, process: u32) {
        let takes = |child: &&Child| {
            let there = child.process.load(Ordering::Relaxed);
            let is_free = there == 0 || !kernel::is_alive(there);
            let taken = |there| {
                child
                    .process
                    .compare_exchange(there, TAKEN, Ordering::Relaxed, Ordering::Relaxed)
            };
            is_free && taken(there).is_ok()
        };
        // A program that is started in the place of another has its number.
        let is_it = |child: &Child| child.process.load(Ordering::Relaxed) == process;
        if self.all.iter().any(is_it) {
            return;
        }
        let Some(place) = self.all.iter().find(takes) else {
            return;
        };
        place.state.store(NOT_SEEN, Ordering::Relaxed);
        place.process.store(process, Ordering::Release);
        self.are_some.store(1, Ordering::Release);
    }
}

/// Notes this process, if an invocation has started it.
pub fn note(wall: &Wall) {
    note_started(wall, kernel::process_id(), started::here(wall));
}

/// Notes a process that this invocation has started; 0 where it is before the first.
pub fn note_started(wall: &Wall, process: u32, invocation: u32) {
    let is_started_in_one = invocation != 0 && !wall.setting.has_workers;
    if is_started_in_one && process != wall.setting.owner {
        wall.shared.children.note(process);
    }
}

type Handler = Option<unsafe extern "C" fn()>;

unsafe extern "C" {
    /// Behind libc's `pthread_atfork`, which no library exports.
    fn __register_atfork(
        before: Handler,
        parent: Handler,
        child: Handler,
        of: *mut c_void,
    ) -> c_int;
}

unsafe extern "C" fn forks() {
    wall().into_iter().for_each(started::fork);
}

unsafe extern "C" fn forked() {
    started::begin_forked();
    wall().into_iter().for_each(note);
}

/// From now on what this process forks notes itself.
pub fn note_forks() {
    // SAFETY: ours stay, and do nothing that a child of `fork` may not.
    unsafe { __register_atfork(Some(forks), None, Some(forked), ptr::null_mut()) };
}

/// An invocation has begun: tells of each process of one before that still runs, of one that still runs as it was
/// forked at the first event a while later.
pub fn look(wall: &Wall) {
    let children = &wall.shared.children;
    if children.are_some.swap(0, Ordering::Acquire) == 0 {
        return;
    }
    for child in &children.all {
        let process = child.process.load(Ordering::Relaxed);
        if process == 0 || process == TAKEN {
            continue;
        }
        if !kernel::is_alive(process) {
            let emptied =
                child
                    .process
                    .compare_exchange(process, 0, Ordering::Relaxed, Ordering::Relaxed);
            if emptied.is_err() {
                children.are_some.store(1, Ordering::Relaxed); // another has taken its place
            }
            continue;
        }
        children.are_some.store(1, Ordering::Relaxed);
        let state = child.state.load(Ordering::Relaxed);
        if state == TOLD {
            continue;
        }
        let words = command_line(process);
        // While a program takes its place a process has no words.
        let is_becoming = words.is_empty() || words == command_line(kernel::process_id());
        let now = moment();
        if state == NOT_SEEN && is_becoming {
            child.state.store(now, Ordering::Relaxed);
        } else if !is_becoming || now.wrapping_sub(state) >= TO_BECOME_MS {
            child.state.store(TOLD, Ordering::Relaxed);
            tell(wall, process, &words);
        }
    }
}

/// The time in milliseconds, as far as a state holds it.
fn moment() -> u32 {
    let low = u32::try_from(kernel::now_ms() & u64::from(u32::MAX)).unwrap_or_default();
    low.clamp(NOT_SEEN + 1, TOLD - 1)
}

fn tell(wall: &Wall, process: u32, words: &[Vec<u8>]) {
    let program = CString::new(format!("/proc/{process}/exe")).ok();
    let program = program
        .and_then(|path| path::linked(&path))
        .unwrap_or_default();
    if program.is_empty() || is_pythons(words, &program, &wall.setting.roots) {
        return;
    }
    if let Some(finding) = outliving(wall.policy(), &program) {
        let activity = Activity::new(Kind::Process, "start", program);
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        wall.say(&finding, &activity, &words);
    }
}

/// What `multiprocessing` starts once, for all that comes: it ends with the process that it serves.
pub(crate) fn is_pythons<W: AsRef<[u8]>>(words: &[W], program: &[u8], roots: &[String]) -> bool {
    const MODULES: [&str; 2] = ["resource_tracker", "forkserver"];
    const BEFORE: [&str; 2] = ["", "import sys; "]; // since Python 3.14
    let is_ours = roots.iter().any(|root| {
        let rest = program.strip_prefix(root.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(b"/"))
    });
    let begins = |word: &W| {
        let word = word.as_ref();
        let word = BEFORE
            .iter()
            .rev()
            .find_map(|before| word.strip_prefix(before.as_bytes()));
        MODULES.iter().any(|module| {
            let code = format!("from multiprocessing.{module} import main");
            word.is_some_and(|word| word.starts_with(code.as_bytes()))
        })
    };
    is_ours && words.iter().any(begins)
}

fn command_line(process: u32) -> Vec<Vec<u8>> {
    let mut room = [0; 1_024];
    let mut read = || {
        let path = CString::new(format!("/proc/{process}/cmdline")).ok()?;
        let file = kernel::open_at(kernel::AT_FDCWD, &path, 0)?;
        let length = kernel::read(file, &mut room);
        kernel::close(file);
        length
    };
    let length = read().unwrap_or(0);
    let words = room[..length].split(|byte| *byte == 0);
    words
        .filter(|word| !word.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}
