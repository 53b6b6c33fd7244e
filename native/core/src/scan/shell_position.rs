//! Where a program's name may stand behind an operator: reserved words, brackets, assignments, redirections and programs
//! that start another are stepped over.

/// Words behind which a command begins.
const RESERVED: [&[u8]; 9] = [
    b"if", b"then", b"elif", b"else", b"while", b"until", b"do", b"time", b"coproc",
];

/// Programs and builtins whose arguments are a command.
const STARTERS: [&[u8]; 19] = [
    b"builtin", b"busybox", b"chroot", b"command", b"doas", b"env", b"eval", b"exec", b"flock",
    b"ionice", b"nice", b"nohup", b"setsid", b"stdbuf", b"strace", b"sudo", b"timeout", b"unshare",
    b"xargs",
];

/// How many words are stepped over.
const MOST_STEPS: usize = 6;

/// Where in `rest`, which follows an operator, a program's name may stand, the nearest place first. `assigns`: whether an
/// assignment may stand in front of it; behind a single `&` it is a form's.
pub(super) fn positions(rest: &[u8], assigns: bool) -> impl Iterator<Item = usize> {
    let first = skipped(rest);
    let next = move |at: &usize| {
        let length = step(&rest[*at..], assigns)?;
        let blanks = rest[at + length..]
            .iter()
            .take_while(|byte| b" \t".contains(byte));
        Some(at + length + blanks.count()).filter(|at| *at < rest.len())
    };
    std::iter::successors(Some(first), next).take(MOST_STEPS)
}

/// Blanks, more operators, and variables of nothing (`$u cat x`).
fn skipped(rest: &[u8]) -> usize {
    let blanks = rest.iter().take_while(|byte| b" \t|&+{".contains(byte));
    let at = blanks.count();
    if rest.get(at) != Some(&b'$') {
        return at;
    }
    let end = rest[at..].iter().position(|byte| b" \t+".contains(byte));
    at + end.map_or(0, |end| end + 1)
}

/// The length of what stands in front of a command at the start of `text`.
fn step(text: &[u8], assigns: bool) -> Option<usize> {
    if matches!(text.first()?, b'(' | b'!' | b'{') {
        return Some(1);
    }
    redirection(text)
        .or_else(|| assignment(text).filter(|_| assigns))
        .or_else(|| word(text))
}

/// `2>&1`, `> x`, `</dev/null`
fn redirection(text: &[u8]) -> Option<usize> {
    let number = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let signs = text[number..]
        .iter()
        .take_while(|byte| b"<>&|".contains(byte))
        .count();
    let blanks = text[number + signs..]
        .iter()
        .take_while(|byte| **byte == b' ')
        .count();
    let target = number + signs + blanks;
    let is_redirection =
        matches!(text.get(number), Some(b'<' | b'>')) && text.get(number + 1) != Some(&b'(');
    is_redirection
        .then(|| target + word_length(&text[target..]))
        .filter(|end| *end > target)
}

/// `A=1 ` and `A= `, with a blank behind.
fn assignment(text: &[u8]) -> Option<usize> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = text.iter().take_while(|byte| is_of_name(byte)).count();
    if name == 0 || text.get(name) != Some(&b'=') {
        return None;
    }
    let end = name + 1 + word_length(&text[name + 1..]);
    text.get(end)
        .is_some_and(|byte| b" \t".contains(byte))
        .then_some(end)
}

/// `time`, `sudo -n`, `timeout 5`, the loader of programs.
fn word(text: &[u8]) -> Option<usize> {
    let mut end = word_length(text);
    let name = text[..end].rsplit(|byte| *byte == b'/').next()?;
    if RESERVED.contains(&name) {
        return Some(end);
    }
    if !STARTERS.contains(&name) && !name.starts_with(b"ld-linux") {
        return None;
    }
    loop {
        let blanks = text[end..]
            .iter()
            .take_while(|byte| b" \t".contains(byte))
            .count();
        let option = &text[end + blanks..];
        let is_option = matches!(option, [b'-', _, ..] | [b'0'..=b'9', ..]);
        if blanks == 0 || !is_option {
            return Some(end);
        }
        end += blanks + word_length(option);
    }
}

fn word_length(text: &[u8]) -> usize {
    let ends = |byte: &u8| b" \t\n;|&<>()`".contains(byte);
    text.iter().position(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::positions;

    #[test]
    fn what_stands_in_front_of_a_program_is_stepped_over() {
        let rows = [
            "id",
            " id",
            "A=1 id",
            "A= B=2 id",
            ">y id",
            "2>&1 id",
            "</dev/null id",
            "! id",
            "(id)",
            "{ id;}",
            "if id",
            "time id",
            "sudo -n id",
            "timeout 5 id",
            "env A=1 id",
            "nice -n 5 id",
            "exec </x id",
            "/lib64/ld-linux-x86-64.so.2 id",
        ];
        for row in rows {
            let mut places = positions(row.as_bytes(), true);
            assert!(places.any(|at| row[at..].starts_with("id")), "{row}");
        }
        for row in ["xid", "a id", "A=1", "<(id)"] {
            let mut places = positions(row.as_bytes(), true);
            assert!(!places.any(|at| row[at..].starts_with("id")), "{row}");
        }
        assert!(!positions(b"A=1 id", false).any(|at| at == 4));
    }
}
