//! Resemblance: how much a text's character n-grams are those of attacks.
//!
//! A linear model over hashed n-grams of two, three and four symbols, one weight for each of four families of
//! attacks in a table of 64 KiB (`learned/`, written by `training/train.py`). A symbol is a byte in lower case; a run of digits
//! is one `0`, of white space one blank, of bytes that are no ASCII one mark. What speaks is named with the finding.
//! It is one weight among the rules: alone it alerts at most, and only where few harmless texts score as high.
//! Sees:         new spellings of what is known; fragments that no grammar accepts
//! Does not see: more than the first 4 KiB of a text; texts of less than five bytes or without a sign that a syntax uses

use std::cmp::Reverse;
use std::ops::Range;

use super::rule::{Finding, Rule};
use super::rules::{cross_site_scripting, path_traversal, shell_injection, sql_injection};
use crate::signs::Signs;

const WEIGHTS: &[u8; BUCKETS * FAMILIES] = include_bytes!("../../learned/resemblance.bin");
include!("../../learned/resemblance.rs");

const FAMILIES: usize = 4;
const BUCKET_BITS: u32 = 14;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// Bytes of a text that are read.
pub(super) const MOST_BYTES: usize = 4 << 10;
/// Shorter texts, as `..` or `<3`, are too little to be like anything.
const SHORTEST_TEXT: usize = 5;
const SHORTEST: usize = 2;
const LONGEST: usize = 4;
/// One of these is in each text that is read: the signs of a syntax, and those that share theirs with `[`, `#`, `..`.
const SYNTAX: Signs = Signs::QUOTE
    .or(Signs::ANGLE)
    .or(Signs::SEPARATOR)
    .or(Signs::DOLLAR)
    .or(Signs::PAREN)
    .or(Signs::BRACE)
    .or(Signs::BACKTICK)
    .or(Signs::PERCENT)
    .or(Signs::BACKSLASH)
    .or(Signs::OPERATOR)
    .or(Signs::OTHER)
    .or(Signs::DOT);
/// N-grams whose places are named with a finding.
const MOST_NAMED: usize = 8;
/// Signs between two of these places that are named with them.
const MOST_BETWEEN: usize = 2;
/// In its quotes a single sign says nothing to a person, where there are longer pieces.
const SHORTEST_NAMED: usize = 4;

/// What stands for the start, the end, and what is no ASCII.
const START: u8 = 2;
const END: u8 = 3;
const HIGH: u8 = 1;

/// The rules that speak, in the order of the families.
static RULES: [&Rule; FAMILIES] = [
    &sql_injection::RESEMBLES_SQL_INJECTION,
    &cross_site_scripting::RESEMBLES_CROSS_SITE_SCRIPTING,
    &shell_injection::RESEMBLES_SHELL_INJECTION,
    &path_traversal::RESEMBLES_PATH_TRAVERSAL,
];

/// One family's part of the model.
struct Family {
    /// What a weight of one stands for.
    scale: f32,
    bias: f32,
    /// From which score on which confidence, the lowest first.
    steps: [(f32, u8); 4],
}

/// The family that `text` resembles the most, if it does.
pub(super) fn find(text: &[u8], signs: Signs) -> Option<Finding> {
    let symbols = signs.has(SYNTAX).then(|| Symbols::of(text)).flatten()?;
    let (family, score) = best(&symbols)?;
    let steps = FAMILY[family].steps.iter();
    let confidence = steps.rev().find(|(least, _)| score >= *least)?.1;
    Some(Finding {
        confidence,
        ..Finding::new(RULES[family], 0, text.len())
    })
}

/// Whether a rule is one of these.
pub(super) fn is_alike(rule: &Rule) -> bool {
    RULES.iter().any(|one| one.id == rule.id)
}

/// The pieces that speak the loudest for the family of `rule`, of the one of `text` and its `forms` that it speaks of
/// the loudest; none where it is no family's rule.
pub(super) fn explanation(rule: &str, text: &[u8], forms: &[Vec<u8>]) -> Option<String> {
    let family = RULES.iter().position(|one| one.id == rule)?;
    let texts = std::iter::once(text).chain(forms.iter().map(Vec::as_slice));
    let read: Vec<_> = texts.filter_map(Symbols::of).collect();
    let score = |symbols: &&Symbols| all(symbols)[family];
    let loudest = read
        .iter()
        .max_by(|one, other| score(one).total_cmp(&score(other)))?;
    Some(loudest.named(family)).filter(|named| !named.is_empty())
}

/// The buckets of a text's n-grams, in order: the features that the model is trained with. None where it is not read.
#[must_use]
pub fn features(text: &[u8]) -> Vec<u16> {
    let mut buckets = Vec::new();
    if let Some(symbols) = Symbols::of(text) {
        symbols.each_distinct(|bucket, _| buckets.push(bucket));
    }
    buckets.sort_unstable();
    buckets
}

/// The scores of a text for each family; none where it is not read.
#[must_use]
pub fn scores(text: &[u8]) -> Option<[f32; FAMILIES]> {
    Some(all(&Symbols::of(text)?))
}

fn all(symbols: &Symbols) -> [f32; FAMILIES] {
    let mut sums = [0_i32; FAMILIES];
    let mut count = 0_u16; // of at most three n-grams for each of 4,096 symbols
    symbols.each_distinct(|bucket, _| {
        count += 1;
        for (sum, weight) in sums.iter_mut().zip(weights(bucket)) {
            *sum += i32::from(weight);
        }
    });
    let length = (f32::from(count) + DAMPING).sqrt();
    std::array::from_fn(|at| FAMILY[at].bias + FAMILY[at].scale * sums[at] as f32 / length)
}

fn best(symbols: &Symbols) -> Option<(usize, f32)> {
    let margin = |score: f32, family: usize| score - FAMILY[family].steps[0].0;
    let scores = all(symbols);
    let ranked = scores.into_iter().enumerate();
    ranked.max_by(|one, other| margin(one.1, one.0).total_cmp(&margin(other.1, other.0)))
}

fn weights(bucket: u16) -> [i8; FAMILIES] {
    let row = WEIGHTS[usize::from(bucket) * FAMILIES..].first_chunk();
    row.map_or([0; FAMILIES], |row: &[u8; FAMILIES]| {
        row.map(|weight| weight as i8)
    })
}

fn readable(piece: &[u8]) -> String {
    let symbol = |byte: &u8| match *byte {
        HIGH => '…',
        other => char::from(other),
    };
    let inner = piece.iter().filter(|byte| !matches!(**byte, START | END));
    inner.map(symbol).collect::<String>().trim().to_owned()
}

/// A text as the model reads it.
struct Symbols {
    all: Vec<u8>,
}

impl Symbols {
    /// None where no sign of a syntax stands in it.
    fn of(text: &[u8]) -> Option<Symbols> {
        let text = &text[..text.len().min(MOST_BYTES)];
        let is_syntax = |byte: &u8| SYMBOL[usize::from(*byte)].1;
        if text.len() < SHORTEST_TEXT
            || !text.iter().any(is_syntax) && memchr::memmem::find(text, b"..").is_none()
        {
            return None;
        }
        let mut all = Vec::with_capacity(text.len() + 2);
        all.push(START);
        let mut last = START;
        for byte in text {
            let symbol = SYMBOL[usize::from(*byte)].0;
            let is_run = symbol == last && matches!(symbol, b'0' | b' ' | HIGH);
            if !is_run {
                all.push(symbol);
            }
            last = symbol;
        }
        all.push(END);
        Some(Symbols { all })
    }

    /// The pieces of the text in which the heaviest n-grams stand, in order.
    fn named(&self, family: usize) -> String {
        let mut heavy: Vec<(i8, Range<usize>)> = Vec::new();
        self.each_distinct(|bucket, place| heavy.push((weights(bucket)[family], place)));
        heavy.retain(|(weight, _)| *weight > 0);
        heavy.sort_by_key(|(weight, place)| (Reverse(*weight), place.start, place.end));
        let mut is_named = vec![false; self.all.len()];
        for (_, place) in heavy.into_iter().take(MOST_NAMED) {
            is_named[place].fill(true);
        }
        self.make_whole(&mut is_named);
        let mut pieces = self.pieces(&is_named);
        let longest = pieces.iter().map(String::len).max().unwrap_or(0);
        pieces.retain(|piece| piece.len() > 2 && piece.len() >= longest.min(SHORTEST_NAMED));
        pieces.dedup();
        pieces.join(", ")
    }

    /// Names words whole, and what little stands between two named pieces.
    fn make_whole(&self, is_named: &mut [bool]) {
        let is_letter = |at: usize| self.all[at].is_ascii_lowercase();
        let last = is_named.len() - 1;
        let onward = (0..last).map(|at| (at, at + 1));
        let backward = (0..last).rev().map(|at| (at + 1, at));
        for (one, next) in onward.chain(backward) {
            is_named[next] |= is_named[one] && is_letter(one) && is_letter(next);
        }
        let places: Vec<usize> = (0..=last).filter(|at| is_named[*at]).collect();
        for pair in places.windows(2) {
            if pair[1] - pair[0] <= MOST_BETWEEN + 1 {
                is_named[pair[0]..pair[1]].fill(true);
            }
        }
    }

    fn pieces(&self, is_named: &[bool]) -> Vec<String> {
        let mut at = 0;
        let mut found = Vec::new();
        for run in is_named.chunk_by(|one, other| one == other) {
            if run[0] {
                found.push(format!("`{}`", readable(&self.all[at..at + run.len()])));
            }
            at += run.len();
        }
        found
    }

    /// Shows each bucket once, with the place of the n-gram that is the first in it.
    fn each_distinct(&self, mut visit: impl FnMut(u16, Range<usize>)) {
        let mut seen = [0_u64; BUCKETS / 64];
        let mut last = 0_u32;
        for (at, symbol) in self.all.iter().enumerate() {
            last = last << 8 | u32::from(*symbol);
            for length in SHORTEST..LONGEST + 1 {
                if length > at + 1 {
                    break;
                }
                let bucket = bucket(last, length);
                let (word, bit) = (usize::from(bucket / 64), 1 << (bucket % 64));
                if seen[word] & bit == 0 {
                    seen[word] |= bit;
                    visit(bucket, at + 1 - length..at + 1);
                }
            }
        }
    }
}

/// The bucket of the last `length` symbols: multiplicative hashing (Knuth, TAOCP 6.4).
fn bucket(last: u32, length: usize) -> u16 {
    let gram = last & (u32::MAX >> (32 - 8 * length));
    let mixed = gram ^ (length as u32).wrapping_mul(0x85EB_CA6B);
    (mixed.wrapping_mul(0x9E37_79B1) >> (32 - BUCKET_BITS)) as u16
}

/// Each byte's symbol, and whether it is a sign of a syntax.
static SYMBOL: [(u8, bool); 256] = table();

const fn table() -> [(u8, bool); 256] {
    let mut table = [(0, false); 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (symbol(byte as u8), is_syntax(byte as u8));
        byte += 1;
    }
    table
}

const fn symbol(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => b'0',
        b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => b' ',
        0x80.. => HIGH,
        _ => byte.to_ascii_lowercase(),
    }
}

const fn is_syntax(byte: u8) -> bool {
    matches!(
        byte,
        b'\''
            | b'"'
            | b'<'
            | b'>'
            | b';'
            | b'|'
            | b'&'
            | b'$'
            | b'('
            | b')'
            | b'{'
            | b'}'
            | b'['
            | b']'
            | b'`'
            | b'%'
            | b'\\'
            | b'='
            | b'#'
            | b'*'
            | b'!'
            | b'^'
            | b'~'
    )
}
