//! Which values the learner is told of, by their names.
//!
//! Not told: secrets; names that hold what looks like a value (an address, a number of four digits, a long random word);
//!           what AWS itself writes into an event, which needs no learning

use crate::redact::redacted_path;
use crate::show::is_of_secret;

const MOST_CHARACTERS: usize = 256;
/// So many digits in a row are a value.
const MOST_DIGITS: usize = 3;
/// Names, and starts of names that end in a point, below which no outsider writes.
const OF_THE_PLATFORM: [&str; 6] = [
    "requestContext.",
    "stageVariables.",
    "rawQueryString",
    "cookies[",
    "headers.cookie",
    "isBase64Encoded",
];
/// Headers that AWS adds.
const HEADERS: [&str; 4] = [
    "headers.x-amz",
    "headers.x-forwarded-",
    "headers.via",
    "headers.cloudfront-",
];
/// The last names of what services write beside the message of a record.
#[rustfmt::skip]
const BESIDE_A_RECORD: [&str; 22] = [
    "messageId", "receiptHandle", "md5OfBody", "md5OfMessageAttributes", "eventSource", "eventSourceARN", "awsRegion",
    "eventID", "eventVersion", "eventName", "eventTime", "EventSource", "EventVersion", "EventSubscriptionArn",
    "MessageId", "TopicArn", "Timestamp", "Signature", "SignatureVersion", "SigningCertUrl", "UnsubscribeUrl", "invokeIdentityArn",
];

/// Whether the learner is told of the values of this name.
pub(crate) fn is_told(name: &str, secrets: &[Vec<u8>]) -> bool {
    name.chars().take(MOST_CHARACTERS + 1).count() <= MOST_CHARACTERS
        && !is_of_platform(name)
        && name.chars().all(is_of_name)
        && most_digits(name) <= MOST_DIGITS
        && !is_of_secret(name)
        && redacted_path(name, secrets) == name
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || "_-.:$[]*→/".contains(character)
}

fn most_digits(name: &str) -> usize {
    let runs = name.split(|one: char| !one.is_numeric());
    runs.map(|run| run.chars().count()).max().unwrap_or(0)
}

fn is_of_platform(name: &str) -> bool {
    let begins = |start: &&str| name.starts_with(*start);
    let record = name.strip_prefix("Records[*].");
    let is_beside = |rest: &str| {
        let last = rest.rsplit('.').next().unwrap_or_default();
        !rest.contains('→') && BESIDE_A_RECORD.contains(&last)
    };
    OF_THE_PLATFORM.iter().chain(&HEADERS).any(begins) || record.is_some_and(is_beside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_where_it_is_one() {
        #[rustfmt::skip]
        let rows = [
            ("body→$.user.name", true), ("queryStringParameters.q", true), ("headers.user-agent", true),
            ("Records[*].body→$.items[*].sku", true), ("Records[*].s3.object.key", true), ("rawPath", true),
            ("body→$.größe", true), ("body→form.note2", true), ("Records[*].body", true),
            ("body→$.password", false), ("headers.authorization", false), ("headers.cookie→form.theme", false),
            ("body→$.users.ann@example.com", false), ("body→$.orders.12345", false), ("body→$.2026-11-27", false),
            ("body→$.a b", false), ("requestContext.requestId", false), ("Records[*].messageId", false),
            ("headers.x-amzn-trace-id", false), ("body→$.S3CRETVALUE", false),
            ("body→$.zQ8fK3nV7xW2bL5mT9cR4pY6", false), ("body→$.\u{202e}x", false),
        ];
        for (name, expected) in rows {
            let secrets = [b"S3CRETVALUE".to_vec()];
            assert_eq!(is_told(name, &secrets), expected, "{name}");
        }
        assert!(!is_told(&"a".repeat(MOST_CHARACTERS + 1), &[]));
    }
}
