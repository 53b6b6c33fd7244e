//! What the C library asks for in a name's place, where its own variables say so, and which addresses' names are asked for
//! elsewhere.

use std::net::IpAddr;

/// Variables by which the C library asks for other names than the one that it is given.
pub const REDIRECTING: [&str; 2] = ["LOCALDOMAIN", "HOSTALIASES"];

/// The names that are asked for in a name's place: below each domain of `LOCALDOMAIN`, and of `HOSTALIASES` none that is
/// known, so that its file stands for them. `variables` are the values of both.
#[must_use]
pub fn redirected(name: &[u8], variables: [&[u8]; 2]) -> Vec<Vec<u8>> {
    let [domains, aliases] = variables;
    let below = domains
        .split(u8::is_ascii_whitespace)
        .filter(|domain| !domain.is_empty())
        .map(|domain| [name, b".", domain].concat());
    let aliased = (!aliases.is_empty()).then(|| [b"HOSTALIASES=", aliases].concat());
    below.chain(aliased).collect()
}

/// Whether the name of an address is asked for from whoever the address belongs to: that carries what is in it.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified())
        }
        IpAddr::V6(address) => {
            let is_inside = address.is_unique_local() || address.is_unicast_link_local();
            !(is_inside || address.is_loopback() || address.is_unspecified())
        }
    }
}

/// The name that a query to a name server asks for; none where it is no query.
#[must_use]
pub fn in_query(query: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let mut rest = query.get(HEADER..)?;
    let mut name = Vec::new();
    loop {
        let (length, after) = rest.split_first()?;
        if *length == 0 {
            return (!name.is_empty()).then_some(name);
        }
        let (label, after) = after.split_at_checked(usize::from(*length))?;
        if !name.is_empty() {
            name.push(b'.');
        }
        name.extend_from_slice(&label.to_ascii_lowercase());
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_asks_for_the_name_in_it() {
        let query = |name: &[u8]| [&[0; 12][..], name, &[0, 1, 0, 1]].concat();
        let rows: [(&[u8], Option<&[u8]>); 4] = [
            (b"\x03API\x07example\x00", Some(b"api.example")),
            (b"\x00", None),
            (b"\x09short", None),
            (b"\x03api", None),
        ];
        for (name, expected) in rows {
            let asked = in_query(&query(name)[..12 + name.len()]);
            assert_eq!(asked.as_deref(), expected, "{name:?}");
        }
        assert_eq!(in_query(&[0; 5]), None);
    }

    #[test]
    fn a_name_is_asked_for_below_each_domain() {
        let found = redirected(b"api", [b"a.example  b.example", b""]);
        assert_eq!(
            found,
            [b"api.a.example".to_vec(), b"api.b.example".to_vec()]
        );
        assert_eq!(
            redirected(b"api", [b"", b"/tmp/x"]),
            [b"HOSTALIASES=/tmp/x"]
        );
        assert!(redirected(b"api", [b" ", b""]).is_empty());
    }
}
