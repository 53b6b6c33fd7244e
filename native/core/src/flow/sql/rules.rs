//! How the SQL dialects differ in what they read as one token.

use super::Dialect;

/// What differs between dialects.
#[derive(Clone, Copy)]
pub struct Rules {
    /// `\'` is a quote inside a string.
    pub backslash: bool,
    /// `#` starts a comment.
    pub hash_comment: bool,
    /// `--` starts a comment only before a blank.
    pub dash_needs_blank: bool,
    /// What stands in `/*! … */` is executed.
    pub runs_versioned_comments: bool,
    /// Block comments nest.
    pub nested_comments: bool,
    /// Backticks quote names.
    pub backtick: bool,
    /// When brackets quote names.
    pub bracket: Bracket,
    /// `$tag$…$tag$` and `E'…'` are strings.
    pub dollar: bool,
}

/// When `[…]` is a quoted name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bracket {
    /// They index arrays.
    Never,
    /// SQLite.
    Always,
    /// Unknown: where what they hold looks like a name.
    AroundName,
}

const STANDARD: Rules = Rules {
    backslash: false,
    hash_comment: false,
    dash_needs_blank: false,
    runs_versioned_comments: false,
    nested_comments: false,
    backtick: true,
    bracket: Bracket::AroundName,
    dollar: true,
};

/// How `dialect` reads.
pub fn rules(dialect: Dialect) -> Rules {
    match dialect {
        Dialect::Any => STANDARD,
        Dialect::Sqlite => Rules {
            bracket: Bracket::Always,
            dollar: false,
            ..STANDARD
        },
        Dialect::Postgres => Rules {
            nested_comments: true,
            backtick: false,
            bracket: Bracket::Never,
            ..STANDARD
        },
        Dialect::MySql => Rules {
            backslash: true,
            hash_comment: true,
            dash_needs_blank: true,
            runs_versioned_comments: true,
            bracket: Bracket::Never,
            dollar: false,
            ..STANDARD
        },
    }
}
