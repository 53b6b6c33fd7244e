//! Bytes that a call is given to send, read once: what is handed on is what was read, whatever runs in between.
//!
//! A class of Python's may lend other bytes each time that it is asked, and bytes may be written over while they are sent:
//! what is no constant is handed on as a copy.

use crate::arguments::{self, Buffer};
use crate::stack::Owned;
use pyo3::ffi::{self, PyObject};
use std::ffi::CStr;
use std::ptr::null_mut;

/// Bytes of a copy: of more that may change, a call that may send a part is given so many.
pub(crate) const MOST_COPIED: usize = 1 << 20;

/// What an object lends.
pub(crate) enum Lent {
    /// It lends nothing: the call fails by itself.
    Nothing,
    /// Asking it has failed; its exception is set.
    Failed,
    Constant(Buffer),
    MayChange(Buffer),
}

impl Lent {
    /// # Safety
    /// The object is null or live, and the GIL is held as long as this lives.
    pub(crate) unsafe fn of(object: *mut PyObject) -> Lent {
        unsafe {
            if object.is_null() || !Buffer::is_lent_by(object) {
                return Lent::Nothing;
            }
            let is_constant = is_bytes(object) || is_view_of_bytes(object);
            match Buffer::of(object) {
                None => Lent::Failed,
                Some(buffer) if is_constant => Lent::Constant(buffer),
                Some(buffer) => Lent::MayChange(buffer),
            }
        }
    }
}

/// `bytes` itself, which nobody changes; a class below it may lend others.
unsafe fn is_bytes(object: *mut PyObject) -> bool {
    unsafe { ffi::Py_TYPE(object) == &raw mut ffi::PyBytes_Type }
}

/// A view of such, as asyncio sends and `ssl` cuts.
unsafe fn is_view_of_bytes(object: *mut PyObject) -> bool {
    unsafe {
        if ffi::Py_TYPE(object) != &raw mut ffi::PyMemoryView_Type {
            return false;
        }
        let of = ffi::PyObject_GetAttrString(object, c"obj".as_ptr());
        if of.is_null() {
            ffi::PyErr_Clear(); // it was let go of
            return false;
        }
        let is_it = is_bytes(of);
        ffi::Py_DecRef(of); // the view keeps it
        is_it
    }
}

/// New `bytes`; null where there is no room, with an exception.
///
/// # Safety
/// The GIL is held.
pub(crate) unsafe fn copy(bytes: &[u8]) -> *mut PyObject {
    let Ok(size) = isize::try_from(bytes.len()) else {
        return null_mut();
    };
    unsafe { ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), size) }
}

/// The bytes of what [`copy`] gave.
///
/// # Safety
/// It is live as long as they are used, and the GIL is held.
pub(crate) unsafe fn copied<'a>(copy: *mut PyObject) -> &'a [u8] {
    unsafe {
        let size = usize::try_from(ffi::PyBytes_Size(copy)).unwrap_or(0);
        std::slice::from_raw_parts(ffi::PyBytes_AsString(copy).cast::<u8>(), size)
    }
}

/// The same tuple with another first item; null where there is no room.
///
/// # Safety
/// Both are live, and the GIL is held.
pub(crate) unsafe fn with_first(tuple: *mut PyObject, first: *mut PyObject) -> *mut PyObject {
    unsafe {
        let size = ffi::PyTuple_Size(tuple);
        let made = ffi::PyTuple_New(size);
        if made.is_null() {
            return made;
        }
        for index in 0..size {
            let one = if index == 0 {
                first
            } else {
                ffi::PyTuple_GetItem(tuple, index)
            };
            ffi::Py_IncRef(one);
            ffi::PyTuple_SetItem(made, index, one); // it keeps what it is given
        }
        made
    }
}

/// Several buffers as a list to hand on, and their bytes in a row.
pub(crate) struct Several {
    list: *mut PyObject,
    pub(crate) bytes: Vec<u8>,
}

impl Several {
    /// Reads what an iterable gives, once; null with an exception where that fails, of which `wrong` is the text where it is
    /// no iterable. What lends nothing is handed on as it is.
    ///
    /// # Safety
    /// The object is live, and the GIL is held as long as this lives.
    pub(crate) unsafe fn read(object: *mut PyObject, wrong: &CStr) -> Option<Several> {
        unsafe {
            let fast = Owned::new(ffi::PySequence_Fast(object, wrong.as_ptr()))?;
            // Of our own: what lends may change a list while it is asked.
            let given = Owned::new(ffi::PySequence_Tuple(fast.pointer()))?;
            let mut several = Several {
                list: ffi::PyList_New(0),
                bytes: Vec::new(),
            };
            let mut count = 0;
            let mut copied_so_far = 0;
            let is_read = !several.list.is_null()
                && arguments::items(given.pointer())
                    .into_iter()
                    .all(|one| several.take(one, &mut count, &mut copied_so_far));
            is_read.then_some(several)
        }
    }

    /// Takes one; whether that could be. Of what is copied no more is taken than may be: the call sends a part.
    unsafe fn take(
        &mut self,
        one: *mut PyObject,
        count: &mut usize,
        copied_so_far: &mut usize,
    ) -> bool {
        unsafe {
            if *copied_so_far > MOST_COPIED && *count > 0 {
                return true;
            }
            *count += 1;
            match Lent::of(one) {
                Lent::Failed => false,
                Lent::Nothing => ffi::PyList_Append(self.list, one) == 0,
                Lent::Constant(buffer) => {
                    self.bytes.extend_from_slice(buffer.bytes());
                    ffi::PyList_Append(self.list, one) == 0
                }
                Lent::MayChange(buffer) => {
                    let part = &buffer.bytes()[..buffer.bytes().len().min(MOST_COPIED)];
                    *copied_so_far += buffer.bytes().len();
                    let Some(copy) = Owned::new(copy(part)) else {
                        return false;
                    };
                    self.bytes.extend_from_slice(copied(copy.pointer()));
                    ffi::PyList_Append(self.list, copy.pointer()) == 0
                }
            }
        }
    }

    pub(crate) fn list(&self) -> *mut PyObject {
        self.list
    }
}

impl Drop for Several {
    fn drop(&mut self) {
        // SAFETY: it is ours, and the GIL is held.
        unsafe { ffi::Py_DecRef(self.list) };
    }
}
