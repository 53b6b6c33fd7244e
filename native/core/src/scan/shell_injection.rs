//! Shell injection: a text that ends one command and begins another.
//!
//! Sees: an operator or a substitution and then a known program, in its place by what stands before and behind it;
//! programs whose names are disguised; paths of wildcards; a command line that reads a private file; what only a
//! shell expands (`shell_expansions.rs`); by patterns, reverse shells, Shellshock, loops and conditions of Windows.
//! Does not see: programs that are not on the list, a lone command that reads nothing private (`uname -a`).

use memchr::{memchr, memrchr};

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::shell_injection as rules;
use super::shell_arguments::{Arguments, arguments, is_ended, is_reader, reads_private_file};
use super::shell_disguise::{Word, word};
use super::shell_expansions::expansion;
use super::shell_surroundings::{Whole, is_assigned, is_glued, is_pair, is_shell};
use super::shell_words::{Name, named};
use super::system_files::secret_in;
use crate::script_line::keeps_what_is_told;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        let operators = Signs::SEPARATOR.or(Signs::BACKTICK).or(Signs::DOLLAR);
        let is_substitution = signs.has(Signs::ANGLE) && signs.has(Signs::PAREN);
        signs.has(operators.or(Signs::SLASH).or(Signs::QUOTE).or(Signs::BRACE)) || is_substitution
    },
    find,
};

/// Signs of which an operator may be one.
const OPERATORS: Signs = Signs::SEPARATOR
    .or(Signs::BACKTICK)
    .or(Signs::PAREN)
    .or(Signs::BACKSLASH);
/// How many operators are looked at.
const MOST_OPERATORS: usize = 256;
/// How far a command's arguments are looked at.
const LONGEST_COMMAND: usize = 256;
/// Longer texts are documents.
const LONGEST_LINE: usize = 400;
/// A command line that is tried is no longer.
const LONGEST_TRIAL: usize = 160;

/// Programs by which one sees that a command ran.
const TELLING: [&[u8]; 5] = [b"whoami", b"ifconfig", b"ipconfig", b"uname", b"netstat"];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    findings.extend(at_start(leaf));
    let may_expand = leaf.signs.has(Signs::BRACE.or(Signs::DOLLAR))
        || leaf.lower.starts_with(b"alias ")
        || memchr(b'[', &leaf.lower).is_some();
    if may_expand {
        findings.extend(expansion(&leaf.lower));
    }
    if !leaf.signs.has(OPERATORS) || keeps_what_is_told(&leaf.lower) {
        return;
    }
    let whole = Whole::new(&leaf.lower);
    let operators = (0..leaf.lower.len())
        .filter(|at| MAY_OPERATE[usize::from(leaf.lower[*at])] && is_operator(&leaf.lower[*at..]))
        .take(MOST_OPERATORS);
    findings.extend(operators.filter_map(|at| after_operator(leaf, &whole, at, leaf.lower[at])));
}

/// Bytes with which an operator begins.
static MAY_OPERATE: [bool; 256] = {
    let (mut begins, mut at) = ([false; 256], 0);
    let operators = b";|&\n`(\\";
    while at < operators.len() {
        begins[operators[at] as usize] = true;
        at += 1;
    }
    begins
};

fn is_operator(rest: &[u8]) -> bool {
    match rest {
        [b';' | b'|' | b'&' | b'\n' | b'`' | b'(', ..] => true,
        // A line break that is written out.
        [b'\\', b'n' | b'r', next, ..] => next.is_ascii_alphabetic() || *next == b'/',
        _ => false,
    }
}

/// A command at the beginning: only one that is disguised, or a program by its path.
fn at_start(leaf: &Leaf) -> Option<Finding> {
    let text = leaf.near(0, LONGEST_COMMAND);
    if leaf.lower.len() > LONGEST_LINE || memchr(b'\n', leaf.lower.trim_ascii()).is_some() {
        return None;
    }
    let skipped = text.len() - text.trim_ascii_start().len();
    if !may_be_command(&text[skipped..]) {
        return None;
    }
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
    let is_alone = base.len() < word.name.len() && is_ended(&text[end..])
        || TELLING.contains(&&*base) && text.get(end).is_some_and(|byte| b";|&".contains(byte));
    let is_program = name == Name::Program && (is_by_path || runs || is_alone);
    if is_program {
        return Some(Finding::new(&rules::COMMAND_LINE, skipped, end));
    }
    (leaf.lower.len() <= LONGEST_TRIAL && reads_private_file(&base, &text[end..]))
        .then(|| Finding::new(&rules::COMMAND_ON_PRIVATE_FILE, skipped, text.len()))
}

/// Does `text` begin with more than a plain word, or with the name of a program?
fn may_be_command(text: &[u8]) -> bool {
    let is_plain = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let (word, rest) = text.split_at(text.iter().take_while(is_plain).count());
    let is_ended = rest
        .first()
        .is_none_or(|byte| b" \t;|&)=+,:#".contains(byte));
    !is_ended || word.is_empty() || known(word.strip_suffix(b".exe").unwrap_or(word)).is_some()
}

fn after_operator(leaf: &Leaf, whole: &Whole<'_>, at: usize, operator: u8) -> Option<Finding> {
    let is_substitution = operator == b'`' || operator == b'(';
    let at = at + usize::from(operator == b'\\');
    let before = &leaf.lower[..at - usize::from(operator == b'\\')];
    let rest = leaf.near(at + 1, LONGEST_COMMAND);
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
    if is_wildcard_path(&word) && !whole.is_script() {
        return found(&rules::PATH_OF_WILDCARDS);
    }
    let (base, name) = program(&word)?;
    let arguments = arguments(&base, behind, is_substitution);
    if word.is_disguised && base.len() > 2 && whole.is_value(before.len()) {
        return found(&rules::DISGUISED_COMMAND);
    }
    let is_line = leaf.lower.len() <= LONGEST_LINE && !whole.is_script();
    if operator == b'(' && is_line && is_reader(&base) && secret_in(behind).is_some() {
        return found(&rules::COMMAND_IN_TEXT);
    }
    let place = if is_substitution {
        substitution(whole, before.len(), operator, behind)?
    } else {
        place(leaf, whole, before.len(), operator)?
    };
    // A text of many escapes is code.
    if operator == b'\\' && (place != Place::Value || name != Name::Program) {
        return None;
    }
    match (place, name, arguments) {
        (Place::Substitution, Name::Program, _) if arguments != Arguments::Words => {
            found(if is_assigned(before) {
                &rules::COMMAND_IN_TEXT
            } else {
                &rules::COMMAND_SUBSTITUTION
            })
        }
        (Place::Substitution, _, Arguments::End | Arguments::Given) => {
            found(&rules::WORD_AS_COMMAND)
        }
        (Place::Value, Name::Program, Arguments::Words) => found(&rules::COMMAND_AND_WORDS),
        (Place::Value, Name::Program, Arguments::End)
            if skipped < 2 && is_pair(before, operator) && !TELLING.contains(&&*base) =>
        {
            found(&rules::WORD_AS_COMMAND)
        }
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

fn place(leaf: &Leaf, whole: &Whole<'_>, at: usize, operator: u8) -> Option<Place> {
    if whole.is_script() || whole.is_list(operator) {
        return None;
    }
    if whole.is_value(at) {
        return Some(Place::Value);
    }
    if leaf.lower.len() > LONGEST_LINE || b"\n&".contains(&operator) {
        return None;
    }
    let is_line = memchr(b'\n', leaf.lower.trim_ascii()).is_none();
    (is_line && !is_shell(&leaf.lower)).then_some(Place::Text)
}

fn substitution(whole: &Whole<'_>, at: usize, operator: u8, behind: &[u8]) -> Option<Place> {
    let closer = if operator == b'`' { b'`' } else { b')' };
    let end = memrchr(closer, behind).map_or(behind.len(), |close| close + 1);
    let is_alone = whole.is_glued_before(at) && is_glued(&behind[end..]) && !whole.is_script();
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
    let is_path =
        base.len() == name.len() || name.starts_with(b"/") || name.starts_with(b"usr/bin/");
    let known = known(base)?;
    is_path.then(|| (base.to_vec(), known))
}

fn known(base: &[u8]) -> Option<Name> {
    named(base)
        .or_else(|| named(base.trim_ascii_end()))
        .or_else(|| named(without_version(base)?))
}

/// `gcc` of `gcc7.4`.
fn without_version(name: &[u8]) -> Option<&[u8]> {
    let is_version = |byte: &u8| byte.is_ascii_digit() || b".-".contains(byte);
    let length = name.iter().rposition(|byte| !is_version(byte))? + 1;
    (length > 2 && length < name.len()).then(|| &name[..length])
}

/// `/???/c?t`, `/b[i]n/?s`: what no one writes who knows the name.
fn is_wildcard_path(word: &Word) -> bool {
    if !word.name.starts_with(b"/") || !word.name.contains(&b'?') {
        return false;
    }
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
    let is_path = word.name.iter().all(is_sign);
    is_path && is_guess && questions >= 2 && guessed >= 2
}
