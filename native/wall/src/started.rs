//! In which invocation a process was started. Who starts it knows; the program in it may begin only when the next one has.
//!
//! A process that is forked has it from the one that forked it. What is started by `vfork` or `posix_spawn`, whose caller
//! waits until the program is called, is started when it is called.

use crate::kernel;
use crate::wall::Wall;
use std::sync::atomic::{AtomicU32, Ordering};

/// The process that `STARTED_IN` is about: another one is a child of `vfork`, in its parent's memory, or of a `fork` that
/// told nobody.
#[unsafe(link_section = ".bss.start")]
static PROCESS: AtomicU32 = AtomicU32::new(0);
#[unsafe(link_section = ".bss.start")]
static STARTED_IN: AtomicU32 = AtomicU32::new(0);
/// The invocation in which this process last forked.
static FORKED_IN: AtomicU32 = AtomicU32::new(0);

/// This process begins, started in this invocation.
pub fn begin(invocation: u32) {
    STARTED_IN.store(invocation, Ordering::Relaxed);
    PROCESS.store(kernel::process_id(), Ordering::Release);
}

/// This process is about to fork.
pub fn fork(wall: &Wall) {
    FORKED_IN.store(wall.shared.invocation(), Ordering::Relaxed);
}

/// This process was just forked.
pub fn begin_forked() {
    begin(FORKED_IN.load(Ordering::Relaxed));
}

/// The invocation that this process was started in; 0 where that was before the first.
pub fn here(wall: &Wall) -> u32 {
    if PROCESS.load(Ordering::Acquire) == kernel::process_id() {
        STARTED_IN.load(Ordering::Relaxed)
    } else {
        wall.shared.invocation()
    }
}
