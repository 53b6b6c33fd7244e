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

    /// The signs in `text`, and how often decoders and detectors stop at one: what they cost depends on that.
    pub fn counted(text: &[u8]) -> (Self, usize) {
        let (mut signs, mut stops) = (0, 0_u64);
        let mut notice = |byte: u8| {
            let row = TABLE[usize::from(byte)];
            signs |= row;
            stops = stops.wrapping_add(row); // the signs fall off at its end
        };
        let eights = text.chunks_exact(8);
        let rest = eights.remainder();
        eights.for_each(|eight| eight.iter().for_each(|byte| notice(*byte)));
        rest.iter().for_each(|byte| notice(*byte));
        (Self((signs >> SIGNS) as u32), stops as u32 as usize)
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

/// Of each byte how often readers stop at it, and its signs in front of that.
static TABLE: [u64; 256] = table();
/// Bits behind the signs.
const SIGNS: u32 = 32;

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
        table[byte] = (sign(byte as u8) as u64) << SIGNS | stops(byte as u8);
        byte += 1;
    }
    table
}

/// What is no ASCII is compared with its form NFKC.
const fn stops(byte: u8) -> u64 {
    match byte {
        0x80.. => 2,
        b' ' | b'.' | b',' | b'-' | b'_' => 0,
        _ => !byte.is_ascii_alphanumeric() as u64,
    }
}
