//! What a trigger is answered in the function's place.

use super::trigger::{Sender, Trigger};

const GATEWAYS: &str = r#"{"statusCode": 403, "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#;
const BALANCERS: &str = r#"{"statusCode": 403, "statusDescription": "403 Forbidden", "headers": {"content-type": "application/json"}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#;
const BALANCERS_WITH_LISTS: &str = r#"{"statusCode": 403, "statusDescription": "403 Forbidden", "multiValueHeaders": {"content-type": ["application/json"]}, "body": "{\"message\":\"Forbidden\"}", "isBase64Encoded": false}"#;
const CLOUDFRONTS: &str = r#"{"status": "403", "statusDescription": "Forbidden", "headers": {"content-type": [{"key": "Content-Type", "value": "application/json"}]}, "body": "{\"message\":\"Forbidden\"}", "bodyEncoding": "text"}"#;

/// The answer of a sender that waits for HTTP; none for the others, which get an error.
#[must_use]
pub fn refusal(sender: &Sender) -> Option<&'static str> {
    match sender.trigger {
        Trigger::RestApi
        | Trigger::HttpApi
        | Trigger::FunctionUrl
        | Trigger::WebSocket
        | Trigger::Lattice => Some(GATEWAYS),
        Trigger::LoadBalancer if sender.has_header_lists => Some(BALANCERS_WITH_LISTS),
        Trigger::LoadBalancer => Some(BALANCERS),
        Trigger::CloudFront => Some(CLOUDFRONTS),
        _ => None,
    }
}
