//! Methods of CPython's own classes through which all that Python sends goes, called through ours.
//!
//! As with functions of modules (`redirected.rs`), the class' table of methods is changed, for each reference to a method.

use crate::method_table::{Redirect, original, put_method};
use crate::outgoing::{self, Way};
use crate::refusal;
use crate::sinks::Sink;
use crate::{arguments, formatted, guard, peer};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

/// With a tuple of arguments, and with one argument, a function has the same type.
type Method = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;

static SEND: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_ALL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_TO: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static SEND_MESSAGE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static WRITE: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

fn of_socket(name: &'static str, original: &'static AtomicPtr<c_void>, ours: Method) -> Redirect {
    Redirect {
        with_tuple: ours as *const c_void,
        ..Redirect::of(c"_socket", name, original)
    }
}

fn redirects() -> [Redirect; 5] {
    [
        of_socket("send", &SEND, send),
        of_socket("sendall", &SEND_ALL, send_all),
        of_socket("sendto", &SEND_TO, send_to),
        of_socket("sendmsg", &SEND_MESSAGE, send_message),
        Redirect {
            with_one: write as Method as *const c_void,
            ..Redirect::of(c"_ssl", "write", &WRITE)
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

/// Sends by `original` what is admitted, and notes what was sent; a datagram has an address, all else none.
///
/// SAFETY, of this function and the ones below: CPython calls each as it would call the original, with the GIL held.
unsafe fn send_by(
    place: &AtomicPtr<c_void>,
    way: Way,
    of: *mut PyObject,
    given: *mut PyObject,
    address: *mut PyObject,
    data: &[&[u8]],
) -> *mut PyObject {
    unsafe {
        let joined;
        let bytes = match data {
            [] => &[][..],
            [one] => one,
            several => {
                joined = several.concat();
                &joined[..]
            }
        };
        let host = host_of(address);
        let refused = catch_unwind(AssertUnwindSafe(|| {
            outgoing::admit(way, of, host.as_deref(), bytes)
        }));
        match refused {
            Ok(None) => {}
            Ok(Some(reason)) => {
                refusal::raise(Sink::Send, &reason);
                return null_mut();
            }
            Err(_) => faulted(),
        }
        let answer = original::<Method>(place)(of, given);
        if !answer.is_null() && !bytes.is_empty() {
            let is_all = answer == ffi::Py_None();
            let count = usize::try_from(arguments::integer(answer)).unwrap_or(0);
            let sent = if is_all {
                bytes.len()
            } else {
                count.min(bytes.len())
            };
            let noted = catch_unwind(AssertUnwindSafe(|| {
                outgoing::note(way, of, &bytes[..sent]);
            }));
            if noted.is_err() {
                faulted();
            }
        }
        answer
    }
}

/// The host of a datagram's address; one of another family has none.
unsafe fn host_of(address: *mut PyObject) -> Option<String> {
    unsafe {
        let host = *arguments::items(address).first()?;
        Some(String::from_utf8_lossy(&arguments::bytes(host)?).into_owned())
    }
}

fn faulted() {
    let message = "a sink failed; what was sent was let pass";
    guard::report("fault", message, BTreeMap::new());
}

unsafe fn with_first(
    place: &AtomicPtr<c_void>,
    of: *mut PyObject,
    tuple: *mut PyObject,
    address: *mut PyObject,
) -> *mut PyObject {
    unsafe {
        let first = arguments::item(tuple, 0);
        match arguments::Buffer::of(first) {
            Some(held) => send_by(place, Way::Socket, of, tuple, address, &[held.bytes()]),
            None => original::<Method>(place)(of, tuple), // fails by itself
        }
    }
}

unsafe extern "C" fn send(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe { with_first(&SEND, of, tuple, null_mut()) }
}

unsafe extern "C" fn send_all(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe { with_first(&SEND_ALL, of, tuple, null_mut()) }
}

unsafe extern "C" fn send_to(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe {
        let last = arguments::items(tuple).last().copied();
        with_first(&SEND_TO, of, tuple, last.unwrap_or(null_mut()))
    }
}

unsafe extern "C" fn send_message(of: *mut PyObject, tuple: *mut PyObject) -> *mut PyObject {
    unsafe {
        let held: Vec<_> = arguments::items(arguments::item(tuple, 0))
            .into_iter()
            .filter_map(|one| arguments::Buffer::of(one))
            .collect();
        let data: Vec<_> = held.iter().map(arguments::Buffer::bytes).collect();
        let address = arguments::item(tuple, 3);
        send_by(&SEND_MESSAGE, Way::Socket, of, tuple, address, &data)
    }
}

unsafe extern "C" fn write(of: *mut PyObject, data: *mut PyObject) -> *mut PyObject {
    unsafe {
        match arguments::Buffer::of(data) {
            Some(held) => send_by(&WRITE, Way::Tls, of, data, null_mut(), &[held.bytes()]),
            None => original::<Method>(&WRITE)(of, data),
        }
    }
}
