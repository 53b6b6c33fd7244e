//! Judges one occurrence of an input in a shell command.

use super::grammar::Part;
use super::read::Command;
use super::syntax::Role;

/// Why the input at `start..end` changes the syntax.
pub fn judge(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    if is_whole(command, start, end) {
        return Some("is the whole command");
    }
    unbalances_quotes(command, start, end)
        .or_else(|| adds_syntax(command, start, end))
        .or_else(|| chooses_program(command, start, end))
        .or_else(|| adds_option(command, start, end))
}

fn is_whole(command: &Command<'_>, start: usize, end: usize) -> bool {
    let rest = [&command.text[..start], &command.text[end..]];
    rest.iter().all(|part| part.trim_ascii().is_empty())
}

fn adds_syntax(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    let is_blank = |part: &[u8]| part.trim_ascii().is_empty();
    for at in start..end {
        let previous = at.checked_sub(1).map(|before| command.roles[before]);
        match command.roles[at] {
            Role::Operator => return Some("adds an operator"),
            Role::Redirect => return Some("adds a redirection"),
            Role::Expand => return Some("adds a substitution"),
            Role::Newline if !is_blank(&command.text[at..]) && !is_blank(&command.text[..at]) => {
                return Some("adds a line");
            }
            Role::Comment if previous != Some(Role::Comment) && cuts_off(command, end) => {
                return Some("starts a comment");
            }
            Role::HereEnd if at > start && previous != Some(Role::HereEnd) => {
                return Some("ends the here-document");
            }
            Role::Escape if at + 1 == end && takes_meaning(command, end) => {
                return Some("takes away the meaning of what follows");
            }
            _ => {}
        }
    }
    None
}

fn cuts_off(command: &Command<'_>, end: usize) -> bool {
    let rest = &command.text[end..];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    !line.trim_ascii().is_empty()
}

fn takes_meaning(command: &Command<'_>, end: usize) -> bool {
    command.text.get(end).is_some_and(|next| *next != b'\\')
}

fn unbalances_quotes(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    let mut open = 0_usize;
    for at in start..end {
        match command.roles[at] {
            Role::QuoteOpen if command.text[at] != b'$' => open += 1,
            Role::QuoteClose if open > 0 => open -= 1,
            Role::QuoteClose => return Some("ends its quotes"),
            _ => {}
        }
    }
    (open > 0).then_some("leaves a quote open")
}

fn chooses_program(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    let first = command.words.partition_point(|(word, _)| word.end <= start);
    let touched = command.words[first..]
        .iter()
        .take_while(|(word, _)| name_end(command, word.end) <= end);
    let input = command.text[start..end].trim_ascii();
    let is_plain = input
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.+-".contains(byte));
    let chooses = touched
        .filter(|(_, part)| *part == Part::Program)
        .any(|(word, _)| {
            let covers = start <= name_start(command, word.start);
            (covers && !is_plain) || (start < word.end && input.contains(&b'/'))
        });
    chooses.then_some("is the program")
}

fn name_start(command: &Command<'_>, start: usize) -> usize {
    start + usize::from(command.roles.get(start) == Some(&Role::QuoteOpen))
}

fn name_end(command: &Command<'_>, end: usize) -> usize {
    let last = end.checked_sub(1).and_then(|last| command.roles.get(last));
    end - usize::from(last == Some(&Role::QuoteClose))
}

fn adds_option(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    let first = command.options.partition_point(|option| option.0 < start);
    let option = command.options.get(first)?;
    (option.0 < end).then_some("adds an argument")
}
