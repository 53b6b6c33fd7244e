//! Names whose values are secrets, whatever they look like.

/// How such names end, without case, `-`, `_` and blanks.
#[rustfmt::skip]
const ENDINGS: [&str; 25] = [
    "password", "passphrase", "passwd", "passcode", "pwd", "secret", "token", "authorization", "credential",
    "credentials", "cookie", "cookies", "apikey", "accesskey", "accountkey", "privatekey", "secretkey", "signingkey",
    "encryptionkey", "sharedkey", "masterkey", "sessionid", "sessid", "sessionkey", "passwort",
];
/// Short words, which are such a name only alone or as its last part: `db_pass`, `userPin`.
#[rustfmt::skip]
const LAST_PARTS: [&str; 16] = [
    "pass", "auth", "jwt", "sid", "pin", "otp", "sig", "signature", "session", "csrf", "xsrf", "cvv", "cvc", "ssn",
    "iban", "pw",
];

/// Whether what such a name names may not be shown.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    always_names_a_secret(name) || LAST_PARTS.contains(&&*last_part(name).to_ascii_lowercase())
}

/// Whether a name says so even where its value is only the next word.
pub(crate) fn always_names_a_secret(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|character| !matches!(character, '-' | '_' | ' '))
        .map(|character| character.to_ascii_lowercase())
        .collect();
    ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// Whether the value of a name is a list of names with values.
pub(crate) fn names_cookies(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("cookie") || lower.ends_with("cookies")
}

/// `pass` of `db_pass` and of `dbPass`; a name all in capitals is one part.
fn last_part(name: &str) -> &str {
    let part = name.rsplit(['-', '_', ' ', '.']).next().unwrap_or(name);
    let bytes = part.as_bytes();
    let start = (1..bytes.len())
        .rev()
        .find(|at| bytes[*at].is_ascii_uppercase() && bytes[*at - 1].is_ascii_lowercase());
    &part[start.unwrap_or(0)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_every_spelling_and_other_names_are_none() {
        #[rustfmt::skip]
        let rows = [
            ("password", true), ("DB_PASSWORD", true), ("userPassword", true), ("api-key", true), ("X-Api-Key", true),
            ("api key", true), ("secretKey", true), ("AWS_SECRET_ACCESS_KEY", true), ("pass", true), ("db_pass", true),
            ("dbPass", true), ("auth", true), ("X-Auth", true), ("jwt", true), ("JSESSIONID", true), ("PHPSESSID", true),
            ("sid", true), ("X-Amz-Signature", true), ("X-Amz-Security-Token", true), ("AccountKey", true), ("pin", true),
            ("compass", false), ("bypass", false), ("author", false), ("spin", false), ("key", false), ("side", false),
            ("passenger", false), ("design", false), ("tokens_left", false), ("cookieless", false), ("", false),
            ("é", false), ("authority", false), ("secretary", false), ("monkey", false), ("signatures", false),
        ];
        for (name, expected) in rows {
            assert_eq!(names_a_secret(name), expected, "{name}");
        }
    }
}
