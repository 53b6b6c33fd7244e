//! Which input of an event names what an activity is about: whoever called chose it then, not the code.
//!
//! Sees:         a whole host or address in an input, also of a URL, spelled as resolvers take it (`EVIL.example.`, `évil.example`,
//!               `0x7f.1`); a path or program that is an input; the bucket, table, queue, function or other resource of an
//!               ARN, also in a URL of AWS, or the end of an ARN
//! Does not see: what code put together (`{tenant}.example.com`), decoded in a way of its own, or looked up by an input

use crate::activity::{Activity, Kind};
use crate::address;
use crate::chosen::is_chosen;
use crate::host_in_text::{addresses, as_resolved, holds_host};
use crate::inputs::Event;
use crate::policy::split_port;
use memchr::memmem::Finder;
use std::net::IpAddr;

/// A shorter name stands in an event by chance.
const SHORTEST: usize = 3;
const SHORTEST_PROGRAM: usize = 2;
/// Starts of texts in which a resource of AWS may stand.
const OF_AWS: [&[u8]; 6] = [
    b"arn:",
    b"s3://",
    b"s3a://",
    b"s3n://",
    b"https://",
    b"http://",
];
/// What may stand before and behind a name in such a text.
const AROUND: &[u8] = b"/:@?#&=.\"' \t";

/// Behind this a path says which segment of a text it is.
const OF_A_PART: &str = "→segment[";

/// What to look for: texts that are one of `whole`, or hold the name in the way of its kind.
struct Wanted {
    whole: Vec<Vec<u8>>,
    within: Option<Within>,
}

enum Within {
    Host(Vec<u8>),
    Address(IpAddr),
    /// The name of a bucket, and what may stand behind it.
    Bucket(Vec<u8>),
    /// The name of another resource, and its ARN, of which a text may be the end.
    Resource(Vec<u8>, Vec<u8>),
    /// A program, behind which a text may have arguments.
    Program(Vec<u8>, Vec<u8>),
}

/// The path of the input that names the target of an activity; of several the shortest, which is about nothing else.
pub(crate) fn named_by<'a>(event: &'a Event, activity: &Activity) -> Option<&'a str> {
    let wanted = Wanted::of(activity)?;
    let mut text = Vec::new();
    event
        .inputs()
        .filter(|input| {
            as_resolved(input.text(), &mut text);
            wanted.is_in(&text)
        })
        .filter(|input| is_chosen(event, input.path()))
        .min_by_key(|input| input.text().len())
        .map(|input| input.path().split(OF_A_PART).next().unwrap_or_default())
}

impl Wanted {
    fn of(activity: &Activity) -> Option<Wanted> {
        let target = activity.target.to_ascii_lowercase();
        let (whole, within) = match activity.kind {
            Kind::Host => {
                let bucket = bucket_of(&target).map(<[u8]>::to_vec);
                let host = target.strip_suffix(b".").unwrap_or(&target).to_vec();
                (bucket.into_iter().collect(), Some(Within::Host(host)))
            }
            Kind::Address => {
                let text = std::str::from_utf8(&target).ok()?;
                let address = address::parse(split_port(text).0).map(Within::Address);
                let socket = target.strip_prefix(b"unix:").map(<[u8]>::to_vec);
                (socket.into_iter().chain([target]).collect(), address)
            }
            Kind::Api => {
                let (name, is_bucket) = resource(&target)?;
                let name = name.to_vec();
                let within = if is_bucket {
                    Within::Bucket(name.clone())
                } else {
                    Within::Resource(name.clone(), target.clone())
                };
                (vec![name, target], Some(within))
            }
            Kind::Process => {
                let name = target.rsplit(|byte| *byte == b'/').next()?.to_vec();
                (Vec::new(), Some(Within::Program(name, target)))
            }
            Kind::File | Kind::Code => (vec![target], None),
        };
        let whole: Vec<_> = whole.into_iter().filter(|one| is_name(one)).collect();
        let within = within.filter(|within| match within {
            Within::Host(name) | Within::Bucket(name) | Within::Resource(name, _) => is_name(name),
            Within::Program(..) | Within::Address(_) => true,
        });
        (!whole.is_empty() || within.is_some()).then_some(Wanted { whole, within })
    }

    fn is_in(&self, text: &[u8]) -> bool {
        if self.whole.iter().any(|one| one == text) {
            return true;
        }
        match &self.within {
            None => false,
            Some(Within::Host(name)) => holds_host(text, name),
            Some(Within::Address(wanted)) => addresses(text).any(|one| one == *wanted),
            Some(Within::Bucket(name)) => {
                let rest = text.strip_prefix(name.as_slice());
                rest.is_some_and(|rest| rest.starts_with(b"/"))
                    || is_of_aws(text) && holds_resource(text, name)
            }
            Some(Within::Resource(name, arn)) => {
                let is_url = text.starts_with(b"http") && ends_at_a_part(text, name);
                is_url
                    || is_of_aws(text) && holds_resource(text, name)
                    || is_name(text) && ends_at_a_part(arn, text)
            }
            Some(Within::Program(name, whole)) => {
                let first = text
                    .split(u8::is_ascii_whitespace)
                    .next()
                    .unwrap_or_default();
                first.len() >= SHORTEST_PROGRAM && (first == name || first == whole)
            }
        }
    }
}

fn is_name(text: &[u8]) -> bool {
    text.len() >= SHORTEST && !text.contains(&b'*')
}

fn is_of_aws(text: &[u8]) -> bool {
    OF_AWS.iter().any(|start| text.starts_with(start))
        && (!text.starts_with(b"http") || Finder::new(b".amazonaws.com").find(text).is_some())
}

/// Whether a text is the end of another, from a part of it on.
fn ends_at_a_part(text: &[u8], end: &[u8]) -> bool {
    let end = end.strip_prefix(b"/").unwrap_or(end);
    let before = text.strip_suffix(end);
    before
        .and_then(<[u8]>::last)
        .is_some_and(|byte| matches!(byte, b'/' | b':'))
}

fn holds_resource(text: &[u8], name: &[u8]) -> bool {
    let is_around = |byte: Option<&u8>| byte.is_none_or(|byte| AROUND.contains(byte));
    Finder::new(name).find_iter(text).any(|start| {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        is_around(before) && is_around(text.get(start + name.len()))
    })
}

/// The bucket by whose host S3 is asked: `evil` of `evil.s3.eu-west-1.amazonaws.com`.
fn bucket_of(host: &[u8]) -> Option<&[u8]> {
    let is_of_aws = host.ends_with(b".amazonaws.com") || host.ends_with(b".amazonaws.com.cn");
    let at = [&b".s3."[..], b".s3-"]
        .iter()
        .filter_map(|mark| Finder::new(mark).find(host))
        .min()?;
    is_of_aws.then_some(&host[..at])
}

/// The name of an ARN's resource, and whether it is a bucket; else what stands behind the type, without what is in it.
fn resource(arn: &[u8]) -> Option<(&[u8], bool)> {
    let mut fields = arn.splitn(6, |byte| *byte == b':');
    let service = fields.nth(2)?;
    let resource = fields.nth(2)?;
    let is_separator = |byte: &u8| matches!(byte, b'/' | b':');
    let mut parts = resource.split(is_separator);
    let first = parts.next()?;
    if service == b"s3" {
        return Some((first, true));
    }
    let behind = parts.find(|part| !part.is_empty());
    Some((behind.unwrap_or(first), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::decode;
    use proptest::prelude::*;

    fn of(event: &str, kind: Kind, target: &str) -> Option<String> {
        let event = decode(event.as_bytes());
        let activity = Activity::new(kind, "any", target);
        named_by(&event, &activity).map(str::to_owned)
    }

    #[test]
    #[rustfmt::skip]
    fn what_a_caller_named_is_told_from_what_the_code_made() {
        use Kind::{Address, Api, Code, File, Host, Process};
        let bucket = "arn:aws:s3:::evil/out.zip";
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/salaries/index/by-name";
        let queue = "arn:aws:sqs:eu-west-1:123456789012:jobs-7";
        let rows = [
            (r#"{"body": "{\"url\": \"https://Evil.example/x\"}"}"#, Host, "evil.example", Some("body→$.url")),
            (r#"{"body": "{\"to\": \"ann@evil.example\"}"}"#, Host, "evil.example", Some("body→$.to")),
            (r#"{"host": "evil.example:8443"}"#, Host, "evil.example", Some("host")),
            (r#"{"host": "not-evil.example"}"#, Host, "evil.example", None),
            (r#"{"host": "evil.example.com"}"#, Host, "evil.example", None),
            (r#"{"host": "EVIL.example."}"#, Host, "evil.example", Some("host")),
            (r#"{"host": "evil.example.:443"}"#, Host, "evil.example.", Some("host")),
            (r#"{"hosts": "good.example,evil.example;x"}"#, Host, "evil.example", Some("hosts")),
            (r#"{"host": "évil.example"}"#, Host, "xn--vil-9la.example", Some("host")),
            (r#"{"host": "évil.example.com"}"#, Host, "xn--vil-9la.example", None),
            (r#"{"note": "é evil.example"}"#, Host, "xn--vil-9la.example", None),
            (r#"{"host": "evil.éxample"}"#, Host, "evil.xn--xample-9ua", Some("host")),
            (r#"{"tenant": "acme"}"#, Host, "acme.example.com", None),
            (r#"{"requestContext": {"authorizer": {"claims": {"site": "evil.example"}}}}"#, Host, "evil.example",
                Some("requestContext.authorizer.claims.site")),
            (r#"{"headers": {"Host": "evil.example", "Origin": "https://evil.example"}}"#, Host, "evil.example", None),
            (r#"{"headers": {"X-Host": "evil.example"}}"#, Host, "evil.example", Some("headers.X-Host")),
            (r#"{"bucket": "acme-evil"}"#, Host, "acme-evil.s3.eu-west-1.amazonaws.com", Some("bucket")),
            (r#"{"bucket": "s3"}"#, Host, "s3.eu-west-1.amazonaws.com", None),
            (r#"{"ip": "203.0.113.9"}"#, Address, "203.0.113.9:443", Some("ip")),
            (r#"{"url": "http://[2001:db8::9]/"}"#, Address, "[2001:db8::9]:80", Some("url")),
            (r#"{"ip": "1203.0.113.9"}"#, Address, "203.0.113.9:443", None),
            (r#"{"url": "http://3405803785/"}"#, Address, "203.0.113.9:443", Some("url")),
            (r#"{"url": "http://0xcb.0.0161.9:8080/"}"#, Address, "203.0.113.9:8080", Some("url")),
            (r#"{"ip": "2001:db8:0:0::9"}"#, Address, "[2001:db8::9]:80", Some("ip")),
            (r#"{"number": "3405803786"}"#, Address, "203.0.113.9:443", None),
            (r#"{"bucket": "evil"}"#, Api, bucket, Some("bucket")),
            (r#"{"from": "s3://evil/out.zip"}"#, Api, bucket, Some("from")),
            (r#"{"from": "arn:aws:s3:::evil"}"#, Api, bucket, Some("from")),
            (r#"{"key": "out.zip"}"#, Api, bucket, None),
            (r#"{"note": "such evil things"}"#, Api, bucket, None),
            (r#"{"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": "evil"}, "object": {"key": "a"}}}]}"#, Api, bucket, None),
            (r#"{"Records": [{"body": "{\"Records\": [{\"s3\": {\"bucket\": {\"name\": \"evil\"}}}]}"}]}"#, Api, bucket,
                Some("Records[0].body→$.Records[0].s3.bucket.name")),
            (r#"{"pathParameters": {"table": "salaries"}}"#, Api, table, Some("pathParameters.table")),
            (r#"{"path": "/salaries/7"}"#, Api, table, None),
            (r#"{"q": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs-7"}"#, Api, queue, Some("q")),
            (r#"{"any": "*"}"#, Api, "*", None),
            (r#"{"tool": "convert"}"#, Process, "/usr/bin/convert", Some("tool")),
            (r#"{"file": "/tmp/evil.sh"}"#, File, "/tmp/evil.sh", Some("file")),
            (r#"{"file": "report.pdf"}"#, File, "/tmp/report.pdf", None),
            (r#"{"plugin": "yaml.loader"}"#, Code, "yaml.loader", Some("plugin")),
            (r#"{"a": "ls"}"#, Process, "/usr/bin/ls", Some("a")),
            (r#"{"a": "printenv HOME"}"#, Process, "/usr/bin/printenv", Some("a")),
            (r#"{"a": "do printenv"}"#, Process, "/usr/bin/printenv", None),
            (r#"{"a": "/tmp/x.sock"}"#, Address, "unix:/tmp/x.sock", Some("a")),
            (r#"{"a": "https://evil\t.example/cb"}"#, Host, "evil.example", Some("a")),
            (r#"{"a": "evil。example"}"#, Host, "evil.example", Some("a")),
            (r#"{"a": "ev\u00adil.example"}"#, Host, "evil.example", Some("a")),
            (r#"{"a": "straße.example"}"#, Host, "strasse.example", Some("a")),
            (r#"{"a": "ｅｖｉｌ．example"}"#, Host, "evil.example", Some("a→nfkc")),
            (r#"{"a": "evil/out.zip"}"#, Api, bucket, Some("a")),
            (r#"{"a": "s3a://evil/out.zip"}"#, Api, bucket, Some("a")),
            (r#"{"a": "salaries/index/by-name"}"#, Api, table, Some("a")),
            (r#"{"a": "/prod/x/pw"}"#, Api, "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/x/pw", Some("a")),
            (r#"{"a": "/aws/lambda/x"}"#, Api, "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/x", Some("a")),
            (r#"{"a": "shop:live"}"#, Api, "arn:aws:lambda:eu-west-1:123456789012:function:shop:live", Some("a")),
            (r#"{"a": "http://queue.local/1/jobs-7"}"#, Api, queue, Some("a")),
            (r#"{"a": "https://shop.example/other-jobs-7"}"#, Api, queue, None),
            ("", Host, "evil.example", None),
        ];
        for (event, kind, target, expected) in rows {
            assert_eq!(of(event, kind, target).as_deref(), expected, "{event} {target}");
        }
    }

    #[test]
    fn no_bytes_of_a_target_are_too_much() {
        let event = decode("{\"a\": \"x\", \"b\": \"arn:\", \"c\": \"é.é..\"}".as_bytes());
        #[rustfmt::skip]
        let targets = [
            &b""[..], b"\xff\xfe:9", b"arn:", b"arn:aws:s3:::", b"::::::", b"/", b"xn--", b"xn--.", b"...",
        ];
        for target in targets {
            for kind in Kind::ALL {
                let _ = named_by(&event, &Activity::new(kind, "any", target));
            }
        }
    }

    proptest! {
        #[test]
        fn every_target_and_text_has_an_answer(text in "[a-zé.:/@x0-9-]{0,40}", target in "[a-z.:/x0-9n-]{0,20}") {
            let event = decode(serde_json::json!({ "a": text }).to_string().as_bytes());
            for kind in Kind::ALL {
                let _ = named_by(&event, &Activity::new(kind, "any", target.as_str()));
            }
        }
    }
}
