//! To whom a socket is connected.

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::ffi::c_int;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// `struct sockaddr_in6`, the longest that is read; that of IPv4 has its port in the same place.
#[repr(C)]
struct Address {
    family: u16,
    port: [u8; 2],
    /// Of IPv4 the address; of IPv6 its flow.
    first: [u8; 4],
    second: [u8; 16],
    rest: [u8; 8],
}

const INTERNET: u16 = 2;
const INTERNET_6: u16 = 10;

unsafe extern "C" {
    fn getpeername(descriptor: c_int, address: *mut u16, length: *mut u32) -> c_int;
}

/// `fileno` of the class of sockets itself: a class below it may have its own.
static FILENO: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Keeps how a socket's descriptor is asked for.
pub(crate) fn keep(class: &Bound<'_, PyAny>) -> PyResult<()> {
    let fileno = class.getattr("fileno")?.unbind();
    let _ = FILENO.set(class.py(), fileno); // the first holds
    Ok(())
}

/// The address and the port; none where a socket is not connected, or to something else.
///
/// # Safety
/// `socket` is a live one and the GIL is held.
pub(crate) unsafe fn of(socket: *mut PyObject) -> Option<SocketAddr> {
    // SAFETY: the GIL is held.
    let python = unsafe { Python::assume_attached() };
    let fileno = FILENO.get(python)?;
    // SAFETY: both are live and the GIL is held; what is given is owned, or null with an exception.
    let descriptor = unsafe {
        let number = ffi::PyObject_CallFunctionObjArgs(
            fileno.as_ptr(),
            socket,
            std::ptr::null_mut::<PyObject>(),
        );
        if number.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let descriptor = ffi::PyLong_AsLong(number);
        ffi::Py_DecRef(number);
        c_int::try_from(descriptor).ok()?
    };
    let mut address = Address {
        family: 0,
        port: [0; 2],
        first: [0; 4],
        second: [0; 16],
        rest: [0; 8],
    };
    let mut length = u32::try_from(size_of::<Address>()).ok()?;
    // SAFETY: there is room for so many bytes.
    let failed =
        unsafe { getpeername(descriptor, (&raw mut address).cast(), &raw mut length) } != 0;
    if failed {
        return None;
    }
    let ip = match address.family {
        INTERNET => IpAddr::V4(Ipv4Addr::from(address.first)),
        INTERNET_6 => Ipv6Addr::from(address.second).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, u16::from_be_bytes(address.port)))
}
