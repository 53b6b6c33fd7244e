//! The finder of modules: where it stands, and what arms a sink once its module has run.
//!
//! What it waits for is kept here, where no code of the function can take it away.
//!
//! Does not see: a module that is loaded by importlib while the finder is not in its place, or from a spec that no finder
//!               of `sys.meta_path` was asked for

use crate::{arguments, guard, provenance, tamper};
use hauberk_core::engine::{Deviation, Engine};
use pyo3::ffi::PyObject;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use std::sync::{Mutex, PoisonError};

const PIECE: &str = "finder of modules";
const FOUND: &str = "expected the guard's finder in sys.meta_path, found none";

/// The finder, and what it waits for: modules by their names.
static FINDER: Mutex<Option<(Py<PyAny>, Py<PyDict>)>> = Mutex::new(None);

unsafe extern "C" {
    /// Of the limited API since Python 3.2.
    fn PySys_GetObject(name: *const std::ffi::c_char) -> *mut PyObject;
}

/// Keeps the finder that stands in `sys.meta_path` and what arms which module's sink, the first that are named.
#[pyfunction]
pub fn keep_finder(finder: Py<PyAny>, waiting: &Bound<'_, PyDict>) -> PyResult<()> {
    let waiting = waiting.copy()?.unbind();
    let mut kept = FINDER.lock().unwrap_or_else(PoisonError::into_inner);
    kept.get_or_insert((finder, waiting));
    Ok(())
}

/// What arms the sink of a module; None of one that has no sink.
#[pyfunction]
pub fn waiting_for(name: &Bound<'_, PyAny>) -> Option<Py<PyAny>> {
    // A text of a class of its own may run code while it is compared: what it holds is looked up.
    // SAFETY: the name is live and the GIL is held.
    let text = unsafe { arguments::generalised(name.as_ptr()) }?;
    let text = PyString::new(name.py(), std::str::from_utf8(&text).ok()?);
    let waiting = {
        let kept = FINDER.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()?.1.clone_ref(name.py())
    };
    waiting
        .bind(name.py())
        .get_item(text)
        .ok()?
        .map(Bound::unbind)
}

/// An `import` begins: of a module with a sink the finder is asked, wherever it was put meanwhile.
///
/// # Safety
/// `name` is null or live, and the GIL is held.
pub(crate) unsafe fn begins(name: *mut PyObject) {
    // SAFETY: sinks are asked with the GIL held.
    let python = unsafe { Python::assume_attached() };
    // SAFETY: as above.
    let Some(name) = (unsafe { Bound::from_borrowed_ptr_or_opt(python, name) }) else {
        return;
    };
    if stands(python) || !provenance::is_main_interpreter() || waiting_for(&name).is_none() {
        return;
    }
    let puts_back = guard::engine().as_ref().is_some_and(Engine::puts_back);
    tamper::note_all(missing(python, puts_back));
}

/// That the finder is not where it was put; it is again where `puts_back`.
pub(crate) fn missing(python: Python<'_>, puts_back: bool) -> Vec<Deviation> {
    if stands(python) {
        return Vec::new();
    }
    let is_put_back = puts_back && insert(python).is_ok();
    vec![tamper::deviation(PIECE, FOUND, is_put_back)]
}

fn path(python: Python<'_>) -> Option<Bound<'_, PyList>> {
    // SAFETY: the GIL is held; what is given is borrowed, or null.
    let path =
        unsafe { Bound::from_borrowed_ptr_or_opt(python, PySys_GetObject(c"meta_path".as_ptr())) };
    path?.cast_into::<PyList>().ok()
}

fn stands(python: Python<'_>) -> bool {
    let kept = FINDER.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((finder, _)) = kept.as_ref() else {
        return true;
    };
    path(python).is_some_and(|path| path.iter().any(|one| one.is(finder)))
}

fn insert(python: Python<'_>) -> PyResult<()> {
    let finder = {
        let kept = FINDER.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|(finder, _)| finder.clone_ref(python))
    };
    match (finder, path(python)) {
        (Some(finder), Some(path)) => path.insert(0, finder),
        (Some(finder), None) => python
            .import("sys")?
            .setattr("meta_path", PyList::new(python, [finder])?),
        (None, _) => Ok(()),
    }
}
