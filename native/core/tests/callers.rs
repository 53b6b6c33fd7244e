//! Who called, by the word of each sender; and what an outsider can write into an event does not change it.

use hauberk_core::address_set::AddressSet;
use hauberk_core::inputs::decode;
use proptest::prelude::*;

/// The proxies that the rows trust.
const TRUSTED: &str = "198.51.100.0/24 2001:db8:cdf::/48";

fn callers(event: &str, trusted: &str) -> Vec<(String, String)> {
    let trusted = AddressSet::parse(trusted.split_whitespace()).unwrap();
    let callers = decode(event.as_bytes()).callers(&trusted);
    let shown = |caller: hauberk_core::inputs::Caller| (caller.address.to_string(), caller.path);
    callers.into_iter().map(shown).collect()
}

fn addresses(event: &str, trusted: &str) -> String {
    let callers = callers(event, trusted);
    Vec::from_iter(callers.into_iter().map(|(address, _)| address)).join(" ")
}

#[test]
fn each_sender_says_who_called() {
    let rows = [
        // API Gateway: REST, HTTP, WebSocket, authorizers
        (
            r#"{"requestContext": {"identity": {"sourceIp": "203.0.113.9"}}}"#,
            "203.0.113.9",
            "requestContext.identity.sourceIp",
        ),
        (
            r#"{"requestContext": {"http": {"sourceIp": "2001:db8::9"}}}"#,
            "2001:db8::9",
            "requestContext.http.sourceIp",
        ),
        (
            r#"{"requestContext": {"connectionId": "c", "identity": {"sourceIp": "203.0.113.9"}}}"#,
            "203.0.113.9",
            "requestContext.identity.sourceIp",
        ),
        (
            r#"{"methodArn": "a", "requestContext": {"identity": {"sourceIp": "203.0.113.9"}}}"#,
            "203.0.113.9",
            "requestContext.identity.sourceIp",
        ),
        (
            r#"{"requestContext": {"http": {"sourceIp": "::ffff:203.0.113.9"}}}"#,
            "203.0.113.9",
            "requestContext.http.sourceIp",
        ),
        // a function URL
        (
            r#"{"requestContext": {"domainName": "x.lambda-url.us-east-1.on.aws", "http": {"sourceIp": "203.0.113.9"}}}"#,
            "203.0.113.9",
            "requestContext.http.sourceIp",
        ),
        // a load balancer, also with lists of values; VPC Lattice
        (
            r#"{"requestContext": {"elb": {}}, "headers": {"x-forwarded-for": "203.0.113.9"}}"#,
            "203.0.113.9",
            "headers.x-forwarded-for",
        ),
        (
            r#"{"requestContext": {"elb": {}}, "headers": {"x-forwarded-for": "192.0.2.1, 203.0.113.9"}}"#,
            "203.0.113.9",
            "headers.x-forwarded-for",
        ),
        (
            r#"{"requestContext": {"elb": {}}, "headers": {"x-forwarded-for": "203.0.113.9:4711"}}"#,
            "203.0.113.9",
            "headers.x-forwarded-for",
        ),
        (
            r#"{"requestContext": {"elb": {}}, "headers": {"x-forwarded-for": "[2001:db8::9]:4711"}}"#,
            "2001:db8::9",
            "headers.x-forwarded-for",
        ),
        (
            r#"{"requestContext": {"elb": {}}, "multiValueHeaders": {"x-forwarded-for": ["192.0.2.1", "203.0.113.9"]}}"#,
            "203.0.113.9",
            "multiValueHeaders.x-forwarded-for",
        ),
        (
            r#"{"requestContext": {"serviceNetworkArn": "a"}, "headers": {"x-forwarded-for": ["10.0.2.100"]}}"#,
            "10.0.2.100",
            "headers.x-forwarded-for",
        ),
        // CloudFront
        (
            r#"{"Records": [{"cf": {"request": {"clientIp": "203.0.113.9"}}}]}"#,
            "203.0.113.9",
            "Records[0].cf.request.clientIp",
        ),
        // AppSync: a resolver's caller, a batch's, one with an API key
        (
            r#"{"identity": {"sourceIp": ["192.0.2.1", "203.0.113.9"]}, "info": {"parentTypeName": "Query"}}"#,
            "203.0.113.9",
            "identity.sourceIp",
        ),
        (
            r#"[{"identity": {"sourceIp": ["203.0.113.9"]}, "info": {"parentTypeName": "Query"}}]"#,
            "203.0.113.9",
            "identity.sourceIp",
        ),
        (
            r#"{"identity": null, "request": {"headers": {"x-forwarded-for": "192.0.2.1, 203.0.113.9"}}, "info": {"parentTypeName": "Query"}}"#,
            "203.0.113.9",
            "request.headers.x-forwarded-for",
        ),
        (
            r#"{"authorizationToken": "t", "requestHeaders": {"x-forwarded-for": "203.0.113.9"}}"#,
            "203.0.113.9",
            "requestHeaders.x-forwarded-for",
        ),
        // S3, alone and inside messages; CloudTrail and S3 through EventBridge
        (
            r#"{"Records": [{"requestParameters": {"sourceIPAddress": "203.0.113.9"}}]}"#,
            "203.0.113.9",
            "Records[0].requestParameters.sourceIPAddress",
        ),
        (
            r#"{"Records": [{"body": "{\"Records\": [{\"requestParameters\": {\"sourceIPAddress\": \"203.0.113.9\"}}]}"}]}"#,
            "203.0.113.9",
            "Records[0].body→$.Records[0].requestParameters.sourceIPAddress",
        ),
        (
            r#"{"Records": [{"Sns": {"Message": "{\"Records\": [{\"requestParameters\": {\"sourceIPAddress\": \"203.0.113.9\"}}]}"}}]}"#,
            "203.0.113.9",
            "Records[0].Sns.Message→$.Records[0].requestParameters.sourceIPAddress",
        ),
        (
            r#"{"Records": [{"body": "{\"Message\": \"{\\\"Records\\\": [{\\\"requestParameters\\\": {\\\"sourceIPAddress\\\": \\\"203.0.113.9\\\"}}]}\"}"}]}"#,
            "203.0.113.9",
            "Records[0].body→$.Message→$.Records[0].requestParameters.sourceIPAddress",
        ),
        (
            r#"{"source": "aws.s3", "detail-type": "AWS API Call via CloudTrail", "detail": {"sourceIPAddress": "203.0.113.9"}}"#,
            "203.0.113.9",
            "detail.sourceIPAddress",
        ),
        (
            r#"{"detail": {"source-ip-address": "203.0.113.9"}, "detail-type": "Object Created", "source": "aws.s3"}"#,
            "203.0.113.9",
            "detail.source-ip-address",
        ),
        // a mail
        (
            r#"{"Records": [{"ses": {"mail": {"headers": [{"name": "Return-Path", "value": "<a@b.c>"}, {"name": "Received", "value": "from b.c (b.c [203.0.113.9]) by inbound-smtp.eu-west-1.amazonaws.com with SMTP id x"}]}}}]}"#,
            "203.0.113.9",
            "Records[0].ses.mail.headers",
        ),
        // Transfer Family, Client VPN, a device
        (
            r#"{"username": "u", "serverId": "s", "sourceIp": "203.0.113.9"}"#,
            "203.0.113.9",
            "sourceIp",
        ),
        (
            r#"{"endpoint-id": "cvpn-endpoint-1", "public-ip": "203.0.113.9"}"#,
            "203.0.113.9",
            "public-ip",
        ),
        (
            r#"{"clientId": "c", "eventType": "connected", "principalIdentifier": "p", "ipAddress": "203.0.113.9"}"#,
            "203.0.113.9",
            "ipAddress",
        ),
    ];
    assert_eq!(rows.len(), 27);
    for (event, address, path) in rows {
        assert_eq!(
            callers(event, ""),
            [(address.to_owned(), path.to_owned())],
            "{event}"
        );
    }
}

#[test]
fn who_is_told_by_nobody_is_not_made_up() {
    let rows = [
        r#"{"headers": {"x-forwarded-for": "203.0.113.9"}, "sourceIp": "203.0.113.9"}"#,
        r#"{"detail": {"requestContext": {"http": {"sourceIp": "203.0.113.9"}}}}"#,
        r#"{"source": "shop", "detail-type": "AWS API Call via CloudTrail", "detail": {"sourceIPAddress": "203.0.113.9"}}"#,
        r#"{"Records": [{"requestParameters": {"sourceIPAddress": "s3.amazonaws.com"}}]}"#,
        r#"{"requestContext": {"http": {"sourceIp": "test-invoke-source-ip"}}}"#,
        r#"{"triggerSource": "PreSignUp_SignUp", "request": {"userAttributes": {"sourceIp": "203.0.113.9"}}}"#,
        r#"{"requestContext": {"elb": {}}, "headers": {"x-forwarded-for": "203.0.113.9, unknown"}}"#,
        r#"{"requestContext": {"elb": {}}, "headers": {}}"#,
        "203.0.113.9",
        "",
    ];
    for event in rows {
        assert_eq!(addresses(event, TRUSTED), "", "{event}");
    }
}

/// An event of a gateway whose caller is a proxy, with some headers.
fn through_proxy(headers: &str) -> String {
    format!(r#"{{{headers}, "requestContext": {{"identity": {{"sourceIp": "198.51.100.1"}}}}}}"#)
}

#[test]
fn behind_trusted_proxies_is_who_they_saw() {
    let rows = [
        // the headers                                                                 who called
        (
            r#""headers": {"X-Forwarded-For": "203.0.113.9"}"#,
            "203.0.113.9",
        ),
        (
            r#""headers": {"x-forwarded-for": "203.0.113.9, 198.51.100.7"}"#,
            "203.0.113.9",
        ), // two proxies
        (
            r#""headers": {"x-forwarded-for": "203.0.113.9, 2001:db8:cdf::1, 198.51.100.1"}"#,
            "203.0.113.9",
        ),
        (
            r#""headers": {"x-forwarded-for": "[2001:db8::9]:80,198.51.100.7:443"}"#,
            "2001:db8::9",
        ),
        (
            r#""headers": {"x-forwarded-for": "203.0.113.9,\t198.51.100.7 ,"}"#,
            "203.0.113.9",
        ),
        (
            r#""headers": {"x-forwarded-for": "::ffff:203.0.113.9"}"#,
            "203.0.113.9",
        ),
        (
            r#""multiValueHeaders": {"X-Forwarded-For": ["203.0.113.9", "198.51.100.7"]}"#,
            "203.0.113.9",
        ),
        (r#""headers": {}"#, "198.51.100.1"), // it names nobody
        (
            r#""headers": {"x-forwarded-for": "198.51.100.7"}"#,
            "198.51.100.7",
        ), // a proxy's own call
        (
            r#""headers": {"x-forwarded-for": "203.0.113.9, unknown"}"#,
            "198.51.100.1",
        ),
    ];
    for (headers, expected) in rows {
        assert_eq!(
            addresses(&through_proxy(headers), TRUSTED),
            expected,
            "{headers}"
        );
        assert_eq!(
            addresses(&through_proxy(headers), ""),
            "198.51.100.1",
            "trusted by nobody: {headers}"
        );
    }
}

/// Each is what an honest caller's event looks like, and the same with what the caller can add: to hide behind another
/// address, or to be taken for a proxy. `203.0.113.9` calls, and stays among the callers.
#[test]
fn what_an_outsider_writes_does_not_hide_where_it_comes_from() {
    let gateway = |headers: &str, peer: &str| {
        format!(
            r#"{{"headers": {{{headers}}}, "requestContext": {{"identity": {{"sourceIp": "{peer}"}}}}, "body": "x"}}"#
        )
    };
    let balancer = |headers: &str| {
        format!(r#"{{"requestContext": {{"elb": {{}}}}, "headers": {{{headers}}}}}"#)
    };
    let lists = |headers: &str| {
        format!(
            r#"{{"multiValueHeaders": {{{headers}}}, "requestContext": {{"identity": {{"sourceIp": "198.51.100.1"}}}}}}"#
        )
    };
    let (caller, proxy) = ("203.0.113.9", "198.51.100.1");
    let rows = [
        ("no header", gateway("", caller), gateway(r#""x-forwarded-for": "192.0.2.66""#, caller)),
        ("a proxy's address", gateway("", caller), gateway(r#""x-forwarded-for": "198.51.100.7""#, caller)),
        ("entries to the left", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": "192.0.2.66, 198.51.100.7, 203.0.113.9""#, proxy)),
        ("proxies to the left", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": "198.51.100.7, 198.51.100.8, 203.0.113.9, 198.51.100.9""#, proxy)),
        ("no addresses to the left", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": "unknown, _hidden, 999.1.1.1, 203.0.113.9""#, proxy)),
        ("blank entries", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": " , ,, 203.0.113.9""#, proxy)),
        ("more lines", lists(r#""x-forwarded-for": ["203.0.113.9"]"#), lists(r#""x-forwarded-for": ["192.0.2.66", "198.51.100.7", "203.0.113.9"]"#)),
        ("another spelling behind", gateway(r#""X-Forwarded-For": "203.0.113.9""#, proxy), gateway(r#""X-Forwarded-For": "203.0.113.9", "x-forwarded-for": "192.0.2.66""#, proxy)),
        ("another spelling in front", gateway(r#""X-Forwarded-For": "203.0.113.9""#, proxy), gateway(r#""x-FORWARDED-for": "192.0.2.66", "X-Forwarded-For": "203.0.113.9""#, proxy)),
        ("another spelling, in lists", lists(r#""X-Forwarded-For": ["203.0.113.9"]"#), lists(r#""X-Forwarded-For": ["203.0.113.9"], "x-forwarded-for": ["192.0.2.66"]"#)),
        ("the same key twice", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": "203.0.113.9", "x-forwarded-for": "192.0.2.66""#, proxy)),
        ("other headers", gateway(r#""x-forwarded-for": "203.0.113.9""#, proxy), gateway(r#""x-forwarded-for": "203.0.113.9", "forwarded": "for=192.0.2.66", "x-real-ip": "192.0.2.66", "true-client-ip": "192.0.2.66", "cf-connecting-ip": "192.0.2.66", "x_forwarded_for": "192.0.2.66""#, proxy)),
        ("a load balancer's", balancer(r#""x-forwarded-for": "203.0.113.9""#), balancer(r#""x-forwarded-for": "192.0.2.66, 198.51.100.7, 203.0.113.9""#)),
        ("a load balancer's, port and brackets", balancer(r#""x-forwarded-for": "203.0.113.9:1""#), balancer(r#""x-forwarded-for": "[2001:db8:cdf::1]:1, 203.0.113.9:1""#)),
        (
            "a body like a context",
            gateway("", caller),
            gateway("", caller).replace(r#""body": "x""#, r#""body": "{\"requestContext\": {\"identity\": {\"sourceIp\": \"192.0.2.66\"}}}""#),
        ),
        (
            "a query like a context",
            gateway("", caller),
            gateway("", caller).replace(r#""body": "x""#, r#""queryStringParameters": {"requestContext": "{}", "sourceIp": "192.0.2.66"}, "requestContext.identity.sourceIp": "192.0.2.66""#),
        ),
        (
            "a claim like an identity",
            gateway("", caller),
            gateway("", caller).replace(r#""identity": {"#, r#""authorizer": {"claims": {"sourceIp": "192.0.2.66"}}, "identity": {"#),
        ),
    ];
    for (why, honest, forged) in rows {
        for event in [honest, forged] {
            let found = addresses(&event, TRUSTED);
            assert!(
                found.split(' ').any(|one| one == caller),
                "{why}: {found} in {event}"
            );
        }
    }
}

#[test]
fn a_function_url_passes_on_what_the_outsider_wrote_so_it_is_not_believed() {
    let event = |header: &str| {
        format!(
            r#"{{"headers": {{"x-forwarded-for": "{header}"}},
            "requestContext": {{"domainName": "x.lambda-url.us-east-1.on.aws", "http": {{"sourceIp": "198.51.100.1"}}}}}}"#
        )
    };
    for header in ["203.0.113.9", "192.0.2.66, 203.0.113.9"] {
        assert_eq!(addresses(&event(header), TRUSTED), "198.51.100.1");
    }
}

#[test]
fn a_mail_is_from_where_the_server_took_it_whatever_its_headers_say() {
    let mail = |headers: &[(&str, &str)]| {
        let headers = Vec::from_iter(
            headers
                .iter()
                .map(|(name, value)| format!(r#"{{"name": "{name}", "value": "{value}"}}"#)),
        );
        format!(
            r#"{{"Records": [{{"ses": {{"mail": {{"headers": [{}]}}}}}}]}}"#,
            headers.join(", ")
        )
    };
    let own = (
        "Received",
        "from b.c (b.c [203.0.113.9]) by inbound-smtp.us-east-1.amazonaws.com with SMTP id x for <a@b.c>",
    );
    let rows = [
        (vec![own], "203.0.113.9"),
        (
            vec![
                own,
                (
                    "Received",
                    "from x ([192.0.2.66]) by inbound-smtp.us-east-1.amazonaws.com",
                ),
            ],
            "203.0.113.9",
        ),
        (
            vec![("received", "from x ([192.0.2.66]) by mx.example.com"), own],
            "",
        ), // the first is not SES's
        (
            vec![(
                "Received",
                "from [192.0.2.66] (b.c [203.0.113.9]) by inbound-smtp.us-east-1.amazonaws.com",
            )],
            "192.0.2.66 203.0.113.9",
        ),
        (
            vec![(
                "Received",
                "from b.c (b.c [203.0.113.9]) by inbound-smtp.x with SMTP for <\\\"[192.0.2.66] by inbound-smtp.\\\"@b.c>",
            )],
            "203.0.113.9 192.0.2.66",
        ),
        (
            vec![(
                "Received-SPF",
                "pass (spfCheck: domain of b.c designates 203.0.113.9 as permitted sender) client-ip=203.0.113.9; envelope-from=a@b.c;",
            )],
            "203.0.113.9",
        ),
        (
            vec![
                ("Received-SPF", "pass client-ip=203.0.113.9;"),
                ("Received-SPF", "pass client-ip=192.0.2.66;"),
            ],
            "203.0.113.9",
        ),
    ];
    for (headers, expected) in rows {
        assert_eq!(addresses(&mail(&headers), ""), expected, "{headers:?}");
    }
}

#[test]
fn a_flood_of_addresses_is_bounded() {
    let records = r#"{"requestParameters": {"sourceIPAddress": "203.0.113.9"}},"#.repeat(20_000);
    let event = format!(r#"{{"Records": [{records} {{}}]}}"#);
    assert_eq!(callers(&event, "").len(), 10_000);
    let header = "198.51.100.7,".repeat(100_000);
    let event = through_proxy(&format!(
        r#""headers": {{"x-forwarded-for": "203.0.113.9,{header}"}}"#
    ));
    assert_eq!(addresses(&event, TRUSTED), "203.0.113.9");
}

proptest! {
    #[test]
    fn any_header_leaves_the_proxys_word_in_force(left in "[ -~]{0,60}", extra in r"[a-zA-Z-]{1,20}", value in "[ -~]{0,30}") {
        let headers = serde_json::json!({
            (extra.clone()): value,
            "X-Forwarded-For": format!("{left}, 203.0.113.9"),
        });
        let event = through_proxy(&format!(r#""headers": {headers}"#));
        prop_assert!(addresses(&event, TRUSTED).contains("203.0.113.9"));
    }

    #[test]
    fn any_bytes_have_callers_or_none(event in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&event).callers(&AddressSet::default());
    }
}
