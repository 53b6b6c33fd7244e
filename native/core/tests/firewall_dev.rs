//! Measures the scan on the development payloads, where they are: `HAUBERK_FIREWALL_DEV=path`.

use std::collections::BTreeMap;

use hauberk_core::scan::scan;
use serde_json::Value;

/// At most one in a thousand benign everyday and event payloads may be blocked before the handler.
const MOST_BLOCKED_PER_MILLE: f64 = 1.0;

#[derive(Default)]
struct Tally {
    rows: u32,
    seen: u32,
    sure: u32,
}

fn leaves(value: &Value, confidences: &mut Vec<(u8, &'static str)>) {
    let mut see = |text: &str| {
        confidences.extend(
            scan(text.as_bytes())
                .iter()
                .map(|hit| (hit.confidence, hit.rules[0])),
        )
    };
    match value {
        Value::String(text) => see(text),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, confidences)),
        Value::Object(fields) => fields.values().for_each(|value| leaves(value, confidences)),
        _ => {}
    }
}

fn group(row: &Value) -> String {
    let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    if field("label") == "benign" {
        format!("benign {}", field("tier"))
    } else {
        format!("attack {}", field("category"))
    }
}

#[test]
fn benign_payloads_of_every_day_are_not_blocked() {
    let Ok(file) = std::env::var("HAUBERK_FIREWALL_DEV") else {
        eprintln!("SKIPPED: HAUBERK_FIREWALL_DEV names no file of development payloads");
        return;
    };
    let lines = std::fs::read_to_string(&file).expect("the development payloads are readable");
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let verbose = std::env::var("HAUBERK_FIREWALL_DEV_SHOW").unwrap_or_default();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("a row is JSON");
        let mut confidences = Vec::new();
        leaves(&row["payload"], &mut confidences);
        let highest = confidences.iter().max().copied().unwrap_or((0, ""));
        let name = group(&row);
        if !verbose.is_empty() && name.starts_with(&verbose) {
            println!("{highest:?} {}", row["payload"]);
        }
        let tally = tallies.entry(name).or_default();
        tally.rows += 1;
        tally.seen += u32::from(highest.0 > 0);
        tally.sure += u32::from(highest.0 >= 90);
    }
    let rate = |count: u32, rows: u32| f64::from(count) * 100.0 / f64::from(rows.max(1));
    for (name, tally) in &tallies {
        let (seen, sure) = (rate(tally.seen, tally.rows), rate(tally.sure, tally.rows));
        println!(
            "{name:24} {:5} rows   seen {seen:5.1} %   sure {sure:5.2} %",
            tally.rows
        );
    }
    let usual = ["benign everyday", "benign event"]
        .map(|name| tallies.get(name).expect("the file has this tier"));
    let (sure, rows) = usual.iter().fold((0, 0), |sum, tally| {
        (sum.0 + tally.sure, sum.1 + tally.rows)
    });
    let per_mille = rate(sure, rows) * 10.0;
    assert!(
        per_mille <= MOST_BLOCKED_PER_MILLE,
        "{sure} of {rows} benign payloads would be blocked"
    );
}
