//! One call at a sink, and what the guard answers.

use crate::activity::{Activity, leaves_traces};
use crate::flow::{Dialect, Language};
use crate::record::Entry;

/// What a call hands to an interpreter of its own: where an input could change a syntax.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    None,
    Path(&'a [u8]),
    Shell(&'a [u8]),
    Arguments(&'a [&'a [u8]]),
    Sql(&'a [u8], Dialect),
    Code(&'a [u8], Language),
    Template(&'a [u8]),
    /// A format string, whose fields reach into objects.
    Format(&'a [u8]),
    /// Where a request goes.
    Url(&'a [u8]),
    /// A document for a parser that may fetch what the document names.
    Xml(&'a [u8]),
    /// A filter of a document database, as JSON.
    Filter(&'a [u8]),
    /// A condition of a key-value store, which is written much like SQL.
    Expression(&'a [u8]),
    /// The name of a module that is imported.
    Module(&'a [u8]),
    /// Bytes that become objects without asking for a name.
    Serialized(&'a [u8]),
}

/// One call at a sink: what it would do, and with what words.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    pub activities: Vec<Activity>,
    pub resource: Resource<'a>,
    /// Shown in records, redacted.
    pub arguments: Vec<&'a [u8]>,
}

/// The code that makes a call, as far as the stack tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Actor<'a> {
    /// The file of code that is no part of the package, its layers and the runtime; none where all is.
    pub foreign: Option<&'a [u8]>,
    /// Whether the AWS SDK acts, or who sends traces.
    pub is_sdk: bool,
    /// Whether the process that is started gets a connection as a standard stream.
    pub hands_over: bool,
}

impl Act<'_> {
    /// No act: what is told is of the event, or of the guard.
    #[must_use]
    pub fn nothing() -> Self {
        Act {
            activities: Vec::new(),
            resource: Resource::None,
            arguments: Vec::new(),
        }
    }

    /// Whether it does more than look: who does it matters.
    #[must_use]
    pub fn leaves_traces(&self) -> bool {
        let does_more = |one: &Activity| leaves_traces(one.kind, &one.operation);
        self.activities.iter().any(does_more)
    }
}

/// Whether a call may go on, and what is to be written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Why it is blocked; none where it is not.
    pub blocked: Option<String>,
    pub entries: Vec<Entry>,
}

/// What to do in the place of handling the event as it is.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The handler does not run.
    Event {
        reason: String,
        /// The JSON answer of triggers that wait for HTTP.
        response: Option<&'static str>,
    },
    /// Single records fail.
    Records(Rest),
}

/// What is left of a batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Rest {
    /// The event without the records that fail; none where no record is left, so that the handler does not run.
    pub event: Option<Vec<u8>>,
    /// The list `batchItemFailures` of these records, JSON.
    pub failures: String,
}
