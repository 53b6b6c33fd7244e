//! The words of a shape as one text: runs of the same are told once, and what is too long is one sign.

use super::SCRIPT;
use super::class::CODE;
use crate::keyed::{Key, number};

/// Bytes of a shape, but for its last signs.
const LONGEST: usize = 200;
const NOTHING: &str = "<nothing>";
/// Words that were not looked at.
const MORE: &str = "<more>";
/// The same in all environments: their shapes are compared.
const KEY: Key = Key([0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344]);
/// Behind what comes several times.
const SEVERAL: &str = "+";

/// Writes the words of a shape. `is_cut` says that there are more.
pub(super) fn line(words: &[String], is_cut: bool) -> String {
    let mut written = String::new();
    let mut rest = Vec::new();
    for unit in units(words) {
        if rest.is_empty() && written.len() + unit.len() < LONGEST {
            add(&mut written, &unit);
        } else {
            rest.push(unit);
        }
    }
    if !rest.is_empty() {
        add(&mut written, &number_of(&rest));
    }
    let holds = |sign: &&str| rest.iter().any(|unit| unit.contains(*sign));
    for sign in [CODE, SCRIPT].iter().filter(|sign| holds(sign)) {
        add(&mut written, sign);
    }
    if is_cut {
        add(&mut written, MORE);
    }
    if written.is_empty() {
        NOTHING.clone_into(&mut written);
    }
    written
}

/// What stands for units that there is no room for: the same for the same ones only.
fn number_of(rest: &[String]) -> String {
    let parts: Vec<&[u8]> = rest.iter().map(String::as_bytes).collect();
    let number = number(KEY, &parts);
    format!("<rest-{:08x}>", number >> 32)
}

fn add(written: &mut String, text: &str) {
    if !written.is_empty() {
        written.push(' ');
    }
    written.push_str(text);
}

/// An option with what follows it, or what stands before any option; each as often as it comes in a row, told once.
fn units(words: &[String]) -> Vec<String> {
    let mut units: Vec<(String, bool)> = Vec::new();
    let mut unit = String::new();
    for (at, word) in words.iter().enumerate() {
        let is_again = at > 0 && is_class(word) && words[at - 1] == *word;
        if is_again && !unit.ends_with(SEVERAL) {
            unit.push_str(SEVERAL);
        }
        if !is_again {
            if is_option(word) {
                put(&mut units, std::mem::take(&mut unit));
            }
            add(&mut unit, word);
        }
    }
    put(&mut units, unit);
    let told = |(unit, is_several)| {
        if is_several {
            format!("({unit}){SEVERAL}")
        } else {
            unit
        }
    };
    units.into_iter().map(told).collect()
}

fn put(units: &mut Vec<(String, bool)>, unit: String) {
    match units.last_mut() {
        Some((last, is_several)) if *last == unit => *is_several = true,
        _ if unit.is_empty() => {}
        _ => units.push((unit, false)),
    }
}

fn is_option(word: &str) -> bool {
    word.len() > 1 && word.starts_with('-')
}

/// Whether a word stands for others too.
fn is_class(word: &str) -> bool {
    word.ends_with('>') && !is_option(word)
}
