//! Every row of `spec/vectors/flow/changed.jsonl`: what code made of an input on its way, asked at the command's core
//! and at the guard's.

mod vectors;

use hauberk_core::act::{Act, Resource};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::flow::{Asked, Dialect, Language, ask};
use hauberk_core::policy::{Mode, Policy};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vectors::{rows, text};

/// How many rows there are.
const CHANGED: usize = 90;

/// Far above what is needed, far below a hang.
const SOON: Duration = Duration::from_secs(20);

fn dialect(row: &Value) -> Dialect {
    match text(row, "dialect") {
        "mysql" => Dialect::MySql,
        _ => Dialect::Any,
    }
}

/// Is it an injection to the guard, where an event brings the input?
fn guard_says(resource: Resource<'_>, input: &str) -> bool {
    let mut engine = Engine::new(Policy::built_in(Mode::Detect), Setting::default());
    engine.begin(0, "request", json!({ "q": input }).to_string().as_bytes());
    let outcome = engine.admit(
        0,
        &Act {
            resource,
            ..Act::nothing()
        },
    );
    let mut told = outcome.entries.iter();
    told.any(|entry| entry.body.detector.is_some())
}

#[test]
fn an_input_that_was_changed_on_its_way_is_followed_as_its_vectors_say() {
    let count = rows("flow/changed", |row| {
        let input = text(row, "input");
        let arguments: Vec<&[u8]> = row["resource"].as_array().map_or(Vec::new(), |list| {
            list.iter()
                .map(|one| one.as_str().expect("arguments are texts").as_bytes())
                .collect()
        });
        let bytes = row["resource"].as_str().unwrap_or_default().as_bytes();
        let (asked, resource) = match text(row, "sink") {
            "sql" => (
                Asked::Sql(bytes, dialect(row)),
                Resource::Sql(bytes, dialect(row)),
            ),
            "shell" => (Asked::Shell(bytes), Resource::Shell(bytes)),
            "exec" => (Asked::Exec(&arguments), Resource::Arguments(&arguments)),
            "path" => (Asked::Path(bytes), Resource::Path(bytes)),
            "code" => (
                Asked::Code(bytes, Language::Python),
                Resource::Code(bytes, Language::Python),
            ),
            "template" => (Asked::Template(bytes), Resource::Template(bytes)),
            other => panic!("no such sink: {other}"),
        };
        let reason = ask(asked, json!(input).to_string().as_bytes());
        let expected = row["injection"].as_bool().expect("yes or no");
        assert_eq!(reason.is_some(), expected, "{reason:?} of the tool: {row}");
        assert_eq!(guard_says(resource, input), expected, "the guard: {row}");
        let is_known_miss = row["known_miss"].as_bool().unwrap_or(false);
        assert!(!(is_known_miss && expected), "not a miss: {row}");
    });
    assert_eq!(count, CHANGED);
}

#[test]
fn inputs_that_nearly_stand_in_a_resource_everywhere_are_laid_beside_it_soon() {
    let resource = "abcde'fg ".repeat(10_000);
    let inputs: Vec<String> = (0..200)
        .map(|n| format!("{};{n}", "abcde'fg;".repeat(n)))
        .collect();
    let mut engine = Engine::new(Policy::built_in(Mode::Detect), Setting::default());
    engine.begin(0, "request", json!(inputs).to_string().as_bytes());
    let begin = Instant::now();
    engine.admit(
        0,
        &Act {
            resource: Resource::Sql(resource.as_bytes(), Dialect::Any),
            ..Act::nothing()
        },
    );
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}
