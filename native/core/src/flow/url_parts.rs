//! A URL in parts, as clients read it: `\` is `/` in front of the path, the last `@` ends the credentials.

use std::borrow::Cow;

use crate::inputs::percent_decoded;

/// Where each part is.
#[derive(Debug, Default)]
pub struct Parts {
    pub scheme: (usize, usize),
    pub host: (usize, usize),
    /// From the first slash behind the host.
    pub path: (usize, usize),
    /// From its `?` to the fragment.
    pub query: (usize, usize),
}

impl Parts {
    /// Reads `url`. Without `//` all is path.
    pub fn of(url: &[u8]) -> Self {
        let scheme = scheme_end(url);
        let after = scheme.map_or(0, |end| end + 1);
        let is_slash = |at: usize| matches!(url.get(at), Some(b'/' | b'\\'));
        let has_host = is_slash(after) && is_slash(after + 1);
        let authority = if has_host { after + 2 } else { after };
        let length = url[authority..]
            .iter()
            .position(|byte| b"/\\?#".contains(byte));
        let end = match length {
            _ if !has_host => authority,
            Some(length) => authority + length,
            None => url.len(),
        };
        let at_sign = url[authority..end].iter().rposition(|byte| *byte == b'@');
        let host = at_sign.map_or(authority, |at| authority + at + 1);
        let host_end = host + host_length(&url[host..end]);
        let fragment = url[end..]
            .iter()
            .position(|byte| *byte == b'#')
            .map_or(url.len(), |at| end + at);
        let path_end = url[end..fragment]
            .iter()
            .position(|byte| *byte == b'?')
            .map_or(fragment, |at| end + at);
        Self {
            scheme: (0, scheme.unwrap_or(0)),
            host: (host, host_end),
            path: (end, path_end),
            query: (path_end, fragment),
        }
    }
}

/// Does what begins at `at` stand where the code left a place for a host, and leave no host there?
pub fn is_empty_host(url: &[u8], parts: &Parts, at: usize) -> bool {
    let before = at.checked_sub(2).and_then(|from| url.get(from..at));
    let has_authority = before.is_some_and(|pair| pair.iter().all(|byte| b"/\\".contains(byte)));
    has_authority && at == parts.host.0 && parts.host == (at, at) && at == parts.path.0
}

fn scheme_end(url: &[u8]) -> Option<usize> {
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let end = url.iter().position(|byte| !belongs(byte))?;
    (end > 1 && url[end] == b':' && url[0].is_ascii_alphabetic()).then_some(end)
}

/// The length without the port.
fn host_length(host: &[u8]) -> usize {
    let after = host
        .iter()
        .rposition(|byte| *byte == b']')
        .map_or(0, |at| at + 1);
    host[after..]
        .iter()
        .position(|byte| *byte == b':')
        .map_or(host.len(), |at| after + at)
}

/// Segments that go on for more bytes than this are no `..`, however they are encoded.
const LONGEST_CLIMB: usize = 64;

/// Do the segments that `start..end` wrote or touched lead out of the folder in front of them?
pub fn climbs(path: &[u8], start: usize, end: usize) -> bool {
    let is_slash = |byte: &u8| matches!(byte, b'/' | b'\\');
    let near = start.saturating_sub(LONGEST_CLIMB);
    let from = match path[near..start].iter().rposition(is_slash) {
        _ if is_slash(&path[start]) => start,
        Some(slash) => near + slash + 1,
        None => near,
    };
    let rest = &path[end..path.len().min(end + LONGEST_CLIMB)];
    let to = end + rest.iter().position(is_slash).unwrap_or(rest.len());
    let touched =
        percent_decoded(&path[from..to]).map_or(Cow::Borrowed(&path[from..to]), Cow::from);
    let mut depth = 0_i32;
    touched.split(is_slash).any(|segment| {
        depth += match segment {
            b"" | b"." => 0,
            b".." => -1,
            _ => 1,
        };
        depth < 0
    })
}
