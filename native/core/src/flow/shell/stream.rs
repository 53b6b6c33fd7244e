//! Does an input leave its place in a script of `sed`, whose commands write files and, of GNU, run programs?
//!
//! Safe: inside one pattern or replacement (`s/a/INPUT/`), numbers of lines. Injection: it ends its pattern or
//! replacement, or adds commands. Not seen: `&` and `\1` in a replacement, signs of patterns.

use memchr::memmem::Finder;

use crate::flow::occurrences::Occurrences;
use crate::flow::{Change, SHORTEST_INPUT};

/// Says where `input` leaves its place in `script`.
pub fn stream(script: &[u8], input: &[u8]) -> Option<Change> {
    let is_word = input.iter().all(u8::is_ascii_alphanumeric);
    if input.len() < SHORTEST_INPUT || is_word {
        return None;
    }
    let finder = Finder::new(input);
    finder.find(script)?;
    let texts = texts(script);
    Occurrences::new(script, &finder).find_map(|start| {
        let end = start + input.len();
        let after = texts.partition_point(|text| text.0 <= start);
        let around = after.checked_sub(1).map(|at| texts[at]);
        let reason = match around.filter(|text| start < text.1 || start == text.0) {
            Some(text) if end <= text.1 => None,
            Some(_) => Some("ends its pattern"),
            None => adds_command(input),
        }?;
        Some(Change { reason, start, end })
    })
}

fn adds_command(input: &[u8]) -> Option<&'static str> {
    let is_of_lines = |byte: &u8| byte.is_ascii_digit() || b",$! \t".contains(byte);
    (!input.iter().all(is_of_lines)).then_some("adds a command")
}

/// Where patterns and replacements begin and end, in order.
fn texts(script: &[u8]) -> Vec<(usize, usize)> {
    let (mut texts, mut at) = (Vec::new(), 0);
    while let Some(byte) = script.get(at).copied() {
        at += 1;
        let count = match byte {
            b's' | b'y' => 2,
            b'/' => 1,
            b'\\' if at < script.len() => 1,
            // What follows on the line is a text or a file's name.
            b'a' | b'c' | b'i' | b'r' | b'R' | b'w' | b'W' | b'e' | b'b' | b't' | b'#' => {
                let rest = &script[at..];
                at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                continue;
            }
            _ => continue,
        };
        if byte != b'/' {
            at += 1;
        }
        let Some(mark) = script.get(at - 1).copied() else {
            break;
        };
        for _ in 0..count {
            let end = end_of(script, at, mark);
            texts.push((at, end));
            at = (end + 1).min(script.len());
        }
        if count == 2 {
            at += flags(&script[at..]);
        }
    }
    texts
}

/// Where the text from `at` on ends: at a `mark` that no backslash is in front of.
fn end_of(script: &[u8], mut at: usize, mark: u8) -> usize {
    while let Some(byte) = script.get(at) {
        match byte {
            b'\\' => at += 1,
            byte if *byte == mark => return at,
            _ => {}
        }
        at += 1;
    }
    script.len()
}

/// How many flags that do nothing else follow a replacement.
fn flags(rest: &[u8]) -> usize {
    let is_flag = |byte: &&u8| byte.is_ascii_digit() || b"gpiImM".contains(*byte);
    rest.iter().take_while(is_flag).count()
}
