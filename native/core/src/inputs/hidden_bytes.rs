//! What base64 hides that is no text, though readers make something of it: pickles, and text that raw deflate (RFC 1951)
//! compressed, as a request of SAML's redirect binding is.

use super::compressed::{Inflated, deflated};
use super::encodings::{any_base64, base64_text};
use super::keys::as_global;
use super::parts::{Part, Visit, decoded, show_lenient};
use super::pickles::pickle;
use std::cell::Cell;

/// Letters of the shortest such text, and of one that is compressed.
const SHORTEST: usize = 24;
const SHORTEST_DEFLATED: usize = 48;
/// What it costs to try.
const COST_OF_TRYING: usize = 2_000;
/// What it costs to inflate a text, at most.
const COST_OF_INFLATING: usize = 1_500_000;
/// What an opcode's byte costs.
const COST_OF_PICKLE: usize = 12;

/// So many bytes of what is no pickle cost no more than a text does.
const MOST_UNPAID: usize = 256;

/// What was found.
enum Hidden {
    Pickle(Vec<u8>),
    Deflated(Inflated),
}

/// Looks into base64 that hides no text; adds what that cost to `work`.
fn hidden(text: &[u8], work: &Cell<usize>) -> Option<Hidden> {
    if text.len() < SHORTEST {
        return None;
    }
    let plain = any_base64(text)?;
    let pickled = pickle(&plain);
    pay_for(pickled.read, work);
    if !pickled.asks_for.is_empty() {
        return Some(Hidden::Pickle(plain));
    }
    // The last of three bits says that it is the last block, the others which codes it has.
    let is_digest = || text.iter().all(u8::is_ascii_hexdigit);
    if text.len() < SHORTEST_DEFLATED || plain.first()? >> 1 & 3 == 3 || is_digest() {
        return None;
    }
    work.set(work.get() + COST_OF_TRYING);
    let inflated = deflated(&plain)?;
    work.set(work.get() + COST_OF_INFLATING);
    Some(Hidden::Deflated(inflated))
}

fn pay_for(read: usize, work: &Cell<usize>) {
    if read > MOST_UNPAID {
        work.set(work.get() + COST_OF_PICKLE * read);
    }
}

/// What a pickle asks for that runs code.
pub(super) fn globals(text: &[u8], work: &Cell<usize>, visit: Visit<'_>) {
    let pickled = pickle(text);
    pay_for(pickled.read, work);
    for name in &pickled.asks_for {
        decoded(as_global(name), "→pickle", visit);
    }
}

/// What a text hides that is base64 as a whole; false where nothing was found.
pub(super) fn base64(text: &[u8], work: &Cell<usize>, visit: Visit<'_>) -> bool {
    if let Some(plain) = base64_text(text) {
        show_lenient(&plain, &|path| path.push_str("→base64"), visit);
        decoded(plain, "→base64", visit);
        return true;
    }
    let hidden = hidden(text, work);
    let is_found = hidden.is_some();
    match hidden {
        Some(Hidden::Pickle(plain)) => decoded(plain, "→base64", visit),
        Some(Hidden::Deflated(inflated)) => visit(&Part {
            is_cut_short: inflated.is_cut_short,
            is_bomb: inflated.is_bomb,
            ..Part::new(inflated.content, &|path| path.push_str("→base64→deflate"))
        }),
        None => {}
    }
    is_found
}
