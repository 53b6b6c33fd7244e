//! The firewall for tools.

use hauberk_core::inspection::{Detection, inspect};
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::source_list::SourceList;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A verdict, detections, how many inputs were not fully inspected, and what sent the event.
type Answer<'py> = (&'static str, Vec<Bound<'py, PyDict>>, usize, &'static str);

/// The firewall of a function with some policy.
#[pyclass(frozen)]
pub struct Inspector(Policy);

#[pymethods]
impl Inspector {
    /// Reads a compiled policy (JSON); None stands for the built-in one in mode `prevent`. `lists` are compiled lists of
    /// sources: those that the policy names, and others, which it denies too. Raises ValueError where one cannot be used.
    #[new]
    #[pyo3(signature = (compiled = None, lists = Vec::new()))]
    fn new(compiled: Option<&[u8]>, lists: Vec<Vec<u8>>) -> PyResult<Inspector> {
        let read = compiled.map_or_else(|| Ok(Policy::built_in(Mode::Prevent)), Policy::read);
        let mut policy = read.map_err(|error| PyValueError::new_err(error.0))?;
        for (at, bytes) in lists.iter().enumerate() {
            let wanted = policy.sources.wanted().to_vec();
            if !wanted
                .iter()
                .any(|one| policy.sources.add(one, bytes).is_ok())
            {
                let list = SourceList::read(bytes).map_err(PyValueError::new_err)?;
                policy.sources.add_unnamed(&format!("{}", at + 1), list);
            }
        }
        Ok(Inspector(policy))
    }

    /// Names of the lists that the policy names and that were not given.
    #[getter]
    fn missing_lists(&self) -> Vec<String> {
        self.0.sources.missing()
    }

    /// The verdict (`allow`, `alert`, `block`) on an event, its detections, and how many inputs were not fully inspected.
    fn inspect<'py>(
        &self,
        py: Python<'py>,
        event: &[u8],
    ) -> PyResult<(&'static str, Vec<Bound<'py, PyDict>>, usize)> {
        let (verdict, detections, left_out, _) = self.answer(py, event)?;
        Ok((verdict, detections, left_out))
    }

    /// As `inspect`, and what sent the event.
    fn answer<'py>(&self, py: Python<'py>, event: &[u8]) -> PyResult<Answer<'py>> {
        // A fault of ours ends this event, not the process that inspects a million of them.
        let inspected = py.detach(|| catch_unwind(AssertUnwindSafe(|| inspect(event, &self.0))));
        let inspection =
            inspected.map_err(|_| PyRuntimeError::new_err("the event could not be inspected"))?;
        let detections: PyResult<Vec<_>> = inspection
            .detections
            .iter()
            .map(|detection| as_dict(py, detection))
            .collect();
        Ok((
            inspection.verdict.name(),
            detections?,
            inspection.gap.inputs(),
            inspection.trigger,
        ))
    }
}

fn as_dict<'py>(py: Python<'py>, detection: &Detection) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("verdict", detection.action.name())?;
    dict.set_item("detector", detection.detector)?;
    dict.set_item("confidence", detection.confidence)?;
    dict.set_item("path", &detection.path)?;
    dict.set_item("rules", &detection.rules)?;
    dict.set_item("reason", &detection.reason)?;
    dict.set_item("excerpt", &detection.excerpt)?;
    if let Some(item) = &detection.item {
        dict.set_item("item", item)?;
    }
    Ok(dict)
}
