//! Where an input was, for a person and for exclusions: `Records[0].body→$.q`.

use crate::json::Step;
use std::fmt::Write;

/// Steps of a path that are written out at its start and at its end.
const PATH_ENDS: usize = 6;
/// Bytes of a key that a path may show.
const MOST_KEY_BYTES: usize = 256;
/// Characters of a key that a path may show.
const MOST_KEY_CHARACTERS: usize = 64;

/// Writes a path, or what an encoding adds to one, when one is asked for.
pub(super) type Label<'a> = &'a dyn Fn(&mut String);

/// Appends the trail of a leaf below `root`, the middle of a very long one left out, so that depth costs nothing.
pub(super) fn push_trail(path: &mut String, root: &str, trail: &[Step<'_>]) {
    let from = path.len();
    let is_long = trail.len() > 2 * PATH_ENDS;
    let start = if is_long { &trail[..PATH_ENDS] } else { trail };
    path.push_str(root);
    start.iter().for_each(|step| push_step(path, from, step));
    if is_long {
        path.push_str(".…");
        trail[trail.len() - PATH_ENDS..]
            .iter()
            .for_each(|step| push_step(path, from, step));
    }
    if path.len() == from {
        path.push('$');
    }
}

fn push_step(path: &mut String, from: usize, step: &Step<'_>) {
    match step {
        Step::Index(index) => {
            let _ = write!(path, "[{index}]"); // writing to a String cannot fail
        }
        Step::Key(key) => {
            if path.len() > from {
                path.push('.');
            }
            push_key(path, key);
        }
    }
}

/// Appends the start of a key.
pub(super) fn push_key(path: &mut String, key: &[u8]) {
    let usual = std::str::from_utf8(key).ok();
    let usual = usual.filter(|key| key.len() <= MOST_KEY_CHARACTERS && key.is_ascii());
    if let Some(key) = usual {
        path.push_str(key);
        return;
    }
    let start = &key[..key.len().min(MOST_KEY_BYTES)];
    // An arrow in a key is no step.
    let shown = |character| if character == '→' { '⇒' } else { character };
    path.extend(
        String::from_utf8_lossy(start)
            .chars()
            .take(MOST_KEY_CHARACTERS)
            .map(shown),
    );
}
