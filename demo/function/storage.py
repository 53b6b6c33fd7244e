"""The shop's bucket."""

import os

import boto3

BUCKET = os.environ["BUCKET"]
S3 = boto3.client("s3")


def put(key, content):
    S3.put_object(Bucket=BUCKET, Key=key, Body=content)
