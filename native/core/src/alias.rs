//! The alias by which a function was invoked: the last part of the ARN that the runtime is told of, where it is no version.

const MOST_BYTES: usize = 128;
/// Parts of an ARN of a function before its qualifier.
const PARTS: usize = 7;

/// Gives the alias, none where the ARN names a version or nothing.
#[must_use]
pub fn alias(arn: &[u8]) -> Option<&str> {
    let arn = std::str::from_utf8(arn).ok()?;
    let name = arn
        .split(':')
        .nth(PARTS)
        .filter(|name| name.len() <= MOST_BYTES)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_version = name.bytes().all(|byte| byte.is_ascii_digit());
    (!is_version && name.bytes().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_its_alias_and_no_version() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders";
        let long = format!(":{}", "a".repeat(MOST_BYTES + 1));
        for (qualifier, expected) in [
            ("", None),
            (":live", Some("live")),
            (":Canary_2-b", Some("Canary_2-b")),
            (":7", None),
            (":$LATEST", None),
            (":", None),
            (":a b", None),
            (":live:more", Some("live")),
            (long.as_str(), None),
        ] {
            assert_eq!(alias(format!("{arn}{qualifier}").as_bytes()), expected);
        }
        assert_eq!(alias(b"\xff"), None);
        assert_eq!(alias(b""), None);
    }
}
