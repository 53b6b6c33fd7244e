"""Calls of the AWS API, and the actions on resources that they are."""

from hauberk.model.aws_arns import Owner

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
