//! What code takes out of an input, or reads it as: one of the parts between separators, the bytes of a hexadecimal text.
//!
//! Such a piece is looked for as it is. Not followed: parts between blanks, parts of parts, one that was changed besides,
//! inputs of more than 4 KB.

use memchr::memmem;

use crate::hex;

/// What `split` is mostly given.
const SEPARATORS: &[u8] = b",;|\t\n";

/// A longer input is not taken apart.
const LONGEST: usize = 4096;

/// So many parts of one input are looked for.
const MOST_PARTS: usize = 64;

/// Letters and digits of a piece; with less it may stand by accident.
const SHORTEST: usize = 8;

/// Where pieces of `input` stand in `resource`, of those that `may_stand` there.
pub(super) fn pieces<'a>(
    resource: &'a [u8],
    input: &[u8],
    may_stand: impl Fn(&[u8]) -> bool,
) -> Vec<&'a [u8]> {
    if input.len() > LONGEST {
        return Vec::new();
    }
    let bytes = bytes_of(input);
    let parts = SEPARATORS.iter().flat_map(move |separator| {
        let parts = input.split(move |byte| byte == separator);
        parts.filter(move |part| part.len() < input.len())
    });
    let pieces = parts.take(MOST_PARTS).chain(bytes.as_deref());
    let standing = pieces.filter_map(|piece| {
        let piece = piece.trim_ascii();
        if piece.len() <= SHORTEST || !may_stand(piece) || !does_something(piece) {
            return None;
        }
        let at = memmem::find(resource, piece)?;
        resource.get(at..at + piece.len())
    });
    standing.collect()
}

fn does_something(piece: &[u8]) -> bool {
    let letters = piece.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let count = letters.count();
    count >= SHORTEST && count < piece.len()
}

/// The bytes of a text that is hexadecimal.
fn bytes_of(text: &[u8]) -> Option<Vec<u8>> {
    if !is_hexadecimal(text) {
        return None;
    }
    let pairs = text.chunks_exact(2);
    pairs.map(|pair| hex::byte(pair[0], pair[1])).collect()
}

/// Whether a text is the digits of bytes that could do something.
#[must_use]
pub fn is_hexadecimal(text: &[u8]) -> bool {
    (2 * SHORTEST..=LONGEST).contains(&text.len())
        && text.len() % 2 == 0
        && text.iter().all(u8::is_ascii_hexdigit)
}
