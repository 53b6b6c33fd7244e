//! Writes the firewall's rules, which are data in `rules/`, as static tables: nothing is parsed or built when the
//! guard starts.

#[path = "build/patterns.rs"]
mod patterns;

use patterns::{counted, relaxed};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// Bytes of a literal by which it is found.
const GRAM: usize = 3;
/// Bits of the filter of grams; `scan/literals.rs` computes the same.
const FILTER_BITS: u32 = 15;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detector {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    id: String,
    confidence: u8,
    cwe: u16,
    reason: String,
    rationale: String,
    #[serde(default)]
    literals: Vec<String>,
    pattern: Option<String>,
    /// Names that a key, or a word of it, is to be.
    #[serde(default)]
    keys: Vec<String>,
    /// The tests read these.
    #[serde(rename = "attacks")]
    _attacks: Vec<String>,
    #[serde(rename = "harmless")]
    _harmless: Vec<String>,
}

struct Literal {
    text: Vec<u8>,
    /// Where the rarest of its grams stands.
    anchor: usize,
    rule: String,
    /// Where that stands among all rules.
    number: usize,
}

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    let mut out = String::new();
    let (mut literals, mut keys, mut all) = (Vec::new(), BTreeMap::new(), Vec::new());
    for detector in detectors() {
        let module = detector.name.replace('-', "_");
        writeln!(out, "pub mod {module} {{\nuse crate::scan::rule::Rule;").unwrap();
        for rule in &detector.rules {
            let name = rule.id.to_uppercase().replace('-', "_");
            write_rule(&mut out, &detector.name, &name, rule);
            let path = format!("&{module}::{name}");
            let number = all.len();
            literals.extend(
                rule.literals
                    .iter()
                    .map(|text| literal(text, &path, number)),
            );
            keys.extend(
                rule.keys
                    .iter()
                    .map(|key| (key.to_lowercase(), path.clone())),
            );
            all.push(path);
        }
        writeln!(out, "}}").unwrap();
    }
    writeln!(
        out,
        "/// Every rule.\npub static ALL: [&Rule; {}] = [{}];",
        all.len(),
        all.join(", ")
    )
    .unwrap();
    let rows: String = keys
        .iter()
        .map(|(key, rule)| format!("({key:?}, {rule}), "))
        .collect();
    writeln!(
        out,
        "/// Keys in order, and their rules.\npub static KEYS: [(&str, &Rule); {}] = [{rows}];",
        keys.len()
    )
    .unwrap();
    write_literals(&mut out, literals);
    let folder = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&folder).join("rules.rs"), out).unwrap();
}

fn detectors() -> Vec<Detector> {
    let mut files: Vec<_> = fs::read_dir("rules")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |file: &std::path::PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let detector: Detector =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(
            file.file_stem().unwrap().to_str(),
            Some(detector.name.as_str())
        );
        detector
    };
    files.iter().map(read).collect()
}

fn write_rule(out: &mut String, detector: &str, name: &str, rule: &Rule) {
    let Rule {
        id,
        confidence,
        cwe,
        reason,
        rationale,
        pattern,
        literals,
        ..
    } = rule;
    assert!(
        pattern.is_none() || !literals.is_empty(),
        "{id}: a pattern needs literals in front"
    );
    let repetitions = pattern.as_deref().map_or(0, counted);
    let compiled = |text: Option<&str>| {
        text.map_or("None".to_owned(), |text| {
            format!("Some(crate::scan::rule::Pattern::new({text:?}))")
        })
    };
    let relaxed = pattern.as_deref().and_then(relaxed);
    let (pattern, relaxed) = (compiled(pattern.as_deref()), compiled(relaxed.as_deref()));
    writeln!(
        out,
        "pub static {name}: Rule = Rule {{ detector: {detector:?}, id: {id:?}, confidence: {confidence}, cwe: {cwe}, \
         reason: {reason:?}, rationale: {rationale:?}, pattern: {pattern}, \
         relaxed: {relaxed}, repetitions: {repetitions} }};"
    )
    .unwrap();
}

fn literal(text: &str, rule: &str, number: usize) -> Literal {
    let bytes = text.as_bytes();
    assert!(
        bytes.len() >= GRAM,
        "{text:?} of {rule} is shorter than {GRAM} bytes"
    );
    assert!(
        !bytes.iter().any(u8::is_ascii_uppercase),
        "{text:?} of {rule} is not in lower case"
    );
    let rarity = |at: &usize| {
        bytes[*at..at + GRAM]
            .iter()
            .map(|byte| frequency(*byte))
            .sum::<u32>()
    };
    let anchor = (0..=bytes.len() - GRAM).min_by_key(rarity).unwrap();
    Literal {
        text: bytes.to_vec(),
        anchor,
        rule: rule.to_owned(),
        number,
    }
}

/// How common a byte is in events, roughly, 0 to 10.
fn frequency(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 10,
        b'd' | b'l' | b'c' | b'u' | b'm' | b'h' | b'p' => 8,
        b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'/' | b'"' | b':' | b',' => 6,
        b'_' | b'=' | b'&' => 4,
        _ => 2,
    }
}

/// The literals by the bit of the filter that their gram sets: as many of the filter's bits as stand before it, as many
/// starts do.
fn write_literals(out: &mut String, literals: Vec<Literal>) {
    let mut by_bit: BTreeMap<u32, Vec<(u32, Literal)>> = BTreeMap::new();
    for literal in literals {
        let gram = &literal.text[literal.anchor..literal.anchor + GRAM];
        let gram = gram
            .iter()
            .rev()
            .fold(0, |gram, byte| gram << 8 | u32::from(*byte));
        let bit = gram.wrapping_mul(0x9E37_79B1) >> (32 - FILTER_BITS);
        by_bit.entry(bit).or_default().push((gram, literal));
    }
    let mut filter = vec![0u64; 1 << (FILTER_BITS - 6)];
    let (mut starts, mut rows, mut count) = (vec![0], String::new(), 0);
    for (bit, literals) in &by_bit {
        filter[*bit as usize / 64] |= 1 << (bit % 64);
        for (gram, literal) in literals {
            let (text, anchor) = (literal.text.escape_ascii(), literal.anchor);
            let (rule, number) = (&literal.rule, literal.number);
            write!(
                rows,
                "Literal {{ gram: {gram}, text: b\"{text}\", anchor: {anchor}, rule: {rule}, number: {number} }}, "
            )
            .unwrap();
        }
        count += literals.len();
        starts.push(count);
    }
    let ranks = filter.iter().scan(0, |before, word| {
        let rank = *before;
        *before += word.count_ones();
        Some(rank)
    });
    let ranks: Vec<u32> = ranks.collect();
    let mut table = |name: &str, of: &str, length: usize, rows: &str| {
        writeln!(out, "pub static {name}: [{of}; {length}] = {rows};").unwrap();
    };
    table("FILTER", "u64", filter.len(), &format!("{filter:?}"));
    table("RANKS", "u16", ranks.len(), &format!("{ranks:?}"));
    table("STARTS", "u16", starts.len(), &format!("{starts:?}"));
    table("LITERALS", "Literal", count, &format!("[{rows}]"));
}
