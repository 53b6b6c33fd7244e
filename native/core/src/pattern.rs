//! Patterns of allowlists, rules and exclusions.
//!
//! `?` is one character, `*` any run of characters but the separator, `**` any run of characters, `\`
//! takes the next character as it is. A pattern matches the whole text.

/// Whether `text` matches `pattern`. Time is at most the product of both lengths.
#[must_use]
pub fn matches(pattern: &[u8], text: &[u8], separator: Option<u8>) -> bool {
    let (mut at, mut pattern_at) = (0, 0);
    // Behind the last `*` and the last `**`: where the pattern goes on, and where the star's run ends so far.
    let mut narrow: Option<(usize, usize)> = None;
    let mut wide: Option<(usize, usize)> = None;
    loop {
        if at == text.len() && only_stars(&pattern[pattern_at..]) {
            return true;
        }
        let stars = stars_at(&pattern[pattern_at..]);
        if stars > 0 {
            pattern_at += stars;
            if stars > 1 || separator.is_none() {
                (wide, narrow) = (Some((pattern_at, at)), None);
            } else {
                narrow = Some((pattern_at, at));
            }
            continue;
        }
        if let Some((of_pattern, of_text)) = one(&pattern[pattern_at..], &text[at..], separator) {
            pattern_at += of_pattern;
            at += of_text;
            continue;
        }
        let may_grow = narrow.filter(|(_, end)| text.get(*end).copied() != separator);
        narrow = grown(may_grow, text.len());
        if narrow.is_none() {
            wide = grown(wide, text.len());
        }
        let Some(star) = narrow.or(wide) else {
            return false;
        };
        (pattern_at, at) = star;
    }
}

/// A star that takes one byte more; none where the text has no more.
fn grown(star: Option<(usize, usize)>, length: usize) -> Option<(usize, usize)> {
    star.filter(|(_, end)| *end < length)
        .map(|(after, end)| (after, end + 1))
}

fn stars_at(pattern: &[u8]) -> usize {
    pattern.iter().take_while(|byte| **byte == b'*').count()
}

/// How much of the pattern and of the text one step matches, stars aside.
fn one(pattern: &[u8], text: &[u8], separator: Option<u8>) -> Option<(usize, usize)> {
    match (pattern, text) {
        ([b'?', ..], [byte, ..]) if Some(*byte) != separator => Some((1, character_length(text))),
        ([b'?', ..], _) => None,
        ([b'\\', escaped, ..], [byte, ..]) => (escaped == byte).then_some((2, 1)),
        ([plain, ..], [byte, ..]) => (plain == byte).then_some((1, 1)),
        _ => None,
    }
}

fn only_stars(pattern: &[u8]) -> bool {
    pattern.iter().all(|byte| *byte == b'*')
}

fn character_length(text: &[u8]) -> usize {
    1 + text[1..]
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0xC0 == 0x80)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_pattern_matches_what_the_table_says() {
        let rows = [
            ("/tmp/*", "/tmp/a", true),
            ("/tmp/*", "/tmp/a/b", false),
            ("/tmp/**", "/tmp/a/b", true),
            ("/tmp/**", "/tmp", false),
            ("**/curl", "/usr/bin/curl", true),
            ("**/curl", "/usr/bin/curly", false),
            ("/a/*/c/*.png", "/a/b/c/d.png", true),
            ("/a/*/c/*.png", "/a/b/x/c/d.png", false),
            ("/a/**/c/*.png", "/a/b/x/c/d.png", true),
            ("/a/**/c/*.png", "/a/b/c/x/d.png", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/a/c", false),
            ("/a?c", "/aéc", true),
            (r"/a\*c", "/a*c", true),
            (r"/a\*c", "/abc", false),
            (r"/a\?", "/a?", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("**", "/any/thing", true),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes(), Some(b'/')),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn a_host_star_is_one_label() {
        let rows = [
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("**.example.com", "a.b.example.com", true),
            ("api.*", "api.evil.com", false),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(
                matches(pattern.as_bytes(), text.as_bytes(), Some(b'.')),
                expected,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn without_a_separator_a_star_is_everything() {
        assert!(matches(
            b"arn:aws:s3:::orders/*",
            b"arn:aws:s3:::orders/a/b",
            None
        ));
        assert!(!matches(
            b"arn:aws:s3:::orders/*",
            b"arn:aws:s3:::other/a",
            None
        ));
    }

    #[test]
    fn hostile_patterns_end_soon() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!matches(pattern.as_bytes(), &vec![b'a'; 5_000], Some(b'/')));
    }

    proptest! {
        #[test]
        fn an_escaped_text_matches_itself_only(text in ".{0,20}", other in ".{0,20}") {
            let escaped: String = text.chars().flat_map(|c| if "*?\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect();
            prop_assert!(matches(escaped.as_bytes(), text.as_bytes(), Some(b'/')));
            prop_assert_eq!(matches(escaped.as_bytes(), other.as_bytes(), Some(b'/')), text == other);
        }

        #[test]
        fn no_pattern_makes_it_panic(pattern in r"[*?\\/.a-cé]{0,20}", text in "[/.a-cé]{0,20}") {
            let _ = matches(pattern.as_bytes(), text.as_bytes(), Some(b'.'));
        }
    }
}
