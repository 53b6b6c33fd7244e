//! Lambda's own interfaces in a URL or an address: the runtime's, the extensions', the parameter store's.

use super::url::{Place, Url};

/// Paths and ports of Lambda's own interfaces (AWS's documentation of its Runtime, Extensions, Telemetry and Logs APIs),
/// and of its extension for parameters and secrets.
const OWN_PATHS: [&[u8]; 4] = [
    b"/2018-06-01/runtime/",
    b"/2020-01-01/extension/",
    b"/2020-08-15/logs",
    b"/2022-07-01/telemetry",
];
const OWN_PORTS: [u16; 2] = [9001, 2773];

/// Does a URL lead to one of them? `place`: where its host lies.
pub(super) fn reaches_runtime(url: &Url<'_>, place: Option<(Place, bool)>) -> bool {
    let is_here = matches!(place, Some((Place::Loopback, _)));
    OWN_PATHS.iter().any(|own| url.rest.starts_with(own))
        || is_here && url.port.is_some_and(|port| OWN_PORTS.contains(&port))
}

/// Does a text without a scheme name an interface of Lambda's own: `127.0.0.1:9001/2018-06-01/runtime/…`?
pub(super) fn names_own_interface(text: &[u8]) -> bool {
    let path = memchr::memchr(b'/', text).map_or(&text[..0], |at| &text[at..]);
    OWN_PATHS.iter().any(|own| path.starts_with(own))
}
