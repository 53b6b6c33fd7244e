//! Methods of CPython's own classes through which all that Python sends goes, called through ours.
//!
//! As with functions of modules (`redirected.rs`), the class' table of methods is changed, for each reference to a method.

use crate::arguments;
use crate::lent::{self, Lent, MOST_COPIED, Several};
use crate::method_table::{Redirect, original, put_method};
use crate::outgoing::Way;
use crate::sending::send_by;
use crate::stack::Owned;
use crate::volume::Datagram;
use crate::{formatted, peer};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

/// With a tuple of arguments, and with one argument, a function has the same type.
type Method = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
/// With the class that the method is of.
type OfClass = unsafe extern "C" fn(
    *mut PyObject,
    *mut PyObject,
    *const *mut PyObject,
    isize,
    *mut PyObject,
) -> *mut PyObject;

static SEND: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_ALL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_TO: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_MESSAGE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static WRITE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static WRITE_FILE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

fn of_socket(name: &'static str, original: &'static AtomicPtr<c_void>, ours: Method) -> Redirect {
    Redirect {
        with_tuple: ours as *const c_void,
        ..Redirect::of(c"_socket", name, original)
    }
}

fn redirects() -> [Redirect; 6] {
    [
        of_socket("send", &SEND, send),
        of_socket("sendall", &SEND_ALL, send_all),
        of_socket("sendto", &SEND_TO, send_to),
        of_socket("sendmsg", &SEND_MESSAGE, send_message),
        Redirect {
            with_one: write as Method as *const c_void,
            ..Redirect::of(c"_ssl", "write", &WRITE)
        },
        Redirect {
            with_one: write_file as Method as *const c_void,
            with_class: write_file_of_class as OfClass as *const c_void,
            ..Redirect::of(c"_io", "write", &WRITE_FILE)
        },
    ]
}

/// Puts ours in the place of the methods of a module's class; raises where one is not as it is known to be.
#[pyfunction]
pub fn redirect_methods(class: &Bound<'_, PyType>) -> PyResult<()> {
    let of = class.getattr("__module__")?.to_string();
    let own = |one: &&Redirect| of == one.module.to_string_lossy();
    if of == "_socket" {
        peer::keep(class)?;
    }
    let formats = formatted::methods();
    for one in redirects().iter().chain(&formats).filter(own) {
        let method = class.getattr(one.name)?;
        // SAFETY: the method and the class are live, and the GIL is held.
        unsafe { put_method(one, method.as_ptr(), class.as_ptr()) }
            .map_err(PyRuntimeError::new_err)?;
    }
    Ok(())
}

/// Sends what the first argument lends; of more than is copied a part, or all of it piece by piece.
///
/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe fn with_first(
    place: &AtomicPtr<c_void>,
    of: *mut PyObject,
    tuple: *mut PyObject,
    address: *mut PyObject,
    is_all: bool,
) -> *mut PyObject {
    unsafe {
        let call = original::<Method>(place);
        let Some(descriptor) = peer::descriptor(of) else {
            return call(of, tuple);
        };
        let way = Way::Socket(descriptor);
        let datagram = Datagram::to(address);
        let to = datagram.as_ref();
        let buffer = match Lent::of(arguments::item(tuple, 0)) {
            Lent::Nothing => return call(of, tuple),
            Lent::Failed => return null_mut(),
            Lent::Constant(buffer) => {
                return send_by(way, to, buffer.bytes(), is_all, || call(of, tuple));
            }
            Lent::MayChange(buffer) => buffer,
        };
        let mut rest = buffer.bytes();
        loop {
            let (piece, behind) = rest.split_at(rest.len().min(MOST_COPIED));
            let given = Owned::new(lent::copy(piece)).and_then(|copy| {
                let tuple = Owned::new(lent::with_first(tuple, copy.pointer()))?;
                Some((copy, tuple))
            });
            let Some((copy, given)) = given else {
                return null_mut();
            };
            let answer = send_by(way, to, lent::copied(copy.pointer()), is_all, || {
                call(of, given.pointer())
            });
            if !is_all || answer.is_null() || behind.is_empty() {
                return answer;
            }
            ffi::Py_DecRef(answer);
            rest = behind;
        }
    }
}

unsafe extern "C" fn send(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe { with_first(&SEND, of, tuple, null_mut(), false) }
}

unsafe extern "C" fn send_all(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe { with_first(&SEND_ALL, of, tuple, null_mut(), true) }
}

unsafe extern "C" fn send_to(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe {
        let last = arguments::items(tuple).last().copied();
        with_first(&SEND_TO, of, tuple, last.unwrap_or(null_mut()), false)
    }
}

/// Buffers of any iterable, as CPython takes them: asyncio gives an iterator.
unsafe extern "C" fn send_message(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe {
        let call = original::<Method>(&SEND_MESSAGE);
        let first = arguments::item(tuple, 0);
        let Some(descriptor) = peer::descriptor(of).filter(|_| !first.is_null()) else {
            return call(of, tuple);
        };
        let wrong = c"sendmsg() argument 1 must be an iterable";
        let Some(several) = Several::read(first, wrong) else {
            return null_mut();
        };
        let Some(given) = Owned::new(lent::with_first(tuple, several.list())) else {
            return null_mut();
        };
        let datagram = Datagram::to(arguments::item(tuple, 3));
        let way = Way::Socket(descriptor);
        send_by(way, datagram.as_ref(), &several.bytes, false, || {
            call(of, given.pointer())
        })
    }
}

unsafe extern "C" fn write(of: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    unsafe {
        let call = original::<Method>(&WRITE);
        with_one(Way::Tls(of), data, |data| call(of, data))
    }
}

/// A raw file, whose descriptor may be a socket's: buffered files write by it, too.
unsafe extern "C" fn write_file(of: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    unsafe {
        let call = original::<Method>(&WRITE_FILE);
        match socket_of_file(of) {
            Some(socket) => with_one(Way::Socket(socket), data, |data| call(of, data)),
            None => call(of, data),
        }
    }
}

/// The same as CPython 3.13 and later call it.
unsafe extern "C" fn write_file_of_class(
    of: *mut PyObject,
    class: *mut PyObject,
    words: *const *mut PyObject,
    count: isize,
    names: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let call = original::<OfClass>(&WRITE_FILE);
        match socket_of_file(of) {
            Some(socket) if count == 1 => with_one(Way::Socket(socket), *words, |data| {
                call(of, class, &raw const data, count, names)
            }),
            _ => call(of, class, words, count, names),
        }
    }
}

/// Where a raw file has its descriptor, on each CPython so far: behind the head.
const DESCRIPTOR: usize = size_of::<PyObject>();

unsafe fn socket_of_file(of: *mut PyObject) -> Option<c_int> {
    let descriptor = unsafe { *of.byte_add(DESCRIPTOR).cast::<c_int>() };
    peer::identity(descriptor).map(|_| descriptor)
}

/// Sends what one argument lends; what may change is handed on as a copy.
pub(crate) unsafe fn with_one(
    way: Way,
    data: *mut PyObject,
    call: impl Fn(*mut PyObject) -> *mut PyObject,
) -> *mut PyObject {
    unsafe {
        match Lent::of(data) {
            Lent::Nothing => call(data),
            Lent::Failed => null_mut(),
            Lent::Constant(buffer) => send_by(way, None, buffer.bytes(), false, || call(data)),
            Lent::MayChange(buffer) => {
                let Some(copy) = Owned::new(lent::copy(buffer.bytes())) else {
                    return null_mut();
                };
                send_by(way, None, lent::copied(copy.pointer()), false, || {
                    call(copy.pointer())
                })
            }
        }
    }
}
