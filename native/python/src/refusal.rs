//! A blocked call fails as that call fails: the same family of exception, its side effect absent.

use crate::sinks::Sink;
use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, CString};

const EACCES: i32 = 13;
const ECONNREFUSED: i32 = 111;
const EAI_FAIL: i32 = -4;

/// Sets the exception that stands for a blocked call.
///
/// # Safety
/// The GIL is held and no exception is set.
pub(crate) unsafe fn raise(sink: Sink, message: &str) {
    let message = format!("blocked by Hauberk: {message}");
    unsafe {
        match sink {
            Sink::Resolve | Sink::ResolveAddress => {
                with_errno(borrowed_or(c"_socket", c"gaierror"), EAI_FAIL, &message)
            }
            Sink::Connect | Sink::Send | Sink::SendRequest => {
                with_errno(ffi::PyExc_ConnectionRefusedError, ECONNREFUSED, &message)
            }
            Sink::Import => plain(ffi::PyExc_ImportError, &message),
            Sink::Compile => plain(ffi::PyExc_SyntaxError, &message),
            Sink::Unmarshal | Sink::UnmarshalFile | Sink::Format => {
                plain(ffi::PyExc_ValueError, &message)
            }
            Sink::Unpickle => plain(borrowed_or(c"_pickle", c"UnpicklingError"), &message),
            _ => with_errno(ffi::PyExc_PermissionError, EACCES, &message),
        }
    }
}

/// An exception of a module of this interpreter, else PermissionError.
unsafe fn borrowed_or(module: &CStr, name: &CStr) -> *mut PyObject {
    unsafe {
        let modules = ffi::PyImport_GetModuleDict();
        let module = if modules.is_null() {
            modules
        } else {
            ffi::PyDict_GetItemString(modules, module.as_ptr())
        };
        if module.is_null() {
            return ffi::PyExc_PermissionError;
        }
        let exception = ffi::PyObject_GetAttrString(module, name.as_ptr());
        if exception.is_null() {
            ffi::PyErr_Clear();
            return ffi::PyExc_PermissionError;
        }
        ffi::Py_DecRef(exception); // its module keeps it
        exception
    }
}

unsafe fn with_errno(exception: *mut PyObject, errno: i32, message: &str) {
    unsafe {
        let arguments = ffi::PyTuple_New(2);
        let text = text(message);
        let number = ffi::PyLong_FromLong(errno.into());
        if arguments.is_null() || text.is_null() || number.is_null() {
            return;
        }
        ffi::PyTuple_SetItem(arguments, 0, number);
        ffi::PyTuple_SetItem(arguments, 1, text);
        ffi::PyErr_SetObject(exception, arguments);
        ffi::Py_DecRef(arguments);
    }
}

unsafe fn plain(exception: *mut PyObject, message: &str) {
    let message = CString::new(message.replace('\0', " ")).unwrap_or_default();
    unsafe { ffi::PyErr_SetString(exception, message.as_ptr()) };
}

unsafe fn text(message: &str) -> *mut PyObject {
    let size = isize::try_from(message.len()).unwrap_or(0);
    unsafe { ffi::PyUnicode_FromStringAndSize(message.as_ptr().cast(), size) }
}
