"""AWS API calls, by boto3 against an emulated AWS: action, resource, refusal."""

import boto3
import pytest
from aws_server import ministack
from botocore.exceptions import ClientError
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
REGION = "us-east-1"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    with ministack(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(scope="module")
def s3(endpoint):
    keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name=REGION, **keys)
    client.create_bucket(Bucket="shop")
    client.put_object(Bucket="shop", Key="given", Body=b"text")
    return client


@pytest.fixture(scope="module")
def learning(start, endpoint, s3):
    return start("aws", {"HAUBERK_MODE": "prevent"}, environment={"ENDPOINT": endpoint})


@pytest.fixture(scope="module")
def forbidding(start, endpoint, s3):
    allowed = [{"operation": "s3:GetObject", "target": "arn:aws:s3:::shop/given"}]
    settings = {"HAUBERK_POLICY": policy(allowlist={"api": allowed})}
    return start("aws", settings, environment={"ENDPOINT": endpoint})


def exists(s3, key):
    try:
        s3.head_object(Bucket="shop", Key=key)
    except ClientError:
        return False
    return True


def call(running, service, method, parameters):
    return running.invoke(
        {"by": "client", "service": service, "method": method, "parameters": parameters}
    )


CALLS = [
    # service    method              parameters                                    action, resource
    (
        "s3",
        "put_object",
        {"Bucket": "shop", "Key": "a/b", "Body": "x"},
        "s3:PutObject",
        "arn:aws:s3:::shop/a/b",
    ),
    (
        "s3",
        "get_object",
        {"Bucket": "shop", "Key": "given"},
        "s3:GetObject",
        "arn:aws:s3:::shop/given",
    ),
    ("s3", "list_objects_v2", {"Bucket": "shop"}, "s3:ListBucket", "arn:aws:s3:::shop"),
    ("s3", "list_buckets", {}, "s3:ListAllMyBuckets", "*"),
    (
        "s3",
        "delete_object",
        {"Bucket": "shop", "Key": "none"},
        "s3:DeleteObject",
        "arn:aws:s3:::shop/none",
    ),
    (
        "sqs",
        "create_queue",
        {"QueueName": "jobs"},
        "sqs:CreateQueue",
        "arn:aws:sqs:us-east-1::jobs",
    ),
    (
        "dynamodb",
        "describe_table",
        {"TableName": "carts"},
        "dynamodb:DescribeTable",
        "arn:aws:dynamodb:us-east-1::table/carts",
    ),
    ("dynamodb", "list_tables", {}, "dynamodb:ListTables", "*"),
]
IDS = [f"{service}-{method}" for service, method, *_ in CALLS]


@pytest.mark.parametrize(("service", "method", "parameters", "action", "resource"), CALLS, ids=IDS)
def test_a_call_is_recorded_by_its_action_and_resource(
    learning, service, method, parameters, action, resource
):
    seen = call(learning, service, method, parameters)
    assert seen.answer.error is None
    calls = [(one["operation"], one["target"]) for one in seen.activities if one["kind"] == "api"]
    assert calls == [(action, resource)]


@pytest.mark.parametrize(
    ("service", "method", "parameters", "action", "resource"),
    [row for row in CALLS if row[1] != "get_object"],
    ids=[one for one in IDS if one != "s3-get_object"],
)
def test_a_call_that_is_not_allowed_is_denied_as_aws_denies(
    forbidding, service, method, parameters, action, resource
):
    seen = call(forbidding, service, method, parameters)
    assert (seen.value["refused"], seen.value["status"]) == ("AccessDenied", 403)
    assert "blocked by Hauberk: unlisted-api" in seen.value["message"]
    (record,) = seen.detections
    assert (record["detector"], record["verdict"]) == ("unlisted-api", "block")
    assert (record["operation"], record["target"]) == (action, resource)


def test_a_denied_upload_leaves_no_object(forbidding, s3):
    seen = call(forbidding, "s3", "put_object", {"Bucket": "shop", "Key": "denied", "Body": "x"})
    assert seen.value["refused"] == "AccessDenied"
    assert not exists(s3, "denied")


def test_an_upload_while_learning_leaves_its_object(learning, s3):
    call(learning, "s3", "put_object", {"Bucket": "shop", "Key": "learned", "Body": "x"})
    assert exists(s3, "learned")


def test_what_is_allowed_is_answered(forbidding):
    seen = call(forbidding, "s3", "get_object", {"Bucket": "shop", "Key": "given"})
    assert seen.value == {"status": 200}
    assert not seen.detections


@pytest.mark.parametrize("by", ["resource", "page"])
def test_boto3_s_other_ways_lead_through_the_same_sink(forbidding, s3, by):
    seen = forbidding.invoke({"by": by, "name": "other"})
    assert seen.value["refused"] == "AccessDenied"
    assert not exists(s3, "other")


def test_a_presigned_url_is_a_known_miss(forbidding, s3):
    seen = forbidding.invoke({"by": "presigned_url", "name": "presigned"})
    assert seen.value == {"status": 200}
    assert exists(s3, "presigned"), "no longer missed"
    assert not seen.detections
