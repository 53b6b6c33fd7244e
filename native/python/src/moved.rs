//! What stands where the guard had placed something: what is said of it, and how ours comes to stand there again.

use crate::behind::leads_to;
use crate::event_gate::EventGate;
use crate::placed;
use crate::watched::{WatchedFunction, WatchedMethod};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

/// What is not as it was placed.
pub(crate) struct Moved {
    pub(crate) owner: Py<PyAny>,
    pub(crate) name: Py<PyString>,
    pub(crate) ours: Py<PyAny>,
    pub(crate) there: Option<Py<PyAny>>,
    /// The code that it had, where only that was exchanged.
    pub(crate) code: Option<Py<PyAny>>,
    pub(crate) is_own: bool,
}

impl Moved {
    pub(crate) fn is_gate(&self, python: Python<'_>) -> bool {
        self.ours.bind(python).is_instance_of::<EventGate>()
    }

    /// Whether what stands there leads to the gate: then the gate is only to stand in front again.
    pub(crate) fn is_wrapped_gate(&self, python: Python<'_>) -> bool {
        let leads = |there: &Py<PyAny>| leads_to(there.bind(python), &self.ours).unwrap_or(false);
        self.is_gate(python) && self.there.as_ref().is_some_and(leads)
    }

    /// What it is, in words: `method redis.client.Redis.execute_command`.
    pub(crate) fn piece(&self, python: Python<'_>) -> String {
        let owner = self.owner.bind(python);
        let text = |name: &str| Some(owner.getattr(name).ok()?.to_string());
        let place = match owner.cast::<PyType>() {
            Ok(_) => [text("__module__"), text("__qualname__")]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("."),
            Err(_) => text("__name__").unwrap_or_default(),
        };
        let what = match (self.is_own, self.is_gate(python)) {
            (true, _) => "the guard's",
            (_, true) => "event gate",
            _ => "watched",
        };
        format!("{what} {place}.{}", self.name.bind(python))
    }

    /// What was expected there, and what is there.
    pub(crate) fn found(&self, python: Python<'_>) -> String {
        if self.code.is_some() {
            return "expected the code of the guard's function, found another".to_owned();
        }
        let kind = |one: &Py<PyAny>| {
            let name = one.bind(python).get_type().name();
            name.map_or_else(
                |_| "another object".to_owned(),
                |name| format!("another {name}"),
            )
        };
        let there = self
            .there
            .as_ref()
            .map_or_else(|| "nothing".to_owned(), kind);
        format!("expected what the guard placed, found {there} that does not lead to it")
    }

    /// Places ours in front of what stands there now, which is called behind it; what is of the guard itself as it was.
    pub(crate) fn put_back(&self, python: Python<'_>) -> PyResult<()> {
        let owner = self.owner.bind(python);
        let ours = self.ours.bind(python);
        if let Some(code) = &self.code {
            return ours.setattr("__code__", code);
        }
        let again = match &self.there {
            Some(there) if !self.is_own => again(ours, there)?,
            _ => ours.clone(),
        };
        placed::put_as(owner, self.name.bind(python), &again, self.is_own)
    }
}

/// The same in front of another.
fn again<'py>(ours: &Bound<'py, PyAny>, original: &Py<PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let python = ours.py();
    if let Ok(gate) = ours.cast::<EventGate>() {
        return Ok(Bound::new(python, gate.get().over(python, original))?.into_any());
    }
    if let Ok(watched) = ours.cast::<WatchedMethod>() {
        return Ok(Bound::new(python, watched.get().over(python, original))?.into_any());
    }
    if let Ok(watched) = ours.cast::<WatchedFunction>() {
        return Ok(Bound::new(python, watched.get().over(python, original))?.into_any());
    }
    Ok(ours.clone())
}
