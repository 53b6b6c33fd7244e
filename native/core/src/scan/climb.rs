//! Steps upward in a path, however dots and slashes are spelled.

use super::climb_signs::{Sign, Spelling, begins, sign};

/// The steps upward in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Climb {
    pub steps: usize,
    /// First byte of the first step, and one past the last of the last.
    pub start: usize,
    pub end: usize,
    pub spelling: Spelling,
    /// Steps in which slashes differ or are doubled.
    pub uneven: usize,
    /// Steps that a filter turns into two dots and a slash: `....//`.
    pub nested: usize,
    /// Steps with a path parameter: `..;/`.
    pub parameters: usize,
    /// Steps of three dots and more.
    pub dotted: usize,
    /// Whether a slash stands in front of the first step.
    pub is_rooted: bool,
}

/// The steps upward in `text`, which is in lower case.
pub fn climb(text: &[u8]) -> Climb {
    let mut climb = Climb::default();
    let mut at = 0;
    let (mut was_slash, mut before) = (false, None);
    while at < text.len() {
        let Some((sign, length, spelling)) = sign(&text[at..]) else {
            let others = text[at + 1..].iter().position(|byte| begins(*byte));
            at = others.map_or(text.len(), |others| at + 1 + others);
            (was_slash, before) = (false, Some(text[at - 1]));
            continue;
        };
        if sign == Sign::Slash {
            (was_slash, before) = (true, Some(b'/'));
            at += length;
            continue;
        }
        let dots = run(&text[at..], Sign::Dot);
        let step = Step {
            at,
            dots,
            was_slash,
            before,
            spelling: spelling.max(dots.spelling),
        };
        at = step.taken(text, &mut climb);
        (was_slash, before) = (at > step.at + dots.length, Some(b'.'));
    }
    climb
}

/// Signs of one kind in a row.
#[derive(Clone, Copy)]
struct Run {
    count: usize,
    length: usize,
    spelling: Spelling,
    is_mixed: bool,
}

fn run(text: &[u8], wanted: Sign) -> Run {
    let mut run = Run {
        count: 0,
        length: 0,
        spelling: Spelling::Plain,
        is_mixed: false,
    };
    loop {
        // `.%00.`: what stands between dots is dropped.
        let dropped = if wanted == Sign::Dot && run.count > 0 {
            dropped_between(&text[run.length..])
        } else {
            0
        };
        let Some((_, length, spelling)) =
            sign(&text[run.length + dropped..]).filter(|(sign, ..)| *sign == wanted)
        else {
            break;
        };
        if dropped > 0 {
            run.spelling = Spelling::Forged;
            run.length += dropped;
        }
        run.is_mixed |= run.count > 0 && text[run.length] != text[run.length - 1];
        run.count += 1;
        run.length += length;
        run.spelling = run.spelling.max(spelling);
    }
    run
}

struct Step {
    at: usize,
    dots: Run,
    was_slash: bool,
    before: Option<u8>,
    spelling: Spelling,
}

impl Step {
    /// Counts these dots if they are a step; says where the text goes on.
    fn taken(&self, text: &[u8], climb: &mut Climb) -> usize {
        let dots_end = self.at + self.dots.length;
        let rest = &text[dots_end..];
        let control = control(rest);
        let parameter = usize::from(rest.starts_with(b";")).max(control);
        let slashes = run(&rest[parameter..], Sign::Slash);
        let hex = bare_hex(rest);
        let end = dots_end + hex.max(parameter + slashes.length);
        let spelling = if hex > 0 || control > 0 && slashes.count > 0 {
            Spelling::Forged
        } else {
            self.spelling.max(slashes.spelling)
        };
        let has_slash = slashes.count > 0 || hex > 0;
        let is_word = self.before.is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_)]}'\"`".contains(&byte)
        });
        let is_step = self.dots.count > 1
            && (has_slash || self.was_slash || self.spelling == Spelling::Forged)
            && (!is_word || self.spelling == Spelling::Forged);
        if !is_step {
            return dots_end;
        }
        if climb.steps == 0 {
            (climb.start, climb.is_rooted) = (self.at, self.was_slash);
        }
        climb.steps += usize::from(has_slash || self.spelling == Spelling::Forged);
        climb.end = if has_slash { end } else { dots_end };
        climb.spelling = climb.spelling.max(spelling);
        climb.uneven += usize::from(slashes.count > 1 || slashes.is_mixed);
        climb.nested += usize::from(self.dots.count == 4 && slashes.count > 1);
        climb.parameters += usize::from(parameter > 0 && slashes.count > 0);
        climb.dotted += usize::from(self.dots.count > 2 && has_slash);
        climb.end
    }
}

/// `..%00/`, `..%0d/`: a character that some servers drop.
fn control(text: &[u8]) -> usize {
    match text {
        [b'%', b'0' | b'1', digit, ..] if digit.is_ascii_hexdigit() => 3,
        _ => 0,
    }
}

/// Between dots a line break stands for itself: `...%0A...` is a text of lines.
fn dropped_between(text: &[u8]) -> usize {
    let is_line_break = text.starts_with(b"%0a") || text.starts_with(b"%0d");
    if is_line_break { 0 } else { control(text) }
}

/// `..2f..2fetc`: escapes that lost their sign on the way.
fn bare_hex(text: &[u8]) -> usize {
    let is_hex = |text: &[u8]| text.starts_with(b"2f") || text.starts_with(b"5c");
    if !is_hex(text) {
        return 0;
    }
    let rest = &text[2..];
    let near = &rest[..rest.len().min(24)];
    let goes_on = rest.starts_with(b"..") || near.windows(2).any(is_hex);
    if goes_on { 2 } else { 0 }
}
