//! Where in a text secrets stand that are known by what they look like: keys of services, tokens, private keys, long
//! random words.

use std::ops::Range;

/// How keys of well-known services begin, and how many signs follow at least.
#[rustfmt::skip]
const KEYS: [(&str, usize); 44] = [
    ("sk_live_", 8), ("sk_test_", 8), ("rk_live_", 8), ("rk_test_", 8), ("whsec_", 12), ("sk-proj-", 8), ("sk-ant-", 8),
    ("sk-svcacct-", 8), ("sk-or-", 12), ("sk-", 32), ("SG.", 16), ("xoxb-", 8), ("xoxp-", 8), ("xoxa-", 8), ("xoxr-", 8),
    ("xoxs-", 8), ("xoxe-", 8), ("xapp-", 8), ("ghp_", 12), ("gho_", 12), ("ghu_", 12), ("ghs_", 12), ("ghr_", 12),
    ("github_pat_", 12), ("glpat-", 12), ("npm_", 24), ("pypi-", 24), ("AIza", 20), ("ya29.", 16), ("AKIA", 16),
    ("ASIA", 16), ("ABIA", 16), ("ACCA", 16), ("hf_", 24), ("dop_v1_", 24), ("shpat_", 16), ("shpss_", 16), ("hvs.", 16),
    ("dckr_pat_", 12), ("glsa_", 16), ("lin_api_", 16), ("PMAK-", 16), ("ATATT3", 16), ("AGE-SECRET-KEY-", 16),
];
/// How the parts of a JSON web token begin: `{"`.
const TOKEN: (&str, usize) = ("eyJ", 5);
const PRIVATE_KEY: &str = "PRIVATE KEY-----";
/// The least length of random text: of one word; of base64, which has slashes, as paths have.
const RANDOM_WORD: usize = 24;
const RANDOM_BASE64: usize = 32;
const LONG_WORD: usize = 40;
/// Digits of a number that may be a card's, a phone's or an account's.
const LONG_NUMBER: usize = 12;

/// Adds where secrets stand that are known by their first signs.
pub(crate) fn find_keys(text: &str, found: &mut Vec<Range<usize>>) {
    for (start, least) in KEYS {
        found.extend(keys(text, start, least, is_of_key));
    }
    found.extend(keys(text, TOKEN.0, TOKEN.1, is_of_key));
    for (at, _) in text.match_indices(PRIVATE_KEY) {
        let line = text[..at].rsplit("-----").next().unwrap_or_default();
        if line.starts_with("BEGIN") {
            let start = at + PRIVATE_KEY.len();
            let length = text[start..].find(|one| !is_of_pem(one));
            found.push(start..length.map_or(text.len(), |length| start + length));
        }
    }
}

/// Adds where long numbers and random words stand.
pub(crate) fn find_random(text: &str, found: &mut Vec<Range<usize>>) {
    let is_of_word = |one: char| one.is_alphanumeric() || matches!(one, '_' | '+' | '-');
    found.extend(runs(text, is_of_word).filter(|run| is_random_word(&text[run.clone()])));
    let is_of_base64 =
        |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '+' | '-' | '/');
    found.extend(runs(text, is_of_base64).filter(|run| is_random_base64(&text[run.clone()])));
}

fn keys(
    text: &str,
    start: &str,
    least: usize,
    is_of_key: fn(char) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(start).filter_map(move |(at, _)| {
        let is_inside = text[..at].ends_with(|one: char| one.is_ascii_alphanumeric());
        let rest = &text[at + start.len()..];
        let length = rest.find(|one| !is_of_key(one)).unwrap_or(rest.len());
        let length = rest[..length].trim_end_matches('.').len();
        (!is_inside && length >= least).then(|| at..at + start.len() + length)
    })
}

fn is_of_key(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// Base64 in lines, whose ends may be escaped.
fn is_of_pem(character: char) -> bool {
    character.is_ascii_alphanumeric() || character.is_whitespace() || "+/=\\".contains(character)
}

/// The longest pieces of a text that are of some characters only.
fn runs(text: &str, is_of_run: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(&is_of_run)?;
        let rest = &text[start..];
        at = start + rest.find(|one| !is_of_run(one)).unwrap_or(rest.len());
        Some(start..at)
    })
}

fn is_random_word(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_one = !word.contains(['_', '+', '-']);
    let is_mixed = word.len() >= RANDOM_WORD && digits >= 3 && letters >= 3;
    digits >= LONG_NUMBER && letters == 0
        || is_mixed && (is_one || turns(word) >= 5)
        || is_one && word.len() >= LONG_WORD && letters + digits == word.len()
}

/// Random base64 turns between small letters, capitals and digits at more than each second sign, names in paths seldom.
fn is_random_base64(text: &str) -> bool {
    let has = |is_of_kind: fn(&u8) -> bool| text.as_bytes().iter().any(is_of_kind);
    text.len() >= RANDOM_BASE64
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && turns(text) * 4 >= text.len()
}

/// How often a text turns from one kind of sign to another: small letters, capitals, digits.
fn turns(text: &str) -> usize {
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        b'0'..=b'9' => 3,
        _ => 0,
    };
    let is_turn = |pair: &[u8]| {
        let kinds = (kind(pair[0]), kind(pair[1]));
        kinds.0 != kinds.1 && kinds.0 != 0 && kinds.1 != 0
    };
    text.as_bytes()
        .windows(2)
        .filter(|pair| is_turn(pair))
        .count()
}
