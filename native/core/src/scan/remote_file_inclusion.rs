//! Remote file inclusion: a file of another machine where the program expects one of its own.
//!
//! Sees, beside the rules that are patterns: shares of Windows at bare addresses, with a port or a script. Does not see:
//! a URL of an ordinary page, which is everyday text.

use super::leaf::{Detector, Leaf};
use super::rule::Finding;
use super::rules::remote_file_inclusion as rules;
use super::url::{is_web, number, urls};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| signs.has(Signs::SLASH),
    find,
};

const SCRIPTS: [&[u8]; 12] = [
    b".php", b".asp", b".aspx", b".jsp", b".txt", b".exe", b".dll", b".hta", b".ps1", b".bat",
    b".vbs", b".dtd",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = leaf.lower.trim_ascii();
    if text.ends_with(b"?") && !text.iter().any(u8::is_ascii_whitespace) {
        let mut urls =
            urls(text).filter(|url| url.start == 0 && url.rest == b"?" && is_web(url.scheme));
        let found = urls
            .next()
            .map(|url| Finding::new(&rules::INCLUDED_HOST, url.start, url.end));
        findings.extend(found);
    }
    let is_share = text.starts_with(b"\\\\") && !text.starts_with(b"\\\\\\");
    if !is_share || text.len() > 512 || text.iter().any(u8::is_ascii_whitespace) {
        return;
    }
    let name = text
        .split(|byte| b"\\/".contains(byte))
        .find(|part| !part.is_empty());
    let Some(host) = name else {
        return;
    };
    let has_file = text[2..]
        .iter()
        .filter(|byte| b"\\/".contains(byte))
        .count()
        > 1;
    let is_odd = number(host).is_some_and(|(_, is_plain)| is_plain)
        || host.contains(&b'@')
        || SCRIPTS.iter().any(|ending| text.ends_with(ending));
    if has_file && is_odd {
        findings.push(Finding::new(&rules::NETWORK_SHARE, 0, leaf.lower.len()));
    }
}
