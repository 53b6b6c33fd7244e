"""Hands documents to the parsers of the standard library, all of which are expat's."""

import io
import os
import xml.dom.minidom
import xml.sax
import xml.sax.handler
from xml.dom import pulldom
from xml.etree import ElementTree
from xml.parsers import expat

WORLD = os.environ["WORLD"]


def handler(event, context):
    text = WAYS[event["way"]](event[event["key"]].replace("WORLD", WORLD))
    return {"text": text[:40], "length": len(text)}


def text_of(element):
    return "".join(element.itertext())


def by_pull_parser(text):
    parser = ElementTree.XMLPullParser()
    parser.feed(text)
    return "".join(text_of(element) for _, element in parser.read_events())


def in_pieces(text):
    parser = ElementTree.XMLParser()
    for at in range(0, len(text), 16):
        parser.feed(text[at : at + 16])
    return text_of(parser.close())


def by_iterparse(text):
    return "".join(text_of(one) for _, one in ElementTree.iterparse(io.BytesIO(text.encode())))


def of_file(text):
    place = os.path.join(WORLD, "document.xml")
    with open(place, "w") as file:
        file.write(text)
    return text_of(ElementTree.parse(place).getroot())


def with_own_entity(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return text_of(
        ElementTree.fromstring(f'<!DOCTYPE a [<!ENTITY co "Shop">]><a>&co;: {escaped}</a>')
    )


def of_document(document):
    texts = []
    nodes = [document]
    while nodes:
        node = nodes.pop()
        nodes.extend(node.childNodes)
        texts.append(node.data if node.nodeType == node.TEXT_NODE else "")
    return "".join(texts)


class Texts(xml.sax.handler.ContentHandler):
    def __init__(self):
        super().__init__()
        self.texts = []

    def characters(self, content):
        self.texts.append(content)


def by_sax(text):
    texts = Texts()
    xml.sax.parseString(text.encode(), texts)
    return "".join(texts.texts)


def by_sax_that_fetches(text):
    texts = Texts()
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    parser.setContentHandler(texts)
    parser.parse(io.BytesIO(text.encode()))
    return "".join(texts.texts)


def by_pulldom(text):
    return "".join(
        node.data for event, node in pulldom.parseString(text) if event == pulldom.CHARACTERS
    )


def by_expat(text):
    texts = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = texts.append
    parser.Parse(text, True)
    return "".join(texts)


WAYS = {
    "fromstring": lambda text: text_of(ElementTree.fromstring(text)),
    "XML": lambda text: text_of(ElementTree.XML(text.encode())),
    "list": lambda text: text_of(ElementTree.fromstringlist(["", text])),
    "parse": lambda text: text_of(ElementTree.parse(io.BytesIO(text.encode())).getroot()),
    "parse text": lambda text: text_of(ElementTree.parse(io.StringIO(text)).getroot()),
    "iterparse": by_iterparse,
    "pull": by_pull_parser,
    "pieces": in_pieces,
    "file": of_file,
    "own": with_own_entity,
    "minidom": lambda text: of_document(xml.dom.minidom.parseString(text)),
    "minidom file": lambda text: of_document(xml.dom.minidom.parse(io.BytesIO(text.encode()))),
    "sax": by_sax,
    "sax fetches": by_sax_that_fetches,
    "pulldom": by_pulldom,
    "expat": by_expat,
}
