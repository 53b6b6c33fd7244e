//! What stands for a value: its class, and of a path what is kept of it.

use super::folder::{Place, place};
use super::told::Secrets;

pub(super) const EMPTY: &str = "<empty>";
pub(super) const NUMBER: &str = "<number>";
pub(super) const TEXT: &str = "<text>";
/// A text with signs that a shell or a script reads.
pub(super) const SIGNS: &str = "<signs>";
/// What the program runs.
pub(super) const CODE: &str = "<code>";
/// A path that leads somewhere from the folder that the program starts in, which is not known.
pub(super) const PATH: &str = "<path>";
/// One that leads above that folder.
const PATH_ABOVE: &str = "<path-above>";
/// A file on another machine: `ann@host:/path`.
const REMOTE: &str = "<remote>";
const URL: &str = "<url>";

/// Bytes of a word that are read.
const MOST_READ: usize = 4_096;
/// Letters behind a number: `5s`, `10MB`.
const LONGEST_UNIT: usize = 2;
#[rustfmt::skip]
const SCHEMES: [&[u8]; 22] = [
    b"s3", b"gs", b"ftp", b"ftps", b"sftp", b"ssh", b"git", b"git+ssh", b"file", b"tcp", b"udp", b"rtmp", b"rtsp",
    b"ldap", b"redis", b"rediss", b"postgres", b"postgresql", b"mysql", b"mongodb", b"amqp", b"jar",
];

/// What stands for a value behind the name of an option or a setting. Only there a number is told from other texts: words
/// by themselves are names and numbers by turns.
pub(super) fn value(word: &[u8], secrets: Secrets<'_>) -> String {
    if is_number(word) {
        NUMBER.to_owned()
    } else {
        class(word, PATH, secrets)
    }
}

/// What stands for a word; `file` is what a file is called in it.
pub(super) fn class(word: &[u8], file: &str, secrets: Secrets<'_>) -> String {
    let word = &word[..word.len().min(MOST_READ)];
    let has_signs = has_signs(word);
    if word.is_empty() {
        return EMPTY.to_owned();
    }
    if let Some(url) = url(word) {
        let is_odd = has_signs && !word.starts_with(b"data:");
        return if is_odd { SIGNS.to_owned() } else { url };
    }
    let of_file = if has_signs { SIGNS } else { file };
    if let Some(found) = absolute(word, of_file, secrets) {
        return found;
    }
    let found = if has_signs {
        SIGNS
    } else if is_number(word) || !word.iter().all(u8::is_ascii_graphic) {
        TEXT
    } else if climbs(word) {
        PATH_ABOVE
    } else if is_remote(word) {
        REMOTE
    } else if word.contains(&b'/') || word.starts_with(b"~") {
        file
    } else {
        TEXT
    };
    found.to_owned()
}

/// A path that is kept, or the folder that it is below; none where it need not be a path.
fn absolute(word: &[u8], file: &str, secrets: Secrets<'_>) -> Option<String> {
    // `curl -d @/tmp/a` reads the file.
    if let Some(path) = word.strip_prefix(b"@") {
        return absolute(path, file, secrets).map(|path| format!("@{path}"));
    }
    if !word.starts_with(b"/") {
        return None;
    }
    match place(word, secrets) {
        Place::Kept(path) => Some(String::from_utf8_lossy(&path).into_owned()),
        Place::Below(b"") if !word.iter().all(u8::is_ascii_graphic) => None,
        Place::Below(folder) => Some(format!("{}/{file}", String::from_utf8_lossy(folder))),
    }
}

/// Digits with what stands between them in sizes, times, dates and shares: `-1.5`, `1280x720`, `00:01:02`, `10MB`.
pub(super) fn is_number(word: &[u8]) -> bool {
    let unsigned = match word {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    };
    let unit = unsigned
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'%')
        .count();
    let (digits, unit) = unsigned.split_at(unsigned.len() - unit);
    let is_between = |byte: &u8| byte.is_ascii_digit() || b".,:x/+-T".contains(byte);
    digits.first().is_some_and(u8::is_ascii_digit)
        && digits.iter().all(is_between)
        && unit.len() <= LONGEST_UNIT
}

/// What stands for a URL; none where it is none.
fn url(word: &[u8]) -> Option<String> {
    if word.starts_with(b"data:") {
        return Some("<data-url>".to_owned());
    }
    let end = memchr::memmem::find(word, b"://")?;
    let scheme = word[..end].to_ascii_lowercase();
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+.-".contains(byte);
    if !scheme.first()?.is_ascii_alphabetic() || !scheme.iter().all(is_of_scheme) {
        return None;
    }
    let known = SCHEMES.iter().find(|one| **one == scheme);
    Some(match (known, &*scheme) {
        (_, b"http" | b"https") => URL.to_owned(),
        (Some(known), _) => format!("<{}-url>", String::from_utf8_lossy(known)),
        (None, _) => "<other-url>".to_owned(),
    })
}

/// Whether a text has signs by which shells and scripts join commands or expand words, or lines. Not `<`, `>`, `{` and
/// quotes, which stand in what people write.
fn has_signs(word: &[u8]) -> bool {
    let expands =
        |two: &[u8]| two[0] == b'$' && (two[1].is_ascii_alphabetic() || b"_({@".contains(&two[1]));
    word.iter().any(|byte| b"`;|\n\r".contains(byte))
        || word.windows(2).any(|two| two == b"&&" || expands(two))
}

fn climbs(word: &[u8]) -> bool {
    word.split(|byte| *byte == b'/').any(|part| part == b"..")
}

fn is_remote(word: &[u8]) -> bool {
    let colon = word.iter().position(|byte| *byte == b':');
    let is_host = |at: usize| at > 0 && !word[..at].contains(&b'/');
    colon.is_some_and(|at| is_host(at) && word[at + 1..].contains(&b'/'))
}
