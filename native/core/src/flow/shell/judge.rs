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

/// Does a blank outside quotes stand between words of the input?
pub fn adds_words(command: &Command<'_>, start: usize, end: usize) -> Option<&'static str> {
    let roles = &command.roles[start..end];
    let is_blank = |role: &Role| matches!(role, Role::Blank | Role::Newline);
    let begins_comment = |at: &usize| {
        command.roles[*at] == Role::Comment && (*at == 0 || command.roles[*at - 1] != Role::Comment)
    };
    if (start..end).any(|at| begins_comment(&at)) {
        return Some("starts a comment");
    }
    let first = roles.iter().position(|role| !is_blank(role))?;
    let last = roles.iter().rposition(|role| !is_blank(role))?;
    roles[first..last]
        .contains(&Role::Blank)
        .then_some("adds an argument")
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
            Role::Blank if command.text[at] == b'\r' && separates(command, (start, at, end)) => {
                return Some("adds a line");
            }
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

/// A carriage return between words of the input ends a line for more readers than the shell.
fn separates(command: &Command<'_>, (start, at, end): (usize, usize, usize)) -> bool {
    let is_blank = |part: &[u8]| part.trim_ascii().is_empty();
    let is_line_end = command.text.get(at + 1) == Some(&b'\n');
    !is_line_end && !is_blank(&command.text[at..end]) && !is_blank(&command.text[..start.max(at)])
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
    if is_own_quote(command, start, end) {
        return None;
    }
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

/// A word with one quote also stands in the code's own `'word'`; pasted raw it would leave a quote open.
fn is_own_quote(command: &Command<'_>, start: usize, end: usize) -> bool {
    let input = &command.text[start..end];
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-'\"".contains(byte);
    let is_quote = |byte: &&u8| b"'\"".contains(*byte);
    input.iter().all(is_plain)
        && input.iter().filter(is_quote).count() == 1
        && !command.leaves_quote_open()
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
        .filter(|(_, part)| matches!(part, Part::Program | Part::File))
        .any(|(word, part)| {
            let covers = start <= name_start(command, word.start);
            let is_script = *part == Part::File && memchr::memchr(b'.', input).is_some();
            (covers && (!is_plain || is_script)) || (start < word.end && input.contains(&b'/'))
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
