"""Calls AWS as the event says, by aiobotocore."""

import asyncio
import os

from aiobotocore.session import get_session
from botocore.exceptions import ClientError


def handler(event, context):
    return asyncio.run(CALLS[event["by"]](event["name"]))


def client():
    return get_session().create_client("s3", endpoint_url=os.environ["ENDPOINT"])


async def put(name):
    async with client() as s3:
        try:
            answer = await s3.put_object(Bucket="shop", Key=name, Body=b"text")
        except ClientError as error:
            return {"refused": error.response["Error"]["Code"], "message": str(error)}
        return {"status": answer["ResponseMetadata"]["HTTPStatusCode"]}


async def presigned(name):
    async with client() as s3:
        try:
            parameters = {"Bucket": "shop", "Key": name}
            await s3.generate_presigned_url("put_object", Params=parameters)
        except ClientError as error:
            return {"refused": error.response["Error"]["Code"], "message": str(error)}
        return {"status": 200}


CALLS = {"put": put, "presigned": presigned}
