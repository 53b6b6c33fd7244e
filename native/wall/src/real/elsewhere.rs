//! Functions that glibc before 2.34 has in libraries of their own, of which a program may load one later, and under other
//! names.
//!
//! Does not see: there, look-ups of these functions by the handle of such a library

use super::{DLOPEN, Real, look_up, named, set_errno};
use crate::real::ENOSYS;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

/// A function, under either name, and its library.
pub struct Elsewhere {
    now: Real,
    before: Real,
    library: &'static CStr,
}

type Open = unsafe extern "C" fn(*const c_char, c_int) -> *mut c_void;

impl Elsewhere {
    const fn named(now: &'static CStr, before: &'static CStr, library: &'static CStr) -> Elsewhere {
        Elsewhere {
            now: Real::named(now),
            before: Real::named(before),
            library,
        }
    }

    fn address(&self) -> *mut c_void {
        [&self.now, &self.before]
            .into_iter()
            .map(Real::address)
            .find(|address| !address.is_null())
            .unwrap_or_else(|| self.in_library())
    }

    /// Whoever calls it has loaded the library, if only for itself.
    #[cold]
    fn in_library(&self) -> *mut c_void {
        const RTLD_LAZY: c_int = 1;
        const RTLD_NOLOAD: c_int = 4;
        let open = DLOPEN.address();
        if open.is_null() {
            return open;
        }
        // SAFETY: it is `dlopen`, with a live C string; what it gives is a handle, or null.
        unsafe {
            let open = std::mem::transmute::<*mut c_void, Open>(open);
            let handle = open(self.library.as_ptr(), RTLD_LAZY | RTLD_NOLOAD);
            if handle.is_null() {
                return ptr::null_mut();
            }
            let found =
                [&self.now, &self.before].map(|one| look_up(handle, one.name.text().as_ptr()));
            let found = found.into_iter().find(|address| !address.is_null());
            found.unwrap_or(ptr::null_mut())
        }
    }

    /// Whether this is its address, as far as the tables of the libraries at the start tell.
    pub fn is(&self, address: *mut c_void) -> bool {
        let known = self.now.tabled().or_else(|| self.before.tabled());
        known == Some(address)
    }
}

macro_rules! elsewhere {
    ($library:literal $($place:ident $name:ident $before:ident ($($argument:ident: $type:ty),*);)*) => {
        $(
            pub static $place: Elsewhere = Elsewhere::named(
                named(concat!(stringify!($name), "\0")),
                named(concat!(stringify!($before), "\0")),
                named(concat!($library, "\0")),
            );

            /// # Safety
            /// As the C function of this name.
            #[inline]
            pub unsafe fn $name($($argument: $type),*) -> c_int {
                let address = $place.address();
                if address.is_null() {
                    set_errno(ENOSYS);
                    return -1;
                }
                // SAFETY: the function of this name has this signature; the rest is the caller's to answer for.
                unsafe {
                    std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($type),*) -> c_int>(address)
                        ($($argument),*)
                }
            }
        )*
    };
}

type Text = *const c_char;
type Any = *const c_void;
type State = *mut c_void;
type Bytes = *const u8;
type Room = *mut u8;

elsewhere! {
    "libresolv.so.2"
    RES_QUERY res_query __res_query(name: Text, class: c_int, kind: c_int, room: Room, size: c_int);
    RES_SEARCH res_search __res_search(name: Text, class: c_int, kind: c_int, room: Room, size: c_int);
    RES_QUERYDOMAIN res_querydomain __res_querydomain(name: Text, domain: Text, class: c_int, kind: c_int, room: Room,
        size: c_int);
    RES_SEND res_send __res_send(query: Bytes, length: c_int, room: Room, size: c_int);
    RES_NQUERY res_nquery __res_nquery(state: State, name: Text, class: c_int, kind: c_int, room: Room, size: c_int);
    RES_NSEARCH res_nsearch __res_nsearch(state: State, name: Text, class: c_int, kind: c_int, room: Room, size: c_int);
    RES_NQUERYDOMAIN res_nquerydomain __res_nquerydomain(state: State, name: Text, domain: Text, class: c_int,
        kind: c_int, room: Room, size: c_int);
    RES_NSEND res_nsend __res_nsend(state: State, query: Bytes, length: c_int, room: Room, size: c_int);
}

elsewhere! {
    "libanl.so.1"
    GETADDRINFO_A getaddrinfo_a getaddrinfo_a(mode: c_int, list: *const Any, count: c_int, told: *mut c_void);
    GAI_ERROR gai_error gai_error(request: Any);
}
