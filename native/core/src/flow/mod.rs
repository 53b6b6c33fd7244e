//! Does an input change the syntax of what a sink was given?
//!
//! The one rule: an input of this invocation occurs in the resource (exact bytes; SQL also folds
//! ASCII case), every occurrence is tried, and one of them does more than fill a place for a value.
//! An input shorter than two bytes never counts: a lone quote breaks a query and injects nothing.
//! An input that was changed on the way is another string: decoded forms are inputs of their own, what else
//! became of one is found by its letters (`changed.rs`), in paths by where it leads (`resolved.rs`).

mod aligned;
mod asked;
mod changed;
pub(crate) mod code;
pub(crate) mod code_tokens;
mod destination;
mod exec;
mod format;
mod inside;
mod letters;
mod module;
mod nosql;
mod occurrences;
mod parts;
mod path;
mod resolved;
mod shell;
mod sql;
mod template;
mod url;
mod url_parts;

pub use asked::{Asked, ask};
pub use changed::{Changed, Form};
pub use code::{Language, code};
pub use destination::destination;
pub use exec::{exec, strict_exec};
pub use format::{format, reaches};
pub use module::module;
pub use nosql::{Filter, in_filter};
pub use parts::is_hexadecimal;
pub use path::path;
pub use resolved::resolved;
pub(crate) use shell::{Part, Run, State, script_of};
pub use shell::{Program, command_of, programs, shell, started, strict_shell};
use shell::{quoted_forms, quoted_shell};
pub(crate) use sql::tokens as sql_tokens;
pub use sql::{Dialect, Named, files, sql};
pub use template::template;
pub use url::url;

/// Inputs below this many bytes are too short to inject and too common to tell apart.
const SHORTEST_INPUT: usize = 2;

/// Where and how an input changes the syntax of a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// What the input does, for a person: "closes its literal".
    pub reason: &'static str,
    /// First byte of the input in the resource.
    pub start: usize,
    /// One past the input's last byte in the resource.
    pub end: usize,
}

/// Punctuation of one or two bytes stands in every code; alone it does nothing.
fn is_short_punctuation(input: &[u8]) -> bool {
    let trimmed = input.trim_ascii();
    trimmed.len() <= SHORTEST_INPUT
        && !trimmed
            .iter()
            .any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"'\"`$\\".contains(byte))
}
