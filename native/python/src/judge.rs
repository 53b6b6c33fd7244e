//! The decisions for tools: the learner and the replay ask the same core as the guard.

use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow::{self as rule, Dialect};
use hauberk_core::inputs::decode;
use hauberk_core::policy::Policy;
use hauberk_core::{envelope, scan as firewall};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A compiled policy that answers about activities.
#[pyclass(frozen)]
pub struct Judge(Policy);

#[pymethods]
impl Judge {
    /// Reads a compiled policy (JSON). Raises ValueError where it cannot be used.
    #[new]
    fn new(compiled: &[u8]) -> PyResult<Judge> {
        Policy::read(compiled)
            .map(Judge)
            .map_err(|error| PyValueError::new_err(error.0))
    }

    /// The action (`allow`, `alert`, `block`) and the reason for one activity.
    fn judge(&self, kind: &str, operation: &str, target: &str) -> PyResult<(String, String)> {
        let kind = Kind::named(kind).ok_or_else(|| {
            PyValueError::new_err(format!("no kind of activity is called {kind:?}"))
        })?;
        let verdict = self.0.judge(&Activity::new(kind, operation, target));
        Ok((verdict.action.name().to_owned(), verdict.reason.to_string()))
    }
}

pub(crate) fn dialect_named(name: &str) -> Dialect {
    match name {
        "sqlite" => Dialect::Sqlite,
        "postgres" => Dialect::Postgres,
        "mysql" => Dialect::MySql,
        _ => Dialect::Any,
    }
}

/// Why `input` changes the syntax of `resource` at a sink (`sql`, `shell`, `path`); None where it does not.
#[pyfunction]
#[pyo3(signature = (sink, resource, input, dialect = "any"))]
pub fn flow(sink: &str, resource: &[u8], input: &[u8], dialect: &str) -> PyResult<Option<String>> {
    let change = match sink {
        "sql" => rule::sql(resource, input, dialect_named(dialect)),
        "shell" => rule::shell(resource, input),
        "path" => rule::path(resource, input),
        _ => return Err(PyValueError::new_err(format!("no sink is called {sink:?}"))),
    };
    Ok(change.map(|change| change.reason.to_owned()))
}

/// What the firewall sees in one text: detector, confidence, rule, start, end.
#[pyfunction]
pub fn scan(text: &[u8]) -> Vec<(&'static str, u8, Vec<&'static str>, usize, usize)> {
    let hits = firewall::scan(text);
    hits.into_iter()
        .map(|hit| (hit.detector, hit.confidence, hit.rules, hit.start, hit.end))
        .collect()
}

/// The inputs of an event: path and text (generalised UTF-8) each.
#[pyfunction]
pub fn inputs(event: &[u8]) -> Vec<(String, Vec<u8>)> {
    decode(event)
        .inputs()
        .map(|input| (input.path().to_owned(), input.text().to_vec()))
        .collect()
}

/// The compiled policy in a variable's value, verified. Raises ValueError where it cannot be trusted.
#[pyfunction]
#[pyo3(signature = (value, trusted = Vec::new()))]
pub fn open_policy(value: &str, trusted: Vec<String>) -> PyResult<(Vec<u8>, String)> {
    let opened = envelope::open(value, &trusted)
        .map_err(|refused| PyValueError::new_err(refused.message))?;
    Ok((opened.document, opened.fingerprint))
}
