//! Names that are asked of a name server by libc's resolver: of any type, by the answer's bytes.
//!
//! What they give vouches for no address.

use super::host::{Asked, asked, asked_for, fail};
use super::text;
use crate::real;
use hauberk_core::asked_name::in_query;
use std::ffi::{c_char, c_int, c_void};

type Text = *const c_char;
type State = *mut c_void;
type Bytes = *const u8;
type Room = *mut u8;

fn admits(asked: &Asked) -> bool {
    let is_admitted = !matches!(asked, Asked::Refused);
    if !is_admitted {
        fail();
    }
    is_admitted
}

/// # Safety
/// Both are null or C strings.
unsafe fn asked_below(name: Text, domain: Text) -> Asked {
    // SAFETY: what the caller vouches for.
    match unsafe { (text(name), text(domain)) } {
        (Some(name), Some(domain)) => {
            asked_for(&[name.to_bytes(), b".", domain.to_bytes()].concat())
        }
        _ => unsafe { asked(name) },
    }
}

/// # Safety
/// The query is null or has so many bytes.
unsafe fn asked_in(query: Bytes, length: c_int) -> Asked {
    let length = usize::try_from(length).unwrap_or(0);
    if query.is_null() {
        return Asked::Nothing;
    }
    // SAFETY: what the caller vouches for.
    let query = unsafe { std::slice::from_raw_parts(query, length) };
    in_query(query).map_or(Asked::Nothing, |name| asked_for(&name))
}

macro_rules! queries {
    ($($name:ident ($($argument:ident: $type:ty),*) $asked:expr;)*) => {
        $(
            /// # Safety
            /// As the C function of this name.
            #[cfg_attr(not(test), unsafe(no_mangle))]
            pub unsafe extern "C" fn $name($($argument: $type),*) -> c_int {
                // SAFETY: the arguments are the caller's, passed on as they are.
                unsafe { if admits(&$asked) { real::$name($($argument),*) } else { -1 } }
            }
        )*
    };
}

queries! {
    res_query(name: Text, class: c_int, kind: c_int, room: Room, size: c_int) asked(name);
    res_search(name: Text, class: c_int, kind: c_int, room: Room, size: c_int) asked(name);
    res_querydomain(name: Text, domain: Text, class: c_int, kind: c_int, room: Room, size: c_int)
        asked_below(name, domain);
    res_send(query: Bytes, length: c_int, room: Room, size: c_int) asked_in(query, length);
    res_nquery(state: State, name: Text, class: c_int, kind: c_int, room: Room, size: c_int) asked(name);
    res_nsearch(state: State, name: Text, class: c_int, kind: c_int, room: Room, size: c_int) asked(name);
    res_nquerydomain(state: State, name: Text, domain: Text, class: c_int, kind: c_int, room: Room, size: c_int)
        asked_below(name, domain);
    res_nsend(state: State, query: Bytes, length: c_int, room: Room, size: c_int) asked_in(query, length);
}
