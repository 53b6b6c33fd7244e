//! Server-side request forgery: a URL that makes the function ask what only it can reach.
//!
//! Sees: cloud metadata, Lambda's runtime, this machine and private networks, by address in any spelling, by name and
//! by names that resolve to them; schemes that speak raw TCP; authorities that parsers read differently. Silent on
//! `http://localhost:3000`. Does not see: public names that an attacker made resolve to a private address.

use super::ignored_letters::without_ignored;
use super::lambda_interfaces::{names_own_interface, reaches_runtime};
use super::leaf::{Detector, Leaf};
use super::rule::{Finding, Rule};
use super::rules::server_side_request_forgery as rules;
use super::url::{Place, Url, is_web, number, urls};
use crate::signs::Signs;

/// The detector.
pub static DETECTOR: Detector = Detector {
    wants: |signs| {
        signs.has(Signs::COLON.or(Signs::DOT)) && signs.has(Signs::DIGIT.or(Signs::SLASH))
    },
    find,
};

const METADATA_NAMES: [&[u8]; 11] = [
    b"metadata",
    b"metadata.google.internal",
    b"metadata.goog",
    b"instance-data",
    b"instance-data.ec2.internal",
    b"metadata.tencentyun.com",
    b"metadata.packet.net",
    b"metadata.platformequinix.com",
    b"rancher-metadata",
    b"metadata.azure.com",
    b"metadata.azure.internal",
];

const LOOPBACK_NAMES: [&[u8]; 8] = [
    b"sandbox",
    b"sandbox.localdomain",
    b"localhost",
    b"localhost.localdomain",
    b"localhost6",
    b"ip6-localhost",
    b"ip6-loopback",
    b"loopback",
];

/// The API of a Kubernetes cluster: configuration names it, an attacker asks it for something.
const CLUSTER: &[u8] = b"kubernetes.default.svc";

/// Names that only the inside of a network resolves.
const PRIVATE_NAMES: [&[u8]; 5] = [
    CLUSTER,
    b"docker.internal",
    b"containers.internal",
    b"svc.cluster.local",
    b"service.consul",
];

/// Public names whose addresses are private, or are what stands in front.
const REBINDING: [&[u8]; 19] = [
    b"nip.io",
    b"sslip.io",
    b"xip.io",
    b"localtest.me",
    b"lvh.me",
    b"vcap.me",
    b"lacolhost.com",
    b"local.gd",
    b"localh.st",
    b"traefik.me",
    b"1u.ms",
    b"rbndr.us",
    b"rebind.network",
    b"localdomain.pw",
    b"spoofed.burpcollaborator.net",
    b"mail.ebc.apple.com",
    b"bugbounty.dod.network",
    b"ipq.co",
    b"r3dir.me",
];

/// Hosts by which testers learn that a server asked.
const CALLBACKS: [&[u8]; 17] = [
    b"burpcollaborator.net",
    b"oastify.com",
    b"oast.pro",
    b"oast.live",
    b"oast.site",
    b"oast.online",
    b"oast.fun",
    b"oast.me",
    b"interact.sh",
    b"interactsh.com",
    b"dnslog.cn",
    b"ceye.io",
    b"canarytokens.com",
    b"bxss.me",
    b"xss.ht",
    b"requestbin.net",
    b"requestrepo.com",
];

/// Schemes that say to a port what the URL says, or that clients follow though nobody asked for them.
const RAW_SCHEMES: [&[u8]; 2] = [b"gopher", b"dict"];
const INTERNAL_SCHEMES: [&[u8]; 9] = [
    b"ldap", b"ldaps", b"tftp", b"sftp", b"ftp", b"ftps", b"smb", b"imap", b"smtp",
];

/// Ports of services that no browser talks to.
const PORTS: [u16; 16] = [
    22, 23, 25, 80, 110, 143, 443, 445, 2375, 3306, 5432, 6379, 10250, 11211, 27017, 28017,
];

const ADMIN: [&[u8]; 18] = [
    b"/admin",
    b"/server-status",
    b"/manager/",
    b"/phpmyadmin",
    b"/actuator",
    b"/.env",
    b"/.git",
    b"/console",
    b"/jmx",
    b"/solr/",
    b"/_cat/",
    b"/v1/kv",
    b"/v1/agent",
    b"/v1/sys",
    b"/containers/",
    b"/api/v1/secrets",
    b"/secret",
    b"/flag",
];

fn find(leaf: &Leaf, findings: &mut Vec<Finding>) {
    let text = leaf.lower.trim_ascii();
    let is_all = !text.iter().any(u8::is_ascii_whitespace);
    if let Some(plain) = without_ignored(text) {
        let rule = urls(&plain).find_map(|url| scheme(&url, true).or_else(|| alone(&url)));
        findings.extend(rule.map(|rule| Finding::new(rule, 0, leaf.lower.len())));
    }
    for url in urls(&leaf.lower) {
        let by_host = if is_all { alone(&url) } else { in_text(&url) };
        let rule = scheme(&url, is_all).or(by_host);
        findings.extend(rule.map(|rule| Finding::new(rule, url.start, url.end)));
    }
    if is_all && names_own_interface(text) {
        findings.push(Finding::new(&rules::LAMBDA_RUNTIME, 0, leaf.lower.len()));
    }
    if is_all && bare(text) {
        findings.push(Finding::new(&rules::BARE_METADATA, 0, leaf.lower.len()));
    }
}

/// What a URL is that is the whole text, or a parameter in it.
fn alone(url: &Url<'_>) -> Option<&'static Rule> {
    let place = place(url);
    let is_private = place.is_some_and(|(place, _)| place != Place::Public);
    if reaches_runtime(url, place) {
        return Some(&rules::LAMBDA_RUNTIME);
    }
    match place {
        Some((Place::Metadata, _)) => return Some(&rules::CLOUD_METADATA),
        _ if ends_in(&url.host, &[CLUSTER]) && url.rest.len() > 1 => {
            return Some(&rules::CLOUD_METADATA);
        }
        Some((_, false)) if is_private => return Some(&rules::DISGUISED_ADDRESS),
        Some((Place::Public, false)) if url.host.first() != Some(&b'[') => {
            return Some(&rules::DISGUISED_PUBLIC_ADDRESS);
        }
        _ => {}
    }
    if ends_in(&url.host, &REBINDING) {
        let is_disguise = embeds_private(&url.host);
        return Some(if is_disguise {
            &rules::REBINDING_TO_PRIVATE
        } else {
            &rules::REBINDING_NAME
        });
    }
    if ends_in(&url.host, &CALLBACKS) {
        return Some(&rules::CALLBACK_HOST);
    }
    if is_confused(url) {
        return Some(&rules::CONFUSED_AUTHORITY);
    }
    is_private.then(|| internal(url))
}

/// In a longer text only what people do not write for its own sake.
fn in_text(url: &Url<'_>) -> Option<&'static Rule> {
    let place = place(url);
    let is_disguised =
        matches!(place, Some((Place::Loopback | Place::Private, false)) if is_web(url.scheme));
    let is_found = reaches_runtime(url, place)
        || matches!(place, Some((Place::Metadata, _)))
        || is_disguised
        || ends_in(&url.host, &CALLBACKS);
    is_found.then_some(&rules::INTERNAL_URL_IN_TEXT)
}

fn place(url: &Url<'_>) -> Option<(Place, bool)> {
    // `HTTP:80/ping`: how a load balancer is told what to ask.
    let is_port =
        url.slashes.is_empty() && url.host.len() < 6 && url.host.iter().all(u8::is_ascii_digit);
    if url.slashes.is_empty() && (url.scheme.is_empty() || is_port) {
        return None;
    }
    url.address().or_else(|| {
        let name = url.host.strip_suffix(b".").unwrap_or(&url.host);
        let is_plain = !url.is_folded;
        if METADATA_NAMES.contains(&name) && !url.scheme.is_empty() {
            return Some((Place::Metadata, is_plain));
        }
        let is_loopback = LOOPBACK_NAMES.contains(&name) || name.ends_with(b".localhost");
        if is_loopback {
            return Some((Place::Loopback, is_plain));
        }
        ends_in(name, &PRIVATE_NAMES).then_some((Place::Private, is_plain))
    })
}

fn ends_in(host: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|name| {
        host.strip_suffix(*name)
            .is_some_and(|before| before.is_empty() || before.ends_with(b"."))
    })
}

/// `169.254.169.254.nip.io`, `a-127-0-0-1.sslip.io`, `make-10.0.0.1-rr.1u.ms`, `7f000001.c0a80001.rbndr.us`.
fn embeds_private(host: &[u8]) -> bool {
    let plain: Vec<u8> = host
        .iter()
        .map(|byte| if *byte == b'-' { b'.' } else { *byte })
        .collect();
    let labels: Vec<&[u8]> = plain.split(|byte| *byte == b'.').collect();
    let is_private = |label: &[&[u8]]| {
        number(&label.join(&b'.')).is_some_and(|(address, is_plain)| {
            is_plain
                && (address.is_private()
                    || address.is_loopback()
                    || address.is_link_local()
                    || address.is_unspecified())
        })
    };
    let is_hex = |label: &&[u8]| label.len() == 8 && label.iter().all(u8::is_ascii_hexdigit);
    labels.windows(4).any(is_private) || labels.iter().any(is_hex)
}

/// Do parsers disagree about which host this is: `http://a#@b/`, `http://a\@b`?
fn is_confused(url: &Url<'_>) -> bool {
    let in_user = url
        .user
        .is_some_and(|user| user.iter().any(|byte| b"\\@&;[]".contains(byte)));
    let behind = [&b"#@"[..], b"?@", b"#\\@", b"\\@", b"%23@", b"%2523@"]
        .iter()
        .any(|sign| url.rest.starts_with(sign));
    is_web(url.scheme) && (in_user || behind)
}

/// A private host, plainly spelled: tutorials have it too.
fn internal(url: &Url<'_>) -> &'static Rule {
    let is_odd = url.user.is_some() && url.scheme != b"amqp" && is_web(url.scheme)
        || url.port.is_some_and(|port| PORTS.contains(&port)) && is_web(url.scheme)
        || is_web(url.scheme)
            && url.host.starts_with(b"127.")
            && (url.port.is_none() || &*url.host != b"127.0.0.1")
        || ADMIN.iter().any(|path| url.rest.starts_with(path))
        || [
            &b"0.0.0.0"[..],
            b"[::1]",
            b"[::]",
            b"ip6-localhost",
            b"ip6-loopback",
        ]
        .contains(&&*url.host)
        || INTERNAL_SCHEMES.contains(&url.scheme);
    if is_odd {
        &rules::INTERNAL_SERVICE
    } else {
        &rules::INTERNAL_URL
    }
}

fn scheme(url: &Url<'_>, is_all: bool) -> Option<&'static Rule> {
    let is_raw = RAW_SCHEMES.contains(&url.scheme) && url.slashes.len() > 1 && url.host.len() > 1;
    if !is_raw {
        return (is_all && url.scheme == b"tftp").then_some(&rules::INTERNAL_SERVICE);
    }
    let speaks = url.port.is_some() && !url.rest.is_empty();
    (is_all || speaks).then_some(&rules::RAW_SCHEME)
}

/// The address or the name of a metadata service without a scheme.
fn bare(text: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [
        b"169.254.169.254",
        b"169.254.170.2",
        b"100.100.100.200",
        b"metadata.google.internal",
        b"[fd00:ec2::254]",
    ];
    NAMES.iter().any(|name| {
        text.strip_prefix(*name)
            .is_some_and(|rest| rest.first().is_none_or(|next| b"/:".contains(next)))
    })
}
