//! Reading an audit event's arguments through the C API, without running Python code.

use pyo3::ffi::{self, PyObject};
use std::ffi::{CStr, c_char, c_int};

/// The item of a tuple, borrowed; null where there is none.
///
/// # Safety
/// `tuple` is a live tuple and the GIL is held.
pub(crate) unsafe fn item(tuple: *mut PyObject, index: isize) -> *mut PyObject {
    unsafe {
        if index >= ffi::PyTuple_Size(tuple) {
            return std::ptr::null_mut();
        }
        ffi::PyTuple_GetItem(tuple, index)
    }
}

/// The bytes of a str (generalised UTF-8, or its file-system bytes where it was decoded from such) or bytes.
///
/// # Safety
/// `object` is null or live, and the GIL is held.
pub(crate) unsafe fn bytes(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        if object.is_null() {
            return None;
        }
        if ffi::PyBytes_Check(object) != 0 {
            let length = usize::try_from(ffi::PyBytes_Size(object)).ok()?;
            let start = ffi::PyBytes_AsString(object).cast::<u8>();
            return Some(std::slice::from_raw_parts(start, length).to_vec());
        }
        if ffi::PyUnicode_Check(object) == 0 {
            return buffer(object);
        }
        utf8(object)
            .or_else(|| encoded(object, c"surrogateescape"))
            .or_else(|| encoded(object, c"surrogatepass"))
    }
}

/// The name of a host as resolvers are asked for it: Python turns letters that are not ASCII's into such.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn host(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        let text = bytes(object)?;
        if text.is_ascii() || ffi::PyUnicode_Check(object) == 0 {
            return Some(text);
        }
        let encoded = ffi::PyUnicode_AsEncodedString(object, c"idna".as_ptr(), std::ptr::null());
        if encoded.is_null() {
            ffi::PyErr_Clear(); // what is looked up then is nothing
            return Some(text);
        }
        let name = bytes(encoded);
        ffi::Py_DECREF(encoded);
        name
    }
}

/// The text of a str as generalised UTF-8, whatever a class of its own says of itself; the bytes of a buffer.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn generalised(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        if object.is_null() || ffi::PyUnicode_Check(object) == 0 {
            return bytes(object);
        }
        utf8(object).or_else(|| encoded(object, c"surrogatepass"))
    }
}

/// The bytes of a bytearray, a memoryview or another buffer, which many calls take in the place of bytes.
unsafe fn buffer(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        if PyObject_CheckBuffer(object) == 0 {
            return None;
        }
        let copy = ffi::PyBytes_FromObject(object);
        if copy.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let found = bytes(copy);
        ffi::Py_DecRef(copy);
        found
    }
}

unsafe extern "C" {
    /// In CPython since 3.9, in the limited API since 3.11.
    fn PyObject_CheckBuffer(object: *mut PyObject) -> c_int;
    /// In CPython since 3.3, in the limited API since 3.10.
    fn PyUnicode_AsUTF8AndSize(text: *mut PyObject, size: *mut isize) -> *const c_char;
}

unsafe fn utf8(text: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        let mut size = 0;
        let start = PyUnicode_AsUTF8AndSize(text, &raw mut size);
        if start.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(std::slice::from_raw_parts(start.cast::<u8>(), usize::try_from(size).ok()?).to_vec())
    }
}

unsafe fn encoded(text: *mut PyObject, errors: &CStr) -> Option<Vec<u8>> {
    unsafe {
        let encoded = ffi::PyUnicode_AsEncodedString(text, c"utf-8".as_ptr(), errors.as_ptr());
        if encoded.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let found = bytes(encoded);
        ffi::Py_DecRef(encoded);
        found
    }
}

/// The items of a list or tuple of texts; what is no text is left out.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn texts(object: *mut PyObject) -> Vec<Vec<u8>> {
    unsafe {
        if object.is_null() {
            return Vec::new();
        }
        if ffi::PyList_Check(object) != 0 {
            let size = ffi::PyList_Size(object);
            return (0..size)
                .filter_map(|index| text(ffi::PyList_GetItem(object, index)))
                .collect();
        }
        if ffi::PyTuple_Check(object) != 0 {
            let size = ffi::PyTuple_Size(object);
            return (0..size)
                .filter_map(|index| text(ffi::PyTuple_GetItem(object, index)))
                .collect();
        }
        bytes(object).into_iter().collect()
    }
}

/// A str, bytes or path object as text.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn text(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe { bytes(object).or_else(|| fs_path(object)) }
}

/// The path of an `os.PathLike`. It runs the object's own `__fspath__`, as the call itself is about to.
unsafe fn fs_path(object: *mut PyObject) -> Option<Vec<u8>> {
    unsafe {
        if object.is_null() {
            return None;
        }
        let path = ffi::PyOS_FSPath(object);
        if path.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        let found = bytes(path);
        ffi::Py_DecRef(path);
        found
    }
}

/// A whole number; 0 for all else.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn integer(object: *mut PyObject) -> i64 {
    unsafe {
        if object.is_null() || ffi::PyLong_Check(object) == 0 {
            return 0;
        }
        let value = ffi::PyLong_AsLongLong(object);
        if value == -1 && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
        }
        value
    }
}

/// The value of a key of a dict of texts.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn entry(dict: *mut PyObject, key: &CStr) -> Option<Vec<u8>> {
    unsafe {
        if dict.is_null() || ffi::PyDict_Check(dict) == 0 {
            return None;
        }
        bytes(ffi::PyDict_GetItemString(dict, key.as_ptr()))
    }
}

/// The items of a list or tuple, borrowed.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn items(object: *mut PyObject) -> Vec<*mut PyObject> {
    unsafe {
        if object.is_null() {
            return Vec::new();
        }
        if ffi::PyList_Check(object) != 0 {
            return (0..ffi::PyList_Size(object))
                .map(|index| ffi::PyList_GetItem(object, index))
                .collect();
        }
        if ffi::PyTuple_Check(object) != 0 {
            return (0..ffi::PyTuple_Size(object))
                .map(|index| ffi::PyTuple_GetItem(object, index))
                .collect();
        }
        Vec::new()
    }
}

/// `Py_buffer`, as each CPython has it.
#[repr(C)]
struct View {
    start: *mut u8,
    object: *mut PyObject,
    length: isize,
    rest: [usize; 8],
}

unsafe extern "C" {
    /// In CPython since 2.6, in the limited API since 3.11.
    fn PyObject_GetBuffer(object: *mut PyObject, view: *mut View, flags: c_int) -> c_int;
    fn PyBuffer_Release(view: *mut View);
}

/// The bytes that an object lends, which are not copied.
pub(crate) struct Buffer(View);

impl Buffer {
    /// Whether an object lends bytes.
    ///
    /// # Safety
    /// The object is live, and the GIL is held.
    pub(crate) unsafe fn is_lent_by(object: *mut PyObject) -> bool {
        unsafe { PyObject_CheckBuffer(object) != 0 }
    }

    /// Asks for them, which may run Python; none with an exception where that fails.
    ///
    /// # Safety
    /// The object lends bytes, and the GIL is held as long as this lives.
    pub(crate) unsafe fn of(object: *mut PyObject) -> Option<Buffer> {
        unsafe {
            let mut view = View {
                start: std::ptr::null_mut(),
                object: std::ptr::null_mut(),
                length: 0,
                rest: [0; 8],
            };
            let is_lent = PyObject_GetBuffer(object, &raw mut view, 0) == 0;
            is_lent.then(|| Buffer(view))
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        let length = usize::try_from(self.0.length).unwrap_or(0);
        if length == 0 || self.0.start.is_null() {
            return &[];
        }
        // SAFETY: so many bytes are lent until the view is released.
        unsafe { std::slice::from_raw_parts(self.0.start, length) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: the view was filled by CPython, and is released once, with the GIL held.
        unsafe { PyBuffer_Release(&raw mut self.0) };
    }
}
