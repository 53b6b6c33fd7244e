//! A line of a script that keeps what a harmless program tells: `NOW=$(date +%s)`.

/// Programs that only tell something.
const TELLING: [&[u8]; 9] = [
    b"basename",
    b"date",
    b"dirname",
    b"hostname",
    b"id",
    b"mktemp",
    b"nproc",
    b"pwd",
    b"uname",
];

/// Is `text` such a line? One with a blank inside: forms write those otherwise.
pub(crate) fn keeps_what_is_told(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'=', text) else {
        return false;
    };
    let (name, value) = (&text[..at], &text[at + 1..]);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let command = value
        .trim_ascii_end()
        .strip_prefix(b"$(")
        .and_then(|rest| rest.strip_suffix(b")"));
    let Some(command) = command.filter(|_| !name.is_empty() && name.iter().all(is_of_name)) else {
        return false;
    };
    let mut parts = command.splitn(2, |byte| *byte == b' ');
    let is_telling = parts.next().is_some_and(|word| TELLING.contains(&word));
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" +-%:_.\"'".contains(byte);
    is_telling && parts.next().is_some_and(|rest| rest.iter().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::keeps_what_is_told;

    #[test]
    fn lines_of_scripts_are_told_from_fields_that_bring_a_command() {
        let lines = ["UN=$(uname -a)", "NOW=$(date +%s)", "me=$(id -u)\n"];
        let others = [
            "UN=$(uname)",
            "$(uname -a)",
            "UN=$(uname -a;id)",
            "UN=$(curl http://a.example)",
            "UN=$(date -f /etc/shadow)",
            "a b=$(uname -a)",
            "UN=`uname -a`",
            "=$(uname -a)",
            "UN",
        ];
        for line in lines {
            assert!(keeps_what_is_told(line.as_bytes()), "{line}");
        }
        for other in others {
            assert!(!keeps_what_is_told(other.as_bytes()), "{other}");
        }
    }
}
