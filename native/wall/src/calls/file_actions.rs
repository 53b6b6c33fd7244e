//! Which descriptors `posix_spawn` makes a program's standard streams: what glibc keeps of the actions on them.
//!
//! Does not see: the actions of another libc, which keeps them otherwise

use crate::libraries;
use crate::library::Name;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU8, Ordering};

/// `posix_spawn_file_actions_t` of glibc, as far as it is read.
#[repr(C)]
struct Actions {
    room: c_int,
    used: c_int,
    all: *const Action,
}

/// `struct __spawn_action`, likewise: the words of a copy are the descriptor and what it becomes; of an action that closes
/// or opens the first is that descriptor.
#[repr(C)]
struct Action {
    kind: c_int,
    gap: c_int,
    words: [c_int; 2],
    rest: [u64; 2],
}

const CLOSE: c_int = 0;
const COPY: c_int = 1;
const OPEN: c_int = 2;
/// Actions that are looked at.
const MOST: usize = 64;
/// A function that only glibc has.
static OF_GLIBC: Name = Name::new(c"gnu_get_libc_version");
/// Whether this is glibc: 0 is not known yet.
static IS_GLIBC: AtomicU8 = AtomicU8::new(0);

fn is_glibc() -> bool {
    if IS_GLIBC.load(Ordering::Relaxed) == 0 {
        let found = libraries::find(&OF_GLIBC).is_some();
        IS_GLIBC.store(1 + u8::from(found), Ordering::Relaxed);
    }
    IS_GLIBC.load(Ordering::Relaxed) == 2
}

/// The descriptors of this process that become the three streams; -1 is none of its own.
///
/// # Safety
/// The actions are null or a live `posix_spawn_file_actions_t`.
pub(super) unsafe fn streams(actions: *const c_void) -> [c_int; 3] {
    let mut streams = [0, 1, 2];
    // SAFETY: what the caller vouches for.
    let Some(actions) = (unsafe { actions.cast::<Actions>().as_ref() }).filter(|_| is_glibc())
    else {
        return streams;
    };
    let count = usize::try_from(actions.used).unwrap_or(0).min(MOST);
    if actions.all.is_null() || count == 0 {
        return streams;
    }
    // SAFETY: glibc has so many of them there.
    let actions = unsafe { std::slice::from_raw_parts(actions.all, count) };
    let mut changed = [(0, 0); MOST];
    let mut many = 0;
    let now = |changed: &[(c_int, c_int)], asked: c_int| {
        let last = changed.iter().rev().find(|(number, _)| *number == asked);
        last.map_or(asked, |(_, is)| *is)
    };
    for Action { kind, words, .. } in actions {
        changed[many] = match *kind {
            COPY => (words[1], now(&changed[..many], words[0])),
            CLOSE | OPEN => (words[0], -1),
            _ => continue,
        };
        many += 1;
    }
    for stream in &mut streams {
        *stream = now(&changed[..many], *stream);
    }
    streams
}
