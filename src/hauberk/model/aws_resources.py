"""Which parameters of which AWS API calls name resources, and the ends of their ARNs.

From AWS's service authorization reference (docs.aws.amazon.com/service-authorization, read in August 2026) and the
parameters in botocore's service models. Names of S3 and DynamoDB are in files of their own.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in guard/start.py
if TYPE_CHECKING:
    from typing import Union

    # Where a parameter is: names, `*` for each item; or several parameters whose values make one ARN.
    Place = Union[str, tuple[str, ...]]
    Rows = tuple[tuple[Place, str], ...]

# ARNs of these services have no region; of those no account.
GLOBAL = frozenset(("cloudfront", "iam", "route53", "s3", "sts"))
WITHOUT_ACCOUNT = frozenset(("bedrock", "route53", "s3"))

# Of one service, or one of its actions: the first row whose parameters are given tells the resources; `|` stands
# between two.
RESOURCES: dict[str, Rows] = {
    "athena": (("WorkGroup", "workgroup/{}"),),
    "athena:StartQueryExecution": (
        ("WorkGroup", "workgroup/{}"),
        ("QueryString", "workgroup/primary"),
    ),
    "batch": (
        (("jobQueue", "jobDefinition"), "job-queue/{}|job-definition/{}"),
        ("jobQueue", "job-queue/{}"),
        ("jobDefinition", "job-definition/{}"),
        ("jobId", "job/{}"),
        ("jobs.*", "job/{}"),
    ),
    "bedrock": (("modelId", "foundation-model/{}"),),
    "cloudformation": (("StackName", "stack/{}"),),
    "cloudfront": (("DistributionId", "distribution/{}"), ("Id", "distribution/{}")),
    "cloudwatch": (
        ("AlarmName", "alarm:{}"),
        ("AlarmNames.*", "alarm:{}"),
        ("DashboardName", "dashboard/{}"),
        ("ResourceARN", "{}"),
    ),
    "codebuild": (("projectName", "project/{}"), ("names.*", "project/{}")),
    "cognito-identity": (("IdentityPoolId", "identitypool/{}"),),
    "cognito-idp": (("UserPoolId", "userpool/{}"), ("ResourceArn", "{}")),
    "ec2": (
        ("InstanceIds.*", "instance/{}"),
        ("InstanceId", "instance/{}"),
        ("GroupId", "security-group/{}"),
        ("VolumeId", "volume/{}"),
        ("SnapshotId", "snapshot/{}"),
    ),
    "ecr": (("repositoryName", "repository/{}"), ("resourceArn", "{}")),
    "ecs": (
        ("taskDefinition", "task-definition/{}"),
        (("cluster", "service"), "service/{}/{}"),
        ("service", "service/default/{}"),
        (("cluster", "task"), "task/{}/{}"),
        ("task", "task/default/{}"),
        ("cluster", "cluster/{}"),
        ("resourceArn", "{}"),
    ),
    "es": (("DomainName", "domain/{}"),),
    "events": (
        (("EventBusName", "Rule"), "rule/{}/{}"),
        ("Rule", "rule/{}"),
        ("EventBusName", "event-bus/{}"),
        ("ResourceARN", "{}"),
        ("Name", "event-bus/{}"),
    ),
    **dict.fromkeys(
        (
            "events:DeleteRule",
            "events:DescribeRule",
            "events:DisableRule",
            "events:EnableRule",
            "events:PutRule",
        ),
        ((("EventBusName", "Name"), "rule/{}/{}"), ("Name", "rule/{}")),
    ),
    "firehose": (("DeliveryStreamName", "deliverystream/{}"),),
    "glue": (
        ("JobName", "job/{}"),
        ("CrawlerName", "crawler/{}"),
        (("DatabaseName", "TableName"), "table/{}/{}"),
        (("DatabaseName", "Name"), "table/{}/{}"),
        ("DatabaseName", "database/{}"),
    ),
    "iam": (
        ("RoleName", "role/{}"),
        ("UserName", "user/{}"),
        ("GroupName", "group/{}"),
        ("InstanceProfileName", "instance-profile/{}"),
        ("PolicyArn", "{}"),
        ("PolicyName", "policy/{}"),
    ),
    "iot": (("topic", "topic/{}"), ("thingName", "thing/{}")),
    "kinesis": (
        ("StreamARN", "{}"),
        ("StreamName", "stream/{}"),
        ("ConsumerARN", "{}"),
        ("ResourceARN", "{}"),
    ),
    "kms": (("KeyId", "key/{}"), ("AliasName", "{}"), ("TargetKeyId", "key/{}")),
    "kms:ReEncryptFrom": (("SourceKeyId", "key/{}"),),
    "kms:ReEncryptTo": (("DestinationKeyId", "key/{}"),),
    "lambda": (
        (("FunctionName", "Qualifier"), "function:{}:{}"),
        ("FunctionName", "function:{}"),
        ("LayerName", "layer:{}"),
        ("UUID", "event-source-mapping:{}"),
        ("Resource", "{}"),
        ("CodeSigningConfigArn", "{}"),
    ),
    "logs": (
        (("logGroupName", "logStreamName"), "log-group:{}:log-stream:{}"),
        ("logGroupName", "log-group:{}"),
        ("logGroupNames.*", "log-group:{}"),
        ("logGroupIdentifier", "log-group:{}"),
        ("logGroupIdentifiers.*", "log-group:{}"),
        ("resourceArn", "{}"),
    ),
    "pipes": (("Name", "pipe/{}"), ("resourceArn", "{}")),
    "rds": (
        ("DBClusterIdentifier", "cluster:{}"),
        ("DBInstanceIdentifier", "db:{}"),
        ("ResourceName", "{}"),
    ),
    "rds-data": (("resourceArn", "{}"), ("dbClusterOrInstanceArn", "{}")),
    "route53": (("HostedZoneId", "hostedzone/{}"),),
    "sagemaker": (("EndpointName", "endpoint/{}"), ("TrainingJobName", "training-job/{}")),
    "scheduler": (
        (("GroupName", "Name"), "schedule/{}/{}"),
        ("Name", "schedule/default/{}"),
        ("ResourceArn", "{}"),
    ),
    "secretsmanager": (
        ("SecretId", "secret:{}"),
        ("SecretIdList.*", "secret:{}"),
        ("Name", "secret:{}"),
    ),
    "ses": (
        ("SourceArn", "{}"),
        ("FromEmailAddressIdentityArn", "{}"),
        ("Source", "identity/{}"),
        ("FromEmailAddress", "identity/{}"),
        ("EmailIdentity", "identity/{}"),
        ("Identity", "identity/{}"),
        ("TemplateName", "template/{}"),
    ),
    "sns": (
        ("TopicArn", "{}"),
        ("TargetArn", "{}"),
        ("SubscriptionArn", "{}"),
        ("EndpointArn", "{}"),
        ("PlatformApplicationArn", "{}"),
        ("ResourceArn", "{}"),
        ("Name", "{}"),
    ),
    "sqs": (
        ("QueueUrl", "{}"),
        ("QueueName", "{}"),
        (("SourceArn", "DestinationArn"), "{}|{}"),
        ("SourceArn", "{}"),
    ),
    "ssm": (
        ("Name", "parameter/{}"),
        ("Names.*", "parameter/{}"),
        ("Path", "parameter/{}"),
        ("DocumentName", "document/{}"),
    ),
    **dict.fromkeys(
        (
            "ssm:CreateDocument",
            "ssm:DeleteDocument",
            "ssm:DescribeDocument",
            "ssm:GetDocument",
            "ssm:UpdateDocument",
        ),
        (("Name", "document/{}"),),
    ),
    "states": (
        ("stateMachineArn", "{}"),
        ("executionArn", "{}"),
        ("activityArn", "{}"),
        ("mapRunArn", "{}"),
        ("resourceArn", "{}"),
        ("name", "stateMachine:{}"),
    ),
    "sts": (("RoleArn", "{}"),),
    "timestream": (
        (("DatabaseName", "TableName"), "database/{}/table/{}"),
        ("DatabaseName", "database/{}"),
    ),
}
