//! Shell injection: a text that ends one command and begins another.
//!
//! Sees: an operator or a substitution and then a known program, in its place by what stands before and behind it;
//! programs whose names are disguised; paths of wildcards; a command line that reads a private file; what only a
//! shell expands (`shell_expansions.rs`); by patterns, reverse shells, Shellshock, loops and conditions of Windows.
//! Does not see: programs that are not on the list, a lone command that reads nothing private (`uname -a`).

use memchr::memchr;

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::shell_injection as rules;
use super::shell_arguments::{Arguments, arguments, is_ended, is_reader, reads_private_file};
use super::shell_disguise::{Word, word};
use super::shell_expansions::expansion;
use super::shell_place::{LONGEST_LINE, Operator, Place, place, rule, substitution};
use super::shell_position::positions;
use super::shell_surroundings::{Whole, is_assigned, is_pair};
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
/// How many operators are looked at, and how many behind the place where a long text has its first word.
const MOST_OPERATORS: usize = 4096;
const MOST_BEHIND: usize = 64;
/// How far a command's arguments are looked at.
const LONGEST_COMMAND: usize = 256;
/// A command line that is tried is no longer.
const LONGEST_TRIAL: usize = 160;

/// Programs by which one sees that a command ran.
const TELLING: [&[u8]; 6] = [
    b"whoami",
    b"ifconfig",
    b"ipconfig",
    b"uname",
    b"netstat",
    b"env",
];

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
    let reach = reach(&leaf.lower);
    let operators = (0..leaf.lower.len())
        .filter(|at| MAY_OPERATE[usize::from(leaf.lower[*at])] && is_operator(&leaf.lower[*at..]))
        .take(MOST_OPERATORS)
        .enumerate()
        .take_while(|(count, at)| *at <= reach || *count < MOST_BEHIND)
        .map(|(_, at)| at);
    findings.extend(operators.filter_map(|at| after_operator(leaf, &whole, at, leaf.lower[at])));
}

/// Where a command may begin behind a value: anywhere in a line; in a longer text, behind its first word.
fn reach(text: &[u8]) -> usize {
    if text.len() <= LONGEST_LINE {
        return text.len();
    }
    let start = text.len() - text.trim_ascii_start().len();
    let word = text[start..]
        .iter()
        .take_while(|byte| !byte.is_ascii_whitespace())
        .count();
    let blanks = text[start + word..]
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace());
    start + word + blanks.count()
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

fn after_operator(leaf: &Leaf, whole: &Whole<'_>, at: usize, byte: u8) -> Option<Finding> {
    if byte == b'('
        && !leaf.lower[..at]
            .last()
            .is_some_and(|byte| b"$<>".contains(byte))
    {
        return None;
    }
    let written = usize::from(byte == b'\\');
    let operator = Operator {
        at,
        byte,
        rest: leaf.near(at + 1 + written, LONGEST_COMMAND),
    };
    let is_of_form = byte == b'&' && !operator.rest.starts_with(b"&");
    positions(operator.rest, !is_of_form).find_map(|start| command_at(leaf, whole, operator, start))
}

/// The command whose first word stands at `start` behind the operator.
fn command_at(
    leaf: &Leaf,
    whole: &Whole<'_>,
    operator: Operator<'_>,
    start: usize,
) -> Option<Finding> {
    let Operator { at, byte, rest } = operator;
    let before = &leaf.lower[..at];
    let word = word(&rest[start..]);
    let behind = &rest[start + word.length..];
    let end = at + 1 + usize::from(byte == b'\\') + start + word.length;
    let found = |rule| Some(Finding::new(rule, at, end));
    // `{cat,/x}` has commas, `data:image/png;base64,…` has one, too; `&id=5` is a form's.
    let is_list = behind.starts_with(b",") && !rest[..start].contains(&b'{');
    if is_list || behind.starts_with(b"=") {
        return None;
    }
    if is_wildcard_path(&word) && !whole.is_script() {
        return found(&rules::PATH_OF_WILDCARDS);
    }
    if is_dropped_file(&word.name) && whole.is_value(at, byte) && !whole.is_script() {
        return found(&rules::WORD_AS_COMMAND);
    }
    let (base, name) = program(&word)?;
    let arguments = arguments(&base, behind, operator.is_substitution());
    if word.is_disguised && base.len() > 2 && whole.is_value(at, byte) {
        return found(&rules::DISGUISED_COMMAND);
    }
    let is_line = leaf.lower.len() <= LONGEST_LINE && !whole.is_script();
    if byte == b'(' && is_line && is_reader(&base) && secret_in(behind).is_some() {
        return found(&rules::COMMAND_IN_TEXT);
    }
    let place = if operator.is_substitution() {
        substitution(leaf, whole, operator, behind)?
    } else {
        place(leaf, whole, at, byte)?
    };
    // A text of many escapes is code.
    if byte == b'\\' && (place != Place::Value || name != Name::Program) {
        return None;
    }
    let is_near = start < 2;
    let is_pair = is_near && is_pair(before, byte) && !TELLING.contains(&&*base);
    rule(place, name, arguments, is_pair)
        .or_else(|| {
            let is_word =
                place == Place::Value && name == Name::Word && arguments == Arguments::End;
            (is_word && start == 0 && base.len() > 2).then_some(&rules::WORD_AS_COMMAND)
        })
        .map(|rule| {
            if is_assigned(before) && place == Place::Substitution {
                &rules::COMMAND_IN_TEXT
            } else {
                rule
            }
        })
        .and_then(found)
}

/// `/tmp/x`, `./x`: a file that somebody put there.
fn is_dropped_file(name: &[u8]) -> bool {
    let file = [&b"/tmp/"[..], b"/var/tmp/", b"/dev/shm/", b"./"]
        .iter()
        .find_map(|folder| name.strip_prefix(*folder));
    file.is_some_and(|file| file.first().is_some_and(u8::is_ascii_alphanumeric))
}

/// `cat` of `cat`, `/bin/cat` and `c''at`, and whether it is a word, too.
fn program(word: &Word) -> Option<(Vec<u8>, Name)> {
    let name = word.name.strip_suffix(b".exe").unwrap_or(&word.name);
    let base = name.rsplit(|byte| *byte == b'/').next()?;
    let is_path = base.len() == name.len()
        || [&b"/"[..], b"./", b"../", b"usr/bin/"]
            .iter()
            .any(|start| name.starts_with(start));
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
