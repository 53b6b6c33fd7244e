//! What SQL is made of.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A bare name or keyword.
    Word,
    /// `1`, `1.5e3`, `0xff`.
    Number,
    /// A string: `'…'`, `E'…'`, `$tag$…$tag$`.
    Text,
    /// A quoted name: `"…"`, `` `…` ``, `[…]` (in MySQL `"…"` is a string; nothing here depends on it).
    Name,
    /// `?`, `$1`, `:name`, `@name`, `%s`, `%(name)s`.
    Parameter,
    /// `-- …`, `# …`.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// A run of operator characters.
    Operator,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `;`
    Semicolon,
    /// `(`
    Open,
    /// `)`
    Close,
}

/// One token: its bytes, and the bytes between its quotes or comment marks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
    pub inner: (usize, usize),
    pub closed: bool,
    /// A backslash in it escapes the next byte.
    pub backslash: bool,
}
