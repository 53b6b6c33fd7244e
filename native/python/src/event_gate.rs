//! Where an event comes in: the runtime client's own function, with the guard in front of it and behind it. It is
//! native, so that no frame of ours is on the stack, and a clean event costs no Python code.

use crate::{arguments, guard};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::collections::BTreeMap;

/// Where the runtime client passes what, by place and by name (all versions of `awslambdaric` since 1.0).
const HANDLER: (usize, &str) = (1, "request_handler");
const REQUEST_ID: (usize, &str) = (2, "invoke_id");
const EVENT: (usize, &str) = (3, "event_body");

/// `handle_event_request` of AWS's runtime client, whose event is looked at before its handler may see it.
#[pyclass(frozen, module = "hauberk._native")]
pub struct EventGate {
    handle: Py<PyAny>,
    refuse: Py<PyAny>,
}

#[pymethods]
impl EventGate {
    /// `refuse(reason, response)` gives the handler that answers in the place of the function's.
    #[new]
    fn new(handle: Py<PyAny>, refuse: Py<PyAny>) -> Self {
        EventGate { handle, refuse }
    }

    #[pyo3(signature = (*arguments, **named))]
    fn __call__(
        &self,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let python = arguments.py();
        let refused = match self.admit(arguments, named) {
            Ok(refused) => refused,
            Err(fault) if fault.is_instance_of::<PyException>(python) => {
                guard::report("fault", &format!("event: {fault}"), BTreeMap::new());
                None
            }
            Err(fault) => return Err(fault),
        };
        let answer = match refused {
            Some(handler) => self.handle_by(handler, arguments, named),
            None => self.handle.call(python, arguments, named),
        };
        guard::end();
        answer
    }

    /// All that is not ours is the original's.
    fn __getattr__(&self, python: Python<'_>, name: &str) -> PyResult<Py<PyAny>> {
        self.handle.getattr(python, name)
    }
}

impl EventGate {
    /// None lets the event pass; else what answers in the handler's place.
    fn admit<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        named: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let request_id = argument(arguments, named, REQUEST_ID)?;
        // SAFETY: `request_id` is a live object and the GIL is held.
        let request_id = unsafe { arguments::bytes(request_id.as_ptr()) }.unwrap_or_default();
        let request_id = String::from_utf8_lossy(&request_id);
        let event = argument(arguments, named, EVENT)?;
        // SAFETY: `event` is a live object and the GIL is held.
        let event = unsafe { arguments::bytes(event.as_ptr()) };
        let event =
            event.ok_or_else(|| PyTypeError::new_err("the event is neither text nor bytes"))?;
        let Some((reason, response)) = guard::begin(&event, &request_id) else {
            return Ok(None);
        };
        let handler = self.refuse.bind(arguments.py()).call1((reason, response))?;
        Ok(Some(handler))
    }

    fn handle_by(
        &self,
        handler: Bound<'_, PyAny>,
        arguments: &Bound<'_, PyTuple>,
        named: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let python = arguments.py();
        let mut places: Vec<Bound<'_, PyAny>> = arguments.iter().collect();
        if let Some(place) = places.get_mut(HANDLER.0) {
            *place = handler;
            return self
                .handle
                .call(python, PyTuple::new(python, places)?, named);
        }
        let named = named.map_or_else(|| Ok(PyDict::new(python)), |named| named.copy())?;
        named.set_item(HANDLER.1, handler)?;
        self.handle.call(python, arguments, Some(&named))
    }
}

fn argument<'py>(
    arguments: &Bound<'py, PyTuple>,
    named: Option<&Bound<'py, PyDict>>,
    (place, name): (usize, &str),
) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(found) = arguments.get_item(place) {
        return Ok(found);
    }
    let found = named.map_or(Ok(None), |named| named.get_item(name))?;
    found.ok_or_else(|| PyTypeError::new_err(format!("the runtime client passes no {name}")))
}
