//! Users and passwords in URLs: `https://ann:password@host`.

use std::ops::Range;

/// Adds where passwords stand, and where users without one stand, which may be tokens.
pub(crate) fn find(text: &str, passwords: &mut Vec<Range<usize>>, users: &mut Vec<Range<usize>>) {
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        let word = &text[start..];
        let is_end = |one: char| one.is_whitespace() || matches!(one, '"' | '\'' | '<' | '>' | '`');
        let word = &word[..word.find(is_end).unwrap_or(word.len())];
        let authority = &word[..word.find(['/', '?', '#', '\\']).unwrap_or(word.len())];
        let Some((user, password)) = authority.rsplit_once('@').map(|(user, _)| parted(user))
        else {
            passwords
                .extend(with_slash(authority, word).map(|one| start + one.start..start + one.end));
            continue;
        };
        let behind = start + user.len();
        if password.is_empty() {
            let is_web = text[..at].ends_with("http") || text[..at].ends_with("https");
            let is_token = is_web || user.bytes().any(|byte| byte.is_ascii_digit());
            users.extend(is_token.then_some(start..behind));
        } else {
            passwords.push(behind + 1..behind + 1 + password.len());
        }
    }
}

fn parted(user: &str) -> (&str, &str) {
    user.split_once(':').unwrap_or((user, ""))
}

/// A password with a slash in it, which should have been encoded: what stands behind the colon is no port.
fn with_slash(authority: &str, word: &str) -> Option<Range<usize>> {
    let (user, rest) = authority.split_once(':')?;
    let is_port = rest.bytes().all(|byte| byte.is_ascii_digit()) || user.starts_with('[');
    let end = word.rfind('@').filter(|_| !is_port)?;
    (end > authority.len()).then_some(user.len() + 1..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_found_and_other_parts_are_not() {
        let rows = [
            ("x https://ann:pw1@db/x", Some("pw1")),
            ("https://ann:p@w1@db/x", Some("p@w1")),
            ("https://:pw1@db", Some("pw1")),
            ("postgres://u:p/w@host/db", Some("p/w")),
            ("https://hunter2@host/", Some("hunter2")),
            ("git://t0ken@host/", Some("t0ken")),
            ("ssh://git@host/x", None),
            ("https://host/a@b:c", None),
            ("https://host:80/a@b", None),
            ("https://[::1]:80/a@b", None),
            ("https://host?a@b", None),
            ("://", None),
            ("a:b@c", None),
        ];
        for (text, expected) in rows {
            let (mut passwords, mut users) = (Vec::new(), Vec::new());
            find(text, &mut passwords, &mut users);
            let found = passwords.first().or(users.first());
            assert_eq!(found.map(|one| &text[one.clone()]), expected, "{text}");
        }
    }
}
