//! Template injection: an expression that a template engine would evaluate.
//!
//! Sees: the expressions between the marks of the usual engines (Jinja, Twig, Freemarker, Velocity, Mako, ERB,
//! Smarty, Pug, Handlebars, Thymeleaf, Razor, OGNL, SpEL) and, in each, whether it only calculates with
//! constants, or leaves its variables for classes, processes or files. An expression of names, filters and
//! plain calls is a template's own. Looks at the first 64 expressions and 1 KB of each. Does not see: engines
//! with other marks, expressions whose names come from elsewhere.

use memchr::{memchr2_iter, memmem};

use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::template_injection as rules;
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

const MOST_EXPRESSIONS: usize = 64;
const LONGEST_EXPRESSION: usize = 1024;

/// How an expression begins and ends; longer marks first.
#[rustfmt::skip]
static MARKS: [(&[u8], &[u8], Kind); 22] = [
    (b"{{{", b"}}}", Kind::Shown), (b"{{", b"}}", Kind::Shown), (b"{%", b"%}", Kind::Shown), (b"{php}", b"{/php}", Kind::Statement),
    (b"{$smarty", b"}", Kind::Shown), (b"${.", b"}", Kind::Shown), (b"${", b"}", Kind::Value), (b"#{", b"}", Kind::Ruby),
    (b"*{", b"}", Kind::Value), (b"%{", b"}", Kind::Value), (b"@{", b"}", Kind::Value), (b"~{", b"}", Kind::Value),
    (b"<%", b"%>", Kind::Ruby), (b"<#assign", b">", Kind::Statement), (b"<#list", b">", Kind::Statement),
    (b"<#if", b">", Kind::Statement), (b"<#include", b">", Kind::Statement), (b"<#=", b"#>", Kind::Value),
    (b"[#assign", b"]", Kind::Statement), (b"@(", b")", Kind::Value), (b"#set(", b"\n", Kind::Statement),
    (b"#set (", b"\n", Kind::Statement),
];

/// What stands between the marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A value, in engines that know few objects of their own, or in a program's text.
    Value,
    /// A value, in engines that show their own objects.
    Shown,
    /// A value, or a command between backticks.
    Ruby,
    Statement,
}

/// Words of code, not of templates; where one stands in an expression, it reaches out.
#[rustfmt::skip]
static REACHING: [&str; 109] = [
    "__class__", "__mro__", "__globals__", "__subclasses__", "__builtins__", "__import__", "__base__", "popen",
    "getruntime", "java.lang", "java.io.", "java.util.s", "forname(", "processbuilder", "t(java",
    "javax.script", "freemarker.template", "?new()", "?api", "?eval", "_self.env", "_self.tem",
    "registerundefined", "request|attr", "|attr(", "request.application", "lipsum", "cycler.", "joiner.",
    "namespace.__", "config.items(", "config.from_", "_templatereference", "get_flashed_messages", "url_for.",
    "system(", "system'", "system\"", "shell_exec", "passthru", "call_user_func", "file.open", "file.read",
    "dir.entries", "dir.glob", "io.popen", "%x(", "%x|", "%x{", "open3", "open4", "child_process",
    "process.mainmodule", "global.process", "root.process", "settings.secret", "get_admin_log", ".getclass(",
    "class.inspect", "import os", "os.system", "self.module.", "subprocess", "file_get_contents",
    "file_put_contents", "file_excerpt", "app.request.s", "_context|", "include(\"/", "include('/", "source('/",
    "{php}", "writefile", "process.start", "server.mappath", "phpinfo", "eval(", "/etc/passwd", "__init__.__",
    "execsync(", "spawnsync(", "'exec'", "\"exec\"", "constructor(", "constructor.constructor",
    ".class.forname", ".class.classloader", "class.protectiondomain", ".class.base.", ".class.mro", "ini_set",
    "ob_start", "array_map", "system.shell(", "system.cmd(", ".newinstance(", "getconstructor", ".exitvalue(",
    "inputstream", "base64decoder", "setaccessible(", "getdeclared", "dump(_context", "dump(app", "sub.apply",
    ".system \"", ".php\")", ".php')", ".execute(",
];

/// Objects that print secrets when printed whole.
#[rustfmt::skip]
static INTERNAL: [&str; 13] = [
    "config", "self", "debug", "settings", "request", "_self", "app.request", "dump()", "request.environ", "data_model", ".version", ".template_object", "app",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = &*leaf.lower;
    let openings = memchr2_iter(b'{', b'<', text)
        .chain(
            memchr2_iter(b'@', b'#', text)
                .filter(|at| text[at + 1..].starts_with(b"(") || text[*at..].starts_with(b"#set")),
        )
        .filter_map(|at| expression(text, at))
        .take(MOST_EXPRESSIONS);
    for Expression {
        start,
        end,
        inner,
        kind,
    } in openings
    {
        if let Some(rule) = judge(inner, kind) {
            findings.push(Finding::new(rule, start, end));
            return;
        }
    }
}

struct Expression<'t> {
    start: usize,
    end: usize,
    inner: &'t [u8],
    kind: Kind,
}

fn expression(text: &[u8], at: usize) -> Option<Expression<'_>> {
    // The brace may be a mark's second byte.
    let before = at.checked_sub(1).filter(|_| text[at] == b'{');
    let starts = [before, Some(at)];
    let (start, mark) = starts.into_iter().flatten().find_map(|start| {
        let mark = MARKS
            .iter()
            .find(|mark| text[start..].starts_with(mark.0))?;
        Some((start, mark))
    })?;
    let from = start + mark.0.len();
    let near = &text[from..text.len().min(from + LONGEST_EXPRESSION)];
    let end = memmem::find(near, mark.1).unwrap_or(near.len());
    let is_set = mark.0.starts_with(b"#set") || mark.0 == b"{php}";
    // What a block has set is used behind it: a statement is read with what follows.
    let inner = if is_set { near } else { &near[..end] };
    Some(Expression {
        start,
        end: from + end,
        inner,
        kind: mark.2,
    })
}

fn judge(inner: &[u8], kind: Kind) -> Option<&'static Rule> {
    let plain = inner.trim_matches_of(b" \t\r\n=-~%{}$#");
    let reaches = REACHING
        .iter()
        .any(|word| memmem::find(inner, word.as_bytes()).is_some());
    if reaches && !is_plain_text(inner) {
        return Some(&rules::TEMPLATE_REACHES_OUT);
    }
    if kind == Kind::Ruby && plain.contains(&b'`') {
        return Some(&rules::TEMPLATE_REACHES_OUT);
    }
    if kind != Kind::Statement && calculates(plain) {
        return Some(&rules::ARITHMETIC_IN_TEMPLATE);
    }
    if kind == Kind::Shown && INTERNAL.iter().any(|word| plain == word.as_bytes()) {
        return Some(&rules::TEMPLATE_INTERNALS);
    }
    let steps_inside = plain.starts_with(b"with ")
        && [&b"split"[..], b"string.", b"pop", b"push"]
            .iter()
            .any(|word| memmem::find(plain, word).is_some());
    steps_inside.then_some(&rules::TEMPLATE_REACHES_OUT)
}

trait TrimMatches {
    fn trim_matches_of(&self, bytes: &[u8]) -> &[u8];
}

impl TrimMatches for [u8] {
    fn trim_matches_of(&self, bytes: &[u8]) -> &[u8] {
        let start = self
            .iter()
            .position(|byte| !bytes.contains(byte))
            .unwrap_or(self.len());
        let end = self
            .iter()
            .rposition(|byte| !bytes.contains(byte))
            .map_or(start, |end| end + 1);
        &self[start..end]
    }
}

/// A sentence, not an expression: nothing that code has.
fn is_plain_text(inner: &[u8]) -> bool {
    !inner.iter().any(|byte| b"(._|[?%`".contains(byte))
}

/// Is it constants and operators, or a method of a constant?
fn calculates(expression: &[u8]) -> bool {
    let mut rest = expression;
    let (mut operands, mut operators, mut digits) = (0, 0, 0);
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'0'..=b'9' => {
                let length = tail
                    .iter()
                    .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
                    .count();
                rest = &tail[length..];
                operands += 1;
                digits += 1;
            }
            b'"' | b'\'' => {
                let Some(end) = memchr::memchr(*first, tail) else {
                    return false;
                };
                rest = &tail[end + 1..];
                operands += 1;
                if is_method(rest) {
                    return true;
                }
            }
            b'*' | b'+' | b'/' | b'%' => operators += 1,
            // Dates and ranges are made of these alone.
            b'-' | b'(' | b')' | b' ' => {}
            _ => return false,
        }
    }
    operators > 0 && operands > 1 && digits > 0
}

/// `.upper()`, `|upper`: something that is done to a constant.
fn is_method(rest: &[u8]) -> bool {
    let Some(name) = rest.strip_prefix(b".") else {
        return false;
    };
    let length = name
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'_')
        .count();
    // What scripts do to a constant inside their own strings.
    let is_ours = [
        &b"repeat"[..],
        b"concat",
        b"join",
        b"split",
        b"format",
        b"padstart",
        b"padend",
    ]
    .contains(&&name[..length]);
    length > 1 && !is_ours && name[length..].starts_with(b"(")
}
