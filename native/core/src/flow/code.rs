//! Does an input change the syntax of code that is run (`eval`, `new Function`, `$where`)?
//!
//! Safe: inside one string or comment; one name or number; data (numbers, strings, `true`, lists and objects of
//! them); arithmetic on numbers alone. Injection: it ends or opens a string or comment, is a substitution in one
//! (`${…}`, an f-string's `{…}`), breaks the line of its string, or adds any other syntax.
//! Where the language is not known both are asked, and both must say so.
//! Not seen: a name or string that should have been another one; JavaScript's regular expressions are operators.

use memchr::memmem::{self, Finder};

use super::code_tokens::{Kind, Token, Tokens};
use super::occurrences::Occurrences;
use super::{Change, SHORTEST_INPUT};

/// In which language the code is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    Any,
    Python,
    JavaScript,
}

/// Longer inputs do not stand in code by accident.
const LONGEST_SCRAP: usize = 4;

/// Names of values, not of things that can be called.
const VALUES: [&[u8]; 9] = [
    b"true",
    b"false",
    b"null",
    b"True",
    b"False",
    b"None",
    b"NaN",
    b"undefined",
    b"Infinity",
];

/// Says where `input` changes the syntax of `code`.
pub fn code(code: &[u8], input: &[u8], language: Language) -> Option<Change> {
    if is_only_quotes(input) {
        return left_open(code, input, language);
    }
    if input.len() < SHORTEST_INPUT || input.len() > code.len() || is_word(input) {
        return None;
    }
    let finder = Finder::new(input);
    finder.find(code)?;
    match language {
        Language::Any => first_change(code, &finder, Language::Python)
            .and_then(|_| first_change(code, &finder, Language::JavaScript)),
        _ => first_change(code, &finder, language),
    }
}

/// Quotes alone stand in all code; they did something where a literal does not end.
fn left_open(code: &[u8], input: &[u8], language: Language) -> Option<Change> {
    let is_open = |language| {
        let last = Tokens::new(code, language).last();
        last.is_some_and(|token| token.kind == Kind::Text && !token.closed)
    };
    let is_broken = match language {
        Language::Any => is_open(Language::Python) && is_open(Language::JavaScript),
        _ => is_open(language),
    };
    let start = is_broken.then(|| memmem::find(code, input)).flatten()?;
    Some(Change {
        reason: "leaves a literal open",
        start,
        end: start + input.len(),
    })
}

fn is_only_quotes(input: &[u8]) -> bool {
    let is_only = |bytes: &[u8]| input.iter().all(|byte| bytes.contains(byte));
    is_only(b"'\"`\\ \t") && input.iter().any(|byte| b"'\"`\\".contains(byte))
}

fn is_word(input: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    input.iter().all(is_name)
}

fn first_change(code: &[u8], finder: &Finder<'_>, language: Language) -> Option<Change> {
    let mut tokens = Tokens::new(code, language);
    let mut current = tokens.next();
    for start in Occurrences::new(code, finder) {
        let end = start + finder.needle().len();
        while current.as_ref().is_some_and(|token| token.end <= start) {
            current = tokens.next();
        }
        let first = current.as_ref()?;
        if is_scrap(code, start, end) {
            continue;
        }
        if let Some(reason) = judge(code, (start, end), first, tokens.clone()) {
            return Some(Change { reason, start, end });
        }
    }
    None
}

/// Is it so short that it stands there by accident, cut out of the code's own words?
fn is_scrap(code: &[u8], start: usize, end: usize) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_glued = |at: usize| {
        let pair = at.checked_sub(1).and_then(|before| code.get(before..=at));
        pair.is_some_and(|pair| pair.iter().all(is_name))
    };
    end - start <= LONGEST_SCRAP && (is_glued(start) || is_glued(end))
}

fn judge(
    code: &[u8],
    (start, end): (usize, usize),
    first: &Token,
    rest: Tokens<'_>,
) -> Option<&'static str> {
    if first.start >= end {
        return None; // blanks between tokens
    }
    let is_inside = start >= first.inner.0 && end <= first.inner.1 && first.has_inside();
    if is_inside && (first.inner.0 > first.start || start > first.start) {
        return leaves_open(code, (start, end), first);
    }
    if first.has_inside() && start > first.start {
        return Some(match first.kind {
            Kind::Comment => "ends a comment",
            _ => "closes its literal",
        });
    }
    let mut touched = vec![*first];
    touched.extend(rest.take_while(|token| token.start < end));
    if touched
        .iter()
        .any(|token| token.end > end && token.has_inside())
    {
        return Some("opens a literal");
    }
    let is_whole = touched.len() == 1 && touched[0].kind != Kind::Comment;
    if is_whole || is_data(code, &touched) || is_arithmetic(&touched) {
        return None;
    }
    let has_comment = touched.iter().any(|token| token.kind == Kind::Comment);
    Some(if has_comment {
        "starts a comment"
    } else {
        "adds code"
    })
}

fn leaves_open(code: &[u8], (start, end): (usize, usize), token: &Token) -> Option<&'static str> {
    if token.kind == Kind::Comment {
        return None;
    }
    let written = &code[start..end];
    let slashes = written
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count();
    let next = code.get(end).copied();
    if slashes % 2 == 1 && !token.closed && next.is_some_and(|next| b"'\"`".contains(&next)) {
        return Some("takes away the quote that closes its literal");
    }
    if !token.closed && token.breaks_at(end) {
        return Some("breaks the line of its literal");
    }
    let substitutes = token.opener().is_some_and(|opener| {
        memchr::memmem::find_iter(written, opener).any(|at| {
            let before = written[..at]
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count();
            let is_doubled = opener == b"{" && written[at..].starts_with(b"{{");
            before % 2 == 0 && !is_doubled
        })
    });
    substitutes.then_some("adds a substitution")
}

/// Numbers, strings and words for values in lists and objects: what JSON is made of.
fn is_data(code: &[u8], tokens: &[Token]) -> bool {
    let mut depth = 0_i32;
    let fits = tokens.iter().all(|token| {
        let text = &code[token.start..token.end];
        match token.kind {
            Kind::Number | Kind::Text => !token.substitutes,
            Kind::Word => VALUES.contains(&text),
            Kind::Operator => {
                depth += i32::from(b"[{".contains(&text[0])) - i32::from(b"]}".contains(&text[0]));
                let is_inner = text[0] != b':' || depth > 0;
                depth >= 0 && is_inner && b"[]{},:-".contains(&text[0])
            }
            Kind::Comment => false,
        }
    });
    fits && depth == 0 && holds_values_apart(tokens)
}

fn holds_values_apart(tokens: &[Token]) -> bool {
    tokens
        .windows(2)
        .all(|pair| pair[0].kind == Kind::Operator || pair[1].kind == Kind::Operator)
}

/// Numbers with an operator between each two, signs and parentheses.
fn is_arithmetic(tokens: &[Token]) -> bool {
    let (mut expects_number, mut depth, mut operator) = (true, 0_usize, 0);
    for token in tokens {
        match (token.kind, token.first) {
            (Kind::Number, _) if expects_number => expects_number = false,
            (Kind::Operator, b'(') if expects_number => depth += 1,
            (Kind::Operator, b')') if !expects_number && depth > 0 => depth -= 1,
            (Kind::Operator, b'+' | b'-' | b'.') if expects_number => operator = 0,
            (Kind::Operator, mark @ (b'*' | b'/')) if expects_number && mark == operator => {
                operator = 0;
            }
            (Kind::Operator, mark @ (b'+' | b'-' | b'*' | b'/' | b'%')) if !expects_number => {
                (expects_number, operator) = (true, mark);
            }
            _ => return false,
        }
    }
    !expects_number && depth == 0
}
