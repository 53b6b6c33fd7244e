//! Every row of `spec/vectors/flow`: attacks, look-alikes beside them, and known misses.

mod vectors;

use hauberk_core::flow::{self, Asked, Change, Dialect, Language};
use serde_json::Value;
use vectors::{rows, text};

/// How many rows each file has.
const SQL: usize = 253;
const SHELL: usize = 172;
const PATH: usize = 91;
const EXEC: usize = 112;
const PROGRAMS: usize = 99;
const ASKED: usize = 85;

fn dialect(row: &Value) -> Dialect {
    match text(row, "dialect") {
        "sqlite" => Dialect::Sqlite,
        "postgres" => Dialect::Postgres,
        "mysql" => Dialect::MySql,
        "any" => Dialect::Any,
        other => panic!("no such dialect: {other}"),
    }
}

fn assert_row(row: &Value, change: Option<Change>, holds_input: impl Fn(Change) -> bool) {
    let reason = change.map(|change| change.reason);
    assert_eq!(reason, row["expected"].as_str(), "{row}");
    assert!(
        change.is_none_or(holds_input),
        "the range is not the input's: {change:?} {row}"
    );
    let is_known_miss = row["known_miss"].as_bool().unwrap_or(false);
    assert!(
        !(is_known_miss && reason.is_some()),
        "no longer a miss, say so: {row}"
    );
}

fn part(resource: &[u8], change: Change) -> &[u8] {
    resource.get(change.start..change.end).unwrap_or_default()
}

#[test]
fn sql_answers_as_its_vectors_say() {
    let count = rows("flow/sql", |row| {
        let (statement, input) = (
            text(row, "statement").as_bytes(),
            text(row, "input").as_bytes(),
        );
        let change = flow::sql(statement, input, dialect(row));
        assert_row(row, change, |change| {
            part(statement, change).eq_ignore_ascii_case(input)
        });
    });
    assert_eq!(count, SQL);
}

#[test]
fn shell_answers_as_its_vectors_say() {
    let count = rows("flow/shell", |row| {
        let (command, input) = (
            text(row, "command").as_bytes(),
            text(row, "input").as_bytes(),
        );
        assert_row(row, flow::shell(command, input), |change| {
            part(command, change) == input
        });
    });
    assert_eq!(count, SHELL);
}

#[test]
fn path_answers_as_its_vectors_say() {
    let count = rows("flow/path", |row| {
        let (path, input) = (text(row, "path").as_bytes(), text(row, "input").as_bytes());
        assert_row(row, flow::path(path, input), |change| {
            part(path, change) == input
        });
    });
    assert_eq!(count, PATH);
}

#[test]
fn exec_answers_as_its_vectors_say() {
    let count = rows("flow/exec", |row| {
        let argv = argv(row);
        let input = text(row, "input").as_bytes();
        let is_in_one = |change| argv.iter().any(|argument| part(argument, change) == input);
        assert_row(row, flow::exec(&argv, input), is_in_one);
    });
    assert_eq!(count, EXEC);
}

fn argv(row: &Value) -> Vec<&[u8]> {
    let arguments = row["argv"].as_array().expect("argv is a list");
    arguments
        .iter()
        .map(|one| one.as_str().expect("argv holds texts").as_bytes())
        .collect()
}

/// A name that is not to be looked for begins with `?`.
#[test]
fn programs_answers_as_its_vectors_say() {
    let count = rows("flow/programs", |row| {
        let found = if row["argv"].is_array() {
            let command = flow::command_of(&argv(row));
            let command = command.map(|command| String::from_utf8_lossy(command).into_owned());
            assert_eq!(Value::from(command), row["shell"], "{row}");
            flow::started(&argv(row))
        } else {
            flow::programs(text(row, "command").as_bytes())
        };
        let mark = |is_as_written| if is_as_written { "?" } else { "" };
        let names: Vec<String> = found
            .into_iter()
            .map(|one| mark(one.is_as_written).to_owned() + &String::from_utf8_lossy(&one.name))
            .collect();
        assert_eq!(Value::from(names), row["expected"], "{row}");
    });
    assert_eq!(count, PROGRAMS);
}

#[test]
fn each_sink_answers_about_json_values_as_its_vectors_say() {
    let count = rows("flow/asked", |row| {
        let resource = match &row["resource"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let bytes = resource.as_bytes();
        let arguments: Vec<&[u8]> = row["resource"].as_array().map_or(Vec::new(), |list| {
            list.iter()
                .map(|one| one.as_str().unwrap_or_default().as_bytes())
                .collect()
        });
        let asked = match text(row, "sink") {
            "sql" => Asked::Sql(bytes, dialect(row)),
            "shell" => Asked::Shell(bytes),
            "exec" => Asked::Exec(&arguments),
            "path" => Asked::Path(bytes),
            "url" => Asked::Url(bytes),
            "code" if text(row, "dialect") == "javascript" => {
                Asked::Code(bytes, Language::JavaScript)
            }
            "code" => Asked::Code(bytes, Language::Any),
            "template" => Asked::Template(bytes),
            "format" => Asked::Format(bytes),
            "nosql" => Asked::NoSql(bytes),
            other => panic!("no such sink: {other}"),
        };
        let reason = flow::ask(asked, row["input"].to_string().as_bytes());
        assert_eq!(reason, row["expected"].as_str(), "{row}");
    });
    assert_eq!(count, ASKED);
}
