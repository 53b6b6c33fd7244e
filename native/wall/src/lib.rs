//! The second wall: a library that is preloaded into the runtime and all processes below it, for what native code and
//! child processes do past the guard. It judges by the same core and the same policy, and writes the same records.
//!
//! Each function of `calls` stands in front of libc's own of the same name. Until the wall stands, and where there is
//! no policy, every call passes straight through. Nothing here takes a lock or calls `malloc`, so that it works in
//! signal handlers, behind `fork` in a process with threads, and in a child of `vfork`.
//!
//! Sees:         what dynamically linked programs ask libc to do
//! Does not see: system calls that machine code makes by itself, what statically linked programs do, programs that get
//!               other rights at their start (the loader preloads nothing into these)
#![cfg_attr(test, allow(dead_code))] // without the functions that are called from outside

mod addresses;
mod allocator;
mod answer;
mod calls;
mod carry;
mod children;
mod front;
mod hold;
mod joined;
mod kernel;
mod libraries;
mod library;
mod log;
mod memo;
mod number_set;
mod owner;
mod path;
mod pending;
mod place;
mod provenance;
mod real;
mod renewed;
mod request_id;
mod setting;
mod shared;
mod slots;
mod start;
mod started;
mod tell;
#[cfg(not(test))]
mod unwinder;
mod wall;
mod whole;

use start::Variables;
use std::ffi::{CStr, c_char, c_int};

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

type Constructor = unsafe extern "C" fn(c_int, *const *const c_char, *const *const c_char);

/// The loader calls it once the libraries that ours needs are ready, before the program's own code runs.
#[cfg(not(test))]
#[used]
#[unsafe(link_section = ".init_array")]
static AT_START: Constructor = at_start;

/// SAFETY: the loader gives the arguments and the environment of the program.
#[cfg_attr(test, allow(unused))]
unsafe extern "C" fn at_start(
    _: c_int,
    _: *const *const c_char,
    environment: *const *const c_char,
) {
    libraries::keep();
    // SAFETY: the loader gives the environment as it stands on the stack, and waits.
    if unsafe { pending::begin(environment.cast_mut()) } {
        return;
    }
    addresses::write();
    real::find_where_untold();
    pending::silence();
    let started = std::panic::catch_unwind(|| {
        let variables = Variables(
            (0..)
                .map_while(|at| {
                    // SAFETY: the list goes on until its null, and stays as it is while the loader waits.
                    let one = unsafe { *environment.add(at) };
                    (!one.is_null()).then(|| unsafe { CStr::from_ptr(one) }.to_bytes())
                })
                .collect(),
        );
        let wall = start::start(&variables)?.raise();
        let told = start::told_invocation(&variables);
        started::begin(told.unwrap_or_else(|| wall.shared.invocation()));
        children::note(wall);
        children::note_forks();
        // SAFETY: the loader gives the environment as it stands on the stack, and waits.
        unsafe { wall.carry.tell(environment.cast_mut()) };
        Some(start::is_admitted(wall))
    });
    if matches!(started, Ok(Some(false))) {
        kernel::exit(126); // as a shell says of what it may not run
    }
}
