//! Files that a query of SQLite opens by itself: `ATTACH … AS …`, `VACUUM INTO …`.
//!
//! Does not see: what an extension of SQLite opens
//! Source: <https://www.sqlite.org/lang_attach.html>, <https://www.sqlite.org/lang_vacuum.html>.

use super::Dialect;
use super::tokens::{Kind, Token, Tokens};
use memchr::memmem;

/// How a query names a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Path(Vec<u8>),
    /// By a parameter at this place, from 0.
    Place(usize),
    /// By a parameter of this name.
    Parameter(String),
    /// By an expression.
    Unknown,
}

/// The files that the statements of a query open.
#[must_use]
pub fn files(query: &[u8]) -> Vec<Named> {
    let folded = query.to_ascii_lowercase();
    if memmem::find(&folded, b"attach").is_none() && memmem::find(&folded, b"vacuum").is_none() {
        return Vec::new();
    }
    let is_said = |token: &Token| !matches!(token.kind, Kind::LineComment | Kind::BlockComment);
    let tokens: Vec<Token> = Tokens::new(query, Dialect::Sqlite)
        .filter(is_said)
        .collect();
    let statements = tokens.split(|token| token.kind == Kind::Semicolon);
    let reader = Reader {
        query,
        folded: &folded,
    };
    statements
        .filter_map(|statement| reader.file(statement))
        .collect()
}

struct Reader<'a> {
    query: &'a [u8],
    folded: &'a [u8],
}

impl Reader<'_> {
    fn is(&self, token: &Token, word: &str) -> bool {
        token.kind == Kind::Word && &self.folded[token.start..token.end] == word.as_bytes()
    }

    fn file(&self, statement: &[Token]) -> Option<Named> {
        let attaches = |token| self.is(token, "attach") || self.is(token, "vacuum");
        let start = statement.iter().position(attaches)?;
        let before = &statement[..start];
        if !before.iter().all(|token| {
            ["explain", "query", "plan"]
                .iter()
                .any(|word| self.is(token, word))
        }) {
            return None; // a name or an alias of another statement
        }
        let rest = &statement[start + 1..];
        let named = if self.is(&statement[start], "vacuum") {
            &rest[1 + rest.iter().position(|token| self.is(token, "into"))?..]
        } else {
            let skipped = usize::from(
                rest.len() > 1 && self.is(&rest[0], "database") && !self.is(&rest[1], "as"),
            );
            let end = rest.iter().rposition(|token| self.is(token, "as"));
            rest.get(skipped..end.unwrap_or(rest.len()))?
        };
        Some(self.named(statement, named))
    }

    fn named(&self, statement: &[Token], expression: &[Token]) -> Named {
        let unwrapped = unwrapped(expression);
        let &[token] = unwrapped else {
            return Named::Unknown;
        };
        let text = &self.query[token.inner.0..token.inner.1];
        match token.kind {
            Kind::Text | Kind::Name => Named::Path(unquoted(text, self.query[token.start])),
            // A bare name is read as a text there.
            Kind::Word => Named::Path(text.to_vec()),
            Kind::Parameter => self.parameter(statement, &token),
            _ => Named::Unknown,
        }
    }

    fn parameter(&self, statement: &[Token], token: &Token) -> Named {
        let text = &self.query[token.start..token.end];
        let is_before = |one: &&Token| one.kind == Kind::Parameter && one.start < token.start;
        match text {
            b"?" => Named::Place(statement.iter().filter(is_before).count()),
            [b'?', digits @ ..] => {
                let number = std::str::from_utf8(digits)
                    .ok()
                    .and_then(|text| text.parse::<usize>().ok());
                number
                    .and_then(|number| number.checked_sub(1))
                    .map_or(Named::Unknown, Named::Place)
            }
            [_, name @ ..] => Named::Parameter(String::from_utf8_lossy(name).into_owned()),
            [] => Named::Unknown,
        }
    }
}

/// Without the parentheses around all of it.
fn unwrapped(mut tokens: &[Token]) -> &[Token] {
    while let [first, inner @ .., last] = tokens {
        if first.kind != Kind::Open || last.kind != Kind::Close {
            break;
        }
        tokens = inner;
    }
    tokens
}

/// A doubled quote stands for one.
fn unquoted(text: &[u8], quote: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        out.push(*byte);
        if *byte == quote && bytes.peek() == Some(&&quote) {
            bytes.next();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_the_files_that_it_opens() {
        let path = |text: &str| vec![Named::Path(text.as_bytes().to_vec())];
        let rows: [(&str, Vec<Named>); 22] = [
            ("ATTACH DATABASE '/tmp/a.db' AS other", path("/tmp/a.db")),
            ("attach '/tmp/it''s' as other;", path("/tmp/it's")),
            ("ATTACH \"/tmp/a.db\" AS other", path("/tmp/a.db")),
            ("ATTACH ('/tmp/a.db') AS other", path("/tmp/a.db")),
            ("ATTACH database AS other", path("database")),
            ("ATTACH DATABASE a AS other", path("a")),
            ("/* x */ ATTACH -- y\n '/tmp/a' AS b", path("/tmp/a")),
            ("SELECT 1; ATTACH '/tmp/a' AS b", path("/tmp/a")),
            ("EXPLAIN ATTACH '/tmp/a' AS b", path("/tmp/a")),
            ("VACUUM INTO '/tmp/a'", path("/tmp/a")),
            ("VACUUM main INTO '/tmp/a'", path("/tmp/a")),
            ("ATTACH ? AS other", vec![Named::Place(0)]),
            ("ATTACH ?2 AS other", vec![Named::Place(1)]),
            (
                "ATTACH :file AS other",
                vec![Named::Parameter("file".to_owned())],
            ),
            ("ATTACH '/tmp/' || 'a' AS other", vec![Named::Unknown]),
            ("VACUUM INTO lower('/TMP/A')", vec![Named::Unknown]),
            ("VACUUM", vec![]),
            ("VACUUM main", vec![]),
            ("SELECT 'ATTACH x AS y'", vec![]),
            ("SELECT attach FROM vacuum", vec![]),
            ("INSERT INTO attach VALUES ('/tmp/a')", vec![]),
            ("DETACH other", vec![]),
        ];
        for (query, expected) in rows {
            assert_eq!(files(query.as_bytes()), expected, "{query}");
        }
    }
}
