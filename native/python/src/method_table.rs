//! The tables of functions of CPython's own modules: entries that lead to ours, and whether they still do.

use pyo3::ffi::{self, PyMethodDef, PyObject};
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// Of CPython since 3.7, in the limited API since 3.10.
const METH_FASTCALL: c_int = 0x80;
/// Of CPython since 3.9.
const METH_METHOD: c_int = 0x200;

/// A function of a module, and what of ours is called in its place, by the way in which it takes its arguments.
pub(crate) struct Redirect {
    pub(crate) module: &'static CStr,
    pub(crate) name: &'static str,
    pub(crate) original: &'static AtomicPtr<c_void>,
    pub(crate) with_tuple: *const c_void,
    pub(crate) with_one: *const c_void,
    pub(crate) with_words: *const c_void,
    pub(crate) with_names: *const c_void,
    pub(crate) with_mapping: *const c_void,
    /// With names, and the class that a method is of.
    pub(crate) with_class: *const c_void,
}

impl Redirect {
    /// One that nothing of ours stands for yet.
    pub(crate) const fn of(
        module: &'static CStr,
        name: &'static str,
        original: &'static AtomicPtr<c_void>,
    ) -> Self {
        Self {
            module,
            name,
            original,
            with_tuple: null(),
            with_one: null(),
            with_words: null(),
            with_names: null(),
            with_mapping: null(),
            with_class: null(),
        }
    }
}

/// # Safety
/// `function` is live, and the GIL is held.
pub(crate) unsafe fn put(redirect: &Redirect, function: *mut PyObject) -> Result<(), String> {
    let name = redirect.name;
    unsafe {
        if ffi::PyCFunction_Check(function) == 0 {
            return Err(format!("{name} is no built-in function"));
        }
        // A built-in function is an object whose first field is its entry in its module's table, on each CPython; that it is
        // shows in what the API says of the same function.
        let entry = *function
            .byte_add(size_of::<PyObject>())
            .cast::<*mut PyMethodDef>();
        let Some(called) = ffi::PyCFunction_GetFunction(function) else {
            return Err(format!("{name} has no function"));
        };
        let meth = (&raw mut (*entry).ml_meth).cast::<*mut c_void>();
        let is_known = *meth == called as *mut c_void
            && (*entry).ml_flags == ffi::PyCFunction_GetFlags(function);
        if !is_known {
            return Err(format!("{name} is not as it is known to be"));
        }
        replace(redirect, entry)
    }
}

/// The same for a method of a class that is written in C, once: the first is the interpreter's own.
///
/// # Safety
/// Both are live, and the GIL is held.
pub(crate) unsafe fn put_method(
    redirect: &Redirect,
    method: *mut PyObject,
    class: *mut PyObject,
) -> Result<(), String> {
    let name = redirect.name;
    unsafe {
        // A method is an object whose fields are its class, its two names and its entry in the class' table.
        let fields = method.byte_add(size_of::<PyObject>()).cast::<*mut c_void>();
        let is_method = ffi::Py_TYPE(method) == &raw mut ffi::PyMethodDescr_Type;
        if !is_method || *fields != class.cast() {
            return Err(format!("{name} is no method of the class"));
        }
        if !redirect.original.load(Ordering::SeqCst).is_null() {
            return Ok(());
        }
        replace(redirect, (*fields.add(3)).cast())
    }
}

unsafe fn replace(redirect: &Redirect, entry: *mut PyMethodDef) -> Result<(), String> {
    let name = redirect.name;
    unsafe {
        let meth = (&raw mut (*entry).ml_meth).cast::<*mut c_void>();
        let called = *meth;
        let ours = match (*entry).ml_flags & !ffi::METH_STATIC {
            ffi::METH_VARARGS => redirect.with_tuple,
            ffi::METH_O => redirect.with_one,
            METH_FASTCALL => redirect.with_words,
            flags if flags == METH_FASTCALL | ffi::METH_KEYWORDS => redirect.with_names,
            flags if flags == ffi::METH_VARARGS | ffi::METH_KEYWORDS => redirect.with_mapping,
            flags if flags == METH_FASTCALL | ffi::METH_KEYWORDS | METH_METHOD => {
                redirect.with_class
            }
            _ => null(),
        };
        let is_named = CStr::from_ptr((*entry).ml_name).to_bytes() == name.as_bytes();
        if !is_named || ours.is_null() {
            return Err(format!("{name} is not as it is known to be"));
        }
        if called != ours.cast_mut() {
            redirect.original.store(called, Ordering::SeqCst);
            AtomicPtr::from_ptr(meth).store(ours.cast_mut(), Ordering::SeqCst);
            TAKEN
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Taken {
                    name,
                    place: meth as usize,
                    ours: ours as usize,
                });
        }
    }
    Ok(())
}

/// Entries of modules' tables that are ours now.
static TAKEN: Mutex<Vec<Taken>> = Mutex::new(Vec::new());

struct Taken {
    name: &'static str,
    /// Addresses: of the entry's function, and of ours.
    place: usize,
    ours: usize,
}

/// The functions of modules in whose place ours does not stand any more; it does again where `puts_back`.
pub(crate) fn missing(puts_back: bool) -> Vec<&'static str> {
    let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut missing = Vec::new();
    for one in taken.iter() {
        // SAFETY: the entry is a part of a table that lives as long as its module's library.
        let place = unsafe { AtomicPtr::from_ptr(one.place as *mut *mut c_void) };
        if place.load(Ordering::Relaxed) as usize != one.ours {
            missing.push(one.name);
            if puts_back {
                place.store(one.ours as *mut c_void, Ordering::SeqCst);
            }
        }
    }
    missing
}

/// The function that stood there before.
///
/// # Safety
/// `F` is its type, and it was stored: ours is called only once it is.
pub(crate) unsafe fn original<F: Copy>(place: &AtomicPtr<c_void>) -> F {
    let function = place.load(Ordering::SeqCst);
    unsafe { std::mem::transmute_copy(&function) }
}
