//! Internet addresses in every spelling that the system's resolver takes for one.

use std::net::{IpAddr, Ipv4Addr};

/// The address that `text` is: dotted, IPv6 with or without zone, IPv4 mapped into it, and the forms of `inet_aton`
/// (one to four parts; decimal, octal or hexadecimal). None where it is a name.
#[must_use]
pub fn parse(text: &str) -> Option<IpAddr> {
    let plain = text.split('%').next().unwrap_or(text);
    if let Ok(address) = plain.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    of_parts(text).map(IpAddr::V4)
}

/// `127.1`, `0x7f.0.0.1`, `2130706433`: all parts but the last are a byte each, the last is what is left.
fn of_parts(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, bytes) = parts.split_last()?;
    if bytes.len() > 3 || bytes.iter().any(|byte| *byte > 0xFF) {
        return None;
    }
    let left = 32 - 8 * u32::try_from(bytes.len()).ok()?;
    if left < 32 && *last >> left != 0 {
        return None;
    }
    let high = bytes
        .iter()
        .enumerate()
        .fold(0, |sum, (at, byte)| sum | byte << (24 - 8 * at));
    Some(Ipv4Addr::from(high | last))
}

fn number(part: &str) -> Option<u32> {
    let lower = part.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return if hex.is_empty() {
            Some(0)
        } else {
            u32::from_str_radix(hex, 16).ok()
        };
    }
    let is_digits = !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits {
        return None;
    }
    if lower.len() > 1 && lower.starts_with('0') {
        return u32::from_str_radix(&lower[1..], 8).ok();
    }
    lower.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_of_an_address_is_that_address() {
        let rows = [
            ("127.0.0.1", Some("127.0.0.1")),
            ("127.1", Some("127.0.0.1")),
            ("2130706433", Some("127.0.0.1")),
            ("0x7f.1", Some("127.0.0.1")),
            ("0177.0.0.01", Some("127.0.0.1")),
            ("0", Some("0.0.0.0")),
            ("2852039166", Some("169.254.169.254")),
            ("::ffff:169.254.169.254", Some("169.254.169.254")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("256.1.1.1", None),
            ("1.2.3.4.5", None),
            ("4294967296", None),
            ("1.2.65536", None),
            ("08.1.1.1", None),
            ("example.com", None),
            ("1.2.3.x", None),
            ("", None),
            (".", None),
            ("1.", None),
        ];
        for (text, expected) in rows {
            assert_eq!(
                parse(text).map(|address| address.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9a-fx.:%]{0,30}") {
            let _ = parse(&text);
        }
    }
}
