//! Entries of lists, rules and exclusions: an operation and a pattern of targets each.

use crate::activity::ARGUMENTS;
use crate::pattern::matches;
use std::collections::{HashMap, HashSet};

/// What a pattern without wildcards stands for; none where it has some.
fn literal(pattern: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' => return None,
            b'\\' => out.push(*bytes.next().unwrap_or(&b'\\')),
            _ => out.push(*byte),
        }
    }
    Some(out)
}

/// What a pattern with wildcards begins with, up to the first of them.
fn opening(pattern: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = pattern.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'*' | b'?' => break,
            b'\\' => out.push(*bytes.next().unwrap_or(&b'\\')),
            _ => out.push(*byte),
        }
    }
    out
}

/// Whether an entry's operation stands for another: wildcards do for all but arguments, which are of a program that other
/// entries let be started.
fn is_for(pattern: &[u8], operation: &str) -> bool {
    let operation = operation.as_bytes();
    pattern == operation || operation != ARGUMENTS.as_bytes() && matches(pattern, operation, None)
}

/// What one entry is about, without its wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// This one alone.
    Only(Vec<u8>),
    /// All that begin so, or some of them.
    Beginning(Vec<u8>),
}

/// Many entries, each an operation and a pattern of targets.
#[derive(Debug, Default)]
pub struct Entries {
    literals: HashMap<Vec<u8>, HashSet<Vec<u8>>>,
    wild: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Entries {
    /// Adds `operation pattern`; an entry without a space is for every operation.
    pub fn add(&mut self, entry: &str) {
        let (operation, pattern) = entry.split_once(' ').unwrap_or(("*", entry));
        match literal(pattern.as_bytes()) {
            Some(target) => {
                let operations = self.literals.entry(target).or_default();
                operations.insert(operation.as_bytes().to_vec());
            }
            None => {
                let entry = (operation.as_bytes().to_vec(), pattern.as_bytes().to_vec());
                self.wild.push(entry);
            }
        }
    }

    /// What the entries for an operation are about.
    pub(crate) fn targets_of(&self, operation: &str) -> Vec<Target> {
        let is_for = |pattern: &[u8]| is_for(pattern, operation);
        let literals = self
            .literals
            .iter()
            .filter(|(_, operations)| operations.iter().any(|pattern| is_for(pattern)))
            .map(|(target, _)| Target::Only(target.clone()));
        let wild = self
            .wild
            .iter()
            .filter(|(operations, _)| is_for(operations))
            .map(|(_, pattern)| Target::Beginning(opening(pattern)));
        literals.chain(wild).collect()
    }

    /// Whether an entry is for this operation by its name.
    pub(crate) fn name_operation(&self, operation: &str) -> bool {
        let named = self.literals.values().flatten();
        let mut named = named.chain(self.wild.iter().map(|(operation, _)| operation));
        named.any(|one| one == operation.as_bytes())
    }

    /// All that stands in it, in an order that stays.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        let literals = self.literals.iter().flat_map(|(target, operations)| {
            std::iter::once(&target[..]).chain(operations.iter().map(Vec::as_slice))
        });
        let wild = self
            .wild
            .iter()
            .flat_map(|(operations, targets)| [&operations[..], targets]);
        literals.chain(wild)
    }

    /// Whether one entry is for this operation on this target.
    #[must_use]
    pub fn contain(&self, operation: &str, target: &[u8], separator: Option<u8>) -> bool {
        let operation_matches = |pattern: &[u8]| is_for(pattern, operation);
        if let Some(operations) = self.literals.get(target) {
            if operations.iter().any(|pattern| operation_matches(pattern)) {
                return true;
            }
        }
        self.wild.iter().any(|(operations, targets)| {
            operation_matches(operations) && matches(targets, target, separator)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_for_its_operation_only() {
        let mut entries = Entries::default();
        for entry in [
            "read /a",
            "write /tmp/*",
            "* /both",
            "s3:Get* *",
            "s3:Get* one",
            "arguments /sh -c",
        ] {
            entries.add(entry);
        }
        let rows = [
            ("read", "/a", true),
            ("write", "/a", false),
            ("write", "/tmp/x", true),
            ("read", "/tmp/x", false),
            ("delete", "/both", true),
            ("s3:GetObject", "x", true),
            ("s3:PutObject", "x", false),
            ("s3:GetObject", "one", true),
            ("s3:PutObject", "one", false),
            ("arguments", "/both", false),
            ("arguments", "/sh -c", true),
            ("start", "/sh -c", false),
        ];
        for (operation, target, expected) in rows {
            assert_eq!(
                entries.contain(operation, target.as_bytes(), Some(b'/')),
                expected,
                "{operation} {target}"
            );
        }
    }
}
