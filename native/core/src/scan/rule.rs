//! What a rule is, and what it found. The rules are data, in `rules/`.

use regex::bytes::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// What a pattern keeps of its automaton; where that is too little, it is searched for state by state.
const MOST_CACHED_BYTES: usize = 512 << 10;

/// One reason to call a text an attack.
#[derive(Debug)]
pub struct Rule {
    /// Which attack: `sql-injection`.
    pub detector: &'static str,
    pub id: &'static str,
    /// How sure it is alone, 0 to 100.
    pub confidence: u8,
    /// The weakness that the attack aims at.
    pub cwe: u16,
    /// What is said of a hit.
    pub reason: &'static str,
    /// Why it is an attack, and why nothing harmless looks like it.
    pub rationale: &'static str,
    pub(crate) pattern: Option<Pattern>,
    /// Matches where the pattern does, and perhaps elsewhere, but counts no repetitions; none where that counts few.
    pub(crate) relaxed: Option<Pattern>,
    /// How many repetitions its pattern counts; none where it is tied to the start of the text.
    pub(crate) repetitions: u16,
}

/// A regular expression over bytes in lower case; compiled when one of its rule's literals is first met.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// Where it first stands from `from` on. A pattern that is broken stands nowhere; a test compiles each.
    pub(crate) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let compile = || builder(self.text).build().ok();
        let compiled = self.compiled.get_or_init(compile).as_ref()?;
        let found = compiled.find_at(text, from)?;
        Some((found.start(), found.end()))
    }

    pub(crate) fn is_sound(&self) -> bool {
        builder(self.text).build().is_ok()
    }
}

fn builder(text: &str) -> RegexBuilder {
    let mut builder = RegexBuilder::new(text);
    builder.unicode(false).dfa_size_limit(MOST_CACHED_BYTES);
    builder
}

/// A rule that holds, and where.
#[derive(Debug, Clone, Copy)]
pub struct Finding {
    pub rule: &'static Rule,
    /// How sure, 0 to 100: the rule's, where it does not depend on the text.
    pub confidence: u8,
    pub start: usize,
    pub end: usize,
}

impl Finding {
    /// `rule` holds for these bytes.
    #[must_use]
    pub fn new(rule: &'static Rule, start: usize, end: usize) -> Self {
        let confidence = rule.confidence;
        Self {
            rule,
            confidence,
            start,
            end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::ALL;
    use std::fs;

    /// The examples of all rules, in lower case.
    fn examples() -> Vec<String> {
        let mut examples = Vec::new();
        for file in fs::read_dir("rules").unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let detector: toml::Value = toml::from_str(&text).unwrap();
            let of_rule = |rule: &toml::Value| {
                let of = |field: &str| rule.get(field).and_then(toml::Value::as_array).cloned();
                ["attacks", "harmless"].map(|field| of(field).unwrap_or_default())
            };
            let rules = detector["rules"].as_array().unwrap();
            let all = rules.iter().flat_map(of_rule).flatten();
            examples.extend(all.map(|text| text.as_str().unwrap_or_default().to_lowercase()));
        }
        examples
    }

    #[test]
    fn what_a_pattern_matches_its_relaxed_form_matches_no_later() {
        let relaxed = ALL
            .iter()
            .filter_map(|rule| rule.pattern.as_ref().zip(rule.relaxed.as_ref()));
        let relaxed: Vec<_> = relaxed.collect();
        assert!(relaxed.len() > 20, "{}", relaxed.len());
        let mut matched = 0;
        for text in examples() {
            for (pattern, relaxed) in &relaxed {
                let Some((start, _)) = pattern.find(text.as_bytes(), 0) else {
                    continue;
                };
                let first = relaxed.find(text.as_bytes(), 0);
                assert!(
                    first.is_some_and(|first| first.0 <= start),
                    "{pattern:?} {text}"
                );
                assert_eq!(
                    pattern.find(text.as_bytes(), first.unwrap().0),
                    pattern.find(text.as_bytes(), 0)
                );
                matched += 1;
            }
        }
        assert!(matched > 100, "{matched}");
    }
}
