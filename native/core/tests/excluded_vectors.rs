//! Every row of the flow's vectors with its input excluded: whatever the guard cuts out of it, nothing of it is told; and
//! another input with the same text is told as before.

mod vectors;

use hauberk_core::act::{Act, Resource};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::{Dialect, Language};
use hauberk_core::policy::Policy;
use serde_json::{Value, json};
use vectors::{rows, text};

/// At least so many rows are told of when nothing is excluded.
const LEAST_TOLD: usize = 300;

fn dialect(row: &Value) -> Dialect {
    match row["dialect"].as_str() {
        Some("sqlite") => Dialect::Sqlite,
        Some("postgres") => Dialect::Postgres,
        Some("mysql") => Dialect::MySql,
        _ => Dialect::Any,
    }
}

/// A guard that excludes this text of `q` alone, for every detector.
fn excluding(input: &str) -> Engine {
    let escape = |sign: char| match sign {
        '*' | '?' | '\\' => format!("\\{sign}"),
        _ => sign.to_string(),
    };
    let pattern: String = input.chars().map(escape).collect();
    let policy = json!({"hauberk": 1, "function": "f", "mode": "prevent", "exclusions": [
        {"name": "x", "detector": "*", "path": "q", "patterns": [pattern]}]});
    let policy = Policy::read(policy.to_string().as_bytes()).unwrap();
    Engine::new(policy, Setting::default())
}

/// The paths at which an event's inputs are told of at a sink.
fn told(engine: &mut Engine, event: &Value, resource: Resource<'_>) -> Vec<String> {
    engine.begin(0, "r", event.to_string().as_bytes());
    let act = Act {
        resource,
        ..Act::nothing()
    };
    let entries = engine.admit(0, &act).entries;
    let seen = entries.into_iter().filter_map(|entry| entry.body.input);
    seen.map(|seen| seen.path).collect()
}

/// Asks about one row; whether it is told of without the exclusion.
fn is_told(row: &Value, resource: Resource<'_>) -> bool {
    let input = text(row, "input");
    let mut engine = excluding(input);
    let elsewhere = told(&mut engine, &json!({ "s": input }), resource);
    let excluded = told(&mut engine, &json!({ "q": input }), resource);
    // What has a name inside the value, and stands by itself, is another input.
    assert!(
        excluded.iter().all(|path| path.starts_with("q→")),
        "{excluded:?} {row}"
    );
    if excluded.is_empty() {
        let both = told(&mut engine, &json!({ "q": input, "s": input }), resource);
        assert_eq!(both, elsewhere, "{row}");
    }
    !elsewhere.is_empty() && excluded.is_empty()
}

#[test]
fn no_piece_of_an_excluded_input_is_told_at_any_sink() {
    let count = std::cell::Cell::new(0);
    let ask = |row: &Value, resource: Resource<'_>| {
        count.set(count.get() + usize::from(is_told(row, resource)));
    };
    rows("flow/sql", |row| {
        let statement = text(row, "statement").as_bytes();
        ask(row, Resource::Sql(statement, dialect(row)));
    });
    rows("flow/shell", |row| {
        ask(row, Resource::Shell(text(row, "command").as_bytes()));
    });
    rows("flow/path", |row| {
        ask(row, Resource::Path(text(row, "path").as_bytes()));
    });
    rows("flow/exec", |row| {
        let arguments = list(&row["argv"]);
        ask(row, Resource::Arguments(&arguments));
    });
    rows("flow/changed", |row| {
        let arguments = list(&row["resource"]);
        let bytes = row["resource"].as_str().unwrap_or_default().as_bytes();
        let resource = match text(row, "sink") {
            "sql" => Resource::Sql(bytes, dialect(row)),
            "shell" => Resource::Shell(bytes),
            "exec" => Resource::Arguments(&arguments),
            "path" => Resource::Path(bytes),
            "code" => Resource::Code(bytes, Language::Python),
            "template" => Resource::Template(bytes),
            other => panic!("no such sink: {other}"),
        };
        ask(row, resource);
    });
    assert!(count.get() >= LEAST_TOLD, "{}", count.get());
}

fn list(value: &Value) -> Vec<&[u8]> {
    let texts = value.as_array().into_iter().flatten();
    texts
        .map(|one| one.as_str().unwrap_or_default().as_bytes())
        .collect()
}
