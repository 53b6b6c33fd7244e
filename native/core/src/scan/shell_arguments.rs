//! What stands behind a program's name: options, files, words.

use super::shell_disguise::is_written_break;
use super::system_files::privacy;

/// Programs that show a file or a folder, or take it away.
const READERS: [&[u8]; 26] = [
    b"cat",
    b"tac",
    b"more",
    b"less",
    b"head",
    b"tail",
    b"nl",
    b"od",
    b"xxd",
    b"strings",
    b"type",
    b"dir",
    b"ls",
    b"ll",
    b"cp",
    b"mv",
    b"rm",
    b"scp",
    b"gunzip",
    b"zcat",
    b"base64",
    b"fold",
    b"sort",
    b"get-content",
    b"stat",
    b"find",
];

/// What stands behind a program's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Arguments {
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

/// Is an operator all that stands behind: `/usr/bin/id;`?
pub(super) fn is_ended(behind: &[u8]) -> bool {
    let behind = behind.trim_ascii();
    behind.len() == 1 && b";|&".contains(&behind[0])
}

/// Does `program` show what is in files, or take them?
pub(super) fn is_reader(program: &[u8]) -> bool {
    READERS.contains(&program)
}

/// Does `program` show or take a file that an outsider has no business with?
pub(super) fn reads_private_file(program: &[u8], arguments: &[u8]) -> bool {
    if !is_reader(program) {
        return false;
    }
    let slashed: Vec<u8> = arguments
        .iter()
        .map(|byte| if *byte == b'\\' { b'/' } else { *byte })
        .collect();
    let command = slashed
        .split(|byte| b";|&".contains(byte))
        .next()
        .unwrap_or_default();
    let words = || {
        command
            .split(|byte| byte.is_ascii_whitespace() || b"\"'".contains(byte))
            .filter(|word| !word.is_empty())
    };
    let is_argument = |word: &[u8]| {
        word.iter()
            .any(|byte| b"/-.*?>+".contains(byte) || byte.is_ascii_digit())
    };
    words().all(is_argument) && words().any(|word| privacy(word).is_some())
}

/// What stands in `rest`, behind the program `command`.
pub(super) fn arguments(command: &[u8], rest: &[u8], is_substitution: bool) -> Arguments {
    let blanks = rest
        .iter()
        .take_while(|byte| b" \t+".contains(byte))
        .count();
    let trimmed = &rest[blanks..];
    let Some(first) = trimmed.first().filter(|_| !is_written_break(trimmed)) else {
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
