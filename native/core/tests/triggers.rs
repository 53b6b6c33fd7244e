//! Who sent an event, and what the sender is answered.

use hauberk_core::inputs::{Trigger, decode, refusal};

#[test]
fn a_trigger_is_known_by_its_own_fields() {
    let rows = [
        (
            r#"{"requestContext": {"identity": {"sourceIp": "192.0.2.1"}}}"#,
            "rest-api",
        ),
        (
            r#"{"requestContext": {"http": {}, "domainName": "a.execute-api.us-east-1.amazonaws.com"}}"#,
            "http-api",
        ),
        (
            r#"{"requestContext": {"domainName": "a.lambda-url.us-east-1.on.aws", "http": {}}}"#,
            "function-url",
        ),
        (
            r#"{"requestContext": {"connectionId": "a=", "identity": {}}}"#,
            "web-socket",
        ),
        (r#"{"requestContext": {"elb": {}}}"#, "load-balancer"),
        (
            r#"{"version": "2.0", "requestContext": {"serviceNetworkArn": "a"}}"#,
            "lattice",
        ),
        (
            r#"{"type": "TOKEN", "methodArn": "arn:aws:execute-api:x"}"#,
            "authorizer",
        ),
        (
            r#"{"type": "REQUEST", "routeArn": "a", "requestContext": {"http": {}}}"#,
            "authorizer",
        ),
        (
            r#"{"authorizationToken": "a", "requestContext": {"apiId": "b"}}"#,
            "authorizer",
        ),
        (
            r#"{"protocolData": {"mqtt": {"username": "a"}}}"#,
            "authorizer",
        ),
        (
            r#"{"Records": [{"cf": {"config": {}, "request": {}}}]}"#,
            "cloudfront",
        ),
        (
            r#"{"info": {"parentTypeName": "Query"}, "arguments": {}}"#,
            "appsync",
        ),
        (r#"[{"info": {"parentTypeName": "Post"}}]"#, "appsync"),
        (
            r#"{"info": {"channelNamespace": {"name": "a"}}, "events": []}"#,
            "appsync",
        ),
        (
            r#"{"triggerSource": "PreSignUp_SignUp", "userPoolId": "a"}"#,
            "cognito",
        ),
        (r#"{"bot": {}, "currentIntent": {}}"#, "lex"),
        (r#"{"interpretations": [], "sessionState": {}}"#, "lex"),
        (r#"{"context": {"System": {}}, "request": {}}"#, "alexa"),
        (r#"{"directive": {"header": {}}}"#, "alexa"),
        (
            r#"{"Name": "ContactFlowEvent", "Details": {"ContactData": {}}}"#,
            "connect",
        ),
        (
            r#"{"messageVersion": "1.0", "actionGroup": "a"}"#,
            "bedrock-agent",
        ),
        (r#"{"Records": [{"eventSource": "aws:sqs"}]}"#, "sqs"),
        (r#"{"Records": [{"EventSource": "aws:sns"}]}"#, "sns"),
        (r#"{"Records": [{"eventSource": "aws:s3"}]}"#, "s3"),
        (
            r#"{"invocationSchemaVersion": "2.0", "tasks": []}"#,
            "s3-batch",
        ),
        (r#"{"getObjectContext": {}}"#, "s3-object-lambda"),
        (
            r#"{"Records": [{"eventSource": "aws:dynamodb"}]}"#,
            "dynamodb",
        ),
        (
            r#"{"Records": [{"eventSource": "aws:kinesis"}]}"#,
            "kinesis",
        ),
        (r#"{"Records": [{"eventSource": "aws:ses"}]}"#, "ses"),
        (
            r#"{"version": "0", "detail-type": "a", "source": "aws.s3"}"#,
            "eventbridge",
        ),
        (r#"{"deliveryStreamArn": "a", "records": []}"#, "firehose"),
        (r#"{"eventSource": "aws:kafka", "records": {}}"#, "kafka"),
        (
            r#"{"eventSource": "SelfManagedKafka", "records": {}}"#,
            "kafka",
        ),
        (r#"{"eventSource": "aws:mq", "messages": []}"#, "mq"),
        (
            r#"{"eventSource": "aws:rmq", "rmqMessagesByQueue": {}}"#,
            "mq",
        ),
        (
            r#"{"eventSource": "aws:docdb", "events": []}"#,
            "documentdb",
        ),
        (r#"{"awslogs": {"data": "a"}}"#, "logs"),
        (
            r#"{"RequestType": "Create", "ResponseURL": "a"}"#,
            "cloudformation",
        ),
        (r#"{"invokingEvent": "{}"}"#, "config"),
        (r#"{"CodePipeline.job": {}}"#, "codepipeline"),
        (
            r#"{"Records": [{"eventSource": "aws:codecommit"}]}"#,
            "codecommit",
        ),
        (
            r#"{"source": "aws.cloudwatch", "alarmArn": "a", "alarmData": {}}"#,
            "alarm",
        ),
        (
            r#"{"SecretId": "a", "Step": "createSecret"}"#,
            "secrets-manager",
        ),
        (r#"{"raw_path": "/a", "method": "GET"}"#, "lattice"),
        (r#"{"headObjectContext": {}}"#, "s3-object-lambda"),
        (r#"{"order": 1, "note": "a b"}"#, "direct"),
        (
            r#"{"detail": {"requestContext": {"http": {}}}, "Records": [{"s3": {}}]}"#,
            "direct",
        ),
        (
            r#"{"Records": [{"x": 1}, {"eventSource": "aws:sqs", "cf": 1}]}"#,
            "direct",
        ),
        ("[]", "direct"),
        ("no json", "direct"),
    ];
    for (event, trigger) in rows {
        let sender = decode(event.as_bytes()).sender();
        assert_eq!(sender.trigger.name(), trigger, "{event}");
    }
}

#[test]
fn a_refused_event_gets_what_its_sender_waits_for() {
    let elb = r#"{"requestContext": {"elb": {}}, "#;
    let rows = [
        (
            r#"{"requestContext": {"http": {}}}"#.to_owned(),
            Some((403.into(), "headers")),
        ),
        (
            r#"{"requestContext": {"identity": {}}, "multiValueHeaders": {}}"#.to_owned(),
            Some((403.into(), "headers")),
        ),
        (
            format!(r#"{elb}"headers": {{}}}}"#),
            Some((403.into(), "headers")),
        ),
        (
            format!(r#"{elb}"multiValueHeaders": {{}}}}"#),
            Some((403.into(), "multiValueHeaders")),
        ),
        (
            r#"{"Records": [{"cf": {}}]}"#.to_owned(),
            Some(("403".into(), "headers")),
        ),
        (r#"{"methodArn": "a"}"#.to_owned(), None),
        (
            r#"{"Records": [{"eventSource": "aws:sqs"}]}"#.to_owned(),
            None,
        ),
        ("{}".to_owned(), None),
    ];
    for (event, expected) in rows {
        let answer = refusal(&decode(event.as_bytes()).sender()).map(|text| {
            let answer: serde_json::Value = serde_json::from_str(text).unwrap();
            let is_balancers = event.contains("elb");
            assert_eq!(
                answer["statusDescription"] == "403 Forbidden",
                is_balancers,
                "{event}"
            );
            answer
        });
        assert_eq!(answer.is_some(), expected.is_some(), "{event}");
        let Some((answer, (status, headers))) = answer.zip(expected) else {
            continue;
        };
        let shown = answer.get("statusCode").or(answer.get("status"));
        assert_eq!(shown, Some(&status), "{event}");
        assert!(answer[headers].is_object(), "{event}");
        assert_eq!(answer["body"], r#"{"message":"Forbidden"}"#);
    }
}

#[test]
fn every_trigger_has_a_name_of_its_own() {
    assert_eq!(Trigger::Direct.name(), "direct");
    assert_eq!(Trigger::LoadBalancer.name(), "load-balancer");
    assert_eq!(Trigger::Ses.name(), "ses");
    assert_eq!(Trigger::SecretsManager.name(), "secrets-manager");
}
