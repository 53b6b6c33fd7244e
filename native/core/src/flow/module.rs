//! The name of a module that is imported: does an input choose the module?

use super::Change;

/// Judges an input in the name of a module. A last part of a name (`handlers.` and the input) is a value's place; the
/// whole name, or the part that it begins with, is not.
#[must_use]
pub fn module(name: &[u8], input: &[u8]) -> Option<Change> {
    let input = input.trim_ascii();
    let begins = name.starts_with(input) && matches!(name.get(input.len()), None | Some(b'.'));
    // What encloses it is imported first: of an input `a.b` the module `a`.
    let is_begun = input.starts_with(name) && input.get(name.len()) == Some(&b'.');
    let is_name = !input.is_empty() && (begins || is_begun && is_dotted(input));
    is_name.then_some(Change {
        reason: "names the module that is loaded",
        start: 0,
        end: input.len().min(name.len()),
    })
}

fn is_dotted(text: &[u8]) -> bool {
    let is_part = |part: &[u8]| {
        !part.is_empty()
            && part
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
    };
    text.split(|byte| *byte == b'.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_of_a_name_or_its_beginning_is_no_value() {
        for (name, input, is_told) in [
            ("pty", "pty", true),
            ("pty", " pty\n", true),
            ("os.path", "os.path", true),
            ("os", "os.path", true),
            ("pty.handler", "pty", true),
            ("handlers.order", "order", false),
            ("handlers.order.new", "order.new", false),
            ("handlers.order", "handler", false),
            ("csv", "csv. And more", false),
            ("csv", "csv.", false),
            ("csv", "", false),
            ("encodings.utf_8_sig", "utf_8_sig", false),
        ] {
            let told = module(name.as_bytes(), input.as_bytes());
            assert_eq!(told.is_some(), is_told, "{name} {input}");
        }
    }
}
