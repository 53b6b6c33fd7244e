"""Which calls of the AWS API are requests that code signs by itself: tables."""

import pytest

from hauberk.guard.aws_requests import Request, call
from hauberk.model.aws_arns import Owner
from hauberk.model.aws_calls import actions

KEY = "ASIAQNZGKIQY56JQ7WML"  # of the account 029608264753
HERE = "eu-west-1:029608264753"


def signed(service, region="eu-west-1"):
    scope = f"{KEY}/20261127/{region}/{service}/aws4_request"
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    }


def query(service):
    return f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={KEY}%2F20261127%2Feu-west-1%2F{service}%2Faws4_request"


S3 = "https://shop.s3.eu-west-1.amazonaws.com"
PATHS = "https://s3.eu-west-1.amazonaws.com/shop"
OBJECT = "arn:aws:s3:::shop"
ROWS = [
    # method, URL, headers, body, then actions with their resources
    ("GET", f"{S3}/a/b%20c", signed("s3"), b"", [("s3:GetObject", f"{OBJECT}/a/b c")]),
    ("PUT", f"{PATHS}/a", signed("s3"), b"x", [("s3:PutObject", f"{OBJECT}/a")]),
    (
        "PUT",
        f"{PATHS}/a?partNumber=1&uploadId=x",
        signed("s3"),
        b"x",
        [("s3:PutObject", f"{OBJECT}/a")],
    ),
    (
        "DELETE",
        f"{S3}/a?versionId=3",
        signed("s3"),
        b"",
        [("s3:DeleteObjectVersion", f"{OBJECT}/a")],
    ),
    (
        "PUT",
        f"{S3}/a",
        {**signed("s3"), "x-amz-copy-source": "/other/b"},
        b"",
        [("s3:PutObject", f"{OBJECT}/a"), ("s3:GetObject", "arn:aws:s3:::other/b")],
    ),
    ("GET", f"{S3}/?list-type=2", signed("s3"), b"", [("s3:ListBucket", OBJECT)]),
    ("PUT", f"{S3}/?policy", signed("s3"), b"{}", [("s3:PutBucketPolicy", OBJECT)]),
    ("PUT", f"{S3}/a?acl", signed("s3"), b"", [("s3:PutObjectAcl", f"{OBJECT}/a")]),
    ("DELETE", f"{S3}/?lifecycle", signed("s3"), b"", [("s3:PutLifecycleConfiguration", OBJECT)]),
    ("GET", f"{S3}/?versions", signed("s3"), b"", [("s3:ListBucketVersions", OBJECT)]),
    (
        "DELETE",
        f"{S3}/a?uploadId=1",
        signed("s3"),
        b"",
        [("s3:AbortMultipartUpload", f"{OBJECT}/a")],
    ),
    ("POST", f"{S3}/a?select&select-type=2", signed("s3"), b"", [("s3:GetObject", f"{OBJECT}/a")]),
    ("GET", f"{S3}/?abac", signed("s3"), b"", [("s3:GET", OBJECT)]),
    (
        "POST",
        f"{S3}/?delete",
        signed("s3"),
        b"<Delete><Object><Key>a&amp;b</Key></Object>"
        b"<Object><Key>c</Key><VersionId>1</VersionId></Object></Delete>",
        [("s3:DeleteObject", f"{OBJECT}/a&b"), ("s3:DeleteObjectVersion", f"{OBJECT}/c")],
    ),
    (
        "GET",
        "https://a.s3x.s3.eu-west-1.amazonaws.com/a",
        signed("s3"),
        b"",
        [("s3:GetObject", "arn:aws:s3:::a.s3x/a")],
    ),
    (
        "GET",
        "https://point-029608264753.s3-accesspoint.eu-west-1.amazonaws.com/a",
        signed("s3"),
        b"",
        [("s3:GetObject", f"arn:aws:s3:{HERE}:accesspoint/point/object/a")],
    ),
    (
        "DELETE",
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/other",
        signed("lambda"),
        b"",
        [("lambda:DeleteFunction", f"arn:aws:lambda:{HERE}:function:other")],
    ),
    (
        "POST",
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/f/invocations?Qualifier=2",
        signed("lambda"),
        b'{"FunctionName": "not-what-is-called"}',
        [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:f:2")],
    ),
    (
        "GET",
        "https://s3.amazonaws.com/",
        signed("s3", "us-east-1"),
        b"",
        [("s3:ListAllMyBuckets", "*")],
    ),
    ("GET", f"{S3}/a?{query('s3')}", {}, b"", [("s3:GetObject", f"{OBJECT}/a")]),
    (
        "GET",
        f"{S3}/a?AWSAccessKeyId={KEY}&Signature=0&Expires=1",
        {},
        b"",
        [("s3:GetObject", f"{OBJECT}/a")],
    ),
    ("PUT", "http://127.0.0.1:9000/shop/a", signed("s3"), b"x", [("s3:PutObject", f"{OBJECT}/a")]),
    (
        "POST",
        "https://dynamodb.eu-west-1.amazonaws.com/",
        {**signed("dynamodb"), "X-Amz-Target": "DynamoDB_20120810.PutItem"},
        b'{"TableName": "carts", "Item": {}}',
        [("dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/carts")],
    ),
    (
        "POST",
        "https://sqs.eu-west-1.amazonaws.com/",
        signed("sqs"),
        b"Action=SendMessage&QueueUrl=https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Fjobs",
        [("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:jobs")],
    ),
    (
        "GET",
        "https://sts.amazonaws.com/?Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fother",
        signed("sts", "us-east-1"),
        b"",
        [("sts:AssumeRole", "arn:aws:iam::123456789012:role/other")],
    ),
    (
        "POST",
        "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/mail/invocations",
        signed("lambda"),
        b"{}",
        [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:mail")],
    ),
    (
        "POST",
        "https://bedrock-runtime.eu-west-1.amazonaws.com/model/some.model/invoke",
        signed("bedrock"),
        b"{}",
        [("bedrock:InvokeModel", "arn:aws:bedrock:eu-west-1::foundation-model/some.model")],
    ),
    (
        "GET",
        "https://abc.execute-api.eu-west-1.amazonaws.com/live/people",
        signed("execute-api"),
        b"",
        [("execute-api:Invoke", "*")],
    ),
    (
        "POST",
        "https://cognito-idp.eu-west-1.amazonaws.com/",
        {"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"},  # not signed
        b"{}",
        [("cognito-idp:InitiateAuth", "*")],
    ),
    ("POST", "https://new.eu-west-1.amazonaws.com/x", signed("new"), b"", [("new:POST", "*")]),
]


@pytest.mark.parametrize(("method", "url", "headers", "body", "expected"), ROWS)
def test_a_signed_request_is_its_action_on_its_resources(method, url, headers, body, expected):
    request = Request(method, url, headers, body)
    owner = Owner(request.region, request.key)
    assert actions(*call(request), owner) == expected


HOSTILE = [
    ("GET", "https://h/", {"Authorization": "AWS4-HMAC-SHA256 Credential=/"}, b""),
    ("GET", "https://h/?X-Amz-Credential=", {}, b""),
    ("", "", {}, None),
    ("POST", "https://h/", {**signed("dynamodb"), "x-amz-target": "."}, b"[1]"),
    ("POST", "https://h/", {**signed("dynamodb"), "x-amz-target": "a.b"}, b"{" * 99_999),
    ("POST", "https://h/", signed("sqs"), iter(())),
]


@pytest.mark.parametrize(("method", "url", "headers", "body"), HOSTILE)
def test_any_request_is_read(method, url, headers, body):
    assert len(call(Request(method, url, headers, body))) == 3
