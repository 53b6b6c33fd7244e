//! Whether somebody chose what stands at a place of an event, or AWS wrote it there.
//!
//! What AWS writes is known by its exact place, and of single senders by what sent it. All else is somebody's: headers,
//! cookies, claims of an authorizer, fields of a record that are called as AWS's own are.
//! Not told: an event that pretends to have another sender, which only who may invoke the function can make.

use crate::inputs::{Event, Trigger, without_indexes};

/// Headers that browsers and AWS write: the function's own site, and what its front says of itself.
#[rustfmt::skip]
const HEADERS: [&str; 8] = [
    "host", "origin", "referer", "via", "x-amzn-trace-id", "x-amz-cf-id", "x-forwarded-proto", "x-forwarded-port",
];
/// What there is in `requestContext` of the request itself, and of who is allowed to make it.
#[rustfmt::skip]
const OF_REQUEST: [&str; 6] = ["authorizer.", "http.path", "http.userAgent", "path", "identity.userAgent", "identity.user"];
/// The names of what services write beside the message of a record.
#[rustfmt::skip]
const BESIDE_A_MESSAGE: [&str; 23] = [
    "messageId", "receiptHandle", "md5OfBody", "md5OfMessageAttributes", "eventSource", "eventSourceARN", "awsRegion",
    "eventID", "eventVersion", "eventName", "eventTime", "EventSource", "EventVersion", "EventSubscriptionArn",
    "Sns.MessageId", "Sns.TopicArn", "Sns.Timestamp", "Sns.Signature", "Sns.SignatureVersion", "Sns.SigningCertUrl",
    "Sns.UnsubscribeUrl", "invokeIdentityArn", "s3.configurationId",
];
/// What single senders write, by the beginning of its place.
#[rustfmt::skip]
const OF_SENDERS: [(Trigger, &str); 12] = [
    (Trigger::S3, "Records[*].s3.bucket."),
    (Trigger::Cognito, "userPoolId"),
    (Trigger::Cognito, "callerContext."),
    (Trigger::CloudFormation, "ResponseURL"),
    (Trigger::S3ObjectLambda, "getObjectContext."),
    (Trigger::CodePipeline, "CodePipeline.job.data.inputArtifacts"),
    (Trigger::CodePipeline, "CodePipeline.job.data.outputArtifacts"),
    (Trigger::CodePipeline, "CodePipeline.job.data.artifactCredentials"),
    (Trigger::Alexa, "context.System.apiEndpoint"),
    (Trigger::Connect, "Details.ContactData.InstanceARN"),
    (Trigger::Kafka, "bootstrapServers"),
    (Trigger::Kafka, "eventSourceArn"),
];

/// Whether somebody chose what stands at the path of an input.
pub(crate) fn is_chosen(event: &Event, path: &str) -> bool {
    let name = without_indexes(path);
    let (place, rest) = name.split_once('.').unwrap_or((&name, ""));
    let is_of_aws = match place {
        "stageVariables" | "isBase64Encoded" => true,
        "requestContext" => !OF_REQUEST.iter().any(|one| rest.starts_with(one)),
        "headers" | "multiValueHeaders" => {
            let header = rest.split(['[', '→']).next().unwrap_or_default();
            HEADERS.iter().any(|one| header.eq_ignore_ascii_case(one))
        }
        "Records[*]" if BESIDE_A_MESSAGE.contains(&rest) => true,
        "detail" => rest.starts_with("bucket.") && is_of_s3(event),
        _ => false,
    };
    let trigger = event.sender().trigger;
    let is_of_sender = || {
        OF_SENDERS
            .iter()
            .any(|(sender, start)| *sender == trigger && name.starts_with(start))
    };
    !is_of_aws && !is_of_sender()
}

/// Whether the bus says that S3 tells of an object: only AWS may put events of such a source on it.
fn is_of_s3(event: &Event) -> bool {
    event.sender().trigger == Trigger::EventBridge
        && event
            .inputs()
            .any(|one| one.text() == b"aws.s3" && one.path() == "source")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::decode;

    #[test]
    #[rustfmt::skip]
    fn what_aws_wrote_is_told_from_what_is_called_like_it() {
        let sqs = r#"{"Records": [{"eventSource": "aws:sqs"}]}"#;
        let s3 = r#"{"Records": [{"eventSource": "aws:s3"}]}"#;
        let bus = r#"{"detail-type": "Object Created", "source": "aws.s3"}"#;
        let own_bus = r#"{"detail-type": "x", "source": "shop"}"#;
        let pool = r#"{"triggerSource": "PreSignUp_SignUp"}"#;
        let rows = [
            ("{}", "headers.Host", false), ("{}", "multiValueHeaders.origin[0]", false), ("{}", "headers.x-forwarded-host", true),
            ("{}", "headers.viaduct", true), ("{}", "headers.x-amz-target", true), ("{}", "cookies[0]→form.a", true),
            ("{}", "rawQueryString→form.a", true), ("{}", "requestContext.stage", false), ("{}", "requestContext.domainName", false),
            ("{}", "requestContext.authorizer.claims.site", true), ("{}", "requestContext.http.path", true),
            ("{}", "stageVariables.table", false), ("{}", "host", true), ("{}", "body→$.headers.host", true),
            (sqs, "Records[0].eventSourceARN", false), (sqs, "Records[0].messageAttributes.x.eventName", true),
            (sqs, "Records[0].dynamodb.NewImage.Timestamp.S", true), (sqs, "Records[0].s3.bucket.name", true),
            (s3, "Records[0].s3.bucket.name", false), (s3, "Records[0].s3.object.key", true),
            (bus, "detail.bucket.name", false), (own_bus, "detail.bucket.name", true), (bus, "detail.object.key", true),
            (pool, "userPoolId", false), ("{}", "userPoolId", true), (pool, "request.userAttributes.site", true),
        ];
        for (event, path, expected) in rows {
            assert_eq!(is_chosen(&decode(event.as_bytes()), path), expected, "{event} {path}");
        }
    }
}
