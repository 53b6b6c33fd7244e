//! Which socket a descriptor is, and to whom it is connected.

use crate::provenance;
use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use std::ffi::c_int;
use std::fs::File;
use std::mem::ManuallyDrop;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::FromRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

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
/// Where a socket's object has its descriptor, on each CPython so far: behind the head.
const DESCRIPTOR: usize = size_of::<PyObject>();

/// Keeps how a socket's descriptor is asked for.
pub(crate) fn keep(class: &Bound<'_, PyAny>) -> PyResult<()> {
    let fileno = class.getattr("fileno")?.unbind();
    let _ = FILENO.set(class.py(), fileno); // the first holds
    Ok(())
}

/// The descriptor of a socket, whatever a class of its own says of it; none where there is none.
///
/// # Safety
/// `socket` is a live object of `_socket.socket` and the GIL is held.
pub(crate) unsafe fn descriptor(socket: *mut PyObject) -> Option<c_int> {
    if !provenance::is_main_interpreter() {
        // What is kept is the main one's.
        // SAFETY: so many bytes are behind the head of each socket.
        return Some(unsafe { *socket.byte_add(DESCRIPTOR).cast::<c_int>() });
    }
    // SAFETY: the GIL is held.
    let python = unsafe { Python::assume_attached() };
    let fileno = FILENO.get(python)?;
    // SAFETY: both are live and the GIL is held; what is given is owned, or null with an exception.
    unsafe {
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
        c_int::try_from(descriptor).ok()
    }
}

/// The number by which the kernel knows the socket that a descriptor is, as long as it is open; none of all else.
pub(crate) fn identity(descriptor: c_int) -> Option<u64> {
    if descriptor < 0 {
        return None;
    }
    // SAFETY: it is only asked about, and not closed.
    let file = ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) });
    let found = file.metadata().ok()?;
    found.file_type().is_socket().then(|| found.ino())
}

/// The address and the port that a socket is connected to; none where it is not, or to something else.
pub(crate) fn of(descriptor: c_int) -> Option<SocketAddr> {
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
