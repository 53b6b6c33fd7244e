//! Which variables of the environment hold what may never be shown.

/// A masked word is masked in targets too, and so learned as masked: no name here may hold a path or a plain word.
const NAMES: [&str; 15] = [
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "_PASS",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
    "SIGNING_KEY",
    "ENCRYPTION_KEY",
    "CREDENTIAL",
    "DATABASE_URL",
    "_DSN",
];
const SHORTEST: usize = 8;

/// How what tells of a secret only where it is begins: a path, an ARN, which activities have for targets.
const PLACES: [&[u8]; 2] = [b"/", b"arn:"];

/// Whether the value of a variable may never be shown.
fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let upper = name.to_ascii_uppercase();
    let holds = |word: &str| memchr::memmem::find(&upper, word.as_bytes()).is_some();
    let is_place = PLACES.iter().any(|start| value.starts_with(start));
    value.len() >= SHORTEST && !is_place && NAMES.iter().any(|word| holds(word))
}

/// The values of an environment's variables that may never be shown.
pub fn of<'a>(variables: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Vec<Vec<u8>> {
    let secrets = variables.filter(|(name, value)| is_secret(name, value));
    secrets.map(|(_, value)| value.to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_secret_by_its_name() {
        let rows = [
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI", true),
            ("db_password", "s3cret-word", true),
            ("MAIN_DSN", "postgres://u:p@h", true),
            ("DB_PASSWORD", "short", false),
            ("TOKEN_FILE", "/var/run/token", false),
            (
                "DB_SECRET_ARN",
                "arn:aws:secretsmanager:eu-west-1:1:secret:db",
                false,
            ),
            ("PATH", "/usr/bin:/bin", false),
            ("TABLE", "orders-of-today", false),
        ];
        for (name, value, expected) in rows {
            assert_eq!(
                is_secret(name.as_bytes(), value.as_bytes()),
                expected,
                "{name}"
            );
        }
    }
}
