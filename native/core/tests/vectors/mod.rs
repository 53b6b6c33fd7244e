//! Reads files of vectors: one JSON object a line.

use std::path::Path;

use serde_json::Value;

/// Calls `check` with every row of `spec/vectors/NAME.jsonl` and says how many there were.
pub fn rows(name: &str, check: impl Fn(&Value)) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors");
    let file = folder.join(format!("{name}.jsonl"));
    let lines = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let rows = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
    rows.inspect(|row: &Value| {
        assert!(
            !text(row, "why").is_empty(),
            "a row without a reason: {row}"
        )
    })
    .map(|row| check(&row))
    .count()
}

/// The text in a row's field.
pub fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text in {field}: {row}"))
}
