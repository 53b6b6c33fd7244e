//! Any bytes as what a sink was given, and as an input of it: a letter for the sink, the resource, a line break, the
//! input. Nothing panics.
#![no_main]

use hauberk_core::flow::{Asked, Dialect, Language, ask};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((sink, rest)) = bytes.split_first() else {
        return;
    };
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (resource, input) = (&rest[..end], &rest[end + 1..]);
    let arguments: Vec<&[u8]> = resource.split(|byte| *byte == 0).collect();
    let asked = match sink {
        b'q' => Asked::Sql(resource, Dialect::Any),
        b'm' => Asked::Sql(resource, Dialect::MySql),
        b'p' => Asked::Path(resource),
        b's' => Asked::Shell(resource),
        b'e' => Asked::Exec(&arguments),
        b'u' => Asked::Url(resource),
        b't' => Asked::Template(resource),
        b'f' => Asked::Format(resource),
        b'n' => Asked::NoSql(resource),
        b'j' => Asked::Code(resource, Language::JavaScript),
        _ => Asked::Code(resource, Language::Python),
    };
    let _ = ask(asked, input);
});
