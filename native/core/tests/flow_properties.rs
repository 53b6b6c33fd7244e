//! What holds for every input and every resource: no panic, nothing from nothing, no time without bound.

use hauberk_core::flow::{self, Asked, Change, Dialect, Language};
use proptest::prelude::*;
use serde_json::json;
use std::time::{Duration, Instant};

const DIALECTS: [Dialect; 4] = [
    Dialect::Any,
    Dialect::Sqlite,
    Dialect::Postgres,
    Dialect::MySql,
];

/// Far above what is needed, far below a hang: this is a test of the order, not of the machine.
const SOON: Duration = Duration::from_secs(20);

/// Bytes that mean something to one of the languages, and a few that do not.
fn syntax() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "'", "\"", "`", "\\", "$", "$(", "${", "$((", ")", "}", "))", "(", "{", ";", "|", "&", "<",
        ">", "<<", "<(", "\n", " ", "\t", "#", "--", "-", "/*", "*/", "/*!", "$$", "$a$", "E'",
        "[", "]", "?", "%s", ":a", "@@", "..", "/", "/..", "/etc", "a", "or", "1", "=", ",", ".",
        "é", "case", "in", "do", "sh", "-c", "env", "eval", "EOF", "\0",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
        1 => Just(vec![0xed, 0xa0, 0x80]), // a lone surrogate
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn all(resource: &[u8], input: &[u8]) -> Vec<Change> {
    let words: Vec<&[u8]> = resource.split(|byte| *byte == b' ').collect();
    let mut changes = vec![
        flow::shell(resource, input),
        flow::path(resource, input),
        flow::exec(&words, input),
    ];
    changes.extend(DIALECTS.map(|dialect| flow::sql(resource, input, dialect)));
    changes.into_iter().flatten().collect()
}

fn every_sink(resource: &[u8]) -> Vec<Asked<'_>> {
    vec![
        Asked::Sql(resource, Dialect::Any),
        Asked::Shell(resource),
        Asked::Path(resource),
        Asked::Url(resource),
        Asked::Code(resource, Language::Python),
        Asked::Code(resource, Language::JavaScript),
        Asked::Code(resource, Language::Any),
        Asked::Template(resource),
        Asked::Format(resource),
        Asked::NoSql(resource),
    ]
}

fn contains(resource: &[u8], input: &[u8]) -> bool {
    let (resource, input) = (resource.to_ascii_lowercase(), input.to_ascii_lowercase());
    input.is_empty() || resource.windows(input.len()).any(|window| window == input)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_resource_with_an_input_in_it_is_judged(
        before in syntax(), input in syntax(), after in syntax()
    ) {
        let resource = [before, input.clone(), after].concat();
        for change in all(&resource, &input) {
            prop_assert!(change.start < change.end && change.end <= resource.len());
            prop_assert_eq!(change.end - change.start, input.len());
        }
        prop_assert!(flow::programs(&resource).len() <= 64);
    }

    #[test]
    fn every_sink_answers_about_every_json_value(
        before in syntax(), input in syntax(), after in syntax(), is_list in any::<bool>()
    ) {
        let text = String::from_utf8_lossy(&input).into_owned();
        let value = if is_list { json!([text, {"a": text}]) } else { json!(text) };
        let resource = [before, text.into_bytes(), after].concat();
        for asked in every_sink(&resource) {
            let reason = flow::ask(asked, value.to_string().as_bytes());
            prop_assert!(reason.is_none_or(|reason| !reason.is_empty()));
        }
    }

    #[test]
    fn an_input_that_is_not_in_the_resource_changes_nothing(resource in syntax(), input in syntax()) {
        prop_assume!(!contains(&resource, &input));
        prop_assert_eq!(all(&resource, &input), Vec::new());
    }

    #[test]
    fn letters_and_digits_change_no_statement_and_no_path(
        before in syntax(), input in "[A-Za-z0-9]{0,12}", after in syntax()
    ) {
        let resource = [before, input.clone().into_bytes(), after].concat();
        for dialect in DIALECTS {
            prop_assert_eq!(flow::sql(&resource, input.as_bytes(), dialect), None);
        }
        prop_assert_eq!(flow::path(&resource, input.as_bytes()), None);
    }

    #[test]
    fn letters_and_digits_change_no_command_unless_they_are_all_of_one(
        before in syntax(), input in "[A-Za-z0-9]{2,12}", after in syntax()
    ) {
        let resource = [before, input.clone().into_bytes(), after].concat();
        let change = flow::shell(&resource, input.as_bytes());
        let is_whole = change.is_some_and(|change| change.reason == "is the whole command");
        prop_assert!(change.is_none() || is_whole);
        let argv = [resource.as_slice(), input.as_bytes()];
        prop_assert_eq!(flow::exec(&argv, input.as_bytes()).filter(|_| !is_script(&argv)), None);
    }

    #[test]
    fn what_the_driver_doubled_is_safe(input in "[ -~]{2,20}", tail in "[a-z =]{0,8}") {
        let escaped = input.replace('\'', "''");
        let statement = format!("SELECT a FROM t WHERE b = '{escaped}' {tail}");
        let literal = "SELECT a FROM t WHERE b = '".len()..statement.len() - tail.len() - 2;
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let change = flow::sql(statement.as_bytes(), input.as_bytes(), dialect);
            let is_escaped = change.filter(|change| literal.contains(&change.start));
            prop_assert_eq!(is_escaped, None, "{}", statement);
        }
    }

    #[test]
    fn what_shlex_quotes_is_safe(input in "[ -~\n]{2,20}") {
        let command = format!("convert '{}' out.png", input.replace('\'', "'\"'\"'"));
        let change = flow::shell(command.as_bytes(), input.as_bytes());
        prop_assert_eq!(change.filter(|change| change.start >= 8), None, "{}", command);
    }
}

fn is_script(argv: &[&[u8]]) -> bool {
    let program = argv
        .first()
        .and_then(|program| program.rsplit(|byte| *byte == b'/').next());
    matches!(program, Some(b"eval"))
}

/// Inputs that repeat themselves, and resources that hold nothing but openings.
fn large() -> Vec<(Vec<u8>, Vec<u8>)> {
    const SIZE: usize = 6 << 20;
    let openings = [
        "'", "(", "$(", "`", "/*", "$a$", "[", "\"$(", "<<E\n", "''", "\\", "1,", "a.", "../",
        "$((", "--\n",
    ];
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for opening in openings {
        let resource = opening.repeat(SIZE / opening.len());
        pairs.push((
            resource.clone().into_bytes(),
            opening.repeat(2).into_bytes(),
        ));
        pairs.push((
            resource.clone().into_bytes(),
            resource[..resource.len() / 2].into(),
        ));
        pairs.push((resource.into_bytes(), vec![b'x'; 40]));
    }
    let quoted = format!("select '{}'", "ab ".repeat(SIZE / 3));
    pairs.push((quoted.into_bytes(), b"ab ab".to_vec()));
    pairs
}

#[test]
fn six_megabytes_are_judged_soon() {
    for (resource, input) in large() {
        let begin = Instant::now();
        let _ = all(&resource, &input);
        let _ = flow::programs(&resource);
        let took = begin.elapsed();
        assert!(
            took < SOON,
            "{took:?} for {:?}…",
            String::from_utf8_lossy(&input[..input.len().min(12)])
        );
    }
}

/// Resources that hold the input as often as can be, in places that are looked for backwards or forwards.
fn repeated() -> Vec<(Vec<u8>, Vec<u8>)> {
    const SIZE: usize = 1 << 16;
    let pairs = [
        ("ab", "ab"),
        ("{{ab", "ab"),
        ("..", ".."),
        ("../", "../"),
        ("a/", "a/"),
        ("'\\", "'\\"),
        ("1+", "1+"),
        ("{\"$a\":", "\"$a\":"),
        ("a&", "a&"),
        ("%2e", "%2e"),
    ];
    let mut all = Vec::new();
    for (part, input) in pairs {
        let resource = part.repeat(SIZE / part.len()).into_bytes();
        all.push((resource.clone(), input.into()));
        all.push((resource.clone(), input.repeat(1000).into()));
        all.push(([b"https://x/".as_slice(), &resource].concat(), input.into()));
    }
    all
}

#[test]
fn inputs_that_stand_in_a_resource_everywhere_are_judged_soon() {
    for (resource, input) in repeated() {
        let value = json!(String::from_utf8_lossy(&input)).to_string();
        for asked in every_sink(&resource) {
            let begin = Instant::now();
            let _ = flow::ask(asked, value.as_bytes());
            let took = begin.elapsed();
            let shown = format!("{asked:?}");
            let input = String::from_utf8_lossy(&input[..input.len().min(12)]);
            assert!(took < SOON, "{took:?} for {input:?}… in {}", &shown[..40]);
        }
    }
}

#[test]
fn filters_and_inputs_of_many_objects_are_compared_soon() {
    let objects: Vec<_> = (0..5_000).map(|n| json!({ format!("$k{n}"): n })).collect();
    let input = json!(objects).to_string();
    let filter = json!((0..5_000).map(|n| json!({ "a": n })).collect::<Vec<_>>()).to_string();
    let begin = Instant::now();
    assert_eq!(
        flow::ask(Asked::NoSql(filter.as_bytes()), input.as_bytes()),
        None
    );
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}
