use super::*;
use proptest::prelude::*;

fn shaped(line: &str, secrets: &[&str]) -> String {
    let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
    let secrets: Vec<Vec<u8>> = secrets.iter().map(|one| one.as_bytes().to_vec()).collect();
    shape(words[0], &words[1..], &secrets)
}

#[test]
fn no_secret_is_kept_wherever_it_stands() {
    #[rustfmt::skip]
    let rows = [
        ("tool --hunter-two=1 hunter-two", "-<option>=<number> <text>"),
        ("tool -hunter-two", "-<option>"),
        ("tool /opt/hunter-two/a", "/opt/<path>"),
        ("python3 /var/task/hunter-two.py", "/var/task/<script>"),
        ("git hunter-two", "<text>"),
        ("python3 -m hunter-two", "-m <text>"),
        ("git -c hunter-two=1 fetch", "-c <text> fetch"),
        ("env PATH=hunter-two hunter-two", "PATH=<text> <text>"),
        ("tool --hunter=1 /opt/hunter/a", "--hunter=<number> /opt/hunter/a"),
    ];
    for (line, expected) in rows {
        assert_eq!(shaped(line, &["hunter-two"]), expected, "{line}");
    }
}

#[test]
fn what_is_not_told_of_the_rest_is_still_another_shape() {
    let options: Vec<String> = (0..40).map(|n| format!("--option-{n}=1")).collect();
    let line = format!("tool {}", options.join(" "));
    let others = [
        format!("{line} --more=1"),
        line.replace("--option-39=1", "--option-39=a"),
        line.replace("--option-38=1 --option-39=1", "--option-39=1 --option-38=1"),
    ];
    assert_eq!(shaped(&line, &[]), shaped(&line.replace("=1", "=2"), &[]));
    for other in others {
        assert_ne!(shaped(&line, &[]), shaped(&other, &[]), "{other}");
    }
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "-c",
        "-m",
        "-e",
        "--",
        "-",
        "git",
        "/tmp/a",
        "/opt/a[1]*",
        "--a=b",
        "ext::sh",
        "-exec",
        ";",
        "sh",
        "-xzf",
        "@/etc/x",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        known.prop_map(|word| word.as_bytes().to_vec()),
    ]
}

proptest! {
    #[test]
    fn any_words_have_a_short_shape_of_plain_signs(
        program in prop::sample::select(vec!["git", "python3", "find", "sh", "env", "tar", "ssh", "mysql", "x", ""]),
        words in prop::collection::vec(word(), 0..60),
    ) {
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let shape = shape(program.as_bytes(), &words, &[]);
        prop_assert!(shape.len() <= 260, "{shape}");
        prop_assert!(!shape.is_empty() && !shape.contains(['*', '?', '[', '\\']), "{shape}");
        prop_assert!(shape.chars().all(|one| one.is_ascii_graphic() || one == ' '), "{shape}");
    }

    #[test]
    fn a_value_is_no_part_of_a_shape(value in "[a-z]{2,8} [A-Z][a-z]{2,8}x[0-9]{2}") {
        let words: [&[u8]; 7] = [b"git", b"clone", value.as_bytes(), b"-m", value.as_bytes(), b"--branch", value.as_bytes()];
        let shape = shape(b"/usr/bin/git", &words[1..], &[]);
        prop_assert_eq!(shape, "clone <text> -m <text> --branch <text>");
    }
}
