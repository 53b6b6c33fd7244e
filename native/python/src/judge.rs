//! The decisions for tools: the learner and the replay ask the same core as the guard.

use hauberk_core::activity::{Activity, Kind};
use hauberk_core::argument_shape::shape;
use hauberk_core::flow::{Asked, Dialect, Language, ask};
use hauberk_core::inputs::decode;
use hauberk_core::judge::Suspicion;
use hauberk_core::policy::{Policy, Protection};
use hauberk_core::{envelope, scan as firewall};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A compiled policy that answers about activities and detections.
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

    /// The action and the reason for one detection: of what `detector` saw with some confidence in the input at
    /// `path`, or in the target of an activity.
    fn judge_suspicion(
        &self,
        protection: &str,
        detector: &str,
        confidence: u8,
        path: &str,
        matched: &[u8],
    ) -> PyResult<(String, String)> {
        let protection = Protection::named(protection).ok_or_else(|| {
            PyValueError::new_err(format!("no protection is called {protection:?}"))
        })?;
        let verdict = self.0.judge_suspicion(&Suspicion {
            protection,
            detector,
            confidence,
            path,
            matched,
        });
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

/// Why `input` changes the syntax of `resource` at a sink; None where it does not. `arguments` are those of `exec`.
///
/// `input` is a JSON value; each text in it is tried, and the forms that it hides.
#[pyfunction]
#[pyo3(signature = (sink, resource, input, dialect = "any"))]
pub fn flow(
    sink: &str,
    resource: Vec<Vec<u8>>,
    input: &[u8],
    dialect: &str,
) -> PyResult<Option<&'static str>> {
    let arguments: Vec<&[u8]> = resource.iter().map(Vec::as_slice).collect();
    let text = arguments.first().copied().unwrap_or_default();
    let asked = match sink {
        "sql" => Asked::Sql(text, dialect_named(dialect)),
        "shell" => Asked::Shell(text),
        "exec" => Asked::Exec(&arguments),
        "path" => Asked::Path(text),
        "url" => Asked::Url(text),
        "code" => Asked::Code(text, language_named(dialect)),
        "template" => Asked::Template(text),
        "format" => Asked::Format(text),
        "nosql" => Asked::NoSql(text),
        _ => return Err(PyValueError::new_err(format!("no sink is called {sink:?}"))),
    };
    Ok(ask(asked, input))
}

/// The shape of the arguments that a program is started with, as the guard has it where no value is secret.
#[pyfunction]
pub fn argument_shape(program: &[u8], arguments: Vec<Vec<u8>>) -> String {
    let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
    shape(program, &arguments, &[])
}

pub(crate) fn language_named(name: &str) -> Language {
    match name {
        "python" => Language::Python,
        "javascript" => Language::JavaScript,
        _ => Language::Any,
    }
}

/// What the firewall sees in one text: detector, confidence, rule, start, end.
#[pyfunction]
pub fn scan(text: &[u8]) -> Vec<(&'static str, u8, Vec<&'static str>, usize, usize)> {
    let hits = firewall::scan(text);
    hits.into_iter()
        .map(|hit| (hit.detector, hit.confidence, hit.rules, hit.start, hit.end))
        .collect()
}

/// The features of a text that the resemblance model is trained with; none where it is not read.
#[pyfunction]
pub fn ngrams(text: &[u8]) -> Vec<u16> {
    firewall::features(text)
}

/// How much a text resembles each family of attacks, 0 in the middle; None where it is not read.
#[pyfunction]
pub fn resemblance(text: &[u8]) -> Option<[f32; 4]> {
    firewall::scores(text)
}

/// Every rule of the firewall: detector, id, confidence, CWE, what is said of a hit, and why it is an attack.
#[pyfunction]
pub fn rules() -> Vec<(
    &'static str,
    &'static str,
    u8,
    u16,
    &'static str,
    &'static str,
)> {
    firewall::rules()
        .map(|one| {
            (
                one.detector,
                one.id,
                one.confidence,
                one.cwe,
                one.reason,
                one.rationale,
            )
        })
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

/// What sent an event: `sqs`, `http-api`; `direct` where its fields tell of nobody.
#[pyfunction]
pub fn trigger(event: &[u8]) -> &'static str {
    decode(event).sender().trigger.name()
}

/// The compiled policy in a variable's value, verified. Raises ValueError where it cannot be trusted.
#[pyfunction]
#[pyo3(signature = (value, trusted = Vec::new()))]
pub fn open_policy(value: &str, trusted: Vec<String>) -> PyResult<(Vec<u8>, String)> {
    let opened = envelope::open(value, &trusted)
        .map_err(|refused| PyValueError::new_err(refused.message))?;
    Ok((opened.document, opened.fingerprint))
}
