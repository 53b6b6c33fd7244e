//! Families of sockets that reach something else than an address of the internet or a socket with a path: what they lead
//! to stands in no list of addresses, so that the socket itself is the act.

const AF_UNIX: i64 = 1;
const AF_INET: i64 = 2;
const AF_INET6: i64 = 10;
const AF_NETLINK: i64 = 16;
/// What libraries ask the kernel by, to learn the addresses of this machine.
const NETLINK_ROUTE: i64 = 0;

/// The names of those that lead out of a process; others are told by their numbers.
const NAMES: [(i64, &str); 9] = [
    (15, "key"),
    (AF_NETLINK, "netlink"),
    (17, "packet"),
    (21, "rds"),
    (29, "can"),
    (30, "tipc"),
    (31, "bluetooth"),
    (38, "alg"),
    (40, "vsock"),
];

/// The target of opening a socket: `socket:vsock`, `socket:netlink:15`; none of a family whose addresses are judged.
#[must_use]
pub fn target(family: i64, protocol: i64) -> Option<String> {
    if family <= 0 || matches!(family, AF_UNIX | AF_INET | AF_INET6) {
        return None;
    }
    if family == AF_NETLINK {
        return (protocol != NETLINK_ROUTE).then(|| format!("socket:netlink:{protocol}"));
    }
    let name = NAMES.iter().find(|(number, _)| *number == family);
    Some(name.map_or_else(
        || format!("socket:{family}"),
        |(_, name)| format!("socket:{name}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_an_act_where_its_addresses_are_none() {
        let rows = [
            (AF_INET, 6, None),
            (AF_INET6, 17, None),
            (AF_UNIX, 0, None),
            (AF_NETLINK, NETLINK_ROUTE, None), // getifaddrs, getaddrinfo
            (0, 0, None),
            (-1, -1, None), // Python's, of a descriptor that is there
            (AF_NETLINK, 15, Some("socket:netlink:15")),
            (40, 0, Some("socket:vsock")),
            (17, 768, Some("socket:packet")),
            (44, 0, Some("socket:44")),
        ];
        for (family, protocol, expected) in rows {
            assert_eq!(target(family, protocol).as_deref(), expected, "{family}");
        }
    }
}
