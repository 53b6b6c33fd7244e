//! A compiled policy as it is written: `spec/policy.schema.json`.

use super::detectors::DetectorDocument;
use super::{Mode, Parameter};
use crate::judge::Action;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) hauberk: u32,
    pub(super) function: String,
    #[serde(default)]
    pub(super) serial: u64,
    #[serde(default)]
    #[allow(dead_code)] // read by people and the console
    pub(super) issued: Option<u64>,
    #[serde(default)]
    pub(super) expires: Option<u64>,
    #[serde(default)]
    #[allow(dead_code)] // read before the document is trusted, by the envelope
    pub(super) key: Option<String>,
    pub(super) mode: Mode,
    #[serde(default)]
    pub(super) protections: BTreeMap<String, Mode>,
    #[serde(default)]
    pub(super) on_error: OnError,
    #[serde(default)]
    pub(super) batch: Batch,
    #[serde(default)]
    pub(super) not_inspected: Action,
    #[serde(default)]
    pub(super) learn_inputs: bool,
    #[serde(default)]
    pub(super) learn_usage: bool,
    #[serde(default)]
    pub(super) watch_arguments: bool,
    #[serde(default)]
    pub(super) allowlist: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) rules: Vec<RuleDocument>,
    #[serde(default)]
    pub(super) exclusions: Vec<ExclusionDocument>,
    #[serde(default)]
    pub(super) detectors: BTreeMap<String, DetectorDocument>,
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, Parameter>,
    #[serde(default)]
    pub(super) sources: SourcesDocument,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Batch {
    #[default]
    Whole,
    ReportItemFailures,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum OnError {
    #[default]
    Open,
    Block,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleDocument {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) patterns: Vec<String>,
    pub(super) expires: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExclusionDocument {
    pub(super) name: String,
    pub(super) kind: Option<String>,
    pub(super) detector: Option<String>,
    pub(super) path: Option<String>,
    pub(super) patterns: Vec<String>,
    pub(super) expires: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcesDocument {
    #[serde(default)]
    pub(super) deny: Vec<String>,
    #[serde(default)]
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) trusted_proxies: Vec<String>,
    #[serde(default)]
    pub(super) lists: Vec<ListDocument>,
    #[serde(default)]
    pub(super) stale_after_days: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListDocument {
    pub(super) name: String,
    pub(super) packed: Option<String>,
    pub(super) path: Option<String>,
    pub(super) sha256: Option<String>,
}
