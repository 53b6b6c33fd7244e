//! The word that a shell makes of what is written to pass a filter: `c''at`, `w\hoami`, `c$@at`, `{cat,/x}`,
//! `pi$()ng`, ``who`echo am`i``.

/// Bytes of a word that are read.
const LONGEST: usize = 96;

/// A word of a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Without quotes, backslashes and empty expansions.
    pub(super) name: Vec<u8>,
    /// Whether something that a shell drops stood inside it.
    pub(super) is_disguised: bool,
    /// Signs that stand for any letter.
    pub(super) wildcards: usize,
    /// Bytes of it as it is written.
    pub(super) length: usize,
}

/// The word that `text` begins with.
pub(super) fn word(text: &[u8]) -> Word {
    let mut word = Word {
        name: Vec::new(),
        is_disguised: false,
        wildcards: 0,
        length: 0,
    };
    let mut has_gap = false;
    while let Some(rest) = text
        .get(word.length..)
        .filter(|rest| !rest.is_empty() && word.length < LONGEST)
    {
        let is_plain = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
        let run = rest
            .iter()
            .take_while(is_plain)
            .count()
            .min(LONGEST - word.length);
        if run > 0 {
            word.is_disguised |= has_gap && rest[0].is_ascii_alphanumeric();
            has_gap = false;
            word.name.extend_from_slice(&rest[..run]);
            word.length += run;
            continue;
        }
        let first = rest[0];
        if is_written_break(rest) {
            break;
        }
        if let Some((spoken, length)) = echoed(rest).filter(|_| !word.name.is_empty()) {
            word.name.extend_from_slice(spoken);
            word.is_disguised = true;
            word.length += length;
            continue;
        }
        if is_empty_substitution(rest) && !word.name.is_empty() {
            word.is_disguised = true;
            word.length += if first == b'`' { 2 } else { 3 };
            continue;
        }
        if let Some(dropped) = dropped(rest) {
            has_gap |= !word.name.is_empty();
            word.length += dropped;
            continue;
        }
        let (kept, length) = match rest {
            [b'[', letter, b']', ..] if letter.is_ascii_alphanumeric() => (*letter, 3),
            [b'{', ..] if word.length == 0 => {
                word.length += 1;
                continue;
            }
            _ if is_end(first) => break,
            _ => (first, 1),
        };
        word.wildcards += usize::from(b"?*".contains(&kept));
        word.is_disguised |= has_gap && kept.is_ascii_alphanumeric() || length > 1;
        has_gap = false;
        word.name.push(kept);
        word.length += length;
    }
    word
}

/// `\n` written out, at the end or before the next word: many programs make a line break of it.
pub(super) fn is_written_break(rest: &[u8]) -> bool {
    match rest {
        [b'\\', b'n' | b'r', after @ ..] => after
            .first()
            .is_none_or(|next| b"'\";|&/\\ ".contains(next)),
        _ => false,
    }
}

/// `$()`, `<()`, `>()`, two backticks.
fn is_empty_substitution(rest: &[u8]) -> bool {
    matches!(
        rest,
        [b'$' | b'<' | b'>', b'(', b')', ..] | [b'`', b'`', ..]
    )
}

/// `am` of `` `echo am` `` and of `$(echo am)`, and how many bytes that takes.
fn echoed(rest: &[u8]) -> Option<(&[u8], usize)> {
    let (inner, closer) = match rest {
        [b'`', inner @ ..] => (inner, b'`'),
        [b'$', b'(', inner @ ..] => (inner, b')'),
        _ => return None,
    };
    let spoken = inner.strip_prefix(b"echo ")?;
    let end = spoken.iter().take(24).position(|byte| *byte == closer)?;
    let length = rest.len() - spoken.len() + end + 1;
    Some((&spoken[..end], length))
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b";|&()<>`+,}=#:".contains(&byte)
}

/// How many bytes a shell drops here: a quote, a backslash, an expansion of nothing.
fn dropped(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'\'' | b'"' | b'\\' | b'^', ..] => Some(1),
        [b'$', b'@' | b'*' | b'!' | b'#' | b'-' | b'?' | b'_', ..] => Some(2),
        [b'$', b'{', inner @ ..] => {
            let end = inner.iter().take(24).position(|byte| *byte == b'}')?;
            Some(end + 3)
        }
        [b'$', name @ ..] => {
            let length = name
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                .count();
            (length > 0).then_some(length + 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_drops_is_dropped() {
        let rows: [(&str, &str, bool); 19] = [
            ("cat /x", "cat", false),
            ("c''at x", "cat", true),
            ("w\\ho\\am\\i", "whoami", true),
            ("c$@at", "cat", true),
            ("c${u}at", "cat", true),
            ("\"whoami\"", "whoami", false),
            ("who\"\"ami", "whoami", true),
            ("{cat,/etc/x}", "cat", false),
            ("ping`` x", "ping", true),
            ("pi$()ng x", "ping", true),
            ("pi<()ng x", "ping", true),
            ("who`echo am`i", "whoami", true),
            ("who$(echo am)i", "whoami", true),
            ("id\\n", "id", false),
            ("w\\nice", "wnice", true),
            ("c[a]t", "cat", true),
            ("/bin/c?t", "/bin/c?t", false),
            ("p^i^n^g", "ping", true),
            ("", "", false),
        ];
        for (text, name, is_disguised) in rows {
            let word = word(text.as_bytes());
            assert_eq!(
                (word.name.as_slice(), word.is_disguised),
                (name.as_bytes(), is_disguised),
                "{text}"
            );
        }
    }
}
