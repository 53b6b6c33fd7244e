//! The firewall: is one leaf string of an event an attack?
//!
//! In front stands one pass over the bytes that notes which signs occur (`signs.rs`); a text without
//! them, which is most text, is done. Then the rules speak, which are data (`rules/`): those that are
//! literals and patterns by themselves (`literals.rs`), those that need a grammar through the detectors
//! on the list below. What several rules of one detector say adds up, but never to the 90 that a single
//! rule may have where the structure is unmistakable: such an input may be blocked.
//! A text longer than 64 KiB is read in pieces of that length, which overlap; a piece is judged as a text. Work is
//! counted (`scanner.rs`): an event has a budget, and what goes beyond it is not read, and said to be so. Not seen:
//! forms nested deeper than two, HTML entities, other encodings.

mod climb;
mod climb_signs;
mod code_injection;
mod decode;
mod embeds;
mod etc_names;
mod handler;
mod handler_outside;
mod hidden_files;
mod html;
mod ignored_letters;
mod lambda_interfaces;
mod ldap_injection;
mod leaf;
mod literals;
mod log4shell;
mod mail_command;
mod markup;
mod markup_forms;
mod open_redirect;
mod page_handler;
mod page_part;
mod path_traversal;
mod php_functions;
mod remote_file_inclusion;
mod resemblance;
mod response_splitting;
mod rule;
mod rules;
mod running_style;
mod scanner;
mod script_breakout;
mod script_url;
mod sentence;
mod server_side_request_forgery;
mod shell_arguments;
mod shell_disguise;
mod shell_expansions;
mod shell_injection;
mod shell_place;
mod shell_position;
mod shell_surroundings;
mod shell_words;
mod sql_clauses;
mod sql_conditions;
mod sql_constants;
mod sql_forms;
mod sql_injection;
mod sql_openings;
mod sql_statements;
mod surroundings;
mod system_files;
mod template_arithmetic;
mod template_injection;
mod template_words;
mod url;
mod words;
mod xml_external_entity;
mod xml_schema;
mod xss;

use crate::policy::ALERTING_CONFIDENCE;
use crate::signs::Signs;
use leaf::Detector;
pub use resemblance::{features, scores};
pub use rule::{Finding, Rule};
use rules::KEYS;
pub(crate) use scanner::{Piece, Scanner};
use std::cmp::Reverse;

/// Why a text is an attack of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Which attack: `sql-injection`.
    pub detector: &'static str,
    /// How sure, 0 to 100.
    pub confidence: u8,
    /// The rules that said so, the surest first.
    pub rules: Vec<&'static str>,
    /// How sure each of them is.
    pub confidences: Vec<u8>,
    /// The weakness that the attack aims at.
    pub cwe: u16,
    /// What was seen, for a person.
    pub reason: &'static str,
    /// First byte of what was seen; of a decoded form, of the whole text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// The detectors that are more than literals and patterns, by hand: what is not on this list does not run.
static DETECTORS: &[&Detector] = &[
    &sql_injection::DETECTOR,
    &shell_injection::DETECTOR,
    &code_injection::DETECTOR,
    &path_traversal::DETECTOR,
    &xss::DETECTOR,
    &log4shell::DETECTOR,
    &server_side_request_forgery::DETECTOR,
    &remote_file_inclusion::DETECTOR,
    &xml_external_entity::DETECTOR,
    &open_redirect::DETECTOR,
    &template_injection::DETECTOR,
    &response_splitting::DETECTOR,
    &ldap_injection::DETECTOR,
];

/// What weaker rules together come to at most.
const MOST_OF_WEAK: u8 = 89;

/// Bytes of a key that is read.
const LONGEST_KEY: usize = 4 << 10;

/// Says which attacks `text` is: at most one hit for each detector. However long it is, all of it is read.
#[must_use]
pub fn scan(text: &[u8]) -> Vec<Hit> {
    let mut scanner = Scanner::without_budget();
    for at in 0..Piece::count(text) {
        let _ = scanner.read(Piece::nth(text, at)); // nothing is spent
    }
    scanner.hits()
}

/// Says which attacks `key`, the key of a value, is: as any text, and by the names in it (`user[$ne]`).
#[must_use]
pub fn scan_key(key: &[u8]) -> Vec<Hit> {
    let mut scanner = Scanner::without_budget();
    scanner.read_names(key);
    let _ = scanner.read(Piece::whole(key, Signs::counted(key)));
    scanner.hits()
}

/// The rules that name the key, one of its words, or two in a row.
fn key_rules(key: &[u8]) -> impl Iterator<Item = &'static Rule> {
    let mut rules: Vec<_> = key_rule(key).into_iter().collect();
    let mut last: &[u8] = b"";
    let is_end = |byte: &u8| matches!(byte, b'[' | b']' | b'.');
    let is_quote = |byte: &u8| b"'\"`".contains(byte);
    for word in key.split(is_end) {
        let start = word.iter().take_while(|byte| is_quote(byte)).count();
        let word = &word[start..];
        let word =
            &word[..word.len() - word.iter().rev().take_while(|byte| is_quote(byte)).count()];
        if word.is_empty() {
            continue;
        }
        rules.extend(key_rule(word).or_else(|| key_rule(&[last, b".", word].concat())));
        last = word;
    }
    rules.into_iter()
}

fn key_rule(word: &[u8]) -> Option<&'static Rule> {
    let row = KEYS
        .binary_search_by(|row| row.0.as_bytes().cmp(word))
        .ok()?;
    Some(KEYS[row].1)
}

/// The pieces of what is shown of a text that spoke, where one of `rules` says that it resembles known attacks.
#[must_use]
pub fn alike(rules: &[&str], shown: &[u8]) -> Option<String> {
    let forms = decode::forms(shown, Signs::of(shown));
    let read = |rule: &&str| resemblance::explanation(rule, shown, &forms);
    rules.iter().find_map(read)
}

/// One hit for each detector: its surest finding, made surer by its other rules.
fn hits(mut findings: Vec<Finding>) -> Vec<Hit> {
    findings.sort_by_key(|one| (one.rule.id, Reverse(one.confidence)));
    findings.dedup_by_key(|finding| finding.rule.id);
    // What is like an attack is the last witness, however sure.
    findings.sort_by_key(|one| {
        let is_alike = resemblance::is_alike(one.rule);
        (
            one.rule.detector,
            is_alike,
            Reverse(one.confidence),
            one.rule.id,
        )
    });
    findings
        .chunk_by(|one, other| one.rule.detector == other.rule.detector)
        .filter_map(hit)
        .collect()
}

fn hit(findings: &[Finding]) -> Option<Hit> {
    let Finding {
        rule, start, end, ..
    } = findings[0];
    let confidences: Vec<u8> = findings.iter().map(|finding| finding.confidence).collect();
    let confidence = together(confidences.iter().copied());
    // That a text is like an attack is no news without another witness, unless it is very much so.
    let is_told = !resemblance::is_alike(rule) || confidence >= ALERTING_CONFIDENCE;
    is_told.then(|| Hit {
        detector: rule.detector,
        confidence,
        rules: findings.iter().map(|finding| finding.rule.id).collect(),
        confidences,
        cwe: rule.cwe,
        reason: rule.reason,
        start,
        end,
    })
}

/// As of independent witnesses: the doubt that is left is the product of their doubts.
fn together(confidences: impl Iterator<Item = u8>) -> u8 {
    let mut surest = 0;
    let doubt = confidences.fold(100, |doubt, one| {
        surest = surest.max(one);
        doubt * (100 - u32::from(one.min(100))) / 100
    });
    let together = u8::try_from(100 - doubt).unwrap_or(100);
    surest.max(together.min(MOST_OF_WEAK))
}

impl Hit {
    /// The confidence, where `weight` is what counts of a rule's, in percent, and there may be one more witness.
    /// A rule that is sure of the structure, 90 and above, is never lowered.
    #[must_use]
    pub fn weighed(&self, weight: impl Fn(&str) -> u8, witness: Option<u8>) -> u8 {
        let of_rule = |(rule, own): (&&str, &u8)| {
            let percent = u16::from(weight(rule).min(100));
            let lowered = u8::try_from(u16::from(*own) * percent / 100).unwrap_or(*own);
            if *own > MOST_OF_WEAK { *own } else { lowered }
        };
        let rules = self.rules.iter().zip(&self.confidences).map(of_rule);
        together(rules.chain(witness))
    }
}

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().copied()
}

/// Those patterns that cannot be compiled: none, as a test says.
pub fn broken_patterns() -> impl Iterator<Item = &'static str> {
    let is_broken = |rule: &&Rule| {
        let mut patterns = rule.pattern.iter().chain(&rule.relaxed);
        patterns.any(|pattern| !pattern.is_sound())
    };
    rules().filter(is_broken).map(|rule| rule.id)
}
