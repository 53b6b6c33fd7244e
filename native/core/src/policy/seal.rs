//! A number of what a policy decides by, so that it can be seen whether it is still as it was read.
//!
//! Covers:         modes, lists, rules, exclusions, settings of detectors, what was learned of parameters
//! Does not cover: the prefixes of lists of sources

use super::{Policy, detectors::Settings};
use crate::keyed::{Key, number};

/// The number of what was added, one after the other.
pub(super) struct Seal {
    key: Key,
    state: u64,
}

impl Seal {
    pub(super) fn key(&self) -> Key {
        self.key
    }

    pub(super) fn add(&mut self, part: &[u8]) {
        self.state = number(Key([self.state, self.key.0[1]]), &[part]);
    }

    pub(super) fn add_all<'a>(&mut self, parts: impl Iterator<Item = &'a [u8]>) {
        parts.for_each(|part| self.add(part));
        self.add(b"");
    }
}

impl Policy {
    /// The number of this policy under a key.
    #[must_use]
    pub fn seal(&self, key: Key) -> u64 {
        let mut seal = Seal {
            key,
            state: key.0[0],
        };
        let modes = self.modes.map(|mode| mode as u8);
        let switches = [
            self.mode as u8,
            u8::from(self.blocks_on_error),
            u8::from(self.reports_item_failures),
            self.not_inspected as u8,
            u8::from(self.learns_inputs),
            u8::from(self.learns_usage),
            u8::from(self.watches_arguments),
        ];
        seal.add(self.function.as_bytes());
        seal.add(&modes);
        seal.add(&switches);
        for (at, list) in self.allowlist.iter().enumerate() {
            seal.add(&[u8::from(list.is_some())]);
            list.iter().for_each(|list| list.add_to(&mut seal));
            for one in self.rules[at].iter().chain(&self.exclusions[at]) {
                seal.add(one.name.as_bytes());
                one.entries.add_to(&mut seal);
            }
        }
        seal.add_all(self.platform.parts());
        for one in &self.detector_exclusions {
            seal.add(one.detector.as_bytes());
            seal.add(one.path.as_bytes());
            seal.add_all(one.patterns.iter().map(String::as_bytes));
        }
        Settings::add_to(&self.detectors, &mut seal);
        self.parameters.add_to(&mut seal);
        seal.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Mode;

    #[test]
    fn a_policy_has_the_number_that_it_had_until_something_in_it_changes() {
        let key = Key([7, 11]);
        let policy = |json: &str| Policy::read(json.as_bytes()).unwrap();
        let whole = r#"{"hauberk": 1, "function": "f", "mode": "prevent", "allowlist": {"file": ["read /tmp/a",
            "* /tmp/b/**"], "address": ["connect 10.0.0.0/8:443", "* unix:/x"], "process": []},
            "watch_arguments": false, "rules": [{"name": "r", "kind": "process", "patterns": ["* **/curl"]}],
            "exclusions": [{"name": "e", "detector": "log4shell", "patterns": ["x"]}],
            "detectors": {"sql-injection": {"mode": "detect"}},
            "parameters": {"body→$.a": {"type": "integer", "length": [1, 4], "alphabet": "0"},
                "body→$.b": {"structure": ["a-a"], "lowered": {"xss": 40}}, "body→$.c*": {"type": "uuid"}}}"#;
        let first = policy(whole);
        let seal = first.seal(key);
        assert_eq!(first.seal(key), seal);
        assert_eq!(policy(whole).seal(key), seal);
        assert_ne!(first.seal(Key([7, 12])), seal);
        let changes = [
            ("/tmp/a", "/tmp/c"),
            ("/tmp/b/", "/tmp/d/"),
            ("10.0.0.0/8:443", "10.0.0.0/8:444"),
            ("unix:/x", "unix:/y"),
            ("**/curl", "**/wget"),
            ("log4shell", "*"),
            (r#""process": []"#, r#""host": []"#),
            (r#""watch_arguments": false"#, r#""watch_arguments": true"#),
            (r#""mode": "detect""#, r#""mode": "off""#),
            (r#""mode": "prevent""#, r#""mode": "off""#),
            ("integer", "number"),
            ("[1, 4]", "[1, 5]"),
            (r#""alphabet": "0""#, r#""alphabet": "0a""#),
            ("a-a", "a_a"),
            (r#""xss": 40"#, r#""xss": 41"#),
            ("$.b", "$.d"),
            ("$.c*", "$.e*"),
            (r#""function""#, r#""learn_usage": true, "function""#),
            (r#""function""#, r#""learn_inputs": true, "function""#),
            (r#""function""#, r#""not_inspected": "block", "function""#),
        ];
        for (from, to) in changes {
            assert_ne!(policy(&whole.replace(from, to)).seal(key), seal, "{from}");
        }
        let mut other = policy(whole);
        other.add_platform("read /etc/**");
        assert_ne!(other.seal(key), seal);
        assert_ne!(
            Policy::built_in(Mode::Detect).seal(key),
            Policy::built_in(Mode::Off).seal(key)
        );
    }
}
