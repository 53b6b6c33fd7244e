"""AWS API calls, by boto3 against an emulated AWS: action, resource, calling code, refusal."""

from pathlib import Path
from typing import NamedTuple

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


@pytest.fixture
def new(start, endpoint, s3):
    """An environment that has told of nothing yet."""
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


OBJECT, TABLE = "arn:aws:s3:::shop", "arn:aws:dynamodb:us-east-1::table"
KEY = {"id": {"S": "1"}}
GIVEN = {"Bucket": "shop", "Key": "given"}


class Call(NamedTuple):
    """A call of a client, and the actions that it is on resources."""

    service: str
    method: str
    parameters: dict
    actions: tuple


CALLS = [
    Call(
        "s3",
        "put_object",
        {"Bucket": "shop", "Key": "a/b", "Body": "x"},
        (("s3:PutObject", f"{OBJECT}/a/b"),),
    ),
    Call("s3", "get_object", GIVEN, (("s3:GetObject", f"{OBJECT}/given"),)),
    Call("s3", "list_objects_v2", {"Bucket": "shop"}, (("s3:ListBucket", OBJECT),)),
    Call("s3", "list_buckets", {}, (("s3:ListAllMyBuckets", "*"),)),
    Call(
        "s3",
        "delete_object",
        {"Bucket": "shop", "Key": "none"},
        (("s3:DeleteObject", f"{OBJECT}/none"),),
    ),
    Call(
        "s3",
        "delete_objects",
        {"Bucket": "shop", "Delete": {"Objects": [{"Key": "n1"}, {"Key": "n2"}]}},
        (("s3:DeleteObject", f"{OBJECT}/n1"), ("s3:DeleteObject", f"{OBJECT}/n2")),
    ),
    Call(
        "s3",
        "copy_object",
        {"Bucket": "shop", "Key": "copy", "CopySource": "shop/source"},
        (("s3:PutObject", f"{OBJECT}/copy"), ("s3:GetObject", f"{OBJECT}/source")),
    ),
    Call(
        "sqs",
        "create_queue",
        {"QueueName": "jobs"},
        (("sqs:CreateQueue", "arn:aws:sqs:us-east-1::jobs"),),
    ),
    Call(
        "dynamodb",
        "describe_table",
        {"TableName": "carts"},
        (("dynamodb:DescribeTable", f"{TABLE}/carts"),),
    ),
    Call("dynamodb", "list_tables", {}, (("dynamodb:ListTables", "*"),)),
    Call(
        "dynamodb",
        "batch_get_item",
        {"RequestItems": {"carts": {"Keys": [KEY]}, "orders": {"Keys": [KEY]}}},
        (
            ("dynamodb:BatchGetItem", f"{TABLE}/carts"),
            ("dynamodb:BatchGetItem", f"{TABLE}/orders"),
        ),
    ),
    Call(
        "dynamodb",
        "transact_get_items",
        {"TransactItems": [{"Get": {"TableName": "carts", "Key": KEY}}]},
        (("dynamodb:GetItem", f"{TABLE}/carts"),),
    ),
]
NOT_ALLOWED = [one for one in CALLS if one.method != "get_object"]


@pytest.mark.parametrize("made", CALLS, ids=lambda one: f"{one.service}-{one.method}")
def test_a_call_is_recorded_by_its_actions_and_resources(learning, made):
    seen = call(learning, *made[:3])
    assert seen.answer.error is None
    calls = [(one["operation"], one["target"]) for one in seen.activities if one["kind"] == "api"]
    assert calls == list(made.actions)


@pytest.mark.parametrize("made", NOT_ALLOWED, ids=lambda one: f"{one.service}-{one.method}")
def test_a_call_that_is_not_allowed_is_denied_as_aws_denies(forbidding, made):
    seen = call(forbidding, *made[:3])
    assert (seen.value["refused"], seen.value["status"]) == ("AccessDenied", 403)
    assert "blocked by Hauberk: unlisted-api" in seen.value["message"]
    (record,) = seen.detections
    assert (record["detector"], record["verdict"]) == ("unlisted-api", "block")
    assert (record["operation"], record["target"]) == made.actions[0]


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


def own_calls(record):
    """The frames of the function's own code: file, line and function of each."""
    return [call.rsplit("/", 1)[1] for call in record["stack"] if call.startswith("/var/task/")]


def line_of(text):
    lines = (Path(__file__).parent / "functions" / "aws" / "app.py").read_text().split("\n")
    (at,) = [number for number, line in enumerate(lines, start=1) if text in line]
    return at


@pytest.mark.parametrize(
    ("by", "method", "text"),
    [
        ("client", "by_client", 'getattr(client, event["method"])'),
        ("resource", "by_resource", "shop.put_object("),
        ("page", "by_page", "pages.paginate("),
        ("presigned_url", "by_presigned_url", "client.generate_presigned_url("),
    ],
)
@pytest.mark.parametrize("mode", ["new", "forbidding"])
def test_a_record_names_the_function_s_own_code_that_called(request, mode, by, method, text):
    parameters = {"Bucket": "shop", "Key": f"stack-{mode}", "Body": "x"}
    event = {"by": by, "service": "s3", "method": "put_object", "parameters": parameters}
    seen = request.getfixturevalue(mode).invoke({**event, "name": f"{by}-{mode}"})
    found = seen.activities + seen.detections
    record = next(one for one in found if one["kind"] == "api")
    assert own_calls(record)[0] == f"app.py:{line_of(text)} {method}"


@pytest.mark.parametrize("by", ["resource", "page"])
def test_boto3_s_other_ways_lead_through_the_same_sink(forbidding, s3, by):
    seen = forbidding.invoke({"by": by, "name": "other"})
    assert seen.value["refused"] == "AccessDenied"
    assert not exists(s3, "other")


def test_what_a_presigned_url_allows_is_asked_when_it_is_made(forbidding, s3):
    seen = forbidding.invoke({"by": "presigned_url", "name": "presigned"})
    assert seen.value["refused"] == "AccessDenied"
    assert not exists(s3, "presigned")
    (record,) = seen.detections
    assert (record["operation"], record["target"]) == ("s3:PutObject", f"{OBJECT}/presigned")


def test_a_copy_reads_its_source(start, endpoint, s3):
    allowed = [{"operation": "s3:PutObject", "target": "arn:aws:s3:::shop/*"}]
    settings = {"HAUBERK_POLICY": policy(allowlist={"api": allowed})}
    running = start("aws", settings, environment={"ENDPOINT": endpoint})
    parameters = {"Bucket": "shop", "Key": "taken", "CopySource": "shop/given"}
    seen = call(running, "s3", "copy_object", parameters)
    assert seen.value["refused"] == "AccessDenied"
    assert not exists(s3, "taken")
    assert seen.detections[0]["target"] == f"{OBJECT}/given"


@pytest.fixture(scope="module")
def carts(endpoint, s3):
    """A table with two items, besides another table."""
    keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name=REGION, **keys)
    for name in ("carts", "orders"):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    for name in ("ada", "grace"):
        client.put_item(TableName="carts", Item={"id": {"S": name}})
    return client


def test_a_transaction_on_a_table_that_is_not_allowed_writes_to_no_table(start, endpoint, carts):
    allowed = [{"operation": "dynamodb:*", "target": f"{TABLE}/carts"}]
    settings = {"HAUBERK_POLICY": policy(allowlist={"api": allowed})}
    running = start("aws", settings, environment={"ENDPOINT": endpoint})
    carts.delete_item(TableName="carts", Key=KEY)  # another Python's
    items = [{"Put": {"TableName": name, "Item": KEY}} for name in ("carts", "orders")]
    seen = call(running, "dynamodb", "transact_write_items", {"TransactItems": items})
    assert seen.value["refused"] == "AccessDenied"
    assert (seen.detections[0]["operation"], seen.detections[0]["target"]) == (
        "dynamodb:PutItem",
        f"{TABLE}/orders",
    )
    for name in ("carts", "orders"):
        assert "Item" not in carts.get_item(TableName=name, Key=KEY)
    seen = call(running, "dynamodb", "transact_write_items", {"TransactItems": items[:1]})
    assert seen.value == {"status": 200}
