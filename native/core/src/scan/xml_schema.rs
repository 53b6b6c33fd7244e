//! Where the schemas and document types of XML are fetched from.
//!
//! Sees: a schema of one's own namespace at somebody else's host, a public document type at a host that publishes
//! none. Does not see: schemas that include others.

use memchr::memmem;

use super::rule::Finding;
use super::rules::xml_external_entity as rules;

/// Who publishes schemas and document types.
#[rustfmt::skip]
static PUBLISHERS: [&str; 46] = [
    "apache.org", "apple.com", "cxml.org", "daisy.org", "docbook.org", "eclipse.org", "freedesktop.org", "gnome.org",
    "google.com", "hibernate.org", "ibm.com", "idpf.org", "jboss.com", "jboss.org", "jcp.org", "liquibase.org",
    "microsoft.com", "mozilla.org", "mulesoft.org", "mybatis.org", "netscape.com", "niso.org", "nih.gov", "oasis-open.org",
    "ogp.me", "omg.org", "openmobilealliance.org", "opengis.net", "opensymphony.com", "oracle.com", "osgi.org",
    "puppycrawl.com", "purl.org", "qos.ch", "schema.org", "sitemaps.org", "sourceforge.net", "springframework.org",
    "sun.com", "testng.org", "w3.org", "wapforum.org", "wildfly.org", "xml.org", "xmlsoap.org", "checkstyle.org",
];

/// How many pairs of a schema's name and place are read, and how far.
const MOST: usize = 16;
const LONGEST: usize = 2048;

/// Does `identifier` name a host that publishes no document types?
pub(super) fn is_foreign(identifier: &[u8]) -> bool {
    host(identifier).is_some_and(|host| !is_publisher(host))
}

/// `xsi:schemaLocation="http://a.example/ http://b.example/x.xsd"`: the namespace is one host's, its schema another's.
pub(super) fn foreign_schema(text: &[u8]) -> Option<Finding> {
    const NAME: &[u8] = b"schemalocation";
    memmem::find_iter(text, NAME).take(MOST).find_map(|at| {
        let rest = &text[at + NAME.len()..text.len().min(at + LONGEST)];
        let (start, value) = quoted(rest)?;
        let words: Vec<&[u8]> = value
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .take(2 * MOST)
            .collect();
        let is_foreign = |pair: &[&[u8]]| {
            let (of, place) = (host(pair[0]), host(pair[1]));
            place.is_some_and(|place| {
                !is_publisher(place) && of.is_some_and(|of| domain(of) != domain(place))
            })
        };
        let is_found = words.chunks_exact(2).any(is_foreign);
        let end = at + NAME.len() + start + value.len();
        is_found.then(|| Finding::new(&rules::FOREIGN_SCHEMA, at, end))
    })
}

/// The value behind an equals sign, and where it begins; its quotes may be escaped.
fn quoted(text: &[u8]) -> Option<(usize, &[u8])> {
    let is_sign = |byte: &&u8| byte.is_ascii_whitespace() || b"=\\".contains(byte);
    let start = text.iter().take_while(is_sign).count();
    let quote = *text.get(start).filter(|byte| b"\"'".contains(byte))?;
    let value = &text[start + 1..];
    let end = memchr::memchr(quote, value).unwrap_or(value.len());
    Some((start + 1, &value[..end]))
}

fn host(address: &[u8]) -> Option<&[u8]> {
    let rest = [&b"http://"[..], b"https://", b"ftp://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(*scheme))?;
    let end = rest.iter().position(|byte| b"/:?#".contains(byte));
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// The last two labels.
fn domain(host: &[u8]) -> &[u8] {
    let dots = memchr::memrchr_iter(b'.', host);
    dots.take(2).nth(1).map_or(host, |dot| &host[dot + 1..])
}

fn is_publisher(host: &[u8]) -> bool {
    PUBLISHERS.contains(&&*String::from_utf8_lossy(domain(host)))
}
