//! Records: what the guard says, one JSON object on one line.

use crate::clock::rfc3339;
use crate::escaped;
use crate::redact::clip;
use crate::shapes::Shape;
use crate::shortened::shortened;
use serde::Serialize;
use std::collections::BTreeMap;

/// A line is at most this long: one write puts it into a pipe whole (`PIPE_BUF` is 4,096), and nothing of others in it.
pub const MOST_BYTES: usize = 4_000;
/// How much shorter the long parts of a record may become before it fits.
const SHORTER: [usize; 6] = [1, 2, 4, 8, 16, 64];

/// What all records of one environment share.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub function: String,
    pub version: String,
    /// Drawn at random by this environment: who does not read its log cannot write a record of it.
    pub environment: String,
    /// The log stream that this environment writes to, where it is known; every status names it.
    pub stream: Option<String>,
}

/// Fields of `type: activity`, `detection`, `status`, `inputs` and `usage`; a field without a value is absent.
#[derive(Debug, Default, Serialize)]
pub struct Body {
    /// By which alias the function was invoked; none where by a version, or where no invocation runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detector: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwe: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Seen>,
    /// What the event's poller calls the record that holds the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// A number of who called, the same in all environments of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The path of the input that names the target; none where the code does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub named_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub attacked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How often in one invocation, and how many bytes: the step that was reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyState>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub coverage: BTreeMap<String, String>,
    /// Which wall holds what, by kind of activity.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub walls: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// What inputs have in common; these fit into a line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Shape>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the shape serde asks for
fn is_false(value: &bool) -> bool {
    !value
}

/// An input, as it may be shown.
#[derive(Debug, Clone, Serialize, Default)]
pub struct Seen {
    pub path: String,
    pub excerpt: String,
}

/// Which policy is in force.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PolicyState {
    pub state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    hauberk: &'static str,
    r#type: &'static str,
    id: String,
    environment: &'a str,
    function: &'a str,
    version: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<&'a str>,
    #[serde(flatten)]
    body: &'a Body,
}

/// One record, to be written as a line.
#[derive(Debug)]
pub struct Entry {
    /// `activity`, `detection`, `status`, `inputs` or `usage`.
    pub kind: &'static str,
    pub level: &'static str,
    /// Milliseconds since 1970, UTC.
    pub now_ms: u64,
    pub id: u64,
    pub request_id: String,
    pub body: Body,
}

impl Entry {
    /// One line with its newline, at most [`MOST_BYTES`].
    #[must_use]
    pub fn line(&self, origin: &Origin) -> Vec<u8> {
        let bytes = self.written(origin, &self.body);
        if bytes.len() <= MOST_BYTES {
            return bytes;
        }
        let shorter = SHORTER.map(|by| self.written(origin, &shortened(&self.body, by)));
        let shortest = shorter.iter().map(Vec::len).min().unwrap_or(0);
        let fitting = shorter
            .into_iter()
            .find(|line| line.len() <= MOST_BYTES.max(shortest));
        fitting.unwrap_or_default()
    }

    fn written(&self, origin: &Origin, body: &Body) -> Vec<u8> {
        let line = Line {
            timestamp: rfc3339(self.now_ms),
            level: self.level,
            hauberk: "HAUBERK1",
            r#type: self.kind,
            id: format!("{:016x}", self.id),
            environment: &origin.environment,
            function: &clip(&origin.function, 170),
            version: &clip(&origin.version, 40),
            request_id: &clip(&self.request_id, 128),
            stream: origin.stream.as_deref().filter(|_| self.kind == "status"),
            body,
        };
        let mut bytes = escaped::json(&line);
        bytes.push(b'\n');
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_names_its_environment_and_a_status_its_stream_too() {
        let origin = Origin {
            environment: "5c".repeat(16),
            stream: Some("2026/11/23/[$LATEST]0f1e".to_owned()),
            ..Origin::default()
        };
        for (kind, names_stream) in [("activity", false), ("detection", false), ("status", true)] {
            let entry = Entry {
                kind,
                level: "ERROR",
                now_ms: 0,
                id: 1,
                request_id: String::new(),
                body: Body::default(),
            };
            let line: serde_json::Value = serde_json::from_slice(&entry.line(&origin)).unwrap();
            assert_eq!(line["environment"], origin.environment);
            assert_eq!(line.get("stream").is_some(), names_stream);
        }
    }

    #[test]
    fn the_longest_record_is_one_short_line() {
        let long = || "\u{1}\"é\n".repeat(5_000);
        let body = Body {
            reason: Some(long()),
            target: Some(long()),
            message: Some(long()),
            input: Some(Seen {
                path: long(),
                excerpt: long(),
            }),
            arguments: vec![long(); 50],
            stack: vec![long(); 50],
            coverage: (0..100)
                .map(|n| (format!("{n}{}", long()), long()))
                .collect(),
            walls: (0..100).map(|n| (n.to_string(), long())).collect(),
            ..Body::default()
        };
        let origin = Origin {
            function: "f".repeat(64),
            version: "$LATEST".to_owned(),
            environment: "e".repeat(32),
            stream: Some("s".repeat(120)),
        };
        let entry = Entry {
            kind: "status",
            level: "FATAL",
            now_ms: 0,
            id: 1,
            request_id: "r".to_owned(),
            body,
        };
        let line = entry.line(&origin);
        assert!(line.len() <= MOST_BYTES, "{}", line.len());
        assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
    }
}
