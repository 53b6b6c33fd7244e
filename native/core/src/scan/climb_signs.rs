//! Dots and slashes, however they are spelled.

/// What one spelling stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
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

/// Nodes of the tree below.
const NODES: usize = 256;

/// All spellings, none of which begins another, as a tree: of each node its byte, its first child, its next sibling
/// and the number of the spelling that ends there; 0 where there is none.
struct Tree {
    byte: [u8; NODES],
    child: [u8; NODES],
    sibling: [u8; NODES],
    spelling: [u8; NODES],
}

static TREE: Tree = {
    let mut tree = Tree {
        byte: [0; NODES],
        child: [0; NODES],
        sibling: [0; NODES],
        spelling: [0; NODES],
    };
    let (mut nodes, mut number) = (1, 1);
    while number <= DOTS.len() + SLASHES.len() {
        let name = spelled(number).0;
        let (mut node, mut at) = (0, 0);
        while at < name.len() {
            let mut next = tree.child[node] as usize;
            while next != 0 && tree.byte[next] != name[at] {
                next = tree.sibling[next] as usize;
            }
            if next == 0 {
                (next, nodes) = (nodes, nodes + 1);
                tree.byte[next] = name[at];
                tree.sibling[next] = tree.child[node];
                tree.child[node] = next as u8;
            }
            (node, at) = (next, at + 1);
        }
        tree.spelling[node] = number as u8;
        number += 1;
    }
    tree
};

/// The spelling of a number from 1 on.
const fn spelled(number: usize) -> (&'static [u8], Spelling) {
    if number > DOTS.len() {
        SLASHES[number - 1 - DOTS.len()]
    } else {
        DOTS[number - 1]
    }
}

/// What begins with a byte: a node of the tree, or one of these.
const NOTHING: u8 = 0;
const PLAIN_DOT: u8 = 0xFF;
const PLAIN_SLASH: u8 = 0xFE;
static BEGINS: [u8; 256] = {
    let mut begins = [NOTHING; 256];
    let mut node = TREE.child[0] as usize;
    while node != 0 {
        begins[TREE.byte[node] as usize] = node as u8;
        node = TREE.sibling[node] as usize;
    }
    begins[b'.' as usize] = PLAIN_DOT;
    begins[b'/' as usize] = PLAIN_SLASH;
    begins
};

/// Whether a sign may begin with `byte`.
pub(super) fn begins(byte: u8) -> bool {
    BEGINS[usize::from(byte)] != NOTHING
}

/// The sign at the start of `text`, its length and how it is spelled.
pub(super) fn sign(text: &[u8]) -> Option<(Sign, usize, Spelling)> {
    let first = *text.first()?;
    match BEGINS[usize::from(first)] {
        NOTHING => None,
        PLAIN_DOT => Some((Sign::Dot, 1, Spelling::Plain)),
        PLAIN_SLASH => Some((Sign::Slash, 1, Spelling::Plain)),
        node => disguised(text, node)
            .or_else(|| (first == b'\\').then_some((Sign::Slash, 1, Spelling::Plain))),
    }
}

/// The sign at the start of `text`, whose first byte is that of `node`.
fn disguised(text: &[u8], node: u8) -> Option<(Sign, usize, Spelling)> {
    let mut node = usize::from(node);
    for byte in &text[1..] {
        node = usize::from(TREE.child[node]);
        while node != 0 && TREE.byte[node] != *byte {
            node = usize::from(TREE.sibling[node]);
        }
        let number = usize::from(TREE.spelling[node]);
        if number > 0 {
            let (name, spelling) = spelled(number);
            let is_dot = number <= DOTS.len();
            let sign = if is_dot { Sign::Dot } else { Sign::Slash };
            return Some((sign, name.len(), spelling));
        }
        if node == 0 {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_no_more_of_it() {
        for number in 1..=DOTS.len() + SLASHES.len() {
            let (name, spelling) = spelled(number);
            let is_dot = number <= DOTS.len();
            let expected = if is_dot { Sign::Dot } else { Sign::Slash };
            let text = [name, b"x"].concat();
            assert_eq!(
                sign(&text),
                Some((expected, name.len(), spelling)),
                "{name:?}"
            );
            let cut = sign(&name[..name.len() - 1]);
            let is_backslash = name[0] == b'\\';
            assert_eq!(cut.is_some(), is_backslash, "{name:?}");
        }
        assert_eq!(sign(b"\\u0"), Some((Sign::Slash, 1, Spelling::Plain)));
        assert_eq!(sign(b"a."), None);
    }
}
