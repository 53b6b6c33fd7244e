//! Template injection: an expression that a template engine would evaluate.
//!
//! Sees: the expressions between the marks of the usual engines (Jinja, Twig, Freemarker, Velocity, Mako, ERB,
//! Smarty, Pug, Handlebars, Thymeleaf, Razor, OGNL, SpEL) and, in each, whether it only calculates with
//! constants, or leaves its variables for classes, processes or files. An expression of names, filters and
//! plain calls is a template's own. Looks at 1 KB of each, from its first sign on. Does not see: engines
//! with other marks, expressions whose names come from elsewhere.

use std::cell::OnceCell;

use memchr::{memchr2_iter, memchr3, memchr3_iter, memmem};

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::template_injection as rules;
use super::sentence::is_told;
use super::template_arithmetic::{calculates, is_braced_product, sets_constant};
use super::template_words::{ASKING, INTERNAL, MARKS, REACHING};
use super::words::{Words, stands_between};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::BRACE)
            || (signs.has(Signs::ANGLE) && signs.has(Signs::PERCENT.or(Signs::OPERATOR)))
            || (signs.has(Signs::OPERATOR) && signs.has(Signs::PAREN))
    },
    find,
};

const LONGEST_EXPRESSION: usize = 1024;
/// From here on others say nothing more.
const SURE: u8 = 90;
/// So many bytes are looked at in search of an end for each byte of the text, and so many at least: expressions that
/// end where they should cost a byte for a byte, however many they are.
const MOST_WORK: usize = 4;
const LEAST_WORK: usize = 16 << 10;

/// What stands between the marks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value, in engines that know few objects of their own, or in a program's text.
    Value,
    /// A value, in engines that show their own objects.
    Shown,
    /// A value, or a command between backticks.
    Ruby,
    Statement,
}

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &*leaf.lower;
    if is_braced_product(text.trim_ascii()) {
        findings.push(Finding::new(&rules::ARITHMETIC_IN_TEMPLATE, 0, text.len()));
        return;
    }
    let mut work = LEAST_WORK + MOST_WORK * text.len();
    let openings = memchr2_iter(b'{', b'<', text)
        .chain(memchr3_iter(b'@', b'#', b'[', text).filter(|at| begins_otherwise(&text[*at..])))
        .filter_map(|at| expression(text, at))
        .take_while(|expression| {
            work = work.saturating_sub(expression.end - expression.start);
            work > 0
        });
    let words = [OnceCell::new(), OnceCell::new()];
    let holds = |expression: &Expression<'_>, at: usize| {
        let all: &[&Words; 2] = &[&REACHING, &ASKING];
        let found = words[at].get_or_init(|| all[at].all_in(text));
        let end = expression.from + expression.inner.len();
        stands_between(found, expression.from, end)
    };
    let is_in_sentence = OnceCell::new();
    let mut strongest: Option<Finding> = None;
    for expression in openings {
        let rule = judge(&expression, &|| holds(&expression, 0), &|| {
            holds(&expression, 1)
        });
        let Some(mut rule) = rule else {
            continue;
        };
        // A calculation in a sentence is told of; of many, the first one says it.
        let is_calculation = std::ptr::eq(rule, &rules::ARITHMETIC_IN_TEMPLATE);
        let behind = expression.end.min(text.len());
        let is_told = || is_told(&text[..expression.start], &text[behind..]);
        if is_calculation && *is_in_sentence.get_or_init(is_told) {
            rule = &rules::ARITHMETIC_IN_SENTENCE;
        }
        if strongest.is_none_or(|one| one.confidence < rule.confidence) {
            strongest = Some(Finding::new(rule, expression.start, expression.end));
        }
        if rule.confidence >= SURE {
            break;
        }
    }
    findings.extend(strongest);
}

/// `html "x"`: a function of a template and constants, no variable.
fn calls_with_constants(expression: &[u8]) -> bool {
    let names = [
        &b"html "[..],
        b"js ",
        b"print ",
        b"printf ",
        b"println ",
        b"urlquery ",
    ];
    let Some(name) = names.iter().find(|name| expression.starts_with(name)) else {
        return false;
    };
    let mut is_quoted = false;
    let is_constant = expression[name.len()..].iter().all(|byte| {
        is_quoted ^= *byte == b'"';
        is_quoted || *byte == b'"' || *byte == b' '
    });
    is_constant && !is_quoted && expression.len() > name.len() + 1
}

/// Marks that have no brace: `@(`, `#set`, `[#`, `[=`.
fn begins_otherwise(text: &[u8]) -> bool {
    [&b"@("[..], b"#set", b"[#", b"[="]
        .iter()
        .any(|mark| text.starts_with(mark))
}

/// Of most braces and angles a neighbour says that no mark has them.
fn may_begin(text: &[u8], at: usize) -> bool {
    let next = text.get(at + 1).copied().unwrap_or(b' ');
    let before = at.checked_sub(1).map_or(b' ', |before| text[before]);
    match text[at] {
        b'{' => b"{%p$".contains(&next) || b"{$#*%@~".contains(&before),
        b'<' => b"%#@".contains(&next),
        _ => true,
    }
}

struct Expression<'t> {
    start: usize,
    /// Where `inner` begins.
    from: usize,
    end: usize,
    inner: &'t [u8],
    kind: Kind,
}

fn expression(text: &[u8], at: usize) -> Option<Expression<'_>> {
    if !may_begin(text, at) {
        return None;
    }
    // The brace may be a mark's second byte.
    let before = at.checked_sub(1).filter(|_| text[at] == b'{');
    let starts = [before, Some(at)];
    let (start, mark) = starts.into_iter().flatten().find_map(|start| {
        let mark = MARKS
            .iter()
            .find(|mark| text[start..].starts_with(mark.0))?;
        Some((start, mark))
    })?;
    let begin = start + mark.0.len();
    let blanks = text[begin..]
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace());
    let from = begin + blanks.count();
    let near = &text[from..text.len().min(from + LONGEST_EXPRESSION)];
    let closed = memmem::find(near, mark.1);
    // `"<%s>"`: a place in a text of C, where nothing ends what would begin.
    let is_place =
        mark.0 == b"<%" && begin == from && near.first().is_some_and(u8::is_ascii_alphabetic);
    if closed.is_none() && is_place {
        return None;
    }
    let end = closed.unwrap_or(near.len());
    let is_set = mark.0.starts_with(b"#set") || mark.0 == b"{php}";
    // What a block has set is used behind it: a statement is read with what follows.
    let inner = if is_set { near } else { &near[..end] };
    Some(Expression {
        start,
        from,
        end: from + end,
        inner,
        kind: mark.2,
    })
}

/// `reaches` and `asks`: does such a word stand in the expression?
fn judge(
    expression: &Expression<'_>,
    reaches: &dyn Fn() -> bool,
    asks: &dyn Fn() -> bool,
) -> Option<&'static Rule> {
    let Expression { inner, kind, .. } = *expression;
    let plain = trimmed(inner);
    if !is_plain_text(inner) && reaches() {
        return Some(&rules::TEMPLATE_REACHES_OUT);
    }
    if kind == Kind::Ruby && plain.contains(&b'`') {
        return Some(&rules::TEMPLATE_REACHES_OUT);
    }
    if kind != Kind::Statement && calculates(plain) {
        return Some(&rules::ARITHMETIC_IN_TEMPLATE);
    }
    let is_set_to = kind == Kind::Statement
        && memmem::find(inner, b"=").is_some_and(|at| sets_constant(&inner[at + 1..]));
    if is_set_to {
        return Some(&rules::ARITHMETIC_IN_TEMPLATE);
    }
    let is_internal = INTERNAL.iter().any(|word| plain == word.as_bytes());
    if kind == Kind::Shown && (is_internal || calls_with_constants(plain))
        || kind != Kind::Statement && !plain.starts_with(b"secrets.") && asks()
    {
        return Some(&rules::TEMPLATE_INTERNALS);
    }
    // `with "s"`: of a text that stands there already.
    let is_of_constant = [&b"with \""[..], b"with '"]
        .iter()
        .any(|start| plain.starts_with(start));
    let steps_inside = is_of_constant
        || plain.starts_with(b"with ")
            && [&b"split"[..], b"string.", b"pop", b"push"]
                .iter()
                .any(|word| memmem::find(plain, word).is_some());
    steps_inside.then_some(&rules::TEMPLATE_REACHES_OUT)
}

/// The expression without blanks and marks around it.
fn trimmed(expression: &[u8]) -> &[u8] {
    let is_plain = |byte: &u8| !IS_TRIMMED[usize::from(*byte)];
    let start = expression.iter().position(is_plain);
    let start = start.unwrap_or(expression.len());
    let end = expression.iter().rposition(is_plain);
    &expression[start..end.map_or(start, |end| end + 1)]
}

static IS_TRIMMED: [bool; 256] = {
    let (mut is_trimmed, mut at) = ([false; 256], 0);
    let bytes = b" \t\r\n=-~%{}$#";
    while at < bytes.len() {
        is_trimmed[bytes[at] as usize] = true;
        at += 1;
    }
    is_trimmed
};

/// A sentence, not an expression: nothing that code has.
fn is_plain_text(inner: &[u8]) -> bool {
    memchr3(b'(', b'.', b'_', inner).is_none()
        && memchr3(b'|', b'[', b'?', inner).is_none()
        && memchr3(b'%', b'`', b'/', inner).is_none()
}
