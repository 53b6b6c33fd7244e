"""Statements and expressions that AWS interprets: an input may be a value there, and no more.

DynamoDB is emulated. The RDS Data API and Athena are a server of the tests' own (`statement_server.py`).
"""

from itertools import count
from typing import Any, NamedTuple

import boto3
import pytest
from aws_server import ministack
from protected import oldest_and_newest, policy
from statement_server import statements

pytestmark = oldest_and_newest
ADA = {"id": {"S": "ada"}, "colour": {"S": "blue"}, "price": {"S": "high"}}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    with ministack(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(scope="module")
def carts(endpoint):
    keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests"}
    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1", **keys)
    client.create_table(
        TableName="carts",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="carts", Item={"id": {"S": "grace"}})
    return client


@pytest.fixture(scope="module")
def server():
    with statements() as running:
        yield running


class Done(NamedTuple):
    """What one statement came to."""

    seen: Any
    cart: dict
    """Ada's, as it is now."""
    is_made: bool
    arrived: list
    """What the tests' own server was asked: the operation, and how many rows it had."""


@pytest.fixture(scope="module")
def ask(start, endpoint, carts, server):
    variables = {
        "ENDPOINT": endpoint,
        "INTERPRETER": f"http://127.0.0.1:{server.server_port}",
    }
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start("aws", settings, environment=variables, timeout_s=20)
    numbers = count()

    def asked(mode, way, value):
        carts.put_item(TableName="carts", Item=ADA)
        carts.delete_item(TableName="carts", Key={"id": {"S": "made"}})
        server.asked.clear()
        key = f"q{next(numbers)}"
        seen = running[mode].invoke({"by": "statement", "way": way, "key": key, key: value})
        items = [
            carts.get_item(TableName="carts", Key={"id": {"S": name}}).get("Item")
            for name in ("ada", "made")
        ]
        arrived = [(operation, rows) for operation, _, rows in server.asked]
        return Done(seen, items[0], items[1] is not None, arrived)

    return asked


ALL = "x' OR '1'='1"
EITHER = "colour) OR attribute_exists(id"
RED = {**ADA, "colour": {"S": "red"}, "price": {"S": "red"}}
TAKEN = {"id": {"S": "ada"}, "colour": {"S": "taken"}}


class Attack(NamedTuple):
    """What changes the syntax, and what it comes to where nobody refuses it."""

    way: str
    value: str
    detector: str
    action: str
    items: int | None = None
    cart: dict = ADA
    is_made: bool = False
    arrives: tuple = ()


SQL, NOSQL = "sql-injection", "nosql-injection"
ATTACKS = [
    Attack("partiql", ALL, SQL, "dynamodb:PartiQLSelect", items=2),
    Attack("partiql batch", ALL, SQL, "dynamodb:PartiQLSelect"),
    Attack("partiql transaction", ALL, SQL, "dynamodb:PartiQLSelect"),
    Attack("filter", ":me OR attribute_exists(id)", NOSQL, "dynamodb:Scan", items=2),
    Attack("key", ":me AND colour > :me", NOSQL, "dynamodb:Query"),
    Attack(
        "condition",
        "colour) OR attribute_exists(id",
        NOSQL,
        "dynamodb:PutItem",
        cart=TAKEN,
    ),
    Attack("projection", "colour) OR (id", NOSQL, "dynamodb:GetItem"),
    Attack("update", "colour = :red, price", NOSQL, "dynamodb:UpdateItem", cart=RED),
    Attack("written together", "colour = :red, price", NOSQL, "dynamodb:UpdateItem", cart=RED),
    Attack(
        "checked together",
        "size) OR attribute_exists(id",
        NOSQL,
        "dynamodb:ConditionCheckItem",
        is_made=True,
    ),
    Attack("read together", "colour) OR (id", NOSQL, "dynamodb:GetItem"),
    Attack(
        "rds",
        ALL,
        SQL,
        "rds-data:ExecuteStatement",
        items=2,
        arrives=(("Execute", 2),),
    ),
    Attack("rds batch", ALL, SQL, "rds-data:BatchExecuteStatement", arrives=(("BatchExecute", 2),)),
    Attack("rds old", ALL, SQL, "rds-data:ExecuteSql", arrives=(("ExecuteSql", 2),)),
    Attack(
        "athena",
        ALL,
        SQL,
        "athena:StartQueryExecution",
        arrives=(("StartQueryExecution", 2),),
    ),
    Attack(
        "athena named",
        ALL,
        SQL,
        "athena:CreateNamedQuery",
        arrives=(("CreateNamedQuery", None),),
    ),
    Attack(
        "athena prepared",
        ALL,
        SQL,
        "athena:CreatePreparedStatement",
        arrives=(("CreatePreparedStatement", None),),
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.way)
def test_an_input_that_changes_what_aws_interprets_is_refused(ask, attack):
    done = ask("prevent", attack.way, attack.value)
    assert done.seen.value["refused"] == "AccessDenied"
    assert f"blocked by Hauberk: {attack.detector}" in done.seen.value["message"]
    (record,) = done.seen.detections
    assert (record["detector"], record["verdict"]) == (attack.detector, "block")
    assert (record["kind"], record["operation"]) == ("api", attack.action)
    assert (done.cart, done.is_made, done.arrived) == (ADA, False, [])


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.way)
def test_in_detect_it_is_told_and_has_its_effect(ask, attack):
    done = ask("detect", attack.way, attack.value)
    assert (attack.detector, "alert") in {
        (one["detector"], one["verdict"]) for one in done.seen.detections
    }
    if attack.items is not None:
        assert done.seen.value == {"items": attack.items}
    assert done.cart == attack.cart, done.seen.value
    assert done.is_made == attack.is_made, done.seen.value
    assert done.arrived == list(attack.arrives)


PLAIN = [
    # way, value, items that it finds; what the tests' own server was asked
    ("partiql", "ada", 1, ()),
    ("partiql", "O''Hara", 0, ()),
    ("partiql batch", "ada", 1, ()),
    ("partiql transaction", "ada", 1, ()),
    ("partiql bound", ALL, 0, ()),
    ("filter", ":me", 1, ()),
    ("key", ":me", 1, ()),
    ("condition", "size", 0, ()),
    ("projection", "colour", 1, ()),
    ("projection", "colour, price", 1, ()),  # names alone: a wider answer, no other syntax
    ("update", "size", 0, ()),
    ("written together", "size", 0, ()),
    ("checked together", "colour", 0, ()),
    ("read together", "colour", 1, ()),
    ("rds", "ada", 1, (("Execute", 1),)),
    ("rds", "ada -- and grace", 0, (("Execute", 0),)),
    ("rds bound", ALL, 0, (("Execute", 0),)),
    ("rds batch", "ada", 0, (("BatchExecute", 1),)),
    ("rds old", "ada", 0, (("ExecuteSql", 1),)),
    ("athena", "grace", 0, (("StartQueryExecution", 1),)),
    ("athena bound", ALL, 0, (("StartQueryExecution", 0),)),
    ("athena named", "O''Hara", 0, (("CreateNamedQuery", None),)),
    ("athena prepared", "ada", 0, (("CreatePreparedStatement", None),)),
]


@pytest.mark.parametrize(("way", "value", "items", "arrives"), PLAIN)
def test_a_value_in_its_place_passes(ask, way, value, items, arrives):
    done = ask("prevent", way, value)
    assert (done.seen.value, done.seen.detections) == ({"items": items}, [])
    assert done.arrived == list(arrives)
