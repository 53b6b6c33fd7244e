//! What a statement as a whole tells: a quote or parenthesis too many leaves it open.
//!
//! An input that brings one quote into an intact query makes their number odd: the query then ends inside a
//! literal, or in a comment that hides the rest. In one that ends well the quote is the code's own.

use std::cell::OnceCell;

use super::Dialect;
use super::tokens::{Kind, Tokens};

/// A statement; read whole at most once, when somebody asks.
pub struct Whole<'a> {
    statement: &'a [u8],
    dialect: Dialect,
    read: OnceCell<Ends>,
}

#[derive(Clone, Copy)]
struct Ends {
    is_open: bool,
    is_balanced: bool,
}

impl<'a> Whole<'a> {
    /// Nothing is read yet.
    pub fn new(statement: &'a [u8], dialect: Dialect) -> Self {
        Self {
            statement,
            dialect,
            read: OnceCell::new(),
        }
    }

    /// Does it end inside a literal, or in a comment that holds a quote?
    pub fn ends_open(&self) -> bool {
        self.ends().is_open
    }

    /// Does each parenthesis have its other one?
    pub fn is_balanced(&self) -> bool {
        self.ends().is_balanced
    }

    fn ends(&self) -> Ends {
        *self.read.get_or_init(|| self.read())
    }

    fn read(&self) -> Ends {
        let (mut depth, mut is_balanced, mut is_open) = (0_i64, true, false);
        for token in Tokens::new(self.statement, self.dialect) {
            depth += i64::from(token.kind == Kind::Open) - i64::from(token.kind == Kind::Close);
            is_balanced &= depth >= 0;
            let inner = &self.statement[token.inner.0..token.inner.1];
            is_open = match token.kind {
                Kind::Text | Kind::Name => !token.closed,
                Kind::LineComment => inner.iter().any(|byte| b"'\"`".contains(byte)),
                Kind::BlockComment => !token.closed,
                _ => false,
            };
        }
        Ends {
            is_open,
            is_balanced: is_balanced && depth == 0,
        }
    }
}
