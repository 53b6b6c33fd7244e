//! What a program's name means behind an operator: by whether a value, a sentence or a script stands around it.

use memchr::{memchr, memrchr};

use super::leaf::Leaf;
use super::rule::Rule;
use super::rules::shell_injection as rules;
use super::shell_arguments::Arguments;
use super::shell_surroundings::{Whole, is_glued, is_shell};
use super::shell_words::Name;

/// Longer texts are documents.
pub(super) const LONGEST_LINE: usize = 400;
/// An operator, and what stands behind it.
#[derive(Clone, Copy)]
pub(super) struct Operator<'t> {
    pub(super) at: usize,
    pub(super) byte: u8,
    pub(super) rest: &'t [u8],
}

impl Operator<'_> {
    pub(super) fn is_substitution(self) -> bool {
        b"`(".contains(&self.byte)
    }
}

/// Where a command would begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Behind a harmless value, or nothing.
    Value,
    /// Behind a sentence.
    Text,
    /// In a substitution that is all of the text, or ends a word.
    Substitution,
    /// In a substitution among words, or behind a value in the first line of several.
    Among,
}

/// Where a command behind an operator stands; none where operators are something else.
pub(super) fn place(leaf: &Leaf, whole: &Whole<'_>, at: usize, operator: u8) -> Option<Place> {
    if whole.is_script() {
        let is_first = memchr(b'\n', leaf.lower[..at].trim_ascii_start()).is_none();
        let is_attack =
            is_first && operator != b'\n' && whole.is_value(at, operator) && !is_shell(&leaf.lower);
        return is_attack.then_some(Place::Among);
    }
    if whole.is_list(operator) || operator == b'|' && is_alternative(&leaf.lower, at) {
        return None;
    }
    if whole.is_value(at, operator) {
        return Some(Place::Value);
    }
    if leaf.lower.len() > LONGEST_LINE || b"\n&".contains(&operator) {
        return None;
    }
    let is_line = memchr(b'\n', leaf.lower.trim_ascii()).is_none();
    (is_line && !is_shell(&leaf.lower)).then_some(Place::Text)
}

/// The same of a substitution.
pub(super) fn substitution(
    leaf: &Leaf,
    whole: &Whole<'_>,
    operator: Operator<'_>,
    behind: &[u8],
) -> Option<Place> {
    let closer = if operator.byte == b'`' { b'`' } else { b')' };
    let end = memrchr(closer, behind).map_or(behind.len(), |close| close + 1);
    if whole.is_script() {
        return None;
    }
    if whole.is_glued_before(operator.at) && is_glued(&behind[end..]) {
        return Some(Place::Substitution);
    }
    // Between backticks people put the names of programs, too.
    let is_line =
        leaf.lower.len() <= LONGEST_LINE && memchr(b'\n', leaf.lower.trim_ascii()).is_none();
    let is_due = operator.byte == b'(' && leaf.lower[..operator.at].ends_with(b"$");
    (is_line && is_due && !is_shell(&leaf.lower)).then_some(Place::Among)
}

/// What a program's name means there. `is_pair`: names of one pair, such as languages, stand around the operator.
pub(super) fn rule(
    place: Place,
    name: Name,
    arguments: Arguments,
    is_pair: bool,
) -> Option<&'static Rule> {
    match (place, name, arguments) {
        (Place::Substitution, Name::Program, _) if arguments != Arguments::Words => {
            Some(&rules::COMMAND_SUBSTITUTION)
        }
        (Place::Substitution, _, Arguments::End | Arguments::Given) => {
            Some(&rules::WORD_AS_COMMAND)
        }
        (Place::Value, Name::Program, Arguments::Words) => Some(&rules::COMMAND_AND_WORDS),
        (Place::Value, Name::Program, Arguments::End) if is_pair => Some(&rules::WORD_AS_COMMAND),
        (Place::Value, Name::Program, _) => Some(&rules::COMMAND_AFTER_OPERATOR),
        (Place::Value, Name::Word, Arguments::Given | Arguments::Named | Arguments::Quoted) => {
            Some(&rules::WORD_AS_COMMAND)
        }
        (Place::Text, Name::Program, Arguments::Given | Arguments::End) => {
            Some(&rules::COMMAND_IN_TEXT)
        }
        (Place::Among, Name::Program, Arguments::Given | Arguments::End | Arguments::Named) => {
            Some(&rules::COMMAND_IN_TEXT)
        }
        _ => None,
    }
}

/// `(https?|ftp)`: does the bar at `at` stand, without blanks, in a bracket that is no substitution's? So patterns have it.
fn is_alternative(text: &[u8], at: usize) -> bool {
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let open = memrchr(b'(', before).filter(|open| memchr(b')', &before[*open..]).is_none());
    let is_pattern = |open: usize| {
        !before[..open].ends_with(b"$")
            && before[open + 1..]
                .iter()
                .all(|byte| !byte.is_ascii_whitespace())
    };
    let is_glued = before
        .last()
        .is_some_and(|byte| *byte != b'(' && !byte.is_ascii_whitespace())
        && behind
            .first()
            .is_some_and(|byte| !byte.is_ascii_whitespace());
    is_glued && open.is_some_and(is_pattern) && memchr(b')', behind).is_some()
}
