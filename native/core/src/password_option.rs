//! Passwords behind an option: `mysql -phunter2`, `curl -u ann:hunter2`.

use crate::redact::MASK;

/// What the names of programs hold whose option `-p` has a password right behind it.
const PROGRAMS: [&str; 3] = ["mysql", "mariadb", "sshpass"];
const OPTION: &str = "-p";

/// Where in a text such a program is first named.
pub(crate) fn program_in(text: &str) -> Option<usize> {
    PROGRAMS.iter().filter_map(|name| text.find(name)).min()
}

/// The text with what stands behind `-p` masked, from `start` on.
pub(crate) fn without_password_options(text: &str, start: usize) -> String {
    let (before, mut rest) = text.split_at(start);
    let mut out = before.to_owned();
    while let Some(at) = rest.find(OPTION) {
        let (until, value) = rest.split_at(at + OPTION.len());
        out.push_str(&until[..at]);
        let is_option = out.chars().next_back().is_none_or(opens_a_word);
        out.push_str(OPTION);
        let end = if is_option { end_of_word(value) } else { 0 };
        if end > 0 {
            out.push_str(MASK);
        }
        rest = &value[end..];
    }
    out.push_str(rest);
    out
}

/// The text with the passwords masked that stand a blank behind their option: `curl -u ann:hunter2`,
/// `sshpass -p hunter2`.
pub(crate) fn without_spaced_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ["", ""];
    for word in text.split_inclusive(' ') {
        let stem = word.trim_end_matches(' ');
        let value = match before {
            [_, "-u" | "--user" | "--proxy-user"] => stem.find(':').map(|at| at + 1),
            [program, OPTION] if program.ends_with("sshpass") => Some(0),
            _ => None,
        };
        let is_password = |at: &usize| *at < stem.len() && !stem[*at..].starts_with("//");
        match value.filter(is_password) {
            Some(at) => out.extend([&stem[..at], MASK, &word[stem.len()..]]),
            None => out.push_str(word),
        }
        if !stem.is_empty() {
            before = [before[1], stem];
        }
    }
    out
}

fn opens_a_word(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'')
}

/// Bytes to the end of a word, or of what is in quotes.
fn end_of_word(text: &str) -> usize {
    let quote = text
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let end = match quote {
        Some(quote) => text[1..].find(quote).map(|at| at + 2),
        None => text.find(char::is_whitespace),
    };
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_the_option_is_masked_and_other_words_are_not() {
        let rows = [
            ("mysql -phunter2 shop", "mysql -p‹redacted› shop"),
            (
                "mysqldump -u root -pS3#c%t",
                "mysqldump -u root -p‹redacted›",
            ),
            ("mariadb -p'two words' shop", "mariadb -p‹redacted› shop"),
            (
                "sshpass -pa ssh host -p 22",
                "sshpass -p‹redacted› ssh host -p 22",
            ),
            ("mysql -p shop", "mysql -p shop"),
            ("mysql --port 3306 a-pb", "mysql --port 3306 a-pb"),
            ("mkdir -pv x; mysql x", "mkdir -pv x; mysql x"),
        ];
        for (text, expected) in rows {
            let start = program_in(text).unwrap();
            assert_eq!(without_password_options(text, start), expected);
        }
        assert_eq!(program_in("mkdir -pv x"), None);
    }
}
