//! Shell injection: a text that ends one command and begins another.
//!
//! Sees: an operator or a substitution and then a known command, a shell started with a command,
//! reverse shells, `${IFS}` for blanks, Shellshock. Does not see: commands that are not on the list,
//! names built from globs and variables, Windows.

use memchr::{memchr_iter, memrchr};

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::shell_injection as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::SEPARATOR.or(Signs::BACKTICK).or(Signs::DOLLAR)) || signs.has(Signs::SLASH)
    },
    find,
};

/// Commands that attackers try first; sorted.
const COMMANDS: [&str; 60] = [
    "arp", "awk", "base64", "bash", "busybox", "cat", "chmod", "chown", "curl", "dig", "dir",
    "echo", "env", "find", "ftp", "gcc", "grep", "head", "host", "hostname", "id", "ifconfig",
    "ip", "kill", "less", "ls", "mail", "mkfifo", "more", "mv", "nc", "ncat", "netcat", "netstat",
    "nohup", "nslookup", "od", "perl", "php", "ping", "printenv", "ps", "pwd", "python", "python3",
    "reboot", "rm", "ruby", "sed", "sh", "sleep", "tail", "telnet", "touch", "type", "uname", "vi",
    "wget", "whoami", "xxd",
];

/// How many operators are looked at.
const MOST_OPERATORS: usize = 256;

/// How far a command's arguments are looked at.
const LONGEST_COMMAND: usize = 256;

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let operators = leaf
        .lower
        .iter()
        .enumerate()
        .filter(|(_, byte)| matches!(byte, b';' | b'|' | b'&' | b'\n' | b'`' | b'('))
        .take(MOST_OPERATORS);
    findings.extend(operators.filter_map(|(at, byte)| after_operator(leaf, at, *byte)));
}

fn after_operator(leaf: &Leaf, at: usize, operator: u8) -> Option<Finding> {
    let is_substitution = operator == b'`' || operator == b'(';
    if operator == b'(' && !leaf.lower[..at].ends_with(b"$") {
        return None;
    }
    let rest = leaf.near(at + 1, LONGEST_COMMAND);
    let blanks = rest
        .iter()
        .take_while(|byte| b" \t|&".contains(byte))
        .count();
    let command = rest[blanks..]
        .split(|byte| !is_name(*byte))
        .next()
        .unwrap_or_default();
    let base = command_name(command)?;
    let arguments = &rest[blanks + command.len()..];
    if !is_argument_list(base, arguments, is_substitution) {
        return None;
    }
    let before = &leaf.lower[..at];
    let rule = if is_substitution && is_glued(before) && ends_glued(operator, arguments) {
        &rules::COMMAND_SUBSTITUTION
    } else if !is_substitution && is_value(before) && !is_script(leaf) {
        &rules::COMMAND_AFTER_OPERATOR
    } else {
        &rules::COMMAND_IN_TEXT
    };
    Some(Finding::new(rule, at, at + 1 + blanks + command.len()))
}

/// `cat` of `cat` and `/bin/cat`, where it is on the list.
fn command_name(command: &[u8]) -> Option<&[u8]> {
    let base = command
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or_default();
    let is_path = base.len() == command.len() || command.starts_with(b"/");
    (is_path && is_command(base)).then_some(base)
}

fn is_command(name: &[u8]) -> bool {
    COMMANDS
        .binary_search_by(|known| known.as_bytes().cmp(name))
        .is_ok()
}

/// Does nothing follow what ends the substitution, or what stands in one word with it?
fn ends_glued(operator: u8, rest: &[u8]) -> bool {
    let closer = if operator == b'`' { b'`' } else { b')' };
    let end = memrchr(closer, rest).map_or(rest.len(), |close| close + 1);
    is_glued(&rest[end..])
}

fn is_glued(text: &[u8]) -> bool {
    let has_blank = text.iter().any(u8::is_ascii_whitespace);
    !has_blank || text.trim_ascii().is_empty()
}

/// Several lines are a script or a table, not a value.
fn is_script(leaf: &Leaf) -> bool {
    memchr_iter(b'\n', leaf.lower.trim_ascii()).nth(1).is_some()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte)
}

/// Does what follows a command look like its arguments, not like a sentence that goes on?
fn is_argument_list(command: &[u8], rest: &[u8], is_substitution: bool) -> bool {
    let blanks = rest.iter().take_while(|byte| b" \t".contains(byte)).count();
    let trimmed = &rest[blanks..];
    let Some(first) = trimmed.first() else {
        return true;
    };
    let ends_at_once =
        b";|&`)#\n<>'\"".contains(first) && !(is_substitution && rest.starts_with(b"."));
    let has_argument = trimmed.len() < rest.len() && b"-/$~.*\\".contains(first);
    let counts = trimmed.len() < rest.len()
        && first.is_ascii_digit()
        && [&b"sleep"[..], b"ping", b"kill"].contains(&command);
    let fetches = trimmed.starts_with(b"http://") || trimmed.starts_with(b"https://");
    ends_at_once || has_argument || counts || fetches
}

/// The harmless value that a code expects before the operator: nothing, a word, a quote.
fn is_value(before: &[u8]) -> bool {
    let before = before.trim_ascii();
    let is_ruler = before.len() > 4 && before.iter().all(|byte| b"+-=| ".contains(byte));
    before.len() <= 64
        && is_one_word(before)
        && !is_ruler
        && !before.contains(&b'<')
        && !is_entity(before)
}

/// `&nbsp;` ends with the operator's sign.
fn is_entity(before: &[u8]) -> bool {
    before
        .iter()
        .rposition(|byte| *byte == b'&')
        .is_some_and(|start| before.len() - start < 8)
}

fn is_one_word(text: &[u8]) -> bool {
    !text
        .trim_ascii()
        .iter()
        .any(|byte| byte.is_ascii_whitespace())
}
