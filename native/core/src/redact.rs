//! What may leave the function: a short excerpt, without secrets.

use crate::card_number::without_card_numbers;
use crate::password_option::{program_in, without_password_options, without_spaced_passwords};

/// Bytes of context on either side of a match.
const CONTEXT: usize = 24;
/// Bytes of an excerpt.
const MOST: usize = 160;
pub(crate) const MASK: &str = "‹redacted›";
/// Names whose values are secrets.
#[rustfmt::skip]
const SECRET_NAMES: [&str; 17] = [
    "password", "passphrase", "cookie", "cookies", "passwd", "pwd", "secret", "token",
    "authorization", "api_key", "apikey", "credential", "credentials", "access_key", "private_key",
    "secret_key", "session_id",
];
/// How the keys of well-known services begin.
#[rustfmt::skip]
const KEY_STARTS: [&str; 10] = [
    "sk_live_", "sk_test_", "rk_live_", "whsec_", "xox", "ghp_", "gho_", "github_pat_", "glpat-",
    "npm_",
];

/// The text around a match, redacted. `start..end` may lie anywhere.
#[must_use]
pub fn excerpt(text: &[u8], start: usize, end: usize, secrets: &[Vec<u8>]) -> String {
    let start = start.min(text.len());
    let end = end.clamp(start, text.len());
    let end = end.min(start + MOST);
    // A word that the window cuts in two is widened, or half a secret would pass for a plain word.
    let from = word_start(text, start.saturating_sub(CONTEXT));
    let to = word_end(text, (end + CONTEXT).min(text.len()));
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    shown.push_str(&clip(
        &redacted_behind(&text[..from], &text[from..to], secrets),
        MOST + 2 * CONTEXT,
    ));
    if to < text.len() {
        shown.push('…');
    }
    shown
}

/// The text with secrets and long random words masked.
#[must_use]
pub fn redacted(text: &[u8], secrets: &[Vec<u8>]) -> String {
    redacted_behind(b"", text, secrets)
}

/// The text redacted as it is to be behind what stands `before` it, which may name a program.
#[must_use]
pub(crate) fn redacted_behind(before: &[u8], text: &[u8], secrets: &[Vec<u8>]) -> String {
    let mut plain = without_url_passwords(&String::from_utf8_lossy(text));
    let is_named = program_in(&String::from_utf8_lossy(before)).is_some();
    if let Some(start) = is_named.then_some(0).or_else(|| program_in(&plain)) {
        plain = without_password_options(&plain, start);
    }
    for secret in secrets {
        let secret = String::from_utf8_lossy(secret);
        plain = plain.replace(&*secret, MASK);
    }
    plain = without_card_numbers(&without_spaced_passwords(&plain));
    let mut out = String::with_capacity(plain.len());
    let mut value_is_secret = false;
    let mut end = 0;
    for word in plain.split_inclusive(|character: char| !is_word(character)) {
        let start = end;
        end += word.len();
        let stem = word.trim_end_matches(|character: char| !is_word(character));
        let tail = &word[stem.len()..];
        if stem.is_empty() {
            out.push_str(tail);
            continue;
        }
        let is_scheme =
            value_is_secret && matches!(&*stem.to_ascii_lowercase(), "bearer" | "basic");
        let is_masked = !is_scheme && (value_is_secret || is_secret(stem));
        out.push_str(if is_masked { MASK } else { stem });
        out.push_str(tail);
        // `token = x`, `Authorization: Bearer x.y.z`: the value goes on behind a scheme and behind a dot.
        value_is_secret = is_scheme
            || value_is_secret && tail.starts_with('.')
            || names_a_secret(stem)
                && (tail.starts_with(['=', ':', '"', '\''])
                    || tail == " " && !ends_a_folder(&plain[..start]));
    }
    out
}

/// Whether a text ends with a path to a folder: `/etc/`, `../`. What a space parts from a file in it is no value of
/// its name (`cat /etc/passwd | wc`); a slash alone opens a command (`/password x`).
fn ends_a_folder(text: &str) -> bool {
    let is_of_a_path = |character: char| is_word(character) || matches!(character, '/' | '.' | '~');
    let path = text
        .rfind(|character| !is_of_a_path(character))
        .map_or(text, |at| {
            text[at..].trim_start_matches(|character| !is_of_a_path(character))
        });
    path.len() > 1 && path.ends_with('/') && path.starts_with(['/', '.', '~'])
}

/// `https://user:password@host` without the password.
fn without_url_passwords(text: &str) -> String {
    let mut pieces = text.split("://");
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        out.push_str("://");
        let end = piece.find(|character: char| character == '/' || character.is_whitespace());
        let authority = &piece[..end.unwrap_or(piece.len())];
        match authority
            .rsplit_once('@')
            .map(|(user, _)| user.split_once(':').unwrap_or((user, "")))
        {
            Some((user, password)) if !password.is_empty() => {
                out.push_str(user);
                out.push(':');
                out.push_str(MASK);
                out.push_str(&piece[user.len() + 1 + password.len()..]);
            }
            _ => out.push_str(piece),
        }
    }
    out
}

/// At most `most` bytes of a text, cut between characters.
#[must_use]
pub fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0);
    format!("{}…", &text[..end])
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '+' | '-')
}

fn word_start(text: &[u8], at: usize) -> usize {
    let back = text[..at]
        .iter()
        .rev()
        .take(256)
        .take_while(|byte| is_word_byte(**byte))
        .count();
    at - back
}

fn word_end(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take(256)
        .take_while(|byte| is_word_byte(**byte))
        .count()
}

fn is_word_byte(byte: u8) -> bool {
    byte >= 0x80 || is_word(byte as char)
}

/// Whether what such a name names may not be shown.
#[must_use]
pub fn names_a_secret(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|name| lower.ends_with(name))
}

/// Card-like numbers, key ids, and long words that mix letters with digits.
fn is_secret(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits >= 12 && letters == 0 {
        return true;
    }
    let is_key_id = word.len() == 20 && (word.starts_with("AKIA") || word.starts_with("ASIA"));
    let is_key = word.len() >= 20 && KEY_STARTS.iter().any(|start| word.starts_with(start));
    is_key_id
        || is_key
        || word.len() >= 24 && digits >= 3 && letters >= 3
        || word.len() >= 40 && letters + digits == word.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn secrets_are_masked_and_plain_words_are_not() {
        let rows = [
            ("a=1 OR 1=1", "a=1 OR 1=1"),
            ("../../etc/passwd", "../../etc/passwd"),
            ("password=hunter2&x=1", "password=‹redacted›&x=1"),
            (
                r#"{"token": "abc", "a": "b"}"#,
                r#"{"token": "‹redacted›", "a": "b"}"#,
            ),
            (
                "Authorization: Bearer abc.def",
                "Authorization: Bearer ‹redacted›.‹redacted›",
            ),
            ("key AKIAIOSFODNN7EXAMPLE end", "key ‹redacted› end"),
            ("card 4111111111111111", "card ‹redacted›"),
            ("id 550e8400-e29b-41d4-a716-446655440000", "id ‹redacted›"),
            ("card 4111 1111 1111 1111.", "card ‹redacted›."),
            ("key sk_live_abcdefghijklmnop", "key ‹redacted›"),
            (
                "; export X_ACCESS_KEY=abc; id",
                "; export X_ACCESS_KEY=‹redacted›; id",
            ),
            ("curl -u ann:hunter2 x", "curl -u ann:‹redacted› x"),
            ("python -u a.py", "python -u a.py"),
            ("sshpass -p hunter2 ssh x", "sshpass -p ‹redacted› ssh x"),
            ("order 12345", "order 12345"),
            ("cat /etc/passwd # | wc -c", "cat /etc/passwd # | wc -c"),
            (
                "cat ../../etc/passwd /etc/hosts",
                "cat ../../etc/passwd /etc/hosts",
            ),
            ("GET /login/token HTTP", "GET /login/token HTTP"),
            ("passwd=hunter2", "passwd=‹redacted›"),
            ("x /etc/passwd=hunter2", "x /etc/passwd=‹redacted›"),
            ("PASSWD: hunter2", "PASSWD: ‹redacted›"),
            ("passwd # hunter2", "passwd # ‹redacted›"),
            ("--password hunter2 -v", "--password ‹redacted› -v"),
            ("--password /etc/x", "--password /‹redacted›/x"),
            ("/password hunter2", "/password ‹redacted›"),
            ("user/password hunter2", "user/password ‹redacted›"),
            ("mysql -phunter2 shop", "mysql -p‹redacted› shop"),
            ("https://ann:pw1@db/x", "https://ann:‹redacted›@db/x"),
            ("https://host/a@b:c", "https://host/a@b:c"),
            ("my session is s3cr3tvalue", "my session is ‹redacted›"),
        ];
        for (text, expected) in rows {
            assert_eq!(
                redacted(text.as_bytes(), &[b"s3cr3tvalue".to_vec()]),
                expected
            );
        }
    }

    #[test]
    fn an_excerpt_is_short_and_around_the_match() {
        let text = format!("{}NEEDLE{}", "a ".repeat(100), " b".repeat(100));
        let shown = excerpt(text.as_bytes(), 200, 206, &[]);
        assert!(shown.contains("NEEDLE") && shown.starts_with('…') && shown.ends_with('…'));
        assert!(shown.len() < 80, "{shown}");
    }

    #[test]
    fn a_password_option_is_masked_though_its_program_is_not_in_the_excerpt() {
        let text = format!("mysql {}-phunter2 ' OR 1=1", "-v ".repeat(30));
        let at = text.find("' OR").unwrap();
        let shown = excerpt(text.as_bytes(), at, text.len(), &[]);
        assert!(
            shown.contains("-p‹redacted›") && !shown.contains("mysql"),
            "{shown}"
        );
    }

    #[test]
    fn half_a_secret_is_not_shown_at_the_edge() {
        let text = b"' OR 1=1 -- aaaaaaaaaaaaaaaa1b2c3d4e5f6g7h8i9j0kAAAAAAAAAAAA";
        assert!(!excerpt(text, 0, 8, &[]).contains("1b2c3"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..200), start in 0usize..300, end in 0usize..300) {
            let _ = excerpt(&text, start, end, &[b"x".to_vec()]);
        }

        #[test]
        fn a_known_secret_never_leaves(before in ".{0,30}", after in ".{0,30}") {
            let text = format!("{before}ZQXJKVWPYU{after}");
            prop_assert!(!excerpt(text.as_bytes(), 0, text.len(), &[b"ZQXJKVWPYU".to_vec()]).contains("ZQXJKVWPYU"));
        }
    }
}
