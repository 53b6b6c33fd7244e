//! A batch without some of its records, and how its poller is told of them (AWS: `ReportBatchItemFailures`).
//!
//! Sees:         SQS, Kinesis, DynamoDB, Kafka
//! Does not see: batches of the other triggers, whose pollers take no such answer; what is no JSON to `serde_json`

use crate::act::Rest;
use crate::inputs::Trigger;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeSet, HashSet};

/// The records of one event, each as it stands in it.
pub(crate) struct Batch<'a> {
    event: &'a [u8],
    list: &'a RawValue,
    is_by_topic: bool,
    records: Vec<Record<'a>>,
}

struct Record<'a> {
    text: &'a RawValue,
    topic: Option<String>,
    identifier: Identifier,
    /// Of a queue that keeps an order: records with the same one follow each other.
    group: Option<String>,
}

/// How a poller calls a record.
#[derive(Serialize)]
#[serde(untagged)]
enum Identifier {
    Name(String),
    Offset { partition: String, offset: u64 },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    item_identifier: &'a Identifier,
}

impl<'a> Batch<'a> {
    /// Reads an event whole; none where it is no batch of which single records can fail.
    pub(crate) fn read(event: &'a [u8], trigger: Trigger) -> Option<Self> {
        let is_by_topic = trigger == Trigger::Kafka;
        let root: Root<'a> = serde_json::from_slice(event).ok()?;
        let list = if is_by_topic {
            root.topics?
        } else {
            root.records?
        };
        let records = if is_by_topic {
            let topics: Topics<'a> = serde_json::from_str(list.get()).ok()?;
            let of_topic = |(topic, texts): (String, Vec<&'a RawValue>)| {
                texts
                    .into_iter()
                    .map(move |text| Record::of_topic(&topic, text))
            };
            topics
                .0
                .into_iter()
                .flat_map(of_topic)
                .collect::<Option<_>>()?
        } else {
            let texts: Vec<&'a RawValue> = serde_json::from_str(list.get()).ok()?;
            let record = |text| Record::of_list(trigger, text);
            texts.into_iter().map(record).collect::<Option<_>>()?
        };
        Some(Self {
            event,
            list,
            is_by_topic,
            records,
        })
    }

    /// What the poller calls a record, for people.
    pub(crate) fn identifier(&self, record: usize) -> Option<String> {
        Some(match &self.records.get(record)?.identifier {
            Identifier::Name(name) => name.clone(),
            Identifier::Offset { partition, offset } => format!("{partition}@{offset}"),
        })
    }

    /// The batch without the records of these numbers, and without those that may not come before them.
    pub(crate) fn without(&self, blocked: &BTreeSet<usize>) -> Rest {
        let mut groups = HashSet::new();
        let (mut kept, mut failures) = (Vec::new(), Vec::new());
        for (number, record) in self.records.iter().enumerate() {
            let group = record.group.as_ref();
            if blocked.contains(&number) || group.is_some_and(|group| groups.contains(group)) {
                groups.extend(group);
                failures.push(Failure {
                    item_identifier: &record.identifier,
                });
            } else {
                kept.push(record);
            }
        }
        Rest {
            event: (!kept.is_empty()).then(|| self.event_of(&kept)),
            failures: serde_json::to_string(&failures).unwrap_or_default(),
        }
    }

    /// The event with only these records: all other bytes are the event's own.
    fn event_of(&self, kept: &[&Record<'_>]) -> Vec<u8> {
        let list = self.list.get().as_bytes();
        let start = list.as_ptr() as usize - self.event.as_ptr() as usize;
        let mut event = self.event[..start].to_vec();
        let joined = |records: &[&Record<'_>]| {
            let texts: Vec<&str> = records.iter().map(|record| record.text.get()).collect();
            format!("[{}]", texts.join(","))
        };
        if self.is_by_topic {
            let topics: Vec<String> = kept
                .chunk_by(|one, next| one.topic == next.topic)
                .map(|records| format!("{}:{}", name_of_topic(records), joined(records)))
                .collect();
            event.extend_from_slice(format!("{{{}}}", topics.join(",")).as_bytes());
        } else {
            event.extend_from_slice(joined(kept).as_bytes());
        }
        event.extend_from_slice(&self.event[start + list.len()..]);
        event
    }
}

fn name_of_topic(records: &[&Record<'_>]) -> String {
    let topic = records.first().and_then(|record| record.topic.as_deref());
    serde_json::to_string(topic.unwrap_or_default()).unwrap_or_default()
}

impl<'a> Record<'a> {
    fn of_list(trigger: Trigger, text: &'a RawValue) -> Option<Self> {
        let fields: Fields = serde_json::from_str(text.get()).ok()?;
        let identifier = match trigger {
            Trigger::Sqs => fields.message_id,
            Trigger::Kinesis => fields.kinesis.and_then(|change| change.sequence_number),
            Trigger::DynamoDb => fields.dynamodb.and_then(|change| change.sequence_number),
            _ => None,
        };
        // Other queues have groups, too, but no order.
        let is_ordered = fields
            .event_source_arn
            .is_some_and(|name| name.ends_with(".fifo"));
        Some(Self {
            text,
            topic: None,
            identifier: Identifier::Name(identifier.filter(|name| !name.is_empty())?),
            group: is_ordered
                .then(|| fields.attributes.and_then(|all| all.message_group_id))
                .flatten(),
        })
    }

    fn of_topic(topic: &str, text: &'a RawValue) -> Option<Self> {
        let fields: Fields = serde_json::from_str(text.get()).ok()?;
        Some(Self {
            text,
            topic: Some(topic.to_owned()),
            identifier: Identifier::Offset {
                partition: topic.to_owned(),
                offset: fields.offset?,
            },
            group: None,
        })
    }
}

#[derive(Deserialize)]
struct Root<'a> {
    #[serde(borrow, rename = "Records")]
    records: Option<&'a RawValue>,
    #[serde(borrow, rename = "records")]
    topics: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    message_id: Option<String>,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: Option<String>,
    attributes: Option<Attributes>,
    kinesis: Option<Change>,
    dynamodb: Option<Change>,
    offset: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    message_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    #[serde(alias = "SequenceNumber")]
    sequence_number: Option<String>,
}

/// In the order of the event.
struct Topics<'a>(Vec<(String, Vec<&'a RawValue>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Topics<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

struct InOrder<'a>(std::marker::PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for InOrder<'a> {
    type Value = Topics<'a>;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("lists of records by topic")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut topics = Vec::new();
        while let Some(entry) = map.next_entry()? {
            topics.push(entry);
        }
        Ok(Topics(topics))
    }
}
