//! Shell injection: a text that ends one command and begins another.
//!
//! Sees: an operator or a substitution and then a known program, in its place by what stands before and behind it;
//! programs whose names are disguised; paths of wildcards; by patterns, reverse shells, Shellshock, loops and
//! conditions of Windows. Does not see: programs that are not on the list, names built from variables.

use memchr::{memchr, memrchr};

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::shell_injection as rules;
use super::shell_disguise::{Word, word};
use super::shell_surroundings::{is_glued, is_list, is_script, is_shell, is_value};
use super::shell_words::{Name, named};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        let operators = Signs::SEPARATOR.or(Signs::BACKTICK).or(Signs::DOLLAR);
        let is_substitution = signs.has(Signs::ANGLE) && signs.has(Signs::PAREN);
        signs.has(operators.or(Signs::SLASH).or(Signs::QUOTE)) || is_substitution
    },
    find,
};

/// How many operators are looked at.
const MOST_OPERATORS: usize = 256;
/// How far a command's arguments are looked at.
const LONGEST_COMMAND: usize = 256;
/// Longer texts are documents.
const LONGEST_LINE: usize = 400;

/// What stands behind a program's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arguments {
    /// Nothing: the text, the command or the quotation ends.
    End,
    /// An option, a path, a variable, a number where one is due.
    Given,
    /// Something in quotes.
    Quoted,
    /// The name of a file or a host.
    Named,
    Words,
}

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    findings.extend(at_start(leaf));
    let operators = leaf
        .lower
        .iter()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b';' | b'|' | b'&' | b'\n' | b'`' | b'('))
        .take(MOST_OPERATORS);
    findings.extend(operators.filter_map(|(at, byte)| after_operator(leaf, at, *byte)));
}

/// A command at the beginning: only one that is disguised, or a program by its path.
fn at_start(leaf: &Leaf) -> Option<Finding> {
    let text = leaf.near(0, LONGEST_COMMAND);
    if leaf.lower.len() > LONGEST_LINE || memchr(b'\n', leaf.lower.trim_ascii()).is_some() {
        return None;
    }
    let skipped = text.len() - text.trim_ascii_start().len();
    let word = word(&text[skipped..]);
    let end = skipped + word.length;
    if is_wildcard_path(&word) {
        return Some(Finding::new(&rules::PATH_OF_WILDCARDS, skipped, end));
    }
    let (base, name) = program(&word)?;
    if word.is_disguised && base.len() > 2 {
        return Some(Finding::new(&rules::DISGUISED_COMMAND, skipped, end));
    }
    let arguments = arguments(&base, &text[end..], false);
    let is_by_path = base.len() < word.name.len() && arguments == Arguments::Given;
    let runs = [
        &b"sh"[..],
        b"bash",
        b"ksh",
        b"zsh",
        b"dash",
        b"csh",
        b"tcsh",
        b"ash",
    ]
    .contains(&&*base)
        && text[end..].trim_ascii_start().starts_with(b"-c ");
    let is_program = name == Name::Program && (is_by_path || runs);
    is_program.then(|| Finding::new(&rules::COMMAND_LINE, skipped, end))
}

fn after_operator(leaf: &Leaf, at: usize, operator: u8) -> Option<Finding> {
    let is_substitution = operator == b'`' || operator == b'(';
    let (before, rest) = (&leaf.lower[..at], leaf.near(at + 1, LONGEST_COMMAND));
    if operator == b'(' && !before.last().is_some_and(|byte| b"$<>".contains(byte)) {
        return None;
    }
    let skipped = skipped(rest);
    let word = word(&rest[skipped..]);
    let behind = &rest[skipped + word.length..];
    let found = |rule| Some(Finding::new(rule, at, at + 1 + skipped + word.length));
    // `{cat,/x}` has commas, `data:image/png;base64,…` has one, too; `&id=5` is a form's.
    let is_list = behind.starts_with(b",") && !rest[..skipped].contains(&b'{');
    if is_list || behind.starts_with(b"=") {
        return None;
    }
    if is_wildcard_path(&word) && !is_script(&leaf.lower) {
        return found(&rules::PATH_OF_WILDCARDS);
    }
    let (base, name) = program(&word)?;
    let arguments = arguments(&base, behind, is_substitution);
    if word.is_disguised && base.len() > 2 && is_value(before) {
        return found(&rules::DISGUISED_COMMAND);
    }
    let place = if is_substitution {
        substitution(leaf, before, operator, behind)?
    } else {
        place(leaf, before, operator)?
    };
    match (place, name, arguments) {
        (Place::Substitution, Name::Program, _) if arguments != Arguments::Words => {
            found(&rules::COMMAND_SUBSTITUTION)
        }
        (Place::Substitution, _, Arguments::End | Arguments::Given) => {
            found(&rules::WORD_AS_COMMAND)
        }
        (Place::Value, Name::Program, Arguments::Words) => found(&rules::COMMAND_AND_WORDS),
        (Place::Value, Name::Program, _) => found(&rules::COMMAND_AFTER_OPERATOR),
        (Place::Value, Name::Word, Arguments::Given | Arguments::Named | Arguments::Quoted) => {
            found(&rules::WORD_AS_COMMAND)
        }
        (Place::Value, Name::Word, Arguments::End) if skipped == 0 && base.len() > 2 => {
            found(&rules::WORD_AS_COMMAND)
        }
        (Place::Text, Name::Program, Arguments::Given | Arguments::End) => {
            found(&rules::COMMAND_IN_TEXT)
        }
        _ => None,
    }
}

/// Where a command would begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// Behind a harmless value, or nothing.
    Value,
    /// Behind a sentence.
    Text,
    /// In a substitution that is all of the text, or ends a word.
    Substitution,
}

fn place(leaf: &Leaf, before: &[u8], operator: u8) -> Option<Place> {
    if is_script(&leaf.lower) || is_list(&leaf.lower, operator) {
        return None;
    }
    if is_value(before) {
        return Some(Place::Value);
    }
    let is_line = operator != b'\n' && memchr(b'\n', leaf.lower.trim_ascii()).is_none();
    let is_sentence = leaf.lower.len() <= LONGEST_LINE && is_line && !is_shell(&leaf.lower);
    (is_sentence && operator != b'&').then_some(Place::Text)
}

fn substitution(leaf: &Leaf, before: &[u8], operator: u8, behind: &[u8]) -> Option<Place> {
    let closer = if operator == b'`' { b'`' } else { b')' };
    let end = memrchr(closer, behind).map_or(behind.len(), |close| close + 1);
    let is_alone = is_glued(before) && is_glued(&behind[end..]) && !is_script(&leaf.lower);
    is_alone.then_some(Place::Substitution)
}

/// Blanks, more operators, and variables of nothing (`$u cat x`).
fn skipped(rest: &[u8]) -> usize {
    let mut at = rest
        .iter()
        .take_while(|byte| b" \t|&+{".contains(byte))
        .count();
    if rest.get(at) == Some(&b'$') {
        let end = rest[at..].iter().position(|byte| b" \t+".contains(byte));
        at += end.map_or(0, |end| end + 1);
    }
    at
}

/// `cat` of `cat`, `/bin/cat` and `c''at`, and whether it is a word, too.
fn program(word: &Word) -> Option<(Vec<u8>, Name)> {
    let name = word.name.strip_suffix(b".exe").unwrap_or(&word.name);
    let base = name.rsplit(|byte| *byte == b'/').next()?;
    let is_path = base.len() == name.len() || name.starts_with(b"/");
    let known = named(base).or_else(|| named(base.trim_ascii_end()))?;
    is_path.then(|| (base.to_vec(), known))
}

/// `/???/c?t`, `/b[i]n/?s`: what no one writes who knows the name.
fn is_wildcard_path(word: &Word) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"/?*_-.".contains(byte);
    let questions = word.name.iter().filter(|byte| **byte == b'?').count();
    let parts = || word.name.split(|byte| *byte == b'/');
    let guessed = parts().filter(|part| part.contains(&b'?')).count();
    // A question mark at the end alone ends a question.
    let is_guess = parts().any(|part| {
        part.trim_ascii_end()
            .strip_suffix(b"?")
            .unwrap_or(part)
            .contains(&b'?')
    });
    let is_path = word.name.starts_with(b"/") && word.name.iter().all(is_sign);
    is_path && is_guess && questions >= 2 && guessed >= 2
}

fn arguments(command: &[u8], rest: &[u8], is_substitution: bool) -> Arguments {
    let blanks = rest
        .iter()
        .take_while(|byte| b" \t+".contains(byte))
        .count();
    let trimmed = &rest[blanks..];
    let Some(first) = trimmed.first() else {
        return Arguments::End;
    };
    let ends = b";|&`)}#\n<>,".contains(first) || blanks == 0 && b"'\"".contains(first);
    if ends && !(is_substitution && rest.starts_with(b".")) {
        return Arguments::End;
    }
    if blanks == 0 {
        return Arguments::Words;
    }
    let is_counting = [&b"sleep"[..], b"ping", b"kill", b"timeout"].contains(&command);
    let is_drive =
        trimmed.get(1) == Some(&b':') && trimmed.get(2).is_some_and(|byte| b"\\/".contains(byte));
    let is_address = trimmed.starts_with(b"http://") || trimmed.starts_with(b"https://");
    if b"-/$~.*\\%".contains(first)
        || is_counting && first.is_ascii_digit()
        || is_drive
        || is_address
    {
        return Arguments::Given;
    }
    if b"'\"".contains(first) {
        return Arguments::Quoted;
    }
    let argument = trimmed
        .split(|byte| b" \t+;|&`)'\"\n".contains(byte))
        .next()
        .unwrap_or_default();
    let has_dot = argument
        .iter()
        .position(|byte| *byte == b'.')
        .is_some_and(|dot| dot > 0 && dot + 1 < argument.len());
    if has_dot || argument.contains(&b'/') {
        Arguments::Named
    } else {
        Arguments::Words
    }
}
