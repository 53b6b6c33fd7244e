"""Which actions on which resources an AWS API call is: tables, and AWS's own service models."""

import boto3
import pytest
from aws_rows import ACCOUNT, KEY, OWNER, ROWS

from hauberk.model.aws_actions import ACTIONS, PREFIXES
from hauberk.model.aws_arns import account_of, partition_of
from hauberk.model.aws_calls import actions
from hauberk.model.aws_resources import RESOURCES


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    ROWS,
    ids=[f"{row[0]}-{row[1]}-{at}" for at, row in enumerate(ROWS)],
)
def test_a_call_is_each_of_its_actions_on_each_of_its_resources(
    service, operation, parameters, expected
):
    assert actions(service, operation, parameters, OWNER) == expected


HOSTILE = [None, 7, "x", [], {}, {"Bucket": 3}, {"Delete": None}, {"Entries": [None, 3]}]


@pytest.mark.parametrize("parameters", HOSTILE, ids=repr)
@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_parameters_of_the_wrong_shape_are_judged_too(row, parameters):
    """The client refuses them itself, after the guard has looked."""
    assert actions(row[0], row[1], parameters, OWNER)


@pytest.mark.parametrize(
    ("key", "account"),
    [
        (KEY, ACCOUNT),
        ("AKIAIOSFODNN7EXAMPLE", ""),  # made before 2019
        ("tests", ""),
        ("", ""),
        ("ASIAQNZGKIQY56JQ7W!L", ACCOUNT),
        ("ASIAQ!ZGKIQY56JQ7WML", ""),
    ],
)
def test_an_access_key_tells_its_account(key, account):
    assert account_of(key) == account


def test_a_region_tells_its_partition():
    found = [partition_of(region) for region in ("eu-west-1", "cn-north-1", "us-gov-east-1", "")]
    assert found == ["aws", "aws-cn", "aws-us-gov", "aws"]


@pytest.fixture(scope="module")
def operations():
    """Every operation of AWS's models by the prefix of IAM, with the names of its parameters."""
    session = boto3.Session(region_name="eu-west-1")._session
    found = {}
    for name in session.get_available_services():
        model = session.get_service_model(name)
        prefix = PREFIXES.get(model.signing_name, model.signing_name)
        if prefix in {action.partition(":")[0] for action in (*ACTIONS, *RESOURCES)}:
            for operation in model.operation_names:
                shape = model.operation_model(operation).input_shape
                found.setdefault(prefix, {})[operation] = set(shape.members if shape else ())
    return found


def test_every_operation_with_another_name_is_one(operations):
    for action in ACTIONS:
        service, _, operation = action.partition(":")
        assert operation in operations[service], action


def test_every_parameter_that_names_a_resource_is_one(operations):
    for name, rows in RESOURCES.items():
        service, _, operation = name.partition(":")
        operation = "ReEncrypt" if operation.startswith("ReEncrypt") else operation
        wanted = operations[service]
        of = [wanted[operation]] if operation else wanted.values()
        for place, _ in rows:
            places = {
                one.partition(".")[0] for one in ([place] if isinstance(place, str) else place)
            }
            assert any(places <= members for members in of), (name, place)
