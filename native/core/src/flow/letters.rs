//! The letters and digits of a resource, and where each stands: what is left of an input whose case and signs code
//! changed on its way.

/// As many letters begin an input that is looked for.
const KEY: usize = 5;

/// Letters that begin an input, small.
pub type Key = [u8; KEY];

/// A byte of the resource, or a sign in the spelling that code gives it (`&lt;`, `%20`).
#[derive(Clone, Copy)]
pub struct Unit {
    pub at: u32,
    /// Letters are small.
    pub byte: u8,
    /// Of more than one byte.
    pub is_spelled: bool,
}

/// What `html.escape` and its like write, and what stands for a blank in a URL.
const SPELLED: [(&[u8], u8); 9] = [
    (b"&lt;", b'<'),
    (b"&gt;", b'>'),
    (b"&amp;", b'&'),
    (b"&quot;", b'"'),
    (b"&#34;", b'"'),
    (b"&#x27;", b'\''),
    (b"&#39;", b'\''),
    (b"&apos;", b'\''),
    (b"%20", b' '),
];

/// Which beginnings occur in a resource, by their hashes: most inputs are told not to stand there by that alone.
pub struct Keys {
    bits: Vec<u64>,
    /// No sign is spelled in it.
    is_plain: bool,
}

/// A resource, read.
pub struct Letters {
    pub units: Vec<Unit>,
    /// Its letters alone, small.
    letters: Vec<u8>,
    /// Which unit each of them is.
    places: Vec<u32>,
}

/// The letters of a resource and its signs, those that are spelled read, and where wanted those behind a backslash:
/// where each stands, and how long it is.
fn units(resource: &[u8], is_escaped: bool) -> impl Iterator<Item = (usize, u8, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let (byte, length) = match *resource.get(at)? {
            byte @ (b'&' | b'%') => spelled(&resource[at..]).unwrap_or((byte, 1)),
            b'\\' if is_escaped => escaped(&resource[at..]),
            byte => (byte.to_ascii_lowercase(), 1),
        };
        at += length;
        Some((start, byte, length))
    })
}

impl Keys {
    /// Those of a resource.
    pub fn of(resource: &[u8]) -> Self {
        let mut keys = Self {
            bits: vec![0; (resource.len() / 8).next_power_of_two()],
            is_plain: true,
        };
        let (mut key, mut count) = (0, 0);
        for (_, byte, length) in units(resource, false) {
            keys.is_plain &= length == 1;
            if byte.is_ascii_alphanumeric() {
                (key, count) = (joined(key, byte), count + 1);
                if count >= KEY {
                    let (word, bit) = keys.place(key);
                    keys.bits[word] |= bit;
                }
            }
        }
        keys
    }

    /// May this beginning occur?
    pub fn may_hold(&self, key: &Key) -> bool {
        let (word, bit) = self.place(key.iter().fold(0, |key, byte| joined(key, *byte)));
        self.bits[word] & bit != 0
    }

    /// May this text stand there as it is, in whatever case?
    pub fn may_hold_text(&self, text: &[u8]) -> bool {
        let key = key(text).filter(|_| self.is_plain);
        key.is_none_or(|(key, _)| self.may_hold(&key))
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let word = (hash >> 6) as usize & (self.bits.len() - 1);
        (word, 1 << (hash & 63))
    }
}

/// The last letters, with one more.
fn joined(key: u64, byte: u8) -> u64 {
    (key << 8 | u64::from(byte)) & ((1 << (8 * KEY)) - 1)
}

impl Letters {
    /// Reads a resource of less than 4 GB; where `is_escaped`, a sign behind a backslash is that sign.
    pub fn of(resource: &[u8], is_escaped: bool) -> Self {
        let mut read = Self {
            units: Vec::with_capacity(resource.len() + 1),
            letters: Vec::with_capacity(resource.len()),
            places: Vec::with_capacity(resource.len()),
        };
        for (at, byte, length) in units(resource, is_escaped) {
            if byte.is_ascii_alphanumeric() {
                read.letters.push(byte);
                read.places.push(place(read.units.len()));
            }
            read.units.push(Unit {
                at: place(at),
                byte,
                is_spelled: length > 1,
            });
        }
        read.units.push(Unit {
            at: place(resource.len()),
            byte: 0,
            is_spelled: false,
        });
        read
    }

    /// Which of the letters begin this way, the first `most`.
    pub fn starts(&self, key: &Key, most: usize) -> Vec<usize> {
        memchr::memmem::find_iter(&self.letters, key)
            .take(most)
            .collect()
    }

    /// The unit of a letter.
    pub fn unit(&self, letter: usize) -> usize {
        self.places[letter] as usize
    }
}

/// The first letters of an input and where the first stands; none where it has fewer.
pub fn key(input: &[u8]) -> Option<(Key, usize)> {
    let mut letters = input
        .iter()
        .enumerate()
        .filter(|(_, byte)| byte.is_ascii_alphanumeric());
    let (first, byte) = letters.next()?;
    let mut key = [byte.to_ascii_lowercase(); KEY];
    for place in &mut key[1..] {
        *place = letters.next()?.1.to_ascii_lowercase();
    }
    Some((key, first))
}

fn spelled(rest: &[u8]) -> Option<(u8, usize)> {
    let found = SPELLED.iter().find(|(text, _)| rest.starts_with(text));
    found.map(|(text, sign)| (*sign, text.len()))
}

fn escaped(rest: &[u8]) -> (u8, usize) {
    match rest.get(1) {
        Some(sign) if !sign.is_ascii_alphanumeric() => (*sign, 2),
        _ => (b'\\', 1),
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
