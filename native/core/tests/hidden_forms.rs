//! Attacks in forms that code, readers and frameworks undo, and texts of the same forms that hide none: what the
//! firewall says of the event.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hauberk_core::inspection::inspect;
use hauberk_core::judge::Action::{self, Alert, Allow, Block};
use hauberk_core::policy::{Mode, Policy};
use miniz_oxide::deflate::compress_to_vec;
use serde_json::{Value, json};

const UNION: &str = "' union select password from users-- ";

fn verdict(event: &Value) -> Action {
    // A text stands for an event of which the order counts.
    let event = event
        .as_str()
        .map_or_else(|| event.to_string(), str::to_owned);
    inspect(event.as_bytes(), &Policy::built_in(Mode::Prevent)).verdict
}

fn body(text: impl Into<Vec<u8>>) -> Value {
    json!({"version": "2.0", "body": String::from_utf8(text.into()).expect("text")})
}

fn leaf(text: &str) -> Value {
    body(json!({"q": text}).to_string())
}

fn header(name: &str, value: &str) -> Value {
    json!({"version": "2.0", "headers": {name: value}})
}

fn packed(text: impl AsRef<[u8]>) -> String {
    STANDARD.encode(text)
}

fn check(rows: &[(&str, Value, Action)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(_, event, expected)| verdict(event) != *expected)
        .map(|(name, event, expected)| {
            format!(
                "{name}: {:?}, not {expected:?}: {event:.300}",
                verdict(event)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn json_does_not_cover_what_leaves_its_place() {
    check(&[
        (
            "a string's own quotes",
            leaf("\" union select password from users where \""),
            Block,
        ),
        (
            "text in quotes",
            leaf("\"the union of users and their passwords\""),
            Allow,
        ),
        (
            "lines",
            body("{\"q\":\"a\"}\n{\"user\":{\"$ne\":null}}\n"),
            Alert,
        ),
        (
            "harmless lines",
            body("{\"q\":\"a\"}\n{\"user\":{\"ne\":null}}\n"),
            Allow,
        ),
        ("JSONP", body("cb({\"user\":{\"$ne\":1}})"), Alert),
        ("harmless JSONP", body("cb({\"user\":{\"ne\":1}})"), Allow),
        ("a guard", body(")]}',\n{\"user\":{\"$gt\":\"\"}}"), Alert),
        (
            "a comma too many",
            body("{\"user\":{\"$gt\":\"\",},}"),
            Alert,
        ),
        ("a comment", body("{/* a */\"user\":{\"$gt\":\"\"}}"), Alert),
        (
            "a harmless comment",
            body("{/* a */\"user\":{\"gt\":\"\"}}"),
            Allow,
        ),
        (
            "a path as a list",
            body(r#"{"path":["__proto__","admin"],"value":1}"#),
            Block,
        ),
        (
            "one by the constructor",
            body(r#"{"path":["constructor","prototype","admin"]}"#),
            Block,
        ),
        (
            "a list of words",
            body(r#"{"path":["sketch","prototype","constructor"]}"#),
            Allow,
        ),
        (
            "a type of Json.NET",
            body(r#"{"$type":"System.IO.FileInfo, System.IO.FileSystem","fileName":"x"}"#),
            Alert,
        ),
        (
            "a type of fastjson",
            body(r#"{"@type":"org.apache.commons.configuration.JNDIConfiguration","prefix":"x"}"#),
            Alert,
        ),
        (
            "a type of one's own",
            body(r#"{"@type":"Product","$type":"button"}"#),
            Allow,
        ),
        (
            "an object of jsonpickle",
            body(r#"{"py/object":"subprocess.Popen","a":["id"]}"#),
            Block,
        ),
        (
            "one of one's own",
            body(r#"{"py/object":"shop.Order","a":["id"]}"#),
            Allow,
        ),
    ]);
}

#[test]
fn what_readers_make_objects_of_is_known_in_letters_and_digits() {
    let pickles: [&[u8]; 10] = [
        b"cos\nsystem\n(S'id'\ntR.",
        b"(S'id'\nios\nsystem\n.",
        b"crunpy\nrun_path\n(S'/tmp/x'\ntR.",
        b"cctypes\nCDLL\n(S'/tmp/x'\ntR.",
        b"cpip\nmain\n((lS'install'\naS'x'\natR.",
        b"\x80\x02cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.",
        b"\x80\x03}q\x00(X\x01\x00\x00\x00aK\x01cposix\nsystem\nX\x02\x00\x00\x00id\x85Ru.",
        b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
        b"\x80\x05\x95\x39\0\0\0\0\0\0\0}\x94(\x8c\x01a\x94K\x01\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x85Ru.",
        b"N0\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
    ];
    for pickle in pickles {
        check(&[(
            &String::from_utf8_lossy(pickle),
            leaf(&packed(pickle)),
            Block,
        )]);
    }
    check(&[
        ("Java, in base64", leaf("rO0ABXNyABdqYXZhLnV0aWwu"), Block),
        ("Java, in hexadecimal", leaf("aced00057372"), Block),
        ("Ruby, in hexadecimal", leaf("04085b0763154e65743a3a577269"), Alert),
        (
            "a pickle, in hexadecimal",
            leaf("8004951d000000000000008c05706f736978948c0673797374656d9493948c02696494859452942e"),
            Alert,
        ),
        ("a digest", leaf("d41d8cd98f00b204e9800998ecf8427e"), Allow),
        ("a digest in base64", leaf(&packed(b"\x9f\x86\xd0\x81\x88\x4c\x7d\x65\x9a\x2f\xea\xa0\xc5\x5a\xd0\x15")), Allow),
        (
            "a pickle of data",
            leaf(&packed(b"\x80\x04\x95\x21\0\0\0\0\0\0\0}\x94(\x8c\x01a\x94(K\x01K\x02\x90\x8c\x01b\x94]\x94u.")),
            Allow,
        ),
        ("words", leaf(&packed(b"cos\nsin\ntan\nlog\n and what else a table has")), Allow),
    ]);
}

#[test]
fn base64_is_read_behind_something_and_among_other_signs() {
    let token = |header: &str| format!("{}.eyJhIjoxfQ.x", packed(header).replace('=', ""));
    let long = format!(
        "{{\"kid\": \"{UNION}\", \"p\": \"{}\"}}",
        "a".repeat(40_000)
    );
    let spaced = |sign: &str| {
        let letters = packed(UNION);
        let groups: Vec<&str> = letters
            .as_bytes()
            .chunks(4)
            .map(|four| std::str::from_utf8(four).expect("text"))
            .collect();
        groups.join(sign)
    };
    check(&[
        (
            "Basic",
            header(
                "authorization",
                &format!("Basic {}", packed("u:' or '1'='1")),
            ),
            Block,
        ),
        (
            "a short name",
            header("authorization", &format!("Basic {}", packed("admin'-- :x"))),
            Block,
        ),
        (
            "a usual name",
            header(
                "authorization",
                &format!("Basic {}", packed("ann@example.com:it's late")),
            ),
            Allow,
        ),
        (
            "a data URL",
            leaf(&format!(
                "data:application/json;base64,{}",
                packed(json!({"q": UNION}).to_string())
            )),
            Block,
        ),
        (
            "a data URL of text",
            leaf(&format!(
                "data:application/json;base64,{}",
                packed(r#"{"q": "Select a date, or leave it."}"#)
            )),
            Allow,
        ),
        (
            "a cursor",
            leaf(&format!("v1.{}", packed(json!({"id": UNION}).to_string()))),
            Block,
        ),
        (
            "a cursor of its own",
            leaf(&format!(
                "v1.{}",
                packed(json!({"id": "42", "at": "it's"}).to_string())
            )),
            Allow,
        ),
        (
            "Rails",
            json!({"version": "2.0", "cookies": [format!("s={}--abcdef0123456789", packed(UNION))]}),
            Block,
        ),
        (
            "Tornado",
            json!({"version": "2.0", "cookies": [format!("s={}|1234|abcdef", packed(UNION))]}),
            Block,
        ),
        ("blanks", leaf(&spaced(" ")), Block),
        ("lines with blanks", leaf(&spaced("\r\n ")), Block),
        ("stars", leaf(&spaced("*")), Block),
        ("marks", leaf(&spaced("!")), Block),
        (
            "a token",
            header(
                "authorization",
                &format!("Bearer {}", token(&json!({"kid": UNION}).to_string())),
            ),
            Block,
        ),
        (
            "a blank in front",
            header(
                "authorization",
                &format!("Bearer {}", token(&format!(" {{\"kid\":\"{UNION}\"}}"))),
            ),
            Block,
        ),
        (
            "a blank behind",
            header(
                "authorization",
                &format!("Bearer {}", token(&format!("{{ \"kid\":\"{UNION}\"}}"))),
            ),
            Block,
        ),
        (
            "a tab",
            header(
                "authorization",
                &format!("Bearer\t{}", token(&json!({"kid": UNION}).to_string())),
            ),
            Block,
        ),
        (
            "a scheme",
            header(
                "authorization",
                &format!("JWT:{}", token(&json!({"kid": UNION}).to_string())),
            ),
            Block,
        ),
        ("a long token", leaf(&token(&long)), Block),
        (
            "a usual token",
            header(
                "authorization",
                &format!("Bearer {}", token(&json!({"kid": "it's 1"}).to_string())),
            ),
            Allow,
        ),
        (
            "SAML",
            json!({"version": "2.0", "rawQueryString": format!("SAMLRequest={}", packed(compress_to_vec(format!("<a><b>{UNION}</b></a>").as_bytes(), 6)).replace('+', "%2B"))}),
            Block,
        ),
        (
            "usual SAML",
            json!({"version": "2.0", "rawQueryString": format!("SAMLRequest={}", packed(compress_to_vec(b"<a><b>It is late, is it not?</b></a>", 6)).replace('+', "%2B"))}),
            Allow,
        ),
    ]);
}

#[test]
fn names_and_cookies_are_read_as_frameworks_read_them() {
    let part = |disposition: &str| {
        body(format!(
            "--b\r\nContent-Disposition: form-data; {disposition}\r\n\r\n1\r\n--b--\r\n"
        ))
    };
    let cookie = |text: &str| json!({"version": "2.0", "cookies": [text]});
    check(&[
        ("a field's name", part("name=\"user[$ne]\""), Alert),
        ("a usual one", part("name=\"user[name]\""), Allow),
        (
            "pieces",
            part("name=\"f\"; filename*0=\"../../../../etc/\"; filename*1=\"cron.d/x\""),
            Alert,
        ),
        (
            "single quotes",
            part("name=\"f\"; filename='../../../../etc/cron.d/x'"),
            Alert,
        ),
        (
            "a second one",
            part("name=\"f\"; filename=\"a\"; filename=\"../../../../etc/cron.d/x\""),
            Alert,
        ),
        (
            "the content's",
            part("name=\"f\"\r\nContent-Type: text/plain; name=\"../../../../etc/cron.d/x\""),
            Alert,
        ),
        (
            "usual names",
            part("name=\"f\"; filename*=UTF-8''a%20b.png\r\nContent-Type: text/plain; name='a b'"),
            Allow,
        ),
        (
            "a cookie of Python",
            cookie("sid=\"\\047 or \\0471\\047=\\0471\""),
            Block,
        ),
        (
            "a usual one of Python",
            cookie("sid=\"a\\054 b\\073 c\""),
            Allow,
        ),
        (
            "a cookie of Express",
            cookie("s=j%3A%7B%22%24ne%22%3Anull%7D"),
            Alert,
        ),
        (
            "a usual one of Express",
            cookie("s=j%3A%7B%22ne%22%3Anull%7D"),
            Allow,
        ),
        (
            "a key of a load balancer",
            json!({"requestContext": {"elb": {}}, "queryStringParameters": {"user%5B%24ne%5D": "1"}}),
            Alert,
        ),
        (
            "a usual key",
            json!({"requestContext": {"elb": {}}, "queryStringParameters": {"user%5Bname%5D": "1"}}),
            Allow,
        ),
        (
            "a document behind a comment",
            leaf("#\n{ a(q: \"8.8.8.8;id\") { id } }"),
            Block,
        ),
        (
            "behind a comma",
            leaf(",\u{feff}\n{ a(q: \"8.8.8.8;id\") { id } }"),
            Block,
        ),
        (
            "a usual document",
            leaf("# a\n{ a(q: \"8.8.8.8\") { id } }"),
            Allow,
        ),
    ]);
}

#[test]
fn the_text_of_an_element_is_read_as_parsers_join_it() {
    check(&[
        (
            "CDATA",
            body("<o><q>' un<![CDATA[ion sel]]>ect password from users-- </q></o>"),
            Block,
        ),
        (
            "comments",
            body("<o><q>' un<!---->ion sel<!---->ect password fr<!-- -->om users-- </q></o>"),
            Block,
        ),
        (
            "entities",
            body(
                "<!DOCTYPE o [<!ENTITY a \"' un\"><!ENTITY b \"ion sel\">]><o><q>&a;&b;ect password from users-- </q></o>",
            ),
            Block,
        ),
        (
            "harmless pieces",
            body("<o><q>The un<![CDATA[ion sel]]>ects <!-- a --> a date</q></o>"),
            Allow,
        ),
    ]);
}

#[test]
fn a_body_is_read_in_the_alphabet_that_is_named() {
    let union = "%98=%7D%40%A4%95%89%96%95%40%A2%85%93%85%83%A3%40%97%81%A2%A2%A6%96%99%84%40%86%99%96%94%40%A4%A2%85%99%A2%60%60%40";
    let named = |charset: &str, body: &str| {
        let kind = json!(format!("text/plain; charset={charset}"));
        json!(format!(
            r#"{{"headers": {{"content-type": {kind}}}, "body": {}}}"#,
            json!(body)
        ))
    };
    // `<?xml version="1.0"?><a>…`, of which the rest is in the alphabet that its first letters tell.
    let xml = |rest: &[u8]| json!({"body": packed([b"\x4C\x6F\xA7\x94\x93\x40\x6F\x6E\x4C\x81\x6E", rest, b"\x4C\x61\x81\x6E"].concat()), "isBase64Encoded": true});
    check(&[
        ("EBCDIC", named("ibm037", union), Block),
        ("not named", named("utf-8", union), Allow),
        (
            "harmless EBCDIC",
            named("ibm037", "%98=%C9%A3%40%89%A2%40%93%81%A3%85"),
            Allow,
        ),
        (
            "XML in EBCDIC",
            xml(b"\x7D\x40\x96\x99\x40\x7D\xF1\x7D\x7E\x7D\xF1"),
            Block,
        ),
        (
            "harmless XML in EBCDIC",
            xml(b"\xC9\xA3\x40\x89\xA2\x40\x93\x81\xA3\x85"),
            Allow,
        ),
        (
            "UTF-7",
            named("utf-7", "+ADw-script+AD4-f()+ADw-/script+AD4-"),
            Block,
        ),
        ("harmless UTF-7", named("utf-7", "It +ACY- that"), Allow),
    ]);
}

#[test]
fn words_without_syntax_take_no_attack_its_place() {
    let flood = |word: &str, last: &str| {
        let words = std::iter::repeat_n(word, 25_000).chain([last]);
        json!({"q": words.collect::<Vec<_>>()})
    };
    check(&[
        ("behind words", flood("ab", UNION), Block),
        ("only words", flood("ab", "cd"), Allow),
    ]);
}
