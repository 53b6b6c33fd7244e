//! What sent the event, as far as its own fields say it.
//!
//! Sees:         each sender whose events have fields of its own: the tables below
//! Does not see: IoT rules, Step Functions, schedules and direct invocations, whose events are somebody's own JSON, and
//!               AppSync behind a mapping template: all these are `direct`. They may pretend to be another sender.

use crate::json::Step;

/// What sent the event. Where its fields tell of two, the later one here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Trigger {
    #[default]
    Direct,
    RestApi,
    HttpApi,
    FunctionUrl,
    WebSocket,
    LoadBalancer,
    Lattice,
    /// Of API Gateway, AppSync or IoT: the answer is a policy.
    Authorizer,
    CloudFront,
    AppSync,
    Cognito,
    Lex,
    Alexa,
    Connect,
    BedrockAgent,
    Sqs,
    Sns,
    S3,
    S3Batch,
    S3ObjectLambda,
    DynamoDb,
    Kinesis,
    Ses,
    EventBridge,
    Firehose,
    Kafka,
    Mq,
    DocumentDb,
    Logs,
    CloudFormation,
    Config,
    CodePipeline,
    CodeCommit,
    Alarm,
    SecretsManager,
}

const NAMES: [&str; 35] = [
    "direct",
    "rest-api",
    "http-api",
    "function-url",
    "web-socket",
    "load-balancer",
    "lattice",
    "authorizer",
    "cloudfront",
    "appsync",
    "cognito",
    "lex",
    "alexa",
    "connect",
    "bedrock-agent",
    "sqs",
    "sns",
    "s3",
    "s3-batch",
    "s3-object-lambda",
    "dynamodb",
    "kinesis",
    "ses",
    "eventbridge",
    "firehose",
    "kafka",
    "mq",
    "documentdb",
    "logs",
    "cloudformation",
    "config",
    "codepipeline",
    "codecommit",
    "alarm",
    "secrets-manager",
];

impl Trigger {
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }
}

type Keys = &'static [(&'static [u8], Trigger)];

const AT_ROOT: Keys = &[
    (b"methodArn", Trigger::Authorizer),
    (b"routeArn", Trigger::Authorizer),
    (b"authorizationToken", Trigger::Authorizer),
    (b"protocolData", Trigger::Authorizer),
    (b"triggerSource", Trigger::Cognito),
    (b"datasetRecords", Trigger::Cognito),
    (b"currentIntent", Trigger::Lex),
    (b"interpretations", Trigger::Lex),
    (b"directive", Trigger::Alexa),
    (b"actionGroup", Trigger::BedrockAgent),
    (b"invocationSchemaVersion", Trigger::S3Batch),
    (b"getObjectContext", Trigger::S3ObjectLambda),
    (b"headObjectContext", Trigger::S3ObjectLambda),
    (b"listObjectsContext", Trigger::S3ObjectLambda),
    (b"listObjectsV2Context", Trigger::S3ObjectLambda),
    (b"detail-type", Trigger::EventBridge),
    (b"deliveryStreamArn", Trigger::Firehose),
    (b"awslogs", Trigger::Logs),
    (b"ResponseURL", Trigger::CloudFormation),
    (b"invokingEvent", Trigger::Config),
    (b"CodePipeline.job", Trigger::CodePipeline),
    (b"alarmArn", Trigger::Alarm),
    (b"SecretId", Trigger::SecretsManager),
    // Lattice's first version.
    (b"raw_path", Trigger::Lattice),
];

/// Keys of objects at the root.
const BELOW: &[(&[u8], Keys)] = &[
    (
        b"requestContext",
        &[
            (b"identity", Trigger::RestApi),
            (b"http", Trigger::HttpApi),
            (b"connectionId", Trigger::WebSocket),
            (b"elb", Trigger::LoadBalancer),
            (b"serviceNetworkArn", Trigger::Lattice),
        ],
    ),
    (
        b"info",
        &[
            (b"parentTypeName", Trigger::AppSync),
            (b"channelNamespace", Trigger::AppSync),
        ],
    ),
    (b"context", &[(b"System", Trigger::Alexa)]),
    (b"Details", &[(b"ContactData", Trigger::Connect)]),
];

/// What pollers write as `eventSource`, at the root or in the first record, and S3, SNS and SES in theirs.
const EVENT_SOURCES: Keys = &[
    (b"aws:sqs", Trigger::Sqs),
    (b"aws:sns", Trigger::Sns),
    (b"aws:s3", Trigger::S3),
    (b"aws:dynamodb", Trigger::DynamoDb),
    (b"aws:kinesis", Trigger::Kinesis),
    (b"aws:ses", Trigger::Ses),
    (b"aws:kafka", Trigger::Kafka),
    (b"SelfManagedKafka", Trigger::Kafka),
    (b"aws:SelfManagedKafka", Trigger::Kafka),
    (b"aws:mq", Trigger::Mq),
    (b"aws:amq", Trigger::Mq),
    (b"aws:rmq", Trigger::Mq),
    (b"aws:docdb", Trigger::DocumentDb),
    (b"aws:codecommit", Trigger::CodeCommit),
];

/// The sender of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sender {
    pub trigger: Trigger,
    /// Whether its headers are lists of values.
    pub has_header_lists: bool,
}

impl Sender {
    pub(super) fn notice_key(&mut self, trail: &[Step<'_>], key: &[u8]) {
        match trail {
            [] => {
                self.notice(AT_ROOT, key);
                self.has_header_lists |= key == b"multiValueHeaders";
            }
            // A batch of AppSync's is a list of its events.
            [Step::Key(above)] | [Step::Index(0), Step::Key(above)] => {
                let below = BELOW.iter().find(|(name, _)| **name == **above);
                self.notice(below.map_or(&[], |(_, keys)| keys), key);
            }
            [Step::Key(above), Step::Index(0)] if **above == *b"Records" && key == b"cf" => {
                self.trigger = self.trigger.max(Trigger::CloudFront);
            }
            _ => {}
        }
    }

    pub(super) fn notice_text(&mut self, trail: &[Step<'_>], text: &[u8]) {
        match trail {
            [Step::Key(name)] if is_event_source(name) => self.notice(EVENT_SOURCES, text),
            [Step::Key(above), Step::Index(0), Step::Key(name)]
                if **above == *b"Records" && is_event_source(name) =>
            {
                self.notice(EVENT_SOURCES, text);
            }
            [Step::Key(above), Step::Key(name)]
                if **above == *b"requestContext"
                    && **name == *b"domainName"
                    && memchr::memmem::find(text, b".lambda-url.").is_some() =>
            {
                self.trigger = self.trigger.max(Trigger::FunctionUrl);
            }
            _ => {}
        }
    }

    fn notice(&mut self, table: Keys, name: &[u8]) {
        if let Some((_, trigger)) = table.iter().find(|(known, _)| *known == name) {
            self.trigger = self.trigger.max(*trigger);
        }
    }
}

/// SNS writes it with a capital.
fn is_event_source(name: &[u8]) -> bool {
    name == b"eventSource" || name == b"EventSource"
}
