"""Code, and what it tells: what is found, and what is told as unknown. Pairs look alike; known misses are rows."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    name: str
    code: str
    found: tuple[str, ...] = ()  # `kind operation target sure`
    unknown: tuple[str, ...] = ()  # `line what`, the start of what is told
    environment: dict[str, str] | None = None


def of(handler: str, before: str = "") -> str:
    """The code of a function: what is before, and the lines of its handler."""
    lines = "\n".join(f"    {line}" for line in handler.strip().split("\n"))
    return f"import os, boto3\n{before}\ndef handler(event, context):\n{lines}\n"


S3, TABLE = "arn:aws:s3:::", "arn:aws:dynamodb:*:*:table/"
ROWS = (
    Row(
        "a bucket in the code",
        of('boto3.client("s3").put_object(Bucket="b", Key="k")'),
        (f"api s3:PutObject {S3}b/k exact",),
    ),
    Row(
        "a bucket of an event",
        of('boto3.client("s3").put_object(Bucket=event["b"], Key="k")'),
        (f"api s3:PutObject {S3}*/k open",),
    ),
    Row(
        "a key of an event",
        of('boto3.client("s3").get_object(Bucket="b", Key=event["k"])'),
        (f"api s3:GetObject {S3}b/* partly",),
    ),
    Row(
        "a key of a number",
        of('boto3.client("s3").get_object(Bucket="b", Key=f"orders/{int(event):05d}.json")'),
        (f"api s3:GetObject {S3}b/orders/*.json typed",),
    ),
    Row(
        "a variable that is known",
        of('boto3.resource("dynamodb").Table(os.environ["T"]).put_item(Item={})'),
        (f"api dynamodb:PutItem {TABLE}orders exact",),
        environment={"T": "orders"},
    ),
    Row(
        "a variable that is not known",
        of('boto3.resource("dynamodb").Table(os.environ["T"]).put_item(Item={})'),
        (f"api dynamodb:PutItem {TABLE}* open",),
    ),
    Row(
        "a variable with another value",
        of('t = os.getenv("T", "orders")\nboto3.client("dynamodb").scan(TableName=t)'),
        (f"api dynamodb:Scan {TABLE}orders exact",),
        environment={"OTHER": "x"},
    ),
    Row(
        "a region of the client",
        of('boto3.client("sqs", region_name="eu-west-1").get_queue_url(QueueName="q")'),
        ("api sqs:GetQueueUrl arn:aws:sqs:eu-west-1:*:q exact",),
    ),
    Row(
        "a queue by its URL",
        of(
            'boto3.client("sqs").send_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/'
            '123456789012/q", MessageBody="")'
        ),
        (
            "api sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:q exact",
            "host resolve sqs.eu-west-1.amazonaws.com named",
        ),
    ),
    Row(
        "a client in a global, made when it is first used",
        of(
            'client().publish(TopicArn="arn:aws:sns:eu-west-1:1:t", Message="")',
            "_c = None\ndef client():\n    global _c\n    if _c is None:\n"
            "        _c = boto3.client('sns')\n    return _c",
        ),
        ("api sns:Publish arn:aws:sns:eu-west-1:1:t exact",),
    ),
    Row(
        "a client in an attribute",
        of(
            'Store("b").save("k")',
            "class Store:\n  def __init__(self, bucket):\n    self.s3 = boto3.client('s3'); self.bucket = bucket\n"
            "  def save(self, key):\n    self.s3.put_object(Bucket=self.bucket, Key=key)",
        ),
        (f"api s3:PutObject {S3}b/k exact",),
    ),
    Row(
        "a client in a parameter",
        of(
            'save(boto3.client("s3"), "b")',
            "def save(client, bucket):\n    client.put_object(Bucket=bucket, Key='k')",
        ),
        (f"api s3:PutObject {S3}b/k exact",),
    ),
    Row(
        "two calls of one function do not mix",
        of(
            'save("a", "x")\nsave("b", "y")',
            "def save(bucket, key):\n    boto3.client('s3').put_object(Bucket=bucket, Key=key)",
        ),
        (f"api s3:PutObject {S3}a/x exact", f"api s3:PutObject {S3}b/y exact"),
    ),
    Row(
        "a client that is not known",
        of("event.put_object(Bucket='b', Key='k')"),
        unknown=("4 looks like AWS's put_object",),
    ),
    Row("a method of that name that is not AWS's", of("event.put_object('b', 'k')")),
    Row(
        "a service that is not known",
        of('boto3.client(event["s"]).put_object(Bucket="b", Key="k")'),
        unknown=("4 a client of a service that is not known",),
    ),
    Row(
        "a method that no service has",
        of('boto3.client("s3").make_coffee()'),
        unknown=("4 s3 has no method",),
    ),
    Row(
        "a paginator",
        of('boto3.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b")'),
        (f"api s3:ListBucket {S3}b exact",),
    ),
    Row(
        "a waiter",
        of('boto3.client("s3").get_waiter("object_exists").wait(Bucket="b", Key="k")'),
        (f"api s3:GetObject {S3}b/k exact",),
    ),
    Row(
        "a collection of a resource",
        of('for o in boto3.resource("s3").Bucket("b").objects.filter(Prefix="x"):\n    o.delete()'),
        (f"api s3:ListBucket {S3}b exact", f"api s3:DeleteObject {S3}b/* partly"),
    ),
    Row(
        "a batch of a table",
        of(
            'with boto3.resource("dynamodb").Table("t").batch_writer() as w:\n    w.put_item(Item={})'
        ),
        (f"api dynamodb:BatchWriteItem {TABLE}t exact",),
    ),
    Row(
        "a presigned URL",
        of(
            'boto3.client("s3").generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})'
        ),
        (f"api s3:GetObject {S3}b/k exact",),
    ),
    Row(
        "a download",
        of('boto3.client("s3").download_file("b", "k", "/tmp/f")'),
        (
            f"api s3:GetObject {S3}b/k exact",
            "file write /tmp/f.???????? typed",
            "file rename /tmp/f.???????? typed",
            "file rename /tmp/f exact",
        ),
    ),
    Row(
        "keyword arguments from a dictionary",
        of('boto3.client("s3").put_object(**{"Bucket": "b", "Key": "k"})'),
        (f"api s3:PutObject {S3}b/k exact",),
    ),
    Row(
        "keyword arguments that are not known",
        of('boto3.client("s3").put_object(**event)'),
        ("api s3:PutObject \\* open",),
    ),
    Row(
        "a method by its name",
        of('getattr(boto3.client("s3"), "list_buckets")()'),
        ("api s3:ListAllMyBuckets \\* exact",),
    ),
    Row(
        "a session",
        of(
            'boto3.Session(region_name="eu-west-1").client("kms").decrypt(KeyId="k", CiphertextBlob=b"")'
        ),
        ("api kms:Decrypt arn:aws:kms:eu-west-1:*:key/k exact",),
    ),
    # --- files
    Row("a file in the code", of('open("/tmp/a.txt", "w")'), ("file write /tmp/a.txt exact",)),
    Row("a file that is read", of('open("/tmp/a.txt")'), ("file read /tmp/a.txt exact",)),
    Row(
        "a file of the package",
        of('open("data/a.json")'),
        ("file read /var/task/data/a.json exact",),
    ),
    Row(
        "a file beside the module",
        of('open(os.path.join(os.path.dirname(__file__), "a"))'),
        ("file read /var/task/a exact",),
    ),
    Row(
        "a path of an event",
        of('open(event["path"])'),
        unknown=("4 a file that is not known: event",),
    ),
    Row("a name of an event", of('open(f"/tmp/{event}.txt")'), ("file read /tmp/*.txt partly",)),
    Row(
        "a name of an event and a number",
        of('open("/tmp/" + event + str(1 + 2))'),
        ("file read /tmp/* partly",),
    ),
    Row(
        "two numbers side by side",
        of('open(f"/tmp/a{len(event)}{len(event)}/b")'),
        ("file read /tmp/a*/b typed",),
    ),
    Row("a number of a text", of('open("/tmp/a" + str(1))'), ("file read /tmp/a1 exact",)),
    Row("a number of a number", of('open("/tmp/a" + str(1 + 2))'), ("file read /tmp/a* typed",)),
    Row("a part of a text", of('open("/tmp/abc"[:5])'), unknown=("4 a file that is not known",)),
    Row(
        "a part of a list",
        of('subprocess.run(["sudo", "tar", "x"][1:])', "import subprocess"),
        unknown=("4 a program that is not known",),
    ),
    Row(
        "a list in another order",
        of('subprocess.run(list(reversed(["x", "tar"])))', "import subprocess"),
        unknown=("4 a program that is not known",),
    ),
    Row(
        "a loop over a part of a list",
        of('for n in sorted(["a", "b"])[:1]:\n    open("/tmp/" + n)'),
        ("file read /tmp/a exact", "file read /tmp/b exact"),
    ),
    Row(
        "a text of as many as there are",
        of('open("/tmp/" + "".join("x" for _ in event))'),
        ("file read /tmp/* partly",),
    ),
    Row(
        "a part of what is formatted",
        of('open("/tmp/{0.a}".format("x"))'),
        ("file read /tmp/* partly",),
    ),
    Row(
        "a width of what is formatted",
        of('open("/tmp/{:>9}".format("x"))'),
        ("file read /tmp/* partly",),
    ),
    Row("a text as Python writes it", of("open(f\"/tmp/{'x'!r}\")"), ("file read /tmp/* partly",)),
    Row(
        "a drawn name",
        of("open(f'/tmp/{uuid.uuid4()}.txt', 'w')", "import uuid"),
        ("file write /tmp/????????-????-????-????-????????????.txt typed",),
    ),
    Row("a name that climbs", of('open(f"/tmp/{event}/../x")'), unknown=("4 a file that climbs",)),
    Row(
        "pathlib",
        of('(pathlib.Path("/tmp") / "a" / "b.txt").write_text("x")', "import pathlib"),
        ("file write /tmp/a/b.txt exact",),
    ),
    Row(
        "a temporary folder",
        of(
            'with tempfile.TemporaryDirectory() as d:\n    open(os.path.join(d, "x"), "w")',
            "import tempfile",
        ),
        (
            "file write /tmp/tmp????????/x typed",
            "file write /tmp/tmp???????? typed",
            "file list /tmp/tmp???????? typed",
            "file delete /tmp/tmp???????? typed",
        ),
    ),
    Row(
        "a loop over names",
        of('for n in ("a", "b"):\n    os.remove("/tmp/" + n)'),
        ("file delete /tmp/a exact", "file delete /tmp/b exact"),
    ),
    Row(
        "a text that grows in a loop",
        of('p = "/tmp/"\nfor n in event:\n    p = p + n\nopen(p)'),
        ("file read /tmp exact",),
        ("7 a file that is not known",),
    ),
    Row(
        "a constant of another module's class",
        of("open(C.PATH)", "class C:\n    PATH = '/tmp/c'"),
        ("file read /tmp/c exact",),
    ),
    Row("a closed database", of('sqlite3.connect(":memory:")', "import sqlite3")),
    # --- processes
    Row(
        "a program",
        of('subprocess.run(["convert", "-x", event])', "import subprocess"),
        ("process start convert exact",),
    ),
    Row(
        "a program of the package",
        of('subprocess.run(["./bin/x"])', "import subprocess"),
        ("process start /var/task/bin/x exact",),
    ),
    Row(
        "a program of an event",
        of("subprocess.run([event])", "import subprocess"),
        unknown=("4 a program that is not known: event",),
    ),
    Row(
        "a command line",
        of('os.system("cd /tmp && X=1 tar xf a | gzip -d; echo done")'),
        ("process start /bin/sh exact", "process start tar exact", "process start gzip exact"),
    ),
    Row(
        "a command line of an event",
        of('os.system("convert " + event)'),
        ("process start /bin/sh exact", "process start convert exact"),
    ),
    Row(
        "a command of an event",
        of("os.system(event)"),
        ("process start /bin/sh exact",),
        ("4 a program that is not known: event",),
    ),
    Row(
        "a command within a command line",
        of('os.system("echo `id`")'),
        ("process start /bin/sh exact",),
        ("4 a command within",),
    ),
    Row(
        "a word that looks like a command",
        of("os.system(\"echo 'a; rm x'\")"),
        ("process start /bin/sh exact",),
    ),
    Row(
        "a shell that is asked for",
        of('subprocess.run("ls; id", shell=True)', "import subprocess"),
        ("process start /bin/sh exact", "process start ls exact", "process start id exact"),
    ),
    Row(
        "a shell that is not asked for",
        of('subprocess.run("ls", shell=False)', "import subprocess"),
        ("process start ls exact",),
    ),
    # --- hosts
    Row(
        "a URL that is asked",
        of('requests.get(f"https://api.example.com/{event}")', "import requests"),
        ("host resolve api.example.com exact",),
    ),
    Row(
        "a URL that only stands there",
        of("return 'https://api.example.com/x'"),
        ("host resolve api.example.com named",),
    ),
    Row(
        "a URL in a document",
        'def handler(event, context):\n    """See https://docs.example.com/x."""\n',
    ),
    Row(
        "a host of an event",
        of('requests.get("https://" + event["host"] + "/x")', "import requests"),
        unknown=("4 a host that is not known: event",),
    ),
    Row(
        "a host behind a user's name",
        of('requests.get("https://api.example.com@evil.example/")', "import requests"),
        ("host resolve evil.example exact",),
    ),
    Row(
        "a tenant of a domain",
        of('requests.get(f"https://{event}.example.com/")', "import requests"),
        ("host resolve *.example.com partly",),
    ),
    Row(
        "an end of a host that is not known",
        of('requests.get(f"https://api.{event}/")', "import requests"),
        unknown=("4 a host that is not known: event",),
    ),
    Row(
        "a variable with a URL",
        of('urllib.request.urlopen(os.environ["API"] + "/x")', "import urllib.request"),
        ("host resolve api.example.com exact",),
        environment={"API": "https://api.example.com/v1"},
    ),
    Row(
        "an address",
        of('socket.create_connection(("10.0.0.5", 5432))', "import socket"),
        ("address connect 10.0.0.5:5432 exact",),
    ),
    # --- how code goes
    Row(
        "a function that nobody calls",
        of("pass", "def later():\n    open('/tmp/later')"),
        ("file read /tmp/later exact",),
    ),
    Row(
        "a branch that never runs",
        of("if False:\n    open('/tmp/never')"),
        ("file read /tmp/never exact",),
    ),
    Row(
        "a decorated route",
        of(
            "pass",
            "class App:\n  def get(self, p):\n    return lambda f: f\napp = App()\n"
            "@app.get('/x')\ndef route(id):\n    open('/tmp/route')",
        ),
        ("file read /tmp/route exact",),
    ),
    Row(
        "what a thread runs",
        of(
            "pool.submit(work, '/tmp/t')",
            "from concurrent.futures import ThreadPoolExecutor\n"
            "pool = ThreadPoolExecutor()\ndef work(p):\n    open(p)",
        ),
        ("file read /tmp/t exact",),
    ),
    Row(
        "a table of programs",
        of('subprocess.run(T[event["t"]])', "import subprocess\nT = {'a': ['gzip'], 'b': ['tar']}"),
        ("process start gzip exact", "process start tar exact"),
    ),
    Row("code that is a text", of("exec(event)"), unknown=("4 code that is a text",)),
    Row(
        "a module that is not there",
        of("pass", "import elsewhere"),
        unknown=("2 elsewhere is not in the package",),
    ),
    Row("a module that Python has", of("pass", "import xml.etree.ElementTree")),
    Row("code that asks itself", of("f(event)", "def f(x):\n    y = f(y) + y\n    return f(f(x))")),
    # --- known misses
    Row(
        "a list that is changed",
        of('c = []\nc.append("tar")\nsubprocess.run(c)', "import subprocess"),
        ("process start tar exact",),
    ),
    Row(
        "a list that is changed at its start",
        of('c = ["tar"]\nc.insert(0, event)\nsubprocess.run(c)', "import subprocess"),
        unknown=("6 a program that is not known",),
    ),
    Row(
        "a dictionary that is changed",
        of('p = {"Key": "k"}\np["Bucket"] = "b"\nboto3.client("s3").put_object(**p)'),
        (f"api s3:PutObject {S3}b/k exact",),
    ),
    Row(
        "a dictionary that is changed by what is not known",
        of('p = {}\np.update(event)\nboto3.client("s3").put_object(**p)'),
        ("api s3:PutObject \\* open",),
    ),
    Row(
        "miss: a list that another function changes",
        of(
            'c = ["tar"]\nadd(c)\nsubprocess.run(c)',
            "import subprocess\ndef add(c):\n    c.insert(0, 'sudo')",
        ),
        ("process start tar exact",),
    ),
    Row(
        "miss: what AWS does for a call",
        of('boto3.client("rekognition").detect_labels(Image={"S3Object": {"Bucket": "b"}})'),
        ("api rekognition:DetectLabels \\* exact",),
    ),
    Row(
        "miss: a file of a package in no table",
        of('pandas.read_csv("/tmp/x.csv")', "import pandas"),
    ),
)
