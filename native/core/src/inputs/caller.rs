//! Who called: the address that the event's sender vouches for, and what trusted proxies say of those before them.
//!
//! Sees:         API Gateway (REST, HTTP, WebSocket, authorizers), function URLs, load balancers, VPC Lattice, CloudFront,
//!               AppSync, S3 and CloudTrail (through SNS, SQS and EventBridge too), SES, Transfer Family, Client VPN,
//!               presence of IoT devices
//! Does not see: senders that tell no address (Cognito, Lex, Alexa, queues, streams); `Forwarded`; who is in front of a
//!               function URL's proxy: Lambda passes on of `X-Forwarded-For` what the outsider wrote, not what the proxy did
//!
//! What stands in an event twice counts twice: who can add an address cannot take one away.

use super::forwarded::{Chain, address, is_forwarded};
use super::mail::Mail;
use super::trigger::Trigger;
use crate::address_set::AddressSet;
use crate::json::{Leaf, Step, walk};
use memchr::memmem;
use std::net::IpAddr;

/// Addresses of one event that are looked at.
const MOST_CALLERS: usize = 10_000;
/// Notifications inside messages inside messages (S3 in SNS in SQS) are opened this deep.
const MOST_LAYERS: u8 = 2;
/// Steps of the longest trail that is looked for.
const MOST_STEPS: usize = 8;
const INDEX: &[u8] = b"[]";

/// An address that called, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub address: IpAddr,
    pub path: String,
}

/// The callers of an event. `trusted` are proxies whose word about those before them counts.
pub(super) fn callers(event: &[u8], trigger: Trigger, trusted: &AddressSet) -> Vec<Caller> {
    let mut notes = Notes::default();
    // An event with a fault reaches no handler: what was noted until there does no harm.
    let _ = walk(event, |trail, leaf| notes.take(trail, leaf));
    let mut callers = notes.of_http(trigger, trusted);
    callers.extend(notes.of_services());
    callers.truncate(MOST_CALLERS);
    callers
}

/// Keys at the root that tell a service's events from others.
const MARKS: [&[u8]; 5] = [
    b"Records",
    b"detail-type",
    b"serverId",
    b"endpoint-id",
    b"principalIdentifier",
];
const RECORDS: usize = 0;
const EVENT: usize = 1;
const TRANSFER: usize = 2;
const VPN: usize = 3;
const DEVICE: usize = 4;
/// Of a message in a message: no mark of its own.
const INNER: usize = usize::MAX;

/// What an event says of addresses.
#[derive(Default)]
struct Notes {
    layer: u8,
    peers: Vec<(Vec<u8>, &'static str)>,
    /// Each is the lines of one header, in order.
    forwarded: Vec<Chain>,
    /// As these, but the last address is the one that the sender itself saw.
    listed: Vec<Chain>,
    told: Vec<Told>,
    mail: Mail,
    marks: [bool; MARKS.len()],
    event_source: Vec<u8>,
}

/// An address that a service tells of, and the mark that its events have.
struct Told {
    text: Vec<u8>,
    path: String,
    mark: usize,
}

impl Notes {
    fn take(&mut self, trail: &[Step<'_>], leaf: Leaf<'_>) {
        if trail.len() > MOST_STEPS {
            return;
        }
        let mut names = [INDEX; MOST_STEPS];
        for (name, step) in names.iter_mut().zip(trail) {
            if let Step::Key(key) = step {
                *name = key;
            }
        }
        let names = &names[..trail.len()];
        match leaf {
            Leaf::Text(text) => self.take_text(trail, names, text),
            Leaf::Key(key) => self.take_key(names, key),
            Leaf::True | Leaf::Other(_) => {}
        }
    }

    /// Begins a header whose values follow.
    fn take_key(&mut self, names: &[&[u8]], key: &[u8]) {
        match names {
            [] => {
                for (mark, name) in self.marks.iter_mut().zip(MARKS) {
                    *mark |= name == key;
                }
            }
            [b"headers"] if is_forwarded(key) => {
                self.forwarded.push(Chain::at("headers.x-forwarded-for"));
            }
            [b"multiValueHeaders"] if is_forwarded(key) => {
                let place = "multiValueHeaders.x-forwarded-for";
                self.forwarded.push(Chain::at(place));
            }
            [b"Records", INDEX, b"cf", b"request", b"headers"] if is_forwarded(key) => {
                let place = "Records[0].cf.request.headers.x-forwarded-for";
                self.forwarded.push(Chain::at(place));
            }
            [b"requestHeaders"] if is_forwarded(key) => {
                self.listed
                    .push(Chain::at("requestHeaders.x-forwarded-for"));
            }
            [b"request", b"headers"] | [INDEX, b"request", b"headers"] if is_forwarded(key) => {
                self.listed
                    .push(Chain::at("request.headers.x-forwarded-for"));
            }
            [b"identity"] | [INDEX, b"identity"] if key == b"sourceIp" => {
                self.listed.push(Chain::at("identity.sourceIp"));
            }
            _ => {}
        }
    }

    fn take_text(&mut self, trail: &[Step<'_>], names: &[&[u8]], text: &[u8]) {
        match names {
            [b"requestContext", b"http", b"sourceIp"] => {
                self.peers
                    .push((text.to_vec(), "requestContext.http.sourceIp"));
            }
            [b"requestContext", b"identity", b"sourceIp"] => {
                self.peers
                    .push((text.to_vec(), "requestContext.identity.sourceIp"));
            }
            [b"Records", INDEX, b"cf", b"request", b"clientIp"] => {
                self.peers
                    .push((text.to_vec(), "Records[0].cf.request.clientIp"));
            }
            [b"headers" | b"multiValueHeaders", name]
            | [b"headers" | b"multiValueHeaders", name, INDEX]
            | [
                b"Records",
                INDEX,
                b"cf",
                b"request",
                b"headers",
                name,
                INDEX,
                b"value",
            ] if is_forwarded(name) => {
                Chain::push(&mut self.forwarded, text);
            }
            [b"request", b"headers", name] | [INDEX, b"request", b"headers", name]
                if is_forwarded(name) =>
            {
                Chain::push(&mut self.listed, text);
            }
            [b"requestHeaders", name] if is_forwarded(name) => {
                Chain::push(&mut self.listed, text);
            }
            [b"identity", b"sourceIp", ..] | [INDEX, b"identity", b"sourceIp", ..] => {
                Chain::push(&mut self.listed, text);
            }
            [b"source"] => self.event_source = text.to_vec(),
            _ => self.take_told(trail, names, text),
        }
    }

    fn take_told(&mut self, trail: &[Step<'_>], names: &[&[u8]], text: &[u8]) {
        match names {
            [b"detail", b"sourceIPAddress"] => self.tell(text, "detail.sourceIPAddress", EVENT),
            [b"detail", b"source-ip-address"] => {
                self.tell(text, "detail.source-ip-address", EVENT);
            }
            [b"sourceIp"] => self.tell(text, "sourceIp", TRANSFER),
            [b"public-ip"] => self.tell(text, "public-ip", VPN),
            [b"ipAddress"] => self.tell(text, "ipAddress", DEVICE),
            [b"Message"] if self.layer > 0 => self.open(text, "Message"),
            [b"Records", INDEX, rest @ ..] => {
                if let [_, Step::Index(record), ..] = *trail {
                    self.take_record(record, rest, text);
                }
            }
            _ => {}
        }
    }

    fn take_record(&mut self, record: usize, names: &[&[u8]], text: &[u8]) {
        let path = |rest: &str| format!("Records[{record}].{rest}");
        match names {
            [b"requestParameters", b"sourceIPAddress"] => {
                self.tell(text, &path("requestParameters.sourceIPAddress"), RECORDS);
            }
            [b"body"] => self.open(text, &path("body")),
            [b"Sns", b"Message"] => self.open(text, &path("Sns.Message")),
            [b"ses", b"mail", b"headers", INDEX, b"name"] => self.mail.begin(record, text),
            [b"ses", b"mail", b"headers", INDEX, b"value"] => {
                for address in self.mail.addresses(text) {
                    self.tell(address, &path("ses.mail.headers"), RECORDS);
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, text: &[u8], path: &str, mark: usize) {
        let (text, path) = (text.to_vec(), path.to_owned());
        self.told.push(Told { text, path, mark });
    }

    /// Reads S3's and CloudTrail's words inside a message: only what has the shape of theirs.
    fn open(&mut self, text: &[u8], path: &str) {
        const WORDS: [&[u8]; 2] = [b"sourceIPAddress", b"source-ip-address"];
        let has_word = WORDS.iter().any(|word| memmem::find(text, word).is_some());
        if !has_word || self.layer == MOST_LAYERS {
            return;
        }
        let mut inner = Notes {
            layer: self.layer + 1,
            ..Notes::default()
        };
        let _ = walk(text, |trail, leaf| inner.take(trail, leaf));
        for caller in inner.of_services() {
            let text = caller.address.to_string();
            let path = format!("{path}→$.{}", caller.path);
            // Which key at the root the message stands under was looked at where it was found.
            let mark = if self.layer == 0 { RECORDS } else { INNER };
            self.tell(text.as_bytes(), &path, mark);
        }
    }

    fn of_http(&self, trigger: Trigger, trusted: &AddressSet) -> Vec<Caller> {
        let peers = self.peers.iter();
        let peers = peers.filter_map(|(text, place)| Some(Caller::at(address(text)?, place)));
        let (proxies, mut callers): (Vec<_>, Vec<_>) =
            peers.partition(|peer| trusted.contains(peer.address));
        let before = |chains: &[Chain]| {
            let found = chains.iter().filter_map(|chain| chain.caller(trusted));
            found
                .map(|(address, place)| Caller::at(address, place))
                .collect::<Vec<_>>()
        };
        let forwarded = match trigger {
            Trigger::FunctionUrl => Vec::new(),
            Trigger::LoadBalancer | Trigger::Lattice => before(&self.forwarded),
            _ if proxies.is_empty() => Vec::new(),
            _ => before(&self.forwarded),
        };
        // A proxy is a caller itself where it names none.
        callers.extend(if forwarded.is_empty() {
            proxies
        } else {
            forwarded
        });
        if matches!(trigger, Trigger::AppSync | Trigger::Authorizer) {
            callers.extend(before(&self.listed));
        }
        callers
    }

    fn of_services(&self) -> Vec<Caller> {
        let is_of_aws = self.event_source.starts_with(b"aws.");
        let is_marked = |told: &&Told| match told.mark {
            INNER => true,
            // Nobody but AWS may send events whose source begins so.
            EVENT => self.marks[EVENT] && is_of_aws,
            mark => self.marks[mark],
        };
        let told = self.told.iter().filter(is_marked);
        told.filter_map(|told| Some(Caller::at(address(&told.text)?, &told.path)))
            .collect()
    }
}

impl Caller {
    fn at(address: IpAddr, path: &str) -> Caller {
        let path = path.to_owned();
        Caller { address, path }
    }
}
