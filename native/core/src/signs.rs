//! The prefilter of decoders and detectors: which signs of a syntax occur in a text, in one pass.

/// A set of signs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Signs(u16);

impl Signs {
    pub const QUOTE: Self = Self(1);
    pub const ANGLE: Self = Self(1 << 1);
    pub const DOLLAR: Self = Self(1 << 2);
    pub const PERCENT: Self = Self(1 << 3);
    /// `;`, `|`, `&`, a line break.
    pub const SEPARATOR: Self = Self(1 << 4);
    pub const BACKTICK: Self = Self(1 << 5);
    pub const PAREN: Self = Self(1 << 6);
    pub const SLASH: Self = Self(1 << 7);
    /// `=`, `#`, `*`, `+`, `@`, `!`.
    pub const OPERATOR: Self = Self(1 << 8);
    pub const DASH: Self = Self(1 << 9);
    pub const DIGIT: Self = Self(1 << 10);
    pub const COLON: Self = Self(1 << 11);
    pub const BRACE: Self = Self(1 << 12);
    pub const DOT: Self = Self(1 << 13);
    /// All that is neither a word's byte nor one of the above: spaces, commas, brackets, other alphabets.
    pub const OTHER: Self = Self(1 << 14);
    /// Bytes that are no ASCII; each is one of the others, too.
    pub const HIGH: Self = Self(1 << 15);

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
        Self(
            text.iter()
                .fold(0, |signs, byte| signs | TABLE[usize::from(*byte)]),
        )
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

static TABLE: [u16; 256] = table();

const fn sign(byte: u8) -> u16 {
    match byte {
        b'\'' | b'"' => Signs::QUOTE.0,
        b'<' | b'>' => Signs::ANGLE.0,
        b'$' => Signs::DOLLAR.0,
        b'%' => Signs::PERCENT.0,
        b';' | b'|' | b'&' | b'\n' | b'\r' => Signs::SEPARATOR.0,
        b'`' => Signs::BACKTICK.0,
        b'(' | b')' => Signs::PAREN.0,
        b'/' | b'\\' => Signs::SLASH.0,
        b'=' | b'#' | b'*' | b'+' | b'@' | b'!' => Signs::OPERATOR.0,
        b'-' => Signs::DASH.0,
        b'0'..=b'9' => Signs::DIGIT.0,
        b':' => Signs::COLON.0,
        b'{' | b'}' => Signs::BRACE.0,
        b'.' => Signs::DOT.0,
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => 0,
        0x80.. => Signs::OTHER.0 | Signs::HIGH.0,
        _ => Signs::OTHER.0,
    }
}

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = sign(byte as u8);
        byte += 1;
    }
    table
}
