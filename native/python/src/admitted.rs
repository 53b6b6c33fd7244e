//! The decisions that sinks written in Python ask for: why a call is blocked, or None.

use crate::judge::{dialect_named, language_named};
use crate::sinks::{file, sent};
use crate::{guard, passed};
use hauberk_core::act::{Act, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::flow::{self, Named};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// What a call hands to an interpreter of its own; `dialect` is that of `sql`, the language of `code`.
fn resource<'a>(sink: &str, text: &'a [u8], dialect: &str) -> PyResult<Resource<'a>> {
    Ok(match sink {
        "" => Resource::None,
        "sql" => Resource::Sql(text, dialect_named(dialect)),
        "code" => Resource::Code(text, language_named(dialect)),
        "template" => Resource::Template(text),
        "url" => Resource::Url(text),
        "xml" => Resource::Xml(text),
        "filter" => Resource::Filter(text),
        "expression" => Resource::Expression(text),
        _ => return Err(PyValueError::new_err(format!("no sink is called {sink:?}"))),
    })
}

fn admit(activities: Vec<Activity>, resource: Resource<'_>) -> Option<String> {
    guard::admit(&Act {
        activities,
        resource,
        arguments: Vec::new(),
    })
}

/// Decides about a text that is handed to an interpreter.
#[pyfunction]
#[pyo3(signature = (sink, text, dialect = ""))]
pub fn admit_text(sink: &str, text: &[u8], dialect: &str) -> PyResult<Option<String>> {
    Ok(admit(Vec::new(), resource(sink, text, dialect)?))
}

/// Decides about an AWS API call: its actions (`s3:PutObject`), each on an ARN or `*`, and the text in it that AWS
/// itself interprets.
#[pyfunction]
#[pyo3(signature = (actions, sink = "", text = b"".as_slice()))]
pub fn admit_api(
    actions: Vec<(String, String)>,
    sink: &str,
    text: &[u8],
) -> PyResult<Option<String>> {
    let activities = actions
        .iter()
        .map(|(action, target)| Activity::new(Kind::Api, action, target.clone()))
        .collect();
    let reason = admit(activities, resource(sink, text, "")?);
    if reason.is_none() {
        passed::remember(actions);
    }
    Ok(reason)
}

/// Decides about a request of AWS as it is sent: what is no call that was let pass is judged. `ways` are what it may be; the
/// first is judged. Where `is_known` is false an action is the service and the method, of a request that is not known.
#[pyfunction]
pub fn admit_request(
    mut ways: Vec<Vec<(String, String)>>,
    is_known: bool,
) -> PyResult<Option<String>> {
    if ways.is_empty() || ways.iter().any(|acts| passed::holds(acts, is_known)) {
        return Ok(None);
    }
    admit_api(ways.swap_remove(0), "", b"")
}

/// Decides about a name that a deserialiser other than pickle asks for (`posix.system`).
#[pyfunction]
pub fn admit_name(name: &str) -> Option<String> {
    let asked = Activity::new(Kind::Code, "unpickle", name);
    admit(vec![asked], Resource::None)
}

/// The databases that a query of SQLite opens by itself: each by its name (bytes), by a parameter's place (int) or name
/// (str), or by an expression (None).
#[pyfunction]
pub fn databases_of_query(python: Python<'_>, query: &[u8]) -> PyResult<Vec<Py<PyAny>>> {
    let named = |named| {
        Ok(match named {
            Named::Path(path) => PyBytes::new(python, &path).into_any().unbind(),
            Named::Place(place) => place.into_pyobject(python)?.into_any().unbind(),
            Named::Parameter(name) => PyString::new(python, &name).into_any().unbind(),
            Named::Unknown => python.None(),
        })
    };
    flow::files(query).into_iter().map(named).collect()
}

/// Decides about a database that SQLite opens; None where its name cannot be told.
#[pyfunction]
pub fn admit_database(name: Option<&[u8]>) -> Option<String> {
    match name {
        Some(name) => file::open_database(name),
        None => admit(
            vec![Activity::new(Kind::File, "write", "*")],
            Resource::None,
        ),
    }
}

/// Decides about bytes that are about to be encrypted for a host: do they hold the function's own credentials?
#[pyfunction]
pub fn admit_sent(host: &str, bytes: &[u8]) -> Option<String> {
    sent::admit(host, bytes)
}
