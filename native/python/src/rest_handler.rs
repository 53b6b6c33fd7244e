//! The function's handler for the rest of a batch: what it answers also names the records that it did not get.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

const FAILURES: &str = "batchItemFailures";

/// Calls the handler where something is left for it, and adds the blocked records to the failures that it reports.
/// It is native, so that no frame of ours is in the handler's tracebacks.
#[pyclass(frozen, module = "hauberk._native")]
pub struct RestHandler {
    /// None where no record is left.
    handler: Option<Py<PyAny>>,
    failures: Py<PyList>,
}

impl RestHandler {
    /// `failures` is the list as JSON.
    pub(crate) fn new(
        python: Python<'_>,
        handler: Option<Py<PyAny>>,
        failures: &str,
    ) -> PyResult<Self> {
        let failures = parsed(python, failures)?.cast_into::<PyList>()?;
        Ok(RestHandler {
            handler,
            failures: failures.unbind(),
        })
    }

    /// An answer that is no object says nothing to a poller. One whose list is none makes the poller retry all, and
    /// stays as it is.
    fn merged<'py>(
        &self,
        python: Python<'py>,
        answer: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let merged = match object(python, &answer) {
            Some(object) => object.copy()?,
            None => PyDict::new(python),
        };
        let all = PyList::new(python, self.failures.bind(python).iter())?;
        match merged.get_item(FAILURES)? {
            Some(own) if own.is_none() => {}
            Some(own) => {
                let Ok(own) = own.cast_into::<PyList>() else {
                    return Ok(answer);
                };
                for failure in own.iter() {
                    if !all.contains(&failure)? {
                        all.append(failure)?;
                    }
                }
            }
            None => {}
        }
        merged.set_item(FAILURES, all)?;
        Ok(merged.into_any())
    }
}

#[pymethods]
impl RestHandler {
    #[pyo3(signature = (*arguments, **named))]
    fn __call__<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let python = arguments.py();
        let answer = match &self.handler {
            Some(handler) => handler.bind(python).call(arguments, named)?,
            None => python.None().into_bound(python),
        };
        self.merged(python, answer)
    }
}

/// The object that an answer is, also where the function wrote its JSON itself.
fn object<'py>(python: Python<'py>, answer: &Bound<'py, PyAny>) -> Option<Bound<'py, PyDict>> {
    if let Ok(object) = answer.cast::<PyDict>() {
        return Some(object.clone());
    }
    let text = answer.cast::<PyBytes>().ok()?.as_bytes();
    let read = parsed(python, std::str::from_utf8(text).ok()?).ok()?;
    read.cast_into::<PyDict>().ok()
}

fn parsed<'py>(python: Python<'py>, json: &str) -> PyResult<Bound<'py, PyAny>> {
    python.import("json")?.call_method1("loads", (json,))
}
