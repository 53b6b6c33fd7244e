//! Steps upward in a path, however dots and slashes are spelled.

/// What one spelling stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sign {
    Dot,
    Slash,
}

/// How far a spelling is from what a person types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Spelling {
    #[default]
    Plain,
    /// As clients escape a slash in a parameter.
    Escaped,
    /// As no client writes it: escaped dots, double escapes, overlong UTF-8.
    Forged,
}

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

const DOTS: [(&[u8], Spelling); 25] = [
    (b"%2e", Spelling::Forged),
    (b"%252e", Spelling::Forged),
    (b"%25252e", Spelling::Forged),
    (b"%c0%ae", Spelling::Forged),
    (b"%25c0%25ae", Spelling::Forged),
    (b"%c0%2e", Spelling::Forged),
    (b"%e0%80%ae", Spelling::Forged),
    (b"%e0%40%ae", Spelling::Forged),
    (b"%f0%80%80%ae", Spelling::Forged),
    (b"%f8%80%80%80%ae", Spelling::Forged),
    (b"%uff0e", Spelling::Forged),
    (b"%u002e", Spelling::Forged),
    (b"%u2024", Spelling::Forged),
    (b"%%32%65", Spelling::Forged),
    (b"%%32e", Spelling::Forged),
    (b"%%32%%65", Spelling::Forged),
    (b"0x2e", Spelling::Forged),
    (b"\\x2e", Spelling::Forged),
    (b"\\u002e", Spelling::Forged),
    (b"&#46;", Spelling::Forged),
    (b"&#x2e;", Spelling::Forged),
    (b"\xC0\xAE", Spelling::Forged),
    (b"\xC0\x2E", Spelling::Forged),
    (b"\xE0\x80\xAE", Spelling::Forged),
    (b"\xEF\xBC\x8E", Spelling::Forged),
];

const SLASHES: [(&[u8], Spelling); 50] = [
    (b"%2f", Spelling::Escaped),
    (b"%5c", Spelling::Escaped),
    (b"%252f", Spelling::Forged),
    (b"%255c", Spelling::Forged),
    (b"%25252f", Spelling::Forged),
    (b"%25255c", Spelling::Forged),
    (b"%25%5c", Spelling::Forged),
    (b"%25%2f", Spelling::Forged),
    (b"%%32%66", Spelling::Forged),
    (b"%%35%63", Spelling::Forged),
    (b"%%32f", Spelling::Forged),
    (b"%%32%%66", Spelling::Forged),
    (b"%%35%%63", Spelling::Forged),
    (b"%%35c", Spelling::Forged),
    (b"%25c0%25af", Spelling::Forged),
    (b"%25c1%259c", Spelling::Forged),
    (b"%c0%af", Spelling::Forged),
    (b"%c0%2f", Spelling::Forged),
    (b"%c0%5c", Spelling::Forged),
    (b"%c0%9v", Spelling::Forged),
    (b"%c0%qf", Spelling::Forged),
    (b"%c1%9c", Spelling::Forged),
    (b"%c1%af", Spelling::Forged),
    (b"%c1%1c", Spelling::Forged),
    (b"%c1%8s", Spelling::Forged),
    (b"%c1%pc", Spelling::Forged),
    (b"%bg%qf", Spelling::Forged),
    (b"%e0%80%af", Spelling::Forged),
    (b"%e0%81%9c", Spelling::Forged),
    (b"%f0%80%80%af", Spelling::Forged),
    (b"%f8%80%80%80%af", Spelling::Forged),
    (b"%fc%80%80%80%80%af", Spelling::Forged),
    (b"%u2215", Spelling::Forged),
    (b"%u2216", Spelling::Forged),
    (b"%u002f", Spelling::Forged),
    (b"%u005c", Spelling::Forged),
    (b"%uff0f", Spelling::Forged),
    (b"%uff3c", Spelling::Forged),
    (b"%uefc8", Spelling::Forged),
    (b"%uf025", Spelling::Forged),
    (b"0x2f", Spelling::Forged),
    (b"0x5c", Spelling::Forged),
    (b"\\x2f", Spelling::Forged),
    (b"\\x5c", Spelling::Forged),
    (b"&#47;", Spelling::Forged),
    (b"&#x2f;", Spelling::Forged),
    (b"\xC0\xAF", Spelling::Forged),
    (b"\xC1\x9C", Spelling::Forged),
    (b"\xE2\x88\x95", Spelling::Forged),
    (b"\xE2\x88\x96", Spelling::Forged),
];

/// Bytes with which spellings go on behind their first.
static SECONDS: [bool; 256] = {
    let (mut seconds, mut at) = ([false; 256], 0);
    while at < DOTS.len() + SLASHES.len() {
        let name = if at < DOTS.len() {
            DOTS[at].0
        } else {
            SLASHES[at - DOTS.len()].0
        };
        seconds[name[1] as usize] = true;
        at += 1;
    }
    seconds
};

/// The steps upward in `text`, which is in lower case.
pub fn climb(text: &[u8]) -> Climb {
    let mut climb = Climb::default();
    let mut at = 0;
    let (mut was_slash, mut before) = (false, None);
    while at < text.len() {
        let Some((sign, length, spelling)) = sign(&text[at..]) else {
            (was_slash, before) = (false, Some(text[at]));
            at += 1;
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
            control(&text[run.length..])
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

/// `..2f..2fetc`: escapes that lost their sign on the way.
fn bare_hex(text: &[u8]) -> usize {
    let is_hex = text.starts_with(b"2f") || text.starts_with(b"5c");
    let goes_on = text.get(2..).is_some_and(|rest| {
        [&b".."[..], b"etc", b"win", b"proc"]
            .iter()
            .any(|next| rest.starts_with(next))
    });
    if is_hex && goes_on { 2 } else { 0 }
}

/// The sign at the start of `text`, its length and how it is spelled.
fn sign(text: &[u8]) -> Option<(Sign, usize, Spelling)> {
    let first = *text.first()?;
    if first == b'.' {
        return Some((Sign::Dot, 1, Spelling::Plain));
    }
    if first == b'/' {
        return Some((Sign::Slash, 1, Spelling::Plain));
    }
    if !b"%0\\&\xC0\xC1\xE0\xE2\xEF".contains(&first) {
        return None;
    }
    let second = text.get(1).copied().unwrap_or_default();
    if !SECONDS[usize::from(second)] {
        return (first == b'\\').then_some((Sign::Slash, 1, Spelling::Plain));
    }
    let stands = |table: &'static [(&[u8], Spelling)]| {
        let row = table
            .iter()
            .find(|(name, _)| name[1] == second && name[0] == first && text.starts_with(name))?;
        Some((row.0.len(), row.1))
    };
    if let Some((length, spelling)) = stands(&DOTS) {
        return Some((Sign::Dot, length, spelling));
    }
    if let Some((length, spelling)) = stands(&SLASHES) {
        return Some((Sign::Slash, length, spelling));
    }
    (first == b'\\').then_some((Sign::Slash, 1, Spelling::Plain))
}
