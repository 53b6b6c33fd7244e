//! One call at a sink, and what the guard answers.

use crate::activity::Activity;
use crate::flow::Dialect;
use crate::record::Entry;

/// What a call hands to an interpreter of its own: where an input could change a syntax.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    None,
    Path(&'a [u8]),
    Shell(&'a [u8]),
    Arguments(&'a [&'a [u8]]),
    Sql(&'a [u8], Dialect),
}

/// One call at a sink: what it would do, and with what words.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    pub activities: Vec<Activity>,
    pub resource: Resource<'a>,
    /// Shown in records, redacted.
    pub arguments: Vec<&'a [u8]>,
}

/// Whether a call may go on, and what is to be written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Why it is blocked; none where it is not.
    pub blocked: Option<String>,
    pub entries: Vec<Entry>,
}

/// What to do in the handler's place.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    /// The JSON answer of triggers that wait for HTTP.
    pub response: Option<&'static str>,
}
