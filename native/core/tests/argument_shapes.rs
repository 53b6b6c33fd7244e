//! The shapes of arguments in `spec/`, and what an environment and the second wall make of them.

use hauberk_core::act::{Act, Outcome, Resource};
use hauberk_core::activity::{Activity, Kind};
use hauberk_core::argument_shape::{shape, watched};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use hauberk_core::record::Origin;
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../../spec/vectors/argument_shapes.jsonl");
const GIT: &str = "/usr/bin/git";

fn words(row: &Value) -> Vec<&[u8]> {
    let arguments = row["arguments"].as_array().unwrap();
    let texts = arguments.iter().map(|one| one.as_str().unwrap());
    texts.map(str::as_bytes).collect()
}

#[test]
fn each_vector_has_the_shape_that_it_says() {
    let mut ran = 0;
    for line in VECTORS.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let program = row["program"].as_str().unwrap();
        let found = shape(program.as_bytes(), &words(&row), &[]);
        assert_eq!(found, row["shape"].as_str().unwrap(), "{}", row["why"]);
        ran += 1;
    }
    assert_eq!(ran, ROWS);
}

fn shape_of(line: &str) -> String {
    let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
    shape(words[0], &words[1..], &[])
}

#[test]
fn what_is_done_otherwise_has_another_shape_than_honest_use() {
    #[rustfmt::skip]
    let rows: [(&str, &[&str]); 8] = [
        ("tar -xf /tmp/a -C /tmp/b", &[
            "tar -xf /tmp/a --to-command=id -C /tmp/b", "tar -xf /tmp/a -I id -C /tmp/b", "tar -xf /tmp/a -C /etc",
            "tar -Pxf /tmp/a -C /tmp/b", "tar -cf /tmp/a -C /tmp/b", "tar -xf /etc/x -C /tmp/b", "tar -xf http://x -C /tmp/b",
        ]),
        ("git clone https://a/b /tmp/c", &[
            "git clone -uid https://a/b /tmp/c", "git -c core.pager=id clone https://a/b /tmp/c", "git clone ext::id /tmp/c",
            "git clone file:///etc /tmp/c", "git clone ssh://-oProxyCommand=id/x /tmp/c", "git push https://a/b /tmp/c",
        ]),
        ("python3 /var/task/tool.py ann", &[
            "python3 -c ann", "python3 -m http.server", "python3 /tmp/tool.py ann", "python3 /var/task/b.py ann",
            "python3 -i /var/task/tool.py ann", "python3 /var/task/tool.py --debug", "python3 - ann", "python3 tool.py ann",
        ]),
        ("find /tmp -name x", &["find /tmp -name x -exec id ;", "find / -name x", "find /tmp -name x -delete"]),
        ("ssh host uptime", &["ssh -oProxyCommand=id host uptime", "ssh -R 1:a:2 host uptime", "ssh -oPort=1 host uptime"]),
        ("curl -s https://a", &[
            "curl -s https://a -d @/etc/passwd", "curl -s file:///etc/passwd", "curl -s https://a -o /tmp/x",
            "curl -s -T /tmp/a https://a", "curl -s https://a https://b", "curl -s -K /tmp/x https://a",
        ]),
        ("convert /tmp/a -resize 5x5 /tmp/b", &[
            "convert msl:/tmp/a -resize 5x5 /tmp/b", "convert /etc/passwd -resize 5x5 /tmp/b",
            "convert |id -resize 5x5 /tmp/b", "convert /tmp/a -resize 5x5 -write /tmp/x /tmp/b",
        ]),
        ("sh /var/task/run.sh", &["sh -c id", "sh", "sh /tmp/run.sh", "sh -s"]),
    ];
    for (honest, attacks) in rows {
        for attack in attacks {
            assert_ne!(shape_of(honest), shape_of(attack), "{honest} | {attack}");
        }
    }
}

/// What a shape cannot tell from honest use: known misses.
#[test]
fn another_value_of_the_same_class_has_the_same_shape() {
    let rows = [
        (
            "curl -s https://api.shop/a",
            "curl -s https://evil.example/a",
        ), // the list of hosts is asked
        ("tar -xf /tmp/a", "tar -xf /tmp/b"), // the list of files is asked
        ("tool --user ann", "tool --user root"),
        ("tool import /tmp/a", "tool export /tmp/a"), // a command of the function's own program
        ("sqlite3 /tmp/a select", "sqlite3 /tmp/a .shell"),
        ("sh -c ls", "sh -c id"), // its children are judged by themselves
        ("xelatex /tmp/a.tex", "xelatex /tmp/b.tex"), // what the file holds
        (
            "zip /tmp/a /tmp/b /tmp/c",
            "zip /tmp/a /tmp/b /tmp/c /tmp/d /tmp/e",
        ),
    ];
    for (honest, other) in rows {
        assert_eq!(shape_of(honest), shape_of(other), "{honest} | {other}");
    }
}

fn policy(rest: &str) -> Policy {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent"{rest}}}"#);
    Policy::read(json.as_bytes()).unwrap()
}

fn engine(rest: &str) -> Engine {
    Engine::new(policy(rest), Setting::default())
}

fn start(engine: &mut Engine, words: &[&str]) -> Outcome {
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    let act = Act {
        activities: vec![Activity::new(Kind::Process, "start", words[0])],
        resource: Resource::Arguments(&words),
        arguments: words.clone(),
    };
    engine.admit(0, &act)
}

/// Type, detector, operation and target of each record.
fn told(outcome: Outcome) -> Vec<Value> {
    let line = |one: hauberk_core::record::Entry| -> Value {
        serde_json::from_slice(&one.line(&Origin::default())).unwrap()
    };
    let records = outcome.entries.into_iter().map(line);
    records
        .map(|one| {
            json!([
                one["type"],
                one["detector"],
                one["operation"],
                one["target"]
            ])
        })
        .collect()
}

const WATCHED: &str = r#", "watch_arguments": true"#;
const PROGRAM: &str =
    r#", "watch_arguments": true, "allowlist": {"process": ["* /usr/bin/git", "* /usr/bin/*"]}"#;
const SHAPE: &str = r#", "watch_arguments": true, "allowlist": {"process": ["* /usr/bin/git",
    "arguments /usr/bin/git clone <url>"]}"#;

#[test]
fn arguments_are_told_once_where_the_policy_watches_them() {
    let clone = [GIT, "clone", "https://a/b"];
    let rows = [
        ("", json!([["activity", null, "start", GIT]])),
        (
            WATCHED,
            json!([
                ["activity", null, "start", GIT],
                ["activity", null, "arguments", "/usr/bin/git clone <url>"]
            ]),
        ),
        // A list of programs says nothing of arguments, whatever its wildcards.
        (
            PROGRAM,
            json!([["activity", null, "arguments", "/usr/bin/git clone <url>"]]),
        ),
        (SHAPE, json!([])),
    ];
    for (rest, expected) in rows {
        let mut engine = engine(rest);
        engine.begin(0, "1", b"{}");
        assert_eq!(json!(told(start(&mut engine, &clone))), expected, "{rest}");
        assert_eq!(
            told(start(&mut engine, &[GIT, "clone", "https://c"])),
            [json!(null); 0]
        );
        engine.begin(0, "2", b"{}");
        assert_eq!(told(start(&mut engine, &clone)), [json!(null); 0], "{rest}");
    }
}

#[test]
fn what_no_entry_for_arguments_holds_is_blocked_and_named() {
    let upload = [GIT, "clone", "--upload-pack=id", "https://a"];
    let shape = "/usr/bin/git clone --upload-pack=<code> <url>";
    let unlisted = |operation, target| json!(["detection", "unlisted-process", operation, target]);
    let rules = r#", "watch_arguments": true, "rules": [{"name": "r", "kind": "process", "patterns": ["arguments ** --upload-pack=**"]}]"#;
    let excluded = format!(
        r#"{SHAPE}, "exclusions": [{{"name": "x", "kind": "process", "patterns": ["arguments /usr/bin/git clone --upload-pack=<code> **"]}}]"#
    );
    let wide = format!(
        r#"{SHAPE}, "exclusions": [{{"name": "x", "kind": "process", "patterns": ["* **"]}}]"#
    );
    let rows: [(&str, &[&str], Vec<Value>); 7] = [
        (SHAPE, &upload, vec![unlisted("arguments", shape)]),
        (
            SHAPE,
            &[GIT, "clone", "https://a", "/tmp/x"],
            vec![unlisted(
                "arguments",
                "/usr/bin/git clone <url> /tmp/<path>",
            )],
        ),
        // The program itself is the news.
        (
            SHAPE,
            &["/usr/bin/nc", "-e", "sh"],
            vec![unlisted("start", "/usr/bin/nc")],
        ),
        (&excluded, &upload, vec![]),
        // An exclusion for any operation is for the start, as it always was.
        (&wide, &upload, vec![unlisted("arguments", shape)]),
        (
            rules,
            &upload,
            vec![
                json!(["activity", null, "start", GIT]),
                json!(["detection", "denied-process", "arguments", shape]),
            ],
        ),
        (
            r#", "watch_arguments": true, "protections": {"process": "off"}, "allowlist": {"process": ["arguments x"]}"#,
            &upload,
            vec![],
        ),
    ];
    for (rest, words, expected) in rows {
        let mut engine = engine(rest);
        engine.begin(0, "1", b"{}");
        let outcome = start(&mut engine, words);
        let is_blocked = expected.iter().any(|one| one[0] == "detection");
        assert_eq!(outcome.blocked.is_some(), is_blocked, "{rest} {words:?}");
        assert_eq!(told(outcome), expected, "{rest} {words:?}");
    }
}

#[test]
fn the_same_command_with_other_words_beside_it_is_asked_anew() {
    let mut engine = engine(WATCHED);
    engine.begin(0, "1", b"{}");
    let mut shapes = |words: &[&str]| {
        let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        let act = Act {
            activities: vec![Activity::new(Kind::Process, "start", "/bin/sh")],
            resource: Resource::Shell(b"id"),
            arguments: words,
        };
        let told = told(engine.admit(0, &act)).into_iter();
        told.filter(|one| one[2] == "arguments").collect::<Vec<_>>()
    };
    assert_eq!(shapes(&["/bin/sh", "-c", "id"]).len(), 1);
    assert_eq!(shapes(&["/bin/sh", "-c", "id"]).len(), 0);
    assert_eq!(shapes(&["/bin/sh", "-xc", "id"]).len(), 1);
}

#[test]
fn in_detect_a_start_that_is_told_of_is_told_of_once() {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "detect"{SHAPE}}}"#);
    let policy = Policy::read(json.as_bytes()).unwrap();
    let words: [&[u8]; 2] = [b"git", b"Ann Smith"];
    let asked = |program: &str| {
        let start = Activity::new(Kind::Process, "start", program);
        watched(&policy, &start, &words, &[]).map(|one| String::from_utf8(one.target).unwrap())
    };
    assert_eq!(asked("/usr/bin/nc"), None);
    assert_eq!(asked(GIT).as_deref(), Some("/usr/bin/git <text>"));
}

#[test]
fn an_older_switch_is_no_part_of_a_policy_that_has_it_not() {
    assert!(!policy("").watches_arguments);
    assert!(
        Policy::read(
            br#"{"hauberk": 1, "function": "f", "mode": "prevent", "watch_argument": true}"#
        )
        .is_err()
    );
}

const ROWS: usize = 75;
