//! What a pattern costs, and the pattern in front of it that costs little: where that does not match, neither does the
//! rule's.

/// A repetition that counts less far is no burden.
const FEW: u32 = 8;

/// A part of a pattern that is not looked into.
enum Token<'p> {
    /// `{1,60}`: how often at least, and at most.
    Count(u32, u32),
    /// A `|` outside of all groups.
    Or,
    Other(&'p str),
}

/// How far the repetitions of a pattern count together: as many states a search may have to follow at once. Those of a
/// branch that is tied to the start of the text are followed once.
pub fn counted(pattern: &str) -> u16 {
    let branches = branches(pattern);
    let free = branches.iter().filter(|branch| !is_tied(branch));
    let count = |token: &Token<'_>| match token {
        Token::Count(_, most) => *most,
        _ => 0,
    };
    let sum: u32 = free.flatten().map(count).sum();
    sum.try_into().expect("a count")
}

/// The pattern without a count in repetitions that may begin anywhere: it matches all that the pattern matches, and
/// more, with as few states as it has parts. None where nothing counts far.
pub fn relaxed(pattern: &str) -> Option<String> {
    let mut is_other = false;
    let branches: Vec<String> = branches(pattern)
        .into_iter()
        .map(|branch| {
            let is_tied = is_tied(&branch);
            let written = |token: &Token<'_>| match token {
                Token::Count(least, most) if *most < FEW || is_tied => {
                    if least == most {
                        format!("{{{most}}}")
                    } else {
                        format!("{{{least},{most}}}")
                    }
                }
                Token::Count(least, _) => {
                    is_other = true;
                    if *least == 0 { "*" } else { "+" }.to_owned()
                }
                Token::Or => "|".to_owned(),
                Token::Other(text) => (*text).to_owned(),
            };
            branch.iter().map(written).collect()
        })
        .collect();
    is_other.then(|| branches.concat())
}

/// Is a branch tied to the start of the text, behind flags for the whole pattern?
fn is_tied(branch: &[Token<'_>]) -> bool {
    let parts = branch.iter().filter_map(|token| match token {
        Token::Other(text) => Some(*text),
        _ => None,
    });
    let start: String = parts.take(8).collect();
    let start = ["(?s)", "(?-u)"].iter().fold(&*start, |start, flags| {
        start.strip_prefix(flags).unwrap_or(start)
    });
    start.starts_with('^')
}

/// The branches of a pattern, each but the last with the `|` behind it.
fn branches(pattern: &str) -> Vec<Vec<Token<'_>>> {
    let mut branches = vec![Vec::new()];
    let (mut rest, mut depth) = (pattern, 0);
    while !rest.is_empty() {
        let (token, after) = token(rest, &mut depth);
        let ends = matches!(token, Token::Or);
        branches.last_mut().expect("a branch").push(token);
        if ends {
            branches.push(Vec::new());
        }
        rest = after;
    }
    branches
}

/// The first token of `rest`, and what is behind it.
fn token<'p>(rest: &'p str, depth: &mut usize) -> (Token<'p>, &'p str) {
    let length = match rest.as_bytes()[0] {
        // `\x{27}` has braces of its own.
        b'\\' if matches!(rest.as_bytes().get(1..3), Some([b'x' | b'p' | b'P', b'{'])) => {
            rest.find('}').expect("a brace that closes") + 1
        }
        b'\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        b'[' => class(rest),
        b'{' => {
            let (count, after) = rest[1..].split_once('}').expect("a brace that closes");
            let (least, most) = count.split_once(',').unwrap_or((count, count));
            let number = |text: &str| text.parse().expect("a number");
            if most.is_empty() {
                rest.len() - after.len()
            } else {
                return (Token::Count(number(least), number(most)), after);
            }
        }
        b'|' if *depth == 0 => return (Token::Or, &rest[1..]),
        other => {
            *depth += usize::from(other == b'(');
            *depth -= usize::from(other == b')');
            rest.chars().next().map_or(0, char::len_utf8)
        }
    };
    let (text, after) = rest.split_at(length);
    (Token::Other(text), after)
}

/// Bytes of the class at the start of `rest`.
fn class(rest: &str) -> usize {
    let mut at = 1 + usize::from(rest[1..].starts_with('^'));
    at += usize::from(rest[at..].starts_with(']'));
    loop {
        at += match rest.as_bytes()[at] {
            b'\\' => 2,
            b'[' => class(&rest[at..]),
            b']' => return at + 1,
            _ => 1,
        };
    }
}
