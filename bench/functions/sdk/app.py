"""Makes an AWS client while it is loaded, as most functions do."""

import boto3

client = boto3.client("s3")


def handler(event, context):
    """Answer nothing; the client was made."""
    return None
