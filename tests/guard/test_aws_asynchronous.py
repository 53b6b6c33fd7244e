"""AWS API calls by aiobotocore: the same actions, the same refusals."""

import boto3
import pytest
from aws_server import ministack
from botocore.exceptions import ClientError
from protected import policy

PLACE = "arn:aws:s3:::shop"


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    with ministack(tmp_path_factory.mktemp("ministack")) as address:
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
        client.create_bucket(Bucket="shop")
        carts = boto3.client("dynamodb", endpoint_url=address, region_name="us-east-1", **keys)
        carts.create_table(
            TableName="carts",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for name in ("ada", "grace"):
            carts.put_item(TableName="carts", Item={"id": {"S": name}})
        yield client


@pytest.fixture(scope="module")
def run(start, with_packages, s3):
    allowed = [{"operation": "s3:PutObject", "target": f"{PLACE}/allowed"}]
    settings = {"HAUBERK_POLICY": policy(allowlist={"api": allowed})}
    variables = {"ENDPOINT": s3.meta.endpoint_url}
    code = with_packages("aws_asynchronous")
    running = start(code, settings, environment=variables, timeout_s=60)
    return lambda by, name: running.invoke({"by": by, "name": name})


def exists(s3, key):
    try:
        s3.head_object(Bucket="shop", Key=key)
    except ClientError:
        return False
    return True


@pytest.mark.parametrize("by", ["put", "presigned"])
def test_a_call_that_is_not_allowed_is_denied_as_aws_denies(run, s3, by):
    seen = run(by, "denied")
    assert seen.value["refused"] == "AccessDenied"
    assert "blocked by Hauberk: unlisted-api" in seen.value["message"]
    (record,) = seen.detections
    assert (record["operation"], record["target"]) == ("s3:PutObject", f"{PLACE}/denied")
    assert not exists(s3, "denied")


@pytest.mark.parametrize("by", ["put", "presigned"])
def test_a_call_that_is_allowed_is_answered(run, s3, by):
    seen = run(by, "allowed")
    assert (seen.value, seen.detections) == ({"status": 200}, [])
    assert by == "presigned" or exists(s3, "allowed")


@pytest.fixture(scope="module", params=["detect", "prevent"])
def asked(request, start, with_packages, s3):
    settings = {"HAUBERK_POLICY": policy(mode=request.param, protections={"firewall": "off"})}
    variables = {"ENDPOINT": s3.meta.endpoint_url}
    code = with_packages("aws_asynchronous")
    running = start(code, settings, environment=variables, timeout_s=60)
    return request.param, lambda name: running.invoke({"by": "statement", "name": name})


def test_an_input_may_be_a_value_of_a_statement_and_no_more(asked):
    mode, ask = asked
    seen = ask("ada")
    assert (seen.value, seen.detections) == ({"items": 1}, [])
    seen = ask("ada' OR '1'='1")
    verdict = "block" if mode == "prevent" else "alert"
    assert [(one["detector"], one["verdict"]) for one in seen.detections] == [
        ("sql-injection", verdict)
    ]
    if mode == "prevent":
        assert seen.value["refused"] == "AccessDenied"
    else:
        assert seen.value == {"items": 2}
