//! Passwords behind an option: `mysql -phunter2`, `curl -u ann:hunter2`.

use std::ops::Range;

/// What the names of programs hold whose option `-p` has a password right behind it.
const PROGRAMS: [&str; 3] = ["mysql", "mariadb", "sshpass"];
const OPTION: &str = "-p";

/// Where in a text such a program is first named.
pub(crate) fn program_in(text: &str) -> Option<usize> {
    PROGRAMS.iter().filter_map(|name| text.find(name)).min()
}

/// Adds where what stands behind `-p` is, from `start` on.
pub(crate) fn find_options(text: &str, start: usize, found: &mut Vec<Range<usize>>) {
    for (at, _) in text[start..].match_indices(OPTION) {
        let (before, value) = text.split_at(start + at + OPTION.len());
        let before = &before[..start + at];
        let end = end_of_word(value);
        if before.chars().next_back().is_none_or(opens_a_word) && end > 0 {
            found.push(start + at + OPTION.len()..start + at + OPTION.len() + end);
        }
    }
}

/// Adds where passwords stand that are a blank behind their option: `curl -u ann:hunter2`, `sshpass -p hunter2`.
pub(crate) fn find_spaced(text: &str, found: &mut Vec<Range<usize>>) {
    let (mut before, mut end) = (["", ""], 0);
    for word in text.split_inclusive(' ') {
        let start = end;
        end += word.len();
        let stem = word.trim_end_matches(' ');
        let value = match before {
            [_, "-u" | "--user" | "--proxy-user"] => stem.find(':').map(|at| at + 1),
            [program, OPTION] if program.ends_with("sshpass") => Some(0),
            _ => None,
        };
        let is_password = |at: &usize| *at < stem.len() && !stem[*at..].starts_with("//");
        found.extend(
            value
                .filter(is_password)
                .map(|at| start + at..start + stem.len()),
        );
        if !stem.is_empty() {
            before = [before[1], stem];
        }
    }
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
    fn what_stands_behind_the_option_is_found_and_other_words_are_not() {
        let rows = [
            ("mysql -phunter2 shop", Some("hunter2")),
            ("mysqldump -u root -pS3#c%t", Some("S3#c%t")),
            ("mariadb -p'two words' shop", Some("'two words'")),
            ("sshpass -pa ssh host -p 22", Some("a")),
            ("mysql -p shop", None),
            ("mysql --port 3306 a-pb", None),
            ("mkdir -pv x; mysql x", None),
        ];
        for (text, expected) in rows {
            let mut found = Vec::new();
            find_options(text, program_in(text).unwrap(), &mut found);
            let found: Vec<&str> = found.into_iter().map(|one| &text[one]).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
        assert_eq!(program_in("mkdir -pv x"), None);
    }
}
