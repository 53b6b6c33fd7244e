"""Calls AWS as the event says, by aiobotocore."""

import asyncio
import os

from aiobotocore.session import get_session
from botocore.exceptions import ClientError


def handler(event, context):
    return asyncio.run(CALLS[event["by"]](event["name"]))


def client(service="s3"):
    return get_session().create_client(service, endpoint_url=os.environ["ENDPOINT"])


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


async def statement(name):
    async with client("dynamodb") as dynamodb:
        text = f"SELECT * FROM \"carts\" WHERE id = '{name}'"
        try:
            answer = await dynamodb.execute_statement(Statement=text)
        except ClientError as error:
            return {"refused": error.response["Error"]["Code"], "message": str(error)}
        return {"items": len(answer["Items"])}


CALLS = {"put": put, "presigned": presigned, "statement": statement}
