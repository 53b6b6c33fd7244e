import os

from lxml import etree, html

STYLE = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
<xsl:output method="text"/><xsl:template match="/">
<xsl:value-of select="count(//b)"/></xsl:template></xsl:stylesheet>"""


def handler(event):
    world = os.environ["WORLD"]
    path = f"{world}/made.xml"
    etree.ElementTree(etree.fromstring("<a><b/><b x='1'/></a>")).write(path, compression=5)
    tree = etree.parse(path)  # libxml2 opens it
    counted = str(etree.XSLT(etree.fromstring(STYLE))(tree))
    text = etree.parse(f"{world}/{event['file']}", html.HTMLParser()).findtext(".//p").strip()
    return [counted.strip(), tree.xpath("string(//b/@x)"), text]
