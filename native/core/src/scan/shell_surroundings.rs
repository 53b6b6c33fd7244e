//! What stands around a command: a value that code expects, a sentence, a script, a table.

use super::shell_words::{Name, named};
use memchr::memchr_iter;
use std::cell::OnceCell;

/// A value that code expects in front of an operator is no longer; in front of the signs of a form, shorter still.
const LONGEST_VALUE: usize = 1024;
const LONGEST_OF_FORM: usize = 64;

/// Operators between which a list may have its columns.
const OPERATORS: [u8; 7] = *b";|&\n`(\\";

/// A text of which the same is asked for each of its operators: answered once.
pub(super) struct Whole<'t> {
    text: &'t [u8],
    /// Where it begins behind its blanks.
    start: usize,
    is_script: OnceCell<bool>,
    is_list: [OnceCell<bool>; OPERATORS.len()],
    first_blank: OnceCell<usize>,
}

impl<'t> Whole<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            start: text.len() - text.trim_ascii_start().len(),
            is_script: OnceCell::new(),
            is_list: Default::default(),
            first_blank: OnceCell::new(),
        }
    }

    pub(super) fn is_script(&self) -> bool {
        *self.is_script.get_or_init(|| is_script(self.text))
    }

    pub(super) fn is_list(&self, operator: u8) -> bool {
        let ask = || is_list(self.text, operator);
        match OPERATORS.iter().position(|one| *one == operator) {
            Some(at) => *self.is_list[at].get_or_init(ask),
            None => ask(),
        }
    }

    /// Is what stands before the operator at `at` a value?
    pub(super) fn is_value(&self, at: usize, operator: u8) -> bool {
        let longest = if b"&\n\\".contains(&operator) {
            LONGEST_OF_FORM
        } else {
            LONGEST_VALUE
        };
        is_value(&self.text[self.start.min(at)..at], longest)
    }

    /// Is what stands before `at` glued?
    pub(super) fn is_glued_before(&self, at: usize) -> bool {
        let first_blank = *self.first_blank.get_or_init(|| {
            let blank = self.text.iter().position(u8::is_ascii_whitespace);
            let plus = memchr_iter(b'+', self.text).nth(1);
            blank.into_iter().chain(plus).min().unwrap_or(usize::MAX)
        });
        at <= first_blank || at <= self.start
    }
}

/// Several lines are a script or a table, not a value.
fn is_script(text: &[u8]) -> bool {
    memchr_iter(b'\n', text.trim_ascii()).nth(1).is_some() || text.starts_with(b"#!")
}

/// The harmless value that a code expects before the operator: nothing, a word, a quote.
fn is_value(before: &[u8], longest: usize) -> bool {
    let before = before.trim_ascii();
    if before.len() > longest {
        return false;
    }
    let is_ruler = before.len() > 4 && before.iter().all(|byte| b"+-=| ".contains(byte));
    !before.iter().any(u8::is_ascii_whitespace)
        && !is_ruler
        && !before.contains(&b'<')
        && !is_entity(before)
}

/// `MY_IP=$(`: a line of a script that keeps what a command says.
pub(super) fn is_assigned(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"=$").unwrap_or_default();
    name.len() > 2
        && name.contains(&b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// `Python & Java`, `PHP; Perl`: does a pair of names begin with what stands before the operator?
pub(super) fn is_pair(before: &[u8], operator: u8) -> bool {
    let word = before.trim_ascii();
    let is_apart = before.len() > word.len() || operator == b';';
    let is_of_word = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80;
    is_apart && word.len() > 2 && word.iter().all(is_of_word)
}

/// `&nbsp;` ends with the operator's sign.
fn is_entity(before: &[u8]) -> bool {
    let start = before.iter().rposition(|byte| *byte == b'&');
    start.is_some_and(|start| before.len() - start < 8 && start + 1 < before.len())
}

/// Has it no blanks, or nothing else? A `+` is a blank of a query, where there are several.
pub(super) fn is_glued(text: &[u8]) -> bool {
    let has_blank =
        text.iter().any(u8::is_ascii_whitespace) || memchr_iter(b'+', text).nth(1).is_some();
    !has_blank || text.trim_ascii().is_empty()
}

/// `id;name;date`, `| id | name |`: words between operators of one kind are columns; `(pod|service)` is a pattern.
fn is_list(text: &[u8], operator: u8) -> bool {
    let inner = text.trim_ascii().strip_prefix(b"(");
    let inner = inner.and_then(|inner| inner.strip_suffix(b")"));
    let (text, fewest) = inner.map_or((text, 3), |inner| (inner, 2));
    let is_plain = |piece: &&[u8]| {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b" _\"".contains(byte);
        let words = || piece.trim_ascii().split(|byte| *byte == b' ');
        let is_quoted = piece.iter().filter(|byte| **byte == b'"').count() % 2 == 0;
        piece.iter().all(is_word) && words().count() <= 3 && is_quoted && !is_command(words())
    };
    let pieces = || {
        text.split(|byte| *byte == operator)
            .map(<[u8]>::trim_ascii)
            .filter(|piece| !piece.is_empty())
    };
    pieces().nth(fewest - 1).is_some() && pieces().all(|piece| is_plain(&piece))
}

/// Programs after which no column is called.
const NO_COLUMNS: [&[u8]; 13] = [
    b"bash",
    b"ifconfig",
    b"ipconfig",
    b"ls",
    b"nc",
    b"ncat",
    b"netstat",
    b"poweroff",
    b"printenv",
    b"rm",
    b"sh",
    b"uname",
    b"whoami",
];

/// Is it a program with arguments, or one that nothing else is called after? A cat is also an animal.
fn is_command<'t>(mut words: impl Iterator<Item = &'t [u8]>) -> bool {
    let first = words.next().unwrap_or_default();
    NO_COLUMNS.contains(&first)
        || first != b"cat" && named(first) == Some(Name::Program) && words.next().is_some()
}

/// Whether the text begins as a command line does: then it is one, of somebody who writes about commands.
pub(super) fn is_shell(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"$ ").unwrap_or(text);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
    let length = text.iter().take_while(|byte| is_name(byte)).count();
    let is_program = named(&text[..length]) == Some(Name::Program);
    let is_builtin = [
        &b"cd"[..],
        b"export",
        b"echo",
        b"if",
        b"for",
        b"while",
        b"set",
        b"source",
        b"make",
        b"node",
        b"go",
        b"cargo",
    ];
    is_program || is_builtin.contains(&&text[..length])
}
