//! What clients drop from an address before they read it.

use memchr::memmem;

/// A longer text is no address.
const LONGEST_ADDRESS: usize = 2048;

/// The text without what clients drop from addresses: tabs and line breaks (WHATWG), soft hyphens and joiners (IDNA).
/// None where there is none of these, or where blanks say that it is no address.
pub(super) fn without_ignored(text: &[u8]) -> Option<Vec<u8>> {
    const JOINERS: [&str; 6] = [
        "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}",
    ];
    let has_joiner = !text.is_ascii()
        && JOINERS
            .iter()
            .any(|joiner| memmem::find(text, joiner.as_bytes()).is_some());
    let has_break = text.iter().any(|byte| b"\t\r\n".contains(byte));
    if text.len() > LONGEST_ADDRESS || !(has_joiner || has_break) || text.contains(&b' ') {
        return None;
    }
    let is_kept =
        |letter: &char| !"\t\r\n\u{ad}\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".contains(*letter);
    let text = String::from_utf8_lossy(text);
    Some(
        text.chars()
            .filter(is_kept)
            .collect::<String>()
            .into_bytes(),
    )
}
