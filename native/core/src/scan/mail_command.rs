//! A line that SMTP, IMAP or POP3 takes for a command.
//!
//! Does not see: commands whose arguments are words of a sentence.

/// Commands of SMTP and POP3 that take nothing, one word, or numbers.
const ALONE: [&[u8]; 8] = [
    b"quit",
    b"data",
    b"rset",
    b"noop",
    b"stat",
    b"starttls",
    b"capa",
    b"stls",
];
const WITH_WORD: [&[u8]; 6] = [b"ehlo", b"helo", b"vrfy", b"expn", b"apop", b"auth"];
const WITH_NUMBER: [&[u8]; 5] = [b"retr", b"dele", b"uidl", b"top", b"list"];
/// Commands of IMAP, which stand behind a tag.
const TAGGED: [&[u8]; 27] = [
    b"append",
    b"authenticate",
    b"capability",
    b"check",
    b"close",
    b"copy",
    b"create",
    b"delete",
    b"examine",
    b"expunge",
    b"fetch",
    b"list",
    b"login",
    b"logout",
    b"lsub",
    b"noop",
    b"rename",
    b"search",
    b"select",
    b"starttls",
    b"status",
    b"store",
    b"subscribe",
    b"uid",
    b"unsubscribe",
    b"idle",
    b"move",
];

/// Is `line`, in lower case and behind a line break, a command?
pub(super) fn is_command(line: &[u8]) -> bool {
    let words: Vec<&[u8]> = words(line).collect();
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    let is_numbers = !rest.is_empty() && rest.len() < 3 && rest.iter().all(|word| is_number(word));
    is_unmistakable(line)
        || ALONE.contains(first) && rest.is_empty()
        || WITH_WORD.contains(first)
            && (rest.len() == 1 || rest.len() == 2 && first.len() == 4 && is_sign(rest[1]))
        || WITH_NUMBER.contains(first) && is_numbers
}

/// Is `line` a command wherever it stands: `rcpt to:<…>`, `a1 select inbox`?
pub(super) fn is_unmistakable(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let is_envelope = ["mail from:", "rcpt to:"]
        .iter()
        .filter_map(|name| line.strip_prefix(name.as_bytes()))
        .any(|rest| rest.trim_ascii().starts_with(b"<") && line.contains(&b'>'));
    is_envelope || is_tagged(line)
}

fn is_tagged(line: &[u8]) -> bool {
    let mut words = words(line);
    let Some(tag) = words.next().filter(|word| is_tag(word)) else {
        return false;
    };
    let Some(verb) = words.next().filter(|word| TAGGED.contains(word)) else {
        return false;
    };
    let arguments: Vec<&[u8]> = words.collect();
    // `a1 list of things` is a label; a mailbox, a set, flags or a literal make it a command.
    let is_given = |word: &&[u8]| {
        word.starts_with(b"inbox")
            || b"\"({+\\".contains(&word[0])
            || is_number(word)
            || [
                &b"charset"[..],
                b"text",
                b"flagged",
                b"since",
                b"deleted",
                b"plain",
                b"store",
                b"fetch",
                b"search",
                b"flags",
                b"all",
                b"unseen",
            ]
            .contains(word)
    };
    tag.len() > 1 && arguments.is_empty() && verb.len() > 5
        || !arguments.is_empty() && arguments.len() < 16 && arguments.iter().any(is_given)
}

/// `a1`
fn is_tag(word: &[u8]) -> bool {
    word.len() < 6 && word[0].is_ascii_lowercase() && word[1..].iter().all(u8::is_ascii_digit)
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .take(24)
}

/// `3`, `2:4`, `231:*`.
fn is_number(word: &[u8]) -> bool {
    word[0].is_ascii_digit()
        && word
            .iter()
            .all(|byte| byte.is_ascii_digit() || b":,*".contains(byte))
}

/// What `auth` and `apop` send: longer than words are, or with digits in it.
fn is_sign(word: &[u8]) -> bool {
    word.len() > 7 && (word.ends_with(b"=") || word.iter().any(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_sentences() {
        let rows: [(&str, bool, bool); 17] = [
            ("rcpt to:<postmaster>", true, true),
            ("mail from: me", false, false),
            ("retr 123", true, false),
            ("top 1 2", true, false),
            ("list 3 things", false, false),
            ("quit", true, false),
            ("quit smoking", false, false),
            ("ehlo a.example", true, false),
            ("auth me dghpc2lzaq==", true, false),
            ("help me out", false, false),
            ("a001 examine inbox", true, true),
            ("a1 list \"inbox/\" \"*\"", true, true),
            ("a001 uid store 231:233", true, true),
            ("d store 2 +flags (\\deleted)", true, true),
            ("a1 list of things", false, false),
            ("a select committee", false, false),
            ("", false, false),
        ];
        for (line, behind_break, alone) in rows {
            let seen = (
                is_command(line.as_bytes()),
                is_unmistakable(line.as_bytes()),
            );
            assert_eq!(seen, (behind_break, alone), "{line}");
        }
    }
}
