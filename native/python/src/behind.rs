//! Whether an object leads to another: a library that watches calls wraps what it finds, and so ours stands behind its own.
//!
//! Does not see: a wrapper that holds ours and does not call it

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule, PyType};
use std::collections::HashSet;

/// Objects that are looked at to find ours behind what stands there, and steps away from it.
const MOST_FOLLOWED: usize = 300;
const MOST_STEPS: usize = 8;

/// `gc.get_referents` as it was when the guard was put in place.
static REFERENTS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Whether ours is behind an object: among what it refers to, and what that refers to.
pub(crate) fn leads_to(from: &Bound<'_, PyAny>, ours: &Py<PyAny>) -> PyResult<bool> {
    let mut seen = HashSet::new();
    let mut next = vec![from.clone()];
    for _ in 0..MOST_STEPS {
        let mut further = Vec::new();
        for one in next {
            if one.is(ours) {
                return Ok(true);
            }
            if seen.len() >= MOST_FOLLOWED || !seen.insert(one.as_ptr()) || is_world(&one)? {
                continue;
            }
            for found in referents(&one)?.try_iter()? {
                further.push(found?);
            }
        }
        next = further;
    }
    Ok(false)
}

/// Whether an object leads to everything: a module, its names, a class.
fn is_world(one: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(names) = one.cast::<PyDict>() {
        return names.contains("__builtins__");
    }
    Ok(one.is_instance_of::<PyModule>() || one.is_instance_of::<PyType>())
}

pub(crate) fn referents<'py>(of: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let function = REFERENTS.get_or_try_init(of.py(), || {
        let gc = of.py().import("gc")?;
        gc.getattr("get_referents").map(Bound::unbind)
    })?;
    function.bind(of.py()).call1((of,))
}
