"""The code of the function that `bench.poison` lets attackers at, as the scan reads it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hauberk.learn.code.with_code import Code
from hauberk.scan import opened, scan

TEXT = """
import socket, subprocess, urllib.request, uuid
from datetime import date
import boto3

S3, SQS = boto3.client("s3"), boto3.client("sqs")
TABLES = boto3.resource("dynamodb")

def handler(event, context):
    tenant, number = event["tenant"], int(event["number"])
    save(tenant, number, event)
    for host in (f"{tenant}.internal.example.com", f"{tenant}.api.example.com", f"node-{number}.db.example.com"):
        urllib.request.urlopen(f"https://{host}/")
    urllib.request.urlopen(f"https://{event['file']}.cdn.example.net/")
    urllib.request.urlopen(f"https://acme-data-{tenant}.s3.eu-west-1.amazonaws.com/")
    urllib.request.urlopen(f"https://{tenant}.eu.auth0.com/")
    S3.get_object(Bucket="orders", Key=f"{uuid.uuid4()}.json")
    S3.get_object(Bucket="orders", Key=f"tenants/{tenant}/{number}.json")
    S3.get_object(Bucket="pictures", Key=f"{event['file']}/small.webp")
    TABLES.Table(event["table"]).get_item(Key={"id": tenant})
    SQS.send_message(QueueUrl=f"https://sqs.eu-west-1.amazonaws.com/123456789012/jobs-{number}", MessageBody="x")
    for step in ("step0", "step1", "step2", "step3", "step4", "step5"):
        subprocess.run([f"/var/task/bin/{step}"])
    socket.create_connection(("10.0.0.5", 5432))

def save(tenant, number, event):
    open(f"/mnt/efs/config/{tenant}.json", "w")
    open("/tmp/orders.db", "w")
    open(f"/tmp/order-{number}.pdf", "w")
    open(f"/tmp/{uuid.uuid4()}/page.png", "w")
    open(f"/tmp/upload_{event['upload']}/page-{number}.png", "w")
    open(f"/mnt/efs/tenants/{tenant}/settings.json", "w")
    open(f"/mnt/efs/reports/{date.today().isoformat()}/{tenant}.csv", "w")
    open(f"/mnt/cache/{event['file']}.bin", "w")
    open(f"/tmp/{event['scratch']}", "w")
"""


@cache
def code() -> Code:
    """Read it."""
    with TemporaryDirectory() as place:
        (Path(place) / "app.py").write_text(TEXT)
        return Code(scan(opened(Path(place)), "app.handler"))
