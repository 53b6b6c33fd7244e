//! What a statement expects in the place where an input stands, told by what the code wrote in front of it.

/// What belongs there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// One value: behind a comparison.
    Value,
    /// Values: `IN (`.
    Values,
    /// `BETWEEN`: a value, or two with `AND`.
    Range,
    /// A table: `FROM`, `JOIN`.
    Table,
    /// What is sorted or grouped by.
    Columns,
    /// Not known.
    Any,
}

/// So far back the words are looked for that begin a clause.
const FARTHEST: usize = 4096;

/// What is expected behind `before`, which is in small letters.
pub fn expected(before: &[u8]) -> Expected {
    let before = before.trim_ascii_end();
    match last_word(before) {
        b"from" | b"join" => return Expected::Table,
        b"between" => return Expected::Range,
        b"by" => return Expected::Columns,
        b"like" | b"ilike" | b"rlike" | b"regexp" | b"glob" => return Expected::Value,
        _ => {}
    }
    match before {
        [outer @ .., b'('] if last_word(outer.trim_ascii_end()) == b"in" => Expected::Values,
        [.., b','] if clause(before) == b"by" => Expected::Columns,
        [.., b'=', b'>'] | [.., b'-' | b'>', b'>'] | [.., b':', b'='] => Expected::Any,
        [.., b'=' | b'<' | b'>'] if !matches!(clause(before), b"set" | b"update") => {
            Expected::Value
        }
        _ => Expected::Any,
    }
}

/// The last word that begins a clause; `SET a = a + 1` compares nothing.
fn clause(before: &[u8]) -> &[u8] {
    let near = &before[before.len().saturating_sub(FARTHEST)..];
    let mut words = near.rsplit(|byte| !is_of_word(*byte));
    let begins = |word: &&[u8]| {
        matches!(
            *word,
            b"by"
                | b"from"
                | b"having"
                | b"on"
                | b"select"
                | b"set"
                | b"update"
                | b"values"
                | b"when"
                | b"where"
        )
    };
    words.find(begins).unwrap_or_default()
}

fn last_word(text: &[u8]) -> &[u8] {
    let length = text
        .iter()
        .rev()
        .take_while(|byte| is_of_word(**byte))
        .count();
    &text[text.len() - length..]
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_told_by_what_stands_in_front() {
        let rows = [
            ("select * from t where id = ", Expected::Value),
            ("select * from t where id <>", Expected::Value),
            ("select * from t where name like ", Expected::Value),
            ("update t set a =", Expected::Any),
            ("update t set a = 1 where id =", Expected::Value),
            (
                "insert into t values (1) on duplicate key update a =",
                Expected::Any,
            ),
            ("select a ->> ", Expected::Any),
            ("select f(a => ", Expected::Any),
            ("set @a := ", Expected::Any),
            ("select * from t where id in (", Expected::Values),
            ("select min(", Expected::Any),
            ("select * from t where id between ", Expected::Range),
            ("select * from ", Expected::Table),
            ("select * from t order by ", Expected::Columns),
            ("select * from t order by a, ", Expected::Columns),
            ("select a, ", Expected::Any),
            ("", Expected::Any),
        ];
        for (before, answer) in rows {
            assert_eq!(expected(before.as_bytes()), answer, "{before}");
        }
    }
}
