//! What only a shell makes a command of: braces (`{,ls,-l}`), classes in a path (`/et[c]/x`), names assigned
//! before (`a=cat;$a x`), functions that start themselves.
//!
//! Looks at texts of one line; does not see assignments by `read` or in loops.

use memchr::{memchr, memchr_iter, memmem};

use super::rule::{Finding, Rule};
use super::rules::shell_injection as rules;
use super::shell_words::named;

/// Longer texts are scripts.
const LONGEST: usize = 400;
/// How many names, braces or brackets of a text are looked at.
const MOST: usize = 32;

/// The first of these in `text`, which is in lower case.
pub(super) fn expansion(text: &[u8]) -> Option<Finding> {
    if text.len() > LONGEST || memchr(b'\n', text.trim_ascii()).is_some() {
        return None;
    }
    let found = |rule: &'static Rule, (start, end)| Finding::new(rule, start, end);
    let by_brace = || Some(found(&rules::BRACE_COMMAND, brace_command(text)?));
    let by_class = || Some(found(&rules::PATH_OF_CLASSES, path_of_classes(text)?));
    let by_name = || Some(found(&rules::ASSIGNED_COMMAND, assigned_command(text)?));
    let by_itself = || Some(found(&rules::ENDLESS_PROCESSES, endless(text)?));
    by_brace()
        .or_else(by_class)
        .or_else(by_name)
        .or_else(by_itself)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

/// `{,ip,a}`, `{ls,-l}`, `{l,-lh}s`, at the beginning or behind an operator.
fn brace_command(text: &[u8]) -> Option<(usize, usize)> {
    memchr_iter(b'{', text).take(MOST).find_map(|start| {
        let before = text[..start].trim_ascii_end();
        let is_due = before.last().is_none_or(|byte| b";|&`(".contains(byte));
        let length = memchr(b'}', &text[start + 1..])?;
        let end = start + 1 + length;
        let inner = &text[start + 1..end];
        (is_due && runs(inner, &text[end + 1..])).then_some((start, end + 1))
    })
}

fn runs(inner: &[u8], behind: &[u8]) -> bool {
    if inner
        .iter()
        .any(|byte| byte.is_ascii_whitespace() || b":{".contains(byte))
    {
        return false;
    }
    let plain = |item: &[u8]| -> Vec<u8> {
        let is_kept = |byte: &u8| !b"$'\"\\".contains(byte);
        item.iter().copied().filter(is_kept).collect()
    };
    let mut items = inner.split(|byte| *byte == b',').map(plain);
    let Some(first) = items.next() else {
        return false;
    };
    let Some(second) = items.next() else {
        return false;
    };
    if first.is_empty() {
        let is_guess = second.starts_with(b"/") && memchr(b'?', &second).is_some();
        return named(&second).is_some() || is_guess;
    }
    let ending = behind.iter().take_while(|byte| is_word(**byte)).count();
    let is_option = second.starts_with(b"-") || second.starts_with(b"/");
    is_option && named(&[&first, &behind[..ending]].concat()).is_some()
}

/// `/pa[s]swd`, `/[e//]tc`: a class of one letter, or with a slash in it, glued to letters.
fn path_of_classes(text: &[u8]) -> Option<(usize, usize)> {
    memchr_iter(b'[', text).take(MOST).find_map(|start| {
        let length = memchr(b']', &text[start + 1..]).filter(|length| *length <= 16)?;
        let (end, class) = (start + 1 + length, &text[start + 1..start + 1 + length]);
        let is_segment = text[..start].ends_with(b"/");
        let before = text[..start]
            .iter()
            .rposition(|byte| !is_word(*byte) && !b"/[]?*".contains(byte))
            .map_or(0, |at| at + 1);
        let is_path = text[before..].starts_with(b"/");
        let is_glued = text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"/?*".contains(byte);
        let is_odd = class.len() == 1 && !is_segment || class.contains(&b'/') || class == b"?";
        (is_path && is_glued && is_odd && class.iter().all(is_name)).then_some((before, end + 1))
    })
}

/// `a=/etc&&b=cat&&$b $a`, `alias x=env&x`: a name that was assigned stands where a command is due.
fn assigned_command(text: &[u8]) -> Option<(usize, usize)> {
    let mut known: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    for piece in text.split(|byte| b";&|".contains(byte)).take(2 * MOST) {
        let start = at;
        at += piece.len() + 1;
        let piece = piece.trim_ascii();
        let (is_alias, piece) = match piece.strip_prefix(b"alias ") {
            Some(rest) => (true, rest.trim_ascii_start()),
            None => (false, piece),
        };
        let length = piece.iter().take_while(|byte| is_word(**byte)).count();
        if length > 0 && piece[length..].starts_with(b"=") && !piece[length..].starts_with(b"==") {
            known.push(&piece[..length]);
            continue;
        }
        let called = piece.strip_prefix(b"$").unwrap_or(piece);
        let called = called.strip_prefix(b"{").unwrap_or(called);
        let length = called.iter().take_while(|byte| is_name(**byte)).count();
        let is_call = piece.starts_with(b"$") || text.starts_with(b"alias ");
        let is_end = called
            .get(length)
            .is_none_or(|next| b" \t}$<>/".contains(next));
        if !is_alias && is_call && is_end && known.contains(&&called[..length]) {
            return Some((0, start + piece.len()));
        }
    }
    None
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `f(){ f|f& };f`: a function that starts itself, and is started.
fn endless(text: &[u8]) -> Option<(usize, usize)> {
    memmem::find_iter(text, b"()").take(MOST).find_map(|at| {
        let start = text[..at]
            .iter()
            .rposition(|byte| !(is_word(*byte) || *byte == b':'))
            .map_or(0, |before| before + 1);
        let name = &text[start..at];
        let rest = text[at + 2..].trim_ascii_start().strip_prefix(b"{")?;
        let end = memchr(b'}', rest)?;
        let operands = rest[..end]
            .split(|byte| b"|&;".contains(byte))
            .map(<[u8]>::trim_ascii)
            .map(|word| word.strip_suffix(b"()").unwrap_or(word));
        let calls = operands.filter(|word| *word == name).count();
        let is_piped = rest[..end].iter().any(|byte| b"|&".contains(byte));
        let after = rest[end + 1..].trim_ascii_start();
        let is_started = after
            .strip_prefix(b";")
            .unwrap_or(after)
            .trim_ascii_start()
            .starts_with(name);
        let is_bomb = !name.is_empty() && calls > 1 && is_piped && is_started;
        is_bomb.then_some((start, text.len() - rest.len() + end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_expands_is_told_from_what_it_does_not() {
        let rows: [(&str, Option<&str>); 27] = [
            ("{,ip,a}", Some("brace-command")),
            ("{,$'whoami',}", Some("brace-command")),
            ("{l,-lh}s", Some("brace-command")),
            (";{cat,/x/y}", Some("brace-command")),
            ("{,/?s?/?i?/c?t,/e??/p??s??,}", Some("brace-command")),
            ("{id,name}", None),
            ("{ id, name }", None),
            ("{a,-b}", None),
            ("const {ls,-x}", None),
            ("cat /et[c]x/pa[s]swd", Some("path-of-classes")),
            ("ls /[e//]tc", Some("path-of-classes")),
            ("cat /[?]tc/pa[?]swd", Some("path-of-classes")),
            ("/posts/[id].js", None),
            ("/[a-z]+/", None),
            ("x = y/a[i]", None),
            (
                "a=/etc&&b=/passwd&&c=cat&&$c $a$b",
                Some("assigned-command"),
            ),
            ("c1=c;c2=at;$c1$c2", Some("assigned-command")),
            ("alias ab=env&ab whoami", Some("assigned-command")),
            ("a=1;$b x", None),
            ("$a=1;$a->b", None),
            ("id=5&name=id", None),
            ("a=5;$a.hide()", None),
            ("f(){ f|f& };f", Some("endless-processes")),
            (":(){:|:&};:", Some("endless-processes")),
            ("test() { test | test & } test", Some("endless-processes")),
            ("f(){ cat | sort; }; f", None),
            ("function f() { g(); } f", None),
        ];
        for (text, rule) in rows {
            let found = expansion(text.as_bytes()).map(|finding| finding.rule.id);
            assert_eq!(found, rule, "{text}");
        }
    }
}
