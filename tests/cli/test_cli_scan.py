"""`hauberk scan code`: what it prints, what it takes for variables, and its exit status."""

import json

import pytest
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.scan import opened, scan
from hauberk.scan.variables import variables

CODE = """
import os, boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="\\x1b[2J")
    open("/tmp/\\x1b[2J.txt")
    os.system(event["command"])
"""
URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
ARN = "arn:aws:sqs:eu-west-1:123456789012:orders"


@pytest.fixture
def hauberk(tmp_path, monkeypatch):
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders/app.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*words):
        return CliRunner().invoke(
            app, ["scan", "code", "orders", "--handler", "app.handler", *words]
        )

    return run


def test_it_shows_each_act_with_its_place_and_what_is_not_known(hauberk):
    done = hauberk()
    assert done.exit_code == 0
    assert "open: $QUEUE" in done.stdout and "app.py:5" in done.stdout
    assert "a program that is not known: event" in done.stdout
    assert "\x1b" not in done.stdout


VARIABLES = [
    json.dumps({"FunctionName": "orders", "Environment": {"Variables": {"QUEUE": URL}}}),
    json.dumps({"QUEUE": URL, "RETRIES": 3}),
    json.dumps({"OrdersFunction": {"QUEUE": URL}}),
    f"# of the shop\nexport RETRIES=3\nQUEUE='{URL}'\n",
]


TEMPLATE = """
Globals:
  Function: {Runtime: python3.13, Environment: {Variables: {TABLE: !Ref Orders, BUCKET: !Sub "${Stack}-b"}}}
Resources:
  Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
  Pictures: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::Serverless::Function, Properties: {Handler: other.handler}}
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Environment: {Variables: {QUEUE: URL, PICTURES: !Ref Pictures, RETRIES: 3, FLAG: true, ARN: !GetAtt [Q, Arn]}}
""".replace("URL", URL)
JSON_TEMPLATE = {
    "Resources": {
        "F": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Handler": "app.handler", "Environment": {"Variables": {"QUEUE": URL}}},
        }
    }
}
VARIABLES += [TEMPLATE, json.dumps(JSON_TEMPLATE)]


def test_a_template_tells_what_stands_in_it_and_says_of_the_rest_that_it_is_set():
    assert variables(TEMPLATE.encode(), "t", "app.handler") == {
        "TABLE": "orders",
        "BUCKET": None,
        "QUEUE": URL,
        "PICTURES": None,
        "RETRIES": "3",
        "FLAG": "true",
        "ARN": None,
    }


def test_a_variable_that_is_set_has_not_the_value_that_the_code_gives_it_otherwise(tmp_path):
    (tmp_path / "app.py").write_text(
        "import os\ndef handler(event, context):\n    open(os.getenv('A', '/tmp/a'))\n"
    )
    for value, targets in ((None, set()), ("/tmp/b", {"/tmp/b"})):
        found = scan(opened(tmp_path), "app.handler", {"A": value})
        assert {one.target for one in found.findings} == targets
        assert bool(found.unread) is (value is None)


@pytest.mark.parametrize("text", VARIABLES)
def test_variables_are_read_in_each_form(hauberk, tmp_path, text):
    (tmp_path / "variables").write_text(text)
    found = json.loads(hauberk("--environment", "variables", "--format", "json").stdout)
    targets = {one["target"]: one["sure"] for one in found["findings"] if one["kind"] == "api"}
    assert targets == {ARN: "exact"}
    assert found["unknown"] == [
        {"site": "app.py:7", "kind": "process", "what": "a program that is not known: event"}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Resources: [",
        "Resources: {}",
        TEMPLATE.replace("other.handler", "app.handler"),
        "{",
        "no pair",
        "",
        " \n",
        '{"a": {"b": "c"}, "d": {}}',
        '{"a": []}',
        "\xff" * 3,
        "[1]",
    ],
)
def test_what_are_no_variables_is_refused(hauberk, tmp_path, text):
    (tmp_path / "variables").write_text(text, encoding="latin-1")
    done = hauberk("--environment", "variables")
    assert done.exit_code == 2 and "variables" in done.stderr


@pytest.mark.parametrize("words", [["--handler", "nothing.handler"], ["--handler", "handler"]])
def test_a_handler_that_is_not_there_is_refused(hauberk, words):
    done = hauberk(*words)
    assert done.exit_code == 2 and "name the handler" in done.stderr


def test_a_handler_that_is_not_named_is_found_or_asked_for(hauberk, tmp_path):
    words = ("scan", "code", "orders")
    found = CliRunner().invoke(app, words)
    assert (found.exit_code, found.stdout) == (0, hauberk().stdout)
    (tmp_path / "orders/app.py").write_text("def other(event, context): pass")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and "name it with --handler file.function" in done.stderr
