//! Code injection: a short value that is code of PHP, JavaScript, Python, Perl or Java. Most of it is patterns; here
//! is what needs a look at the whole value: a call that is all of it.
//!
//! Does not see: code in longer texts, which people send each other, but for the patterns' unmistakable acts.

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::code_injection as rules;
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::PAREN),
    find,
};

/// Longer values are no lone calls.
const LONGEST: usize = 80;
/// Functions that only PHP has, or has under that name; sorted.
#[rustfmt::skip]
static FUNCTIONS: [&str; 103] = [
    "array_filter", "array_map", "array_walk", "base64_decode", "base64_encode", "bin2hex",
    "call_user_func", "call_user_func_array", "checkdate", "chr", "constant", "create_function",
    "curl_exec", "curl_init", "dechex", "disk_free_space", "dl", "ereg_replace", "error_log",
    "error_reporting", "eval", "fclose", "feof", "fgets", "file_exists", "file_get_contents",
    "file_put_contents", "fileatime", "filegroup", "fileowner", "fileperms", "filesize", "fopen",
    "fpassthru", "fputs", "fread", "fsockopen", "func_get_args", "function_exists", "fwrite",
    "get_cfg_var", "get_current_user", "get_defined_vars", "getcwd", "getenv", "getmygid",
    "getmyuid", "glob", "gzinflate", "gzuncompress", "hexdec", "highlight_file", "htmlspecialchars",
    "ini_get", "ini_set", "intval", "is_callable", "is_dir", "is_file", "is_readable",
    "is_writable", "json_decode", "ksort", "mb_ereg_replace", "md5_file", "mysql_query",
    "mysqli_query", "ob_start", "opendir", "parse_ini_file", "parse_str", "passthru", "pcntl_exec",
    "php_uname", "phpcredits", "phpinfo", "phpversion", "posix_getpwuid", "posix_getuid",
    "preg_match", "preg_replace", "print_r", "proc_open", "putenv", "readdir", "readfile",
    "scandir", "set_time_limit", "shell_exec", "show_source", "str_replace", "str_rot13", "strrev",
    "symlink", "sys_get_temp_dir", "tempnam", "touch", "uasort", "unserialize", "usleep", "usort",
    "var_dump", "var_export",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = leaf.lower.trim_ascii();
    if text.len() > LONGEST {
        return;
    }
    let start = text
        .iter()
        .position(|byte| !b"@; \"'".contains(byte))
        .unwrap_or(0);
    let call = &text[start..];
    let length = call.iter().take_while(|byte| is_name(**byte)).count();
    let (name, behind) = call.split_at(length);
    let is_glued = !behind.first().is_some_and(u8::is_ascii_whitespace);
    let (behind, is_hidden) = without_comments(behind);
    let is_variable = name.starts_with(b"$")
        && name
            .iter()
            .any(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let behind = if is_variable {
        behind_index(behind)
    } else {
        behind
    };
    if !is_call(behind) || name.is_empty() {
        return;
    }
    let rule = if is_variable && has_php_shape(name, behind, call)
        || is_hidden && is_glued && name.len() > 1
    {
        &rules::ODD_CALL
    } else if FUNCTIONS
        .binary_search_by(|known| known.as_bytes().cmp(name))
        .is_ok()
    {
        &rules::LONE_PHP_CALL
    } else {
        return;
    };
    findings.push(Finding::new(rule, 0, leaf.lower.len()));
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$".contains(&byte)
}

/// `$x(…)` alone may be of a shell or a price list; with `@`, an index or a second `$` it is PHP's.
fn has_php_shape(name: &[u8], behind: &[u8], call: &[u8]) -> bool {
    let is_doubled = name.starts_with(b"$$");
    let is_longer = call.len() > name.len() + behind.len();
    let is_quoted = behind.iter().any(|byte| b"\"'$".contains(byte));
    is_doubled || is_longer || is_quoted
}

/// What is behind blanks, comments and line breaks, and whether there were comments.
fn without_comments(mut text: &[u8]) -> (&[u8], bool) {
    let mut is_hidden = false;
    loop {
        text = text.trim_ascii_start();
        let end = match text {
            [b'/', b'*', inner @ ..] => memchr::memmem::find(inner, b"*/").map(|end| end + 4),
            [b'/', b'/', inner @ ..] => memchr::memchr(b'\n', inner).map(|end| end + 3),
            _ => None,
        };
        let Some(end) = end else {
            return (text, is_hidden);
        };
        (text, is_hidden) = (&text[end..], true);
    }
}

/// Behind `[…]` or `{…}`, however many.
fn behind_index(mut text: &[u8]) -> &[u8] {
    loop {
        let closer = match text.first() {
            Some(b'[') => b']',
            Some(b'{') => b'}',
            _ => return text,
        };
        let Some(end) = memchr::memchr(closer, text) else {
            return text;
        };
        text = without_comments(&text[end + 1..]).0;
    }
}

/// `(…)`, at most with a semicolon behind it.
fn is_call(text: &[u8]) -> bool {
    let end = text.trim_ascii_end();
    let end = end.strip_suffix(b";").unwrap_or(end).trim_ascii_end();
    let end = end.strip_suffix(b"\"").unwrap_or(end);
    text.starts_with(b"(")
        && end.ends_with(b")")
        && memchr::memchr(b')', text) == Some(end.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_in_order() {
        assert!(FUNCTIONS.is_sorted());
    }
}
