//! Other names that libc has for the same functions, as a program may be linked to them.

use super::{file, network, query, shell, stream};
use std::ffi::{c_char, c_int, c_uint, c_void};

type Text = *const c_char;
type Any = *const c_void;
type Room = *mut u8;

macro_rules! aliases {
    ($($name:ident => $module:ident::$same:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[allow(non_snake_case)] // glibc's own
            pub unsafe extern "C" fn $name($($argument: $type),*) -> $answer {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe { $module::$same($($argument),*) }
            }
        )*
    };
}

aliases! {
    __open => file::open(path: Text, flags: c_int, mode: c_uint) -> c_int;
    __open64 => file::open64(path: Text, flags: c_int, mode: c_uint) -> c_int;
    _IO_fopen => stream::fopen(path: Text, mode: Text) -> *mut c_void;
    _IO_popen => shell::popen(command: Text, kind: Text) -> *mut c_void;
    __connect => network::connect(socket: c_int, address: Any, length: c_uint) -> c_int;
    __res_query => query::res_query(name: Text, class: c_int, kind: c_int, room: Room, size: c_int) -> c_int;
    __res_search => query::res_search(name: Text, class: c_int, kind: c_int, room: Room, size: c_int) -> c_int;
    __res_querydomain => query::res_querydomain(name: Text, domain: Text, class: c_int, kind: c_int, room: Room,
        size: c_int) -> c_int;
    __res_send => query::res_send(query: *const u8, length: c_int, room: Room, size: c_int) -> c_int;
    __res_nquery => query::res_nquery(state: *mut c_void, name: Text, class: c_int, kind: c_int, room: Room,
        size: c_int) -> c_int;
    __res_nsearch => query::res_nsearch(state: *mut c_void, name: Text, class: c_int, kind: c_int, room: Room,
        size: c_int) -> c_int;
    __res_nquerydomain => query::res_nquerydomain(state: *mut c_void, name: Text, domain: Text, class: c_int,
        kind: c_int, room: Room, size: c_int) -> c_int;
    __res_nsend => query::res_nsend(state: *mut c_void, query: *const u8, length: c_int, room: Room,
        size: c_int) -> c_int;
}
