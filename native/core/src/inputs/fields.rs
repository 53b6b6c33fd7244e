//! What the place of a leaf tells of how its sender wrapped it.

use super::encodings::percent_decoded;
use crate::json::Step;

/// Layers that a sender's own wrapping may have (base64, gzip and JSON of CloudWatch's logs): whoever wrote the value
/// inside did not choose them, so they do not count among the encodings inside encodings.
const WRAPPING: u8 = 3;

/// How many layers below a leaf are its sender's.
pub(super) fn wrapping(trail: &[Step<'_>]) -> u8 {
    let is_wrapped = is_binary_field(trail)
        || matches!(trail.last(), Some(Step::Key(key)) if [&b"Message"[..], b"invokingEvent"].contains(&&**key));
    if is_wrapped { WRAPPING } else { 0 }
}

/// The fields in which senders put base64 of any bytes: API Gateway's body, records of Kinesis, Firehose and Kafka,
/// messages of MQ, lines of CloudWatch, binary values of DynamoDB and SQS.
pub(super) fn is_binary_field(trail: &[Step<'_>]) -> bool {
    const NAMES: [&[u8]; 6] = [b"body", b"data", b"key", b"value", b"B", b"binaryValue"];
    match trail {
        [.., Step::Key(key)] => NAMES.contains(&&**key),
        [.., Step::Key(key), Step::Index(_)] => **key == *b"BS",
        _ => false,
    }
}

/// Whether it is a request's body.
pub(super) fn is_body(trail: &[Step<'_>]) -> bool {
    matches!(trail, [Step::Key(key)] if **key == *b"body")
}

/// Whether it is the header that says what the body is.
pub(super) fn is_content_type(trail: &[Step<'_>]) -> bool {
    let (above, name) = match trail {
        [Step::Key(above), Step::Key(name)]
        | [Step::Key(above), Step::Key(name), Step::Index(0)] => (above, name),
        _ => return false,
    };
    (**above == *b"headers" || **above == *b"multiValueHeaders")
        && name.eq_ignore_ascii_case(b"content-type")
}

/// Whether the items of a list are bytes, written as numbers: headers of Kafka, values of RabbitMQ, Node's buffers.
pub(super) fn is_byte_list(trail: &[Step<'_>]) -> bool {
    match trail {
        [.., Step::Key(key), Step::Index(_)] if **key == *b"bytes" || **key == *b"data" => true,
        [
            ..,
            Step::Key(key),
            Step::Index(_),
            Step::Key(_),
            Step::Index(_),
        ] => **key == *b"headers",
        _ => false,
    }
}

/// Where senders write a value as forms do: keys of S3, and what a load balancer hands on of a query.
pub(super) fn is_form_encoded(trail: &[Step<'_>]) -> bool {
    match trail {
        [.., Step::Key(above), Step::Key(key)] if **above == *b"object" => **key == *b"key",
        [.., Step::Key(key)] if **key == *b"s3Key" => true,
        [Step::Key(root), ..] => {
            **root == *b"queryStringParameters" || **root == *b"multiValueQueryStringParameters"
        }
        _ => false,
    }
}

/// The value with blanks for plus signs; none where it has no plus sign, so that it is read without this.
pub(super) fn form_decoded(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'+', text)?;
    let blank = |byte: &u8| if *byte == b'+' { b' ' } else { *byte };
    let spaced: Vec<u8> = text.iter().map(blank).collect();
    Some(percent_decoded(&spaced).unwrap_or(spaced))
}
