//! The code that a function of Python's runs, looked at without running any.

use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

unsafe extern "C" {
    /// Exported by each CPython, though not in the limited API; borrowed.
    fn PyFunction_GetCode(function: *mut PyObject) -> *mut PyObject;
}

static FUNCTION: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The class of functions, as the interpreter itself makes them.
fn class(python: Python<'_>) -> Option<&Bound<'_, PyType>> {
    let class = FUNCTION.get_or_try_init(python, || -> PyResult<Py<PyType>> {
        let made = python.eval(c"lambda: None", None, None)?;
        Ok(made.get_type().unbind())
    });
    class.ok().map(|class| class.bind(python))
}

/// The code of a function; none of what is no function of Python's.
pub(crate) fn of(function: &Bound<'_, PyAny>) -> Option<Py<PyAny>> {
    let python = function.py();
    if !function.get_type().is(class(python)?) {
        return None;
    }
    // SAFETY: it is a function, and the GIL is held.
    unsafe { Bound::from_borrowed_ptr_or_opt(python, PyFunction_GetCode(function.as_ptr())) }
        .map(Bound::unbind)
}

/// Whether a function, of which this was the code, still has it.
pub(crate) fn is(function: &Bound<'_, PyAny>, code: &Py<PyAny>) -> bool {
    // SAFETY: only a function has a code, its class cannot be changed, and the GIL is held.
    unsafe { PyFunction_GetCode(function.as_ptr()) == code.as_ptr() }
}
