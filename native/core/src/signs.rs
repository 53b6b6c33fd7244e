//! The prefilter of decoders and detectors: which signs of a syntax occur in a text, in one pass.

/// A set of signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Signs(u32);

impl Signs {
    pub const SINGLE_QUOTE: Self = Self(1);
    pub const DOUBLE_QUOTE: Self = Self(1 << 1);
    pub const ANGLE: Self = Self(1 << 2);
    pub const DOLLAR: Self = Self(1 << 3);
    pub const PERCENT: Self = Self(1 << 4);
    pub const SEMICOLON: Self = Self(1 << 5);
    pub const PIPE: Self = Self(1 << 6);
    pub const AMPERSAND: Self = Self(1 << 7);
    pub const LINE_BREAK: Self = Self(1 << 8);
    pub const BACKTICK: Self = Self(1 << 9);
    pub const PAREN: Self = Self(1 << 10);
    pub const FORWARD_SLASH: Self = Self(1 << 11);
    pub const BACKSLASH: Self = Self(1 << 12);
    pub const EQUALS: Self = Self(1 << 13);
    pub const PLUS: Self = Self(1 << 14);
    pub const STAR: Self = Self(1 << 15);
    /// `#`, `@`, `!`.
    pub const MARK: Self = Self(1 << 16);
    pub const DASH: Self = Self(1 << 17);
    pub const DIGIT: Self = Self(1 << 18);
    pub const COLON: Self = Self(1 << 19);
    pub const BRACE: Self = Self(1 << 20);
    pub const DOT: Self = Self(1 << 21);
    pub const QUESTION: Self = Self(1 << 22);
    /// All that is neither a word's byte nor one of the above: spaces, commas, brackets, other alphabets.
    pub const OTHER: Self = Self(1 << 23);
    /// Bytes that are no ASCII; each is one of the others, too.
    pub const HIGH: Self = Self(1 << 24);

    pub const QUOTE: Self = Self::SINGLE_QUOTE.or(Self::DOUBLE_QUOTE);
    pub const SLASH: Self = Self::FORWARD_SLASH.or(Self::BACKSLASH);
    /// `;`, `|`, `&`, a line break.
    pub const SEPARATOR: Self = Self::SEMICOLON
        .or(Self::PIPE)
        .or(Self::AMPERSAND)
        .or(Self::LINE_BREAK);
    /// `=`, `+`, `*`, `#`, `@`, `!`.
    pub const OPERATOR: Self = Self::EQUALS.or(Self::PLUS).or(Self::STAR).or(Self::MARK);

    const SYNTAX: Self = Self(
        Self::QUOTE.0
            | Self::ANGLE.0
            | Self::DOLLAR.0
            | Self::PERCENT.0
            | Self::SEPARATOR.0
            | Self::BACKTICK.0
            | Self::PAREN.0
            | Self::SLASH.0
            | Self::OPERATOR.0
            | Self::COLON.0
            | Self::BRACE.0
            | Self::DIGIT.0,
    );

    /// The signs in `text`.
    pub fn of(text: &[u8]) -> Self {
        Self::counted(text).0
    }

    /// The signs in `text`, and what they cost those that stop at them.
    pub fn counted(text: &[u8]) -> (Self, Stops) {
        let (mut signs, mut stops) = (0, Stops::default());
        for part in text.chunks(PART) {
            let mut costs = 0;
            for byte in part {
                let row = TABLE[usize::from(*byte)];
                signs |= row;
                costs += row >> READING;
            }
            stops.reading += (costs & MOST) as usize;
            stops.decoding += (costs >> (DECODING - READING)) as usize;
        }
        (Self(signs as u32), stops)
    }

    /// Does one of `signs` occur?
    pub fn has(self, signs: Self) -> bool {
        self.0 & signs.0 != 0
    }

    /// Both sets.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Does nothing but `signs` occur, beside words?
    pub fn only(self, signs: Self) -> bool {
        self.0 & !signs.0 == 0
    }

    /// Is there a byte that is no letter, digit or `_`? Without one a text cannot change a syntax.
    pub fn has_syntax(self) -> bool {
        !self.only(Self::DIGIT)
    }

    /// Has it nothing that a detector wants?
    pub fn is_plain(self) -> bool {
        !self.has(Self::SYNTAX)
    }
}

/// What the signs in a text cost beside its bytes, in units of `work.rs`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stops {
    /// Those that detectors stop at.
    pub reading: usize,
    /// Those that decoders stop at.
    pub decoding: usize,
}

/// Of each byte its signs, and in front of them what it costs detectors and decoders.
static TABLE: [u64; 256] = table();
const READING: u32 = 32;
const DECODING: u32 = 48;
/// The costs of so many bytes have room in front of each other.
const PART: usize = 512;
const MOST: u64 = (1 << (DECODING - READING)) - 1;

const fn sign(byte: u8) -> u32 {
    let sign = match byte {
        b'\'' => Signs::SINGLE_QUOTE,
        b'"' => Signs::DOUBLE_QUOTE,
        b'<' | b'>' => Signs::ANGLE,
        b'$' => Signs::DOLLAR,
        b'%' => Signs::PERCENT,
        b';' => Signs::SEMICOLON,
        b'|' => Signs::PIPE,
        b'&' => Signs::AMPERSAND,
        b'\n' | b'\r' => Signs::LINE_BREAK,
        b'`' => Signs::BACKTICK,
        b'(' | b')' => Signs::PAREN,
        b'/' => Signs::FORWARD_SLASH,
        b'\\' => Signs::BACKSLASH,
        b'=' => Signs::EQUALS,
        b'+' => Signs::PLUS,
        b'*' => Signs::STAR,
        b'#' | b'@' | b'!' => Signs::MARK,
        b'-' => Signs::DASH,
        b'0'..=b'9' => Signs::DIGIT,
        b':' => Signs::COLON,
        b'{' | b'}' => Signs::BRACE,
        b'.' => Signs::DOT,
        b'?' => Signs::QUESTION,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => Signs(0),
        0x80.. => Signs::OTHER.or(Signs::HIGH),
        _ => Signs::OTHER,
    };
    sign.0
}

const fn table() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (reading, decoding) = stops(byte as u8);
        table[byte] = sign(byte as u8) as u64 | decoding << DECODING | reading << READING;
        byte += 1;
    }
    table
}

/// What detectors and decoders need where they stop at a byte: a tag is the dearest of all, and what is no ASCII is
/// compared with its form NFKC. The slowest texts of `examples/event_timing` say how much.
const fn stops(byte: u8) -> (u64, u64) {
    match byte {
        b'<' => (120, 24),
        b'%' => (44, 12),
        b'\\' => (50, 14),
        b'`' => (20, 0),
        b'&' => (16, 32),
        b'/' => (16, 6),
        b'{' => (22, 6),
        b'.' => (20, 0),
        b'|' | b'$' => (16, 0),
        b'=' => (14, 18),
        b'\n' | b'\r' => (14, 20),
        b'[' => (10, 6),
        b';' => (10, 8),
        b'(' | b'@' | b'#' => (10, 0),
        b':' => (12, 0),
        0x80.. => (8, 22),
        b'*' | b'+' => (6, 0),
        b'"' => (5, 6),
        b'\'' => (5, 0),
        b' ' | b',' | b'-' | b'_' => (0, 0),
        _ => (4 * !byte.is_ascii_alphanumeric() as u64, 0),
    }
}
