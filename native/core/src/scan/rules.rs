//! The rules as they stand in `rules/`, one module a detector, and the tables of their literals.

use super::literals::Literal;
use super::rule::Rule;

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
