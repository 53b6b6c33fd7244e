//! What stands for an option: its name, and the class of a value in the same word.

use super::class::value;
use super::known::attaches;
use super::told::Secrets;

const LONGEST_NAME: usize = 40;
/// Letters of an option that a value follows in the same word: `-Xmx512m`; of more they may be the value's.
const LONGEST_ATTACHING: usize = 3;
const NAMELESS: &str = "<option>";

/// What stands for an option: `--depth=<number>`, `-xzf`, `-j<number>`. No value is a part of it.
pub(super) fn option(program: &[u8], word: &[u8], secrets: Secrets<'_>) -> String {
    let shown = |kept: &[u8], rest: &str| {
        if secrets.spare(kept) {
            format!("{}{rest}", String::from_utf8_lossy(kept))
        } else {
            format!("-{NAMELESS}{rest}")
        }
    };
    let letter = word.get(1).copied().unwrap_or_default();
    if letter != b'-' && attaches(program, letter) && word.len() > 2 {
        return shown(&word[..2], &value(&word[2..], secrets));
    }
    let name = word.split(|byte| *byte == b'=').next().unwrap_or(word);
    if !name.iter().all(u8::is_ascii_graphic) {
        return format!("-{NAMELESS}"); // words of a person
    }
    if is_name(name) {
        let text = word.get(name.len() + 1..);
        let told = text.map(|text| format!("={}", value(text, secrets)));
        return shown(name, &told.unwrap_or_default());
    }
    let letters = word[1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let kept = match letters {
        0 => return format!("-{NAMELESS}"),
        1..=LONGEST_ATTACHING => 1 + letters,
        _ => 2,
    };
    shown(&word[..kept], &value(&word[kept..], secrets))
}

/// Whether these are dashes and the name of an option: letters with `-`, `_`, `.`, `:` between them. Digits stand in long
/// names, and behind a `:` as in `-c:v:0`.
fn is_name(text: &[u8]) -> bool {
    let is_long = text.starts_with(b"--");
    let name = &text[1 + usize::from(is_long)..];
    let is_of_name = |(at, byte): (usize, &u8)| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' | b':' => true,
        b'0'..=b'9' => is_long || name[..at].ends_with(b":"),
        _ => false,
    };
    name.len() <= LONGEST_NAME
        && name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().enumerate().all(is_of_name)
}
