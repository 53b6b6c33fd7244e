"""Which actions on which resources an AWS API call is: tables, and AWS's own service models."""

import boto3
import pytest

from hauberk.guard import aws_api
from hauberk.guard.aws_actions import ACTIONS, PREFIXES
from hauberk.guard.aws_arns import Owner, account_of, partition_of
from hauberk.guard.aws_resources import RESOURCES

KEY = "ASIAQNZGKIQY56JQ7WML"  # an example of an expired key, of the account 029608264753
ACCOUNT = "029608264753"
OWNER = Owner("eu-west-1", KEY)
HERE = f"eu-west-1:{ACCOUNT}"
SQS = "https://sqs.us-east-1.amazonaws.com/123456789012/jobs"
POINT = "arn:aws:s3:eu-west-1:123456789012:accesspoint/reports"
ROLE = "arn:aws:iam::123456789012:role/other"

ROWS = [
    # service, operation, parameters, then actions with their resources
    ("s3", "GetObject", {"Bucket": "b", "Key": "k/1"}, [("s3:GetObject", "arn:aws:s3:::b/k/1")]),
    (
        "s3",
        "GetObject",
        {"Bucket": "b", "Key": "k", "VersionId": "1"},
        [("s3:GetObjectVersion", "arn:aws:s3:::b/k")],
    ),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::b/k")]),
    ("s3", "GetObject", {"Bucket": POINT, "Key": "k"}, [("s3:GetObject", f"{POINT}/object/k")]),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "p/"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "1"}, {"Key": "2", "VersionId": "x"}]}},
        [("s3:DeleteObject", "arn:aws:s3:::b/1"), ("s3:DeleteObjectVersion", "arn:aws:s3:::b/2")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "other/a%20b"},
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::other/a b")],
    ),
    (
        "s3",
        "UploadPartCopy",
        {"Bucket": "b", "Key": "k", "CopySource": f"{POINT}/object/a?versionId=7"},
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObjectVersion", f"{POINT}/object/a")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": {"Bucket": "other", "Key": "a"}},
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::other/a")],
    ),
    (
        "dynamodb",
        "GetItem",
        {"TableName": "carts"},
        [("dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/carts")],
    ),
    (
        "dynamodb",
        "Query",
        {"TableName": "carts", "IndexName": "by-day"},
        [("dynamodb:Query", f"arn:aws:dynamodb:{HERE}:table/carts/index/by-day")],
    ),
    (
        "dynamodb",
        "BatchWriteItem",
        {"RequestItems": {"carts": [], "orders": []}},
        [
            ("dynamodb:BatchWriteItem", f"arn:aws:dynamodb:{HERE}:table/carts"),
            ("dynamodb:BatchWriteItem", f"arn:aws:dynamodb:{HERE}:table/orders"),
        ],
    ),
    (
        "dynamodb",
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "carts"}},
                {"ConditionCheck": {"TableName": "orders"}},
            ]
        },
        [
            ("dynamodb:ConditionCheckItem", f"arn:aws:dynamodb:{HERE}:table/orders"),
            ("dynamodb:PutItem", f"arn:aws:dynamodb:{HERE}:table/carts"),
        ],
    ),
    (
        "dynamodb",
        "ExecuteStatement",
        {"Statement": "DELETE FROM \"carts\" WHERE id = '1'"},
        [("dynamodb:PartiQLDelete", f"arn:aws:dynamodb:{HERE}:table/carts")],
    ),
    (
        "dynamodb",
        "BatchExecuteStatement",
        {
            "Statements": [
                {"Statement": 'select * from "carts"."by-day" where id = ?'},
                {"Statement": "INSERT INTO orders VALUE {'id': '1'}"},
            ]
        },
        [
            ("dynamodb:PartiQLSelect", f"arn:aws:dynamodb:{HERE}:table/carts/index/by-day"),
            ("dynamodb:PartiQLInsert", f"arn:aws:dynamodb:{HERE}:table/orders"),
        ],
    ),
    (
        "sqs",
        "SendMessage",
        {"QueueUrl": SQS},
        [("sqs:SendMessage", "arn:aws:sqs:us-east-1:123456789012:jobs")],
    ),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "http://127.0.0.1:4566/000000000000/jobs"},
        [("sqs:SendMessage", "arn:aws:sqs:eu-west-1:000000000000:jobs")],
    ),
    ("sns", "Publish", {"PhoneNumber": "+1"}, [("sns:Publish", "*")]),
    (
        "sns",
        "PublishBatch",
        {"TopicArn": "arn:aws:sns:a:1:t"},
        [("sns:Publish", "arn:aws:sns:a:1:t")],
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "mail", "Qualifier": "live"},
        [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:mail:live")],
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "123456789012:function:mail"},
        [("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function:mail")],
    ),
    (
        "secretsmanager",
        "BatchGetSecretValue",
        {"SecretIdList": ["a", "b"]},
        [
            ("secretsmanager:BatchGetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:a"),
            ("secretsmanager:BatchGetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:b"),
        ],
    ),
    (
        "ssm",
        "GetParameters",
        {"Names": ["/app/key", "flag"]},
        [
            ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/app/key"),
            ("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/flag"),
        ],
    ),
    (
        "ssm",
        "GetParametersByPath",
        {"Path": "/app"},
        [("ssm:GetParametersByPath", f"arn:aws:ssm:{HERE}:parameter/app")],
    ),
    (
        "kms",
        "Encrypt",
        {"KeyId": "alias/app"},
        [("kms:Encrypt", f"arn:aws:kms:{HERE}:alias/app")],
    ),
    (
        "kms",
        "ReEncrypt",
        {"DestinationKeyId": "1-2"},
        [("kms:ReEncryptFrom", "*"), ("kms:ReEncryptTo", f"arn:aws:kms:{HERE}:key/1-2")],
    ),
    ("kms", "Decrypt", {"CiphertextBlob": b"x"}, [("kms:Decrypt", "*")]),
    (
        "kinesis",
        "PutRecords",
        {"StreamName": "clicks"},
        [("kinesis:PutRecords", f"arn:aws:kinesis:{HERE}:stream/clicks")],
    ),
    (
        "firehose",
        "PutRecordBatch",
        {"DeliveryStreamName": "clicks"},
        [("firehose:PutRecordBatch", f"arn:aws:firehose:{HERE}:deliverystream/clicks")],
    ),
    (
        "events",
        "PutEvents",
        {"Entries": [{"Source": "a"}, {"EventBusName": "shop"}, {"EventBusName": "shop"}]},
        [
            ("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/default"),
            ("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/shop"),
        ],
    ),
    (
        "states",
        "StartExecution",
        {"stateMachineArn": "arn:aws:states:a:1:stateMachine:s", "name": "run"},
        [("states:StartExecution", "arn:aws:states:a:1:stateMachine:s")],
    ),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "g", "logStreamName": "s"},
        [("logs:PutLogEvents", f"arn:aws:logs:{HERE}:log-group:g:log-stream:s")],
    ),
    ("sts", "AssumeRole", {"RoleArn": ROLE}, [("sts:AssumeRole", ROLE)]),
    ("sts", "GetCallerIdentity", {}, [("sts:GetCallerIdentity", "*")]),
    (
        "iam",
        "AttachRolePolicy",
        {"RoleName": "app", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        [("iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/app")],
    ),
    (
        "ses",
        "SendEmail",
        {"Source": "Shop <shop@example.com>"},
        [("ses:SendEmail", f"arn:aws:ses:{HERE}:identity/shop@example.com")],
    ),
    (
        "cognito-idp",
        "AdminGetUser",
        {"UserPoolId": "eu-west-1_1", "Username": "ada"},
        [("cognito-idp:AdminGetUser", f"arn:aws:cognito-idp:{HERE}:userpool/eu-west-1_1")],
    ),
    (
        "rds-data",
        "ExecuteStatement",
        {"resourceArn": "arn:aws:rds:a:1:cluster:c", "sql": "SELECT 1"},
        [("rds-data:ExecuteStatement", "arn:aws:rds:a:1:cluster:c")],
    ),
    (
        "athena",
        "StartQueryExecution",
        {"QueryString": "SELECT 1"},
        [("athena:StartQueryExecution", f"arn:aws:athena:{HERE}:workgroup/primary")],
    ),
    (
        "ecs",
        "RunTask",
        {"cluster": "c", "taskDefinition": "mail:3"},
        [("ecs:RunTask", f"arn:aws:ecs:{HERE}:task-definition/mail:3")],
    ),
    (
        "ecs",
        "UpdateService",
        {"cluster": "arn:aws:ecs:a:1:cluster/c", "service": "web"},
        [("ecs:UpdateService", f"arn:aws:ecs:{HERE}:service/c/web")],
    ),
    (
        "batch",
        "SubmitJob",
        {"jobQueue": "q", "jobDefinition": "d:1"},
        [
            ("batch:SubmitJob", f"arn:aws:batch:{HERE}:job-queue/q"),
            ("batch:SubmitJob", f"arn:aws:batch:{HERE}:job-definition/d:1"),
        ],
    ),
    ("monitoring", "PutMetricData", {"Namespace": "shop"}, [("cloudwatch:PutMetricData", "*")]),
    ("new-service", "DoThing", {"Name": "x"}, [("new-service:DoThing", "*")]),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    ROWS,
    ids=[f"{row[0]}-{row[1]}-{at}" for at, row in enumerate(ROWS)],
)
def test_a_call_is_each_of_its_actions_on_each_of_its_resources(
    service, operation, parameters, expected
):
    assert aws_api.actions(service, operation, parameters, OWNER) == expected


HOSTILE = [None, 7, "x", [], {}, {"Bucket": 3}, {"Delete": None}, {"Entries": [None, 3]}]


@pytest.mark.parametrize("parameters", HOSTILE, ids=repr)
@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_parameters_of_the_wrong_shape_are_judged_too(row, parameters):
    """The client refuses them itself, after the guard has looked."""
    assert aws_api.actions(row[0], row[1], parameters, OWNER)


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
