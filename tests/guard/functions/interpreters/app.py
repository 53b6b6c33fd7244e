"""Hands an input to templates, deserialisers, XML and databases without SQL, in good ways and in bad ones."""

import base64
import io
import os

WORLD = os.environ["WORLD"]


def handler(event, context):
    value = event[event["key"]]
    if isinstance(value, str):
        value = value.replace("WORLD", WORLD)
    return WAYS[event["way"]](value)


def jinja2_source(value):
    from jinja2 import Environment

    return Environment().from_string(f"Hello {value}").render(name="Ada")


def jinja2_template(value):
    from jinja2 import Template

    return Template("Hello " + value).render(name="Ada")


def jinja2_value(value):
    from jinja2 import Template

    return Template("Hello {{ name }}").render(name=value)


def jinja2_expression(value):
    from jinja2 import Environment

    return Environment().compile_expression(f"2 * {value}")()


def mako_source(value):
    from mako.template import Template

    return Template(f"Hello {value}").render()


def mako_value(value):
    from mako.template import Template

    return Template("Hello ${name}").render(name=value)


def unsafe_yaml(value):
    import yaml

    return str(yaml.unsafe_load(value))


def old_yaml(value):
    import yaml

    return str(yaml.load(value, Loader=yaml.Loader))


def safe_yaml(value):
    import yaml

    return str(yaml.safe_load(value))


def json_pickle(value):
    import jsonpickle

    return str(jsonpickle.decode(value, safe=False))


def dill_(value):
    import dill

    return str(dill.loads(base64.b64decode(value)))


def cloud_pickle(value):
    import cloudpickle

    return str(cloudpickle.loads(base64.b64decode(value)))


def joblib_(value):
    import joblib

    return str(joblib.load(io.BytesIO(base64.b64decode(value))))


def lxml_string(value):
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=True)
    return "".join(etree.fromstring(value.encode(), parser).itertext())


def lxml_file(value):
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=True)
    return "".join(etree.parse(io.BytesIO(value.encode()), parser).getroot().itertext())


def lxml_pieces(value):
    from lxml import etree

    events = etree.iterparse(io.BytesIO(value.encode()), resolve_entities=True)
    assert isinstance(events, etree.iterparse)
    texts = ["".join(element.itertext()) for _, element in events]
    return texts[-1] + events.root.tag[:0]


def people():
    from pymongo import MongoClient

    port = int(os.environ["MONGO_PORT"])
    client = MongoClient("127.0.0.1", port, serverSelectionTimeoutMS=5000)
    return client.shop.people


def found(value):
    return sorted(one["name"] for one in people().find({"name": "ada", "secret": value}))


def deleted(value):
    return people().delete_many({"secret": value}).deleted_count


def aggregated(value):
    return [one["name"] for one in people().aggregate([{"$match": {"secret": value}}])]


def where(value):
    return [one["name"] for one in people().find({"$where": f"this.name == '{value}'"})]


def bulk_deleted(value):
    from pymongo import DeleteMany, InsertOne

    writes = [InsertOne({"name": "eve"}), DeleteMany({"secret": value})]
    return people().bulk_write(writes).deleted_count


def bulk_updated(value):
    from pymongo import ReplaceOne, UpdateMany

    writes = [
        UpdateMany({"secret": value}, {"$set": {"name": "x"}}),
        ReplaceOne({"name": "ada"}, {"name": "y"}),
    ]
    return people().bulk_write(writes).matched_count


def client_deleted(value):
    from pymongo import DeleteMany, InsertOne

    collection = people()
    writes = [
        InsertOne({"name": "eve"}, namespace="shop.people"),
        DeleteMany({"secret": value}, namespace="shop.people"),
    ]
    return collection.database.client.bulk_write(writes).deleted_count


def inserted(value):
    """What is inserted is a value, whatever it holds."""
    return len(people().insert_many([{"name": "eve", "secret": value}, {"name": "x"}]).inserted_ids)


def redis_client():
    import redis

    return redis.Redis(port=int(os.environ["REDIS_PORT"]), decode_responses=True)


def script(value):
    return redis_client().eval(f"return redis.call('get', '{value}')", 0)


def queued_script(value):
    pipeline = redis_client().pipeline()
    pipeline.eval(f"return redis.call('get', '{value}')", 0)
    return pipeline.execute()[0]


def asynchronous_script(value):
    import asyncio

    from redis.asyncio import Redis

    async def run():
        async with Redis(port=int(os.environ["REDIS_PORT"]), decode_responses=True) as client:
            return await client.eval(f"return redis.call('get', '{value}')", 0)

    return asyncio.run(run())


def script_with_key(value):
    return redis_client().eval("return redis.call('get', KEYS[1])", 1, value)


WAYS = {
    "jinja2": jinja2_source,
    "jinja2 template": jinja2_template,
    "jinja2 value": jinja2_value,
    "jinja2 expression": jinja2_expression,
    "mako": mako_source,
    "mako value": mako_value,
    "yaml unsafe": unsafe_yaml,
    "yaml old": old_yaml,
    "yaml safe": safe_yaml,
    "jsonpickle": json_pickle,
    "dill": dill_,
    "cloudpickle": cloud_pickle,
    "joblib": joblib_,
    "lxml": lxml_string,
    "lxml file": lxml_file,
    "lxml iterparse": lxml_pieces,
    "mongo": found,
    "mongo delete": deleted,
    "mongo aggregate": aggregated,
    "mongo where": where,
    "mongo bulk delete": bulk_deleted,
    "mongo bulk update": bulk_updated,
    "mongo client": client_deleted,
    "mongo insert": inserted,
    "redis": script,
    "redis pipeline": queued_script,
    "redis asynchronous": asynchronous_script,
    "redis key": script_with_key,
}
