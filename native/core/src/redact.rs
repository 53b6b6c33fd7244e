//! What may leave the function: a short excerpt, without secrets.

use crate::account_number;
use crate::password_option::{find_options, find_spaced, program_in};
use crate::secret_shape::{find_keys, find_random};
use crate::secret_value::{self, word_of};
use crate::url_password;
use std::ops::Range;

/// Bytes of context on either side of a match.
const CONTEXT: usize = 24;
/// Bytes of an excerpt.
const MOST: usize = 160;
/// Bytes around an excerpt that are read, for what begins or ends beyond it.
const READ: usize = 1_024;
/// So much of a long random word is shown where it is all that was matched.
const SHOWN_OF_RANDOM: usize = 6;
pub(crate) const MASK: &str = "‹redacted›";

/// The text around a match, redacted. `start..end` may lie anywhere. What is redacted for its place only (the value of
/// a name) is shown as far as it is the match, but for the word that it begins with.
#[must_use]
pub fn excerpt(text: &[u8], start: usize, end: usize, secrets: &[Vec<u8>]) -> String {
    let start = start.min(text.len());
    let end = end.clamp(start, text.len());
    let end = end.min(start + MOST);
    // A word that the window cuts in two is widened, or half a secret would pass for a plain word.
    let from = word_start(text, start.saturating_sub(CONTEXT));
    let to = word_end(text, (end + CONTEXT).min(text.len()));
    let longest = secrets.iter().map(Vec::len).max().unwrap_or(0).max(READ);
    let (first, last) = (from.saturating_sub(longest), (to + longest).min(text.len()));
    let mut read = Read::default();
    let places = [first, from, start, end, to, last].map(|at| at.clamp(first, last));
    let [_, from_shown, match_start, match_end, to_shown, _] = read.take(text, places);
    read.find(&text[..first], secrets);
    let shown = read.shown(from_shown..to_shown, match_start..match_end);
    let before = if from > 0 { "…" } else { "" };
    let after = if to < text.len() { "…" } else { "" };
    format!("{before}{}{after}", clip(&shown, MOST + 2 * CONTEXT))
}

/// The text with secrets and long random words masked.
#[must_use]
pub fn redacted(text: &[u8], secrets: &[Vec<u8>]) -> String {
    redacted_behind(b"", text, secrets)
}

/// The text redacted as it is to be behind what stands `before` it, which may name a program.
#[must_use]
pub(crate) fn redacted_behind(before: &[u8], text: &[u8], secrets: &[Vec<u8>]) -> String {
    let mut read = Read::default();
    let [_, end] = read.take(text, [0, text.len()]);
    read.find(before, secrets);
    read.shown(0..end, 0..0)
}

/// The path of an input, whose keys are the sender's: without what looks like a secret there.
#[must_use]
pub(crate) fn redacted_path(path: &str, secrets: &[Vec<u8>]) -> String {
    let mut read = Read {
        text: path.to_owned(),
        ..Read::default()
    };
    read.find_shapes(secrets);
    read.shown(0..path.len(), 0..0)
}

/// A text, and where in it secrets are.
#[derive(Default)]
struct Read {
    text: String,
    /// What is never shown.
    secret: Vec<Range<usize>>,
    /// What is no word of a language.
    random: Vec<Range<usize>>,
    /// What a secret name has as its value.
    values: Vec<Range<usize>>,
}

impl Read {
    /// Takes the text between the first and the last place, and tells where the places are in it.
    fn take<const N: usize>(&mut self, text: &[u8], places: [usize; N]) -> [usize; N] {
        let mut at = places[0];
        places.map(|place| {
            self.text
                .push_str(&String::from_utf8_lossy(&text[at..place.max(at)]));
            at = place.max(at);
            self.text.len()
        })
    }

    fn find(&mut self, before: &[u8], secrets: &[Vec<u8>]) {
        let before = String::from_utf8_lossy(&before[before.len().saturating_sub(READ)..]);
        let is_named = program_in(&before).is_some();
        if let Some(start) = is_named.then_some(0).or_else(|| program_in(&self.text)) {
            find_options(&self.text, start, &mut self.secret);
        }
        find_spaced(&self.text, &mut self.secret);
        url_password::find(&self.text, &mut self.secret, &mut self.values);
        secret_value::find(&self.text, &mut self.values);
        self.find_shapes(secrets);
    }

    fn find_shapes(&mut self, secrets: &[Vec<u8>]) {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            let secret = String::from_utf8_lossy(secret);
            let places = self.text.match_indices(&*secret);
            self.secret
                .extend(places.map(|(at, _)| at..at + secret.len()));
        }
        find_keys(&self.text, &mut self.secret);
        account_number::find(&self.text, &mut self.secret);
        find_random(&self.text, &mut self.random);
    }

    /// A part of the text with what is secret in it masked.
    fn shown(&self, part: Range<usize>, matched: Range<usize>) -> String {
        let values = self
            .values
            .iter()
            .flat_map(|one| self.beside_match(one, &matched));
        let random = self.random.iter().map(|one| {
            let is_all =
                !matched.is_empty() && one.start <= matched.start && matched.end <= one.end;
            let shown = self.boundary(matched.start + SHOWN_OF_RANDOM);
            if is_all {
                shown.min(one.end)..one.end
            } else {
                one.clone()
            }
        });
        let places = self.secret.iter().cloned().chain(values).chain(random);
        masked(&self.text, part, places.collect())
    }

    /// What of a value is masked: what is not the match, and the word that the match begins with in it.
    fn beside_match(&self, value: &Range<usize>, matched: &Range<usize>) -> [Range<usize>; 3] {
        let inside = value.start.max(matched.start)..value.end.min(matched.end);
        if inside.is_empty() {
            return [value.clone(), 0..0, 0..0];
        }
        let text = &self.text[inside.clone()];
        let is_of_password = |one: char| one.is_alphanumeric() || "@!#%^*~/.:+=-_".contains(one);
        let length = text.find(|one| !is_of_password(one)).unwrap_or(text.len());
        let first = if length < matched.len() {
            length
        } else {
            word_of(text)
        };
        [
            value.start..inside.start,
            inside.start..inside.start + first,
            inside.end..value.end,
        ]
    }

    fn boundary(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (at..=self.text.len())
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(at)
    }
}

/// A part of a text with these places of it masked.
pub(crate) fn masked(text: &str, part: Range<usize>, mut places: Vec<Range<usize>>) -> String {
    places.retain(|one| !one.is_empty() && one.start < part.end && part.start < one.end);
    places.sort_by_key(|one| one.start);
    let (mut shown, mut at) = (String::new(), part.start);
    for (place, one) in places.iter().enumerate() {
        let is_new = place == 0 || one.start > at;
        shown.push_str(&text[at..one.start.clamp(at, part.end)]);
        if is_new {
            shown.push_str(MASK);
        }
        at = at.max(one.end.min(part.end));
    }
    shown.push_str(&text[at..part.end]);
    shown
}

/// At most `most` bytes of a text, cut between characters.
#[must_use]
pub fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    format!("{}…", &text[..end])
}

fn word_start(text: &[u8], at: usize) -> usize {
    let is_inside = |byte: &&u8| is_word_byte(**byte);
    at - text[..at]
        .iter()
        .rev()
        .take(256)
        .take_while(is_inside)
        .count()
}

fn word_end(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take(256)
        .take_while(|byte| is_word_byte(**byte))
        .count()
}

fn is_word_byte(byte: u8) -> bool {
    byte >= 0x80 || byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_excerpt_is_short_and_around_the_match() {
        let text = format!("{}NEEDLE{}", "a ".repeat(100), " b".repeat(100));
        let shown = excerpt(text.as_bytes(), 200, 206, &[]);
        assert!(shown.contains("NEEDLE") && shown.starts_with('…') && shown.ends_with('…'));
        assert!(shown.len() < 80, "{shown}");
    }

    #[test]
    fn a_password_option_is_masked_though_its_program_is_not_in_the_excerpt() {
        let text = format!("mysql {}-phunter2 ' OR 1=1", "-v ".repeat(30));
        let at = text.find("' OR").unwrap();
        let shown = excerpt(text.as_bytes(), at, text.len(), &[]);
        assert!(
            shown.contains("-p‹redacted›") && !shown.contains("mysql"),
            "{shown}"
        );
    }

    #[test]
    fn half_a_secret_is_not_shown_at_the_edge() {
        let text = b"' OR 1=1 -- aaaaaaaaaaaaaaaa1b2c3d4e5f6g7h8i9j0kAAAAAAAAAAAA";
        assert!(!excerpt(text, 0, 8, &[]).contains("1b2c3"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..200), start in 0usize..300, end in 0usize..300) {
            let _ = excerpt(&text, start, end, &[b"x".to_vec()]);
        }

        #[test]
        fn a_known_secret_never_leaves(before in ".{0,30}", after in ".{0,30}") {
            let text = format!("{before}ZQXJKVWPYU{after}");
            prop_assert!(!excerpt(text.as_bytes(), 0, text.len(), &[b"ZQXJKVWPYU".to_vec()]).contains("ZQXJKVWPYU"));
        }
    }
}
