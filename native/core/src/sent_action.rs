//! What a signed request says of itself: the services that it is signed for, and its method.

use crate::sent_request::Request;
use memchr::memmem::find;

/// Scopes of signatures that are looked at; a request has one.
const MOST: usize = 8;
/// What is said of a request whose signature names no service.
const ANY: &str = "aws";

impl Request {
    /// Its actions, as far as its head tells: a service and the method (`s3:DELETE`), for each scope of a signature that
    /// stands in it.
    #[must_use]
    pub fn actions(&self) -> Vec<String> {
        let method = self.head.split(|byte| *byte == b' ').next();
        let method = String::from_utf8_lossy(method.unwrap_or_default());
        let lower = self.head.to_ascii_lowercase();
        let mut services = Vec::new();
        let mut rest = &lower[..];
        while let Some(at) = find(rest, b"credential=").filter(|_| services.len() < MOST) {
            rest = &rest[at + b"credential=".len()..];
            let service = service(rest).unwrap_or(ANY.to_owned());
            if !services.contains(&service) {
                services.push(service);
            }
        }
        if services.is_empty() {
            services.push(ANY.to_owned());
        }
        let action = |service: &String| format!("{service}:{method}");
        services.iter().map(action).collect()
    }
}

/// The service of a scope: `KEY/20260101/eu-west-1/s3/aws4_request`, without a region where it is for several.
fn service(scope: &[u8]) -> Option<String> {
    let end = scope
        .iter()
        .position(|byte| b", ;&\r\n".contains(byte))
        .unwrap_or(scope.len());
    let scope = String::from_utf8_lossy(&scope[..end]).replace("%2f", "/");
    let parts: Vec<&str> = scope.split('/').collect();
    let last = parts.iter().position(|part| *part == "aws4_request")?;
    let service = parts.get(last.checked_sub(1)?)?;
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!service.is_empty() && service.bytes().all(is_usual)).then(|| (*service).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_tells_what_it_is_signed_for() {
        let scope = "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host";
        let rows = [
            ("DELETE /a HTTP/1.1", scope, vec!["s3:DELETE"]),
            (
                "GET /a?X-Amz-Credential=AKIA%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request&b HTTP/1.1",
                "Host: x",
                vec!["sqs:GET"],
            ),
            (
                "POST / HTTP/1.1",
                "Authorization: AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/s3/aws4_request",
                vec!["s3:POST"],
            ),
            // The one that AWS reads may be either.
            (
                "POST /?credential=a/b/c/sqs/aws4_request HTTP/1.1",
                scope,
                vec!["sqs:POST", "s3:POST"],
            ),
            (
                "GET / HTTP/1.1",
                "Authorization: AWS AKIA:abc",
                vec!["aws:GET"],
            ),
            (
                "GET / HTTP/1.1",
                "Authorization: AWS4-HMAC-SHA256 Credential=/",
                vec!["aws:GET"],
            ),
            (
                "GET / HTTP/1.1",
                "x: credential=a/../aws4_request",
                vec!["aws:GET"],
            ),
        ];
        for (line, header, expected) in rows {
            let request = Request {
                head: format!("{line}\r\n{header}\r\n\r\n").into_bytes(),
                body: Vec::new(),
                is_whole: true,
            };
            assert_eq!(request.actions(), expected, "{line}");
        }
    }
}
