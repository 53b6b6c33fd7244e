"""XML by the standard library's parsers: what expat fetches, what it does not, and what an input may declare."""

from itertools import count

import pytest
from protected import oldest_and_newest, policy

pytestmark = oldest_and_newest
XXE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file://WORLD/secret">]><a>&b;</a>'


def bomb(levels):
    """Entities of which each is ten of the one before."""
    declared = '<!ENTITY e0 "0123456789">' + "".join(
        f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, levels)
    )
    return f"<!DOCTYPE a [{declared}]><a>&e{levels - 1};</a>"


SMALL = bomb(5)  # below the 8 MB from which on expat counts
LARGE = bomb(9)


@pytest.fixture(scope="module")
def run(start):
    running = {}
    for mode in ("detect", "prevent"):
        settings = {"HAUBERK_POLICY": policy(mode=mode, protections={"firewall": "off"})}
        running[mode] = start("xml_", settings, memory_mb=512, timeout_s=20)
        (running[mode].outside / "secret").write_text("the secret")
    numbers = count()

    def invoke(mode, way, value):
        # Each under a path of its own: what is frequent is not written each time.
        key = f"q{next(numbers)}"
        text = value.replace("WORLD", running[mode].world)
        return running[mode].invoke({"way": way, "key": key, key: text})

    return invoke


# How each says no; SAX has words of its own for what expat tells it.
PARSERS = {
    **dict.fromkeys(
        ("fromstring", "XML", "list", "parse", "parse text", "iterparse", "pull"), "ParseError"
    ),
    **dict.fromkeys(("minidom", "minidom file", "expat"), "ExpatError"),
    **dict.fromkeys(("sax", "pulldom", "sax fetches"), "SAXParseException"),
}
FETCHING = ("sax fetches",)
FETCHING_NOTHING = [way for way in PARSERS if way not in FETCHING]
UNSEEN = ("pieces", "file")


@pytest.mark.parametrize("way", [*FETCHING_NOTHING, *UNSEEN])
def test_expat_fetches_nothing_that_a_document_names(run, way):
    seen = run("detect", way, XXE)
    if seen.answer.error is None:
        assert seen.value == {"text": "", "length": 0}
    else:
        assert "undefined entity" in seen.message
    assert not [one for one in seen.activities if one["target"].endswith("/secret")]


@pytest.mark.parametrize("way", FETCHING)
def test_code_that_has_it_fetch_is_given_the_file_in_detect(run, way):
    seen = run("detect", way, XXE)
    assert seen.value["text"] == "the secret"
    found = {(one["detector"], one["verdict"]) for one in seen.detections}
    assert ("xml-external-entity", "alert") in found


@pytest.mark.parametrize("way", [*PARSERS, *UNSEEN])
def test_expat_lets_entities_multiply_up_to_some_megabytes(run, way):
    seen = run("detect", way, SMALL)
    assert seen.value["length"] == 10**5
    seen = run("detect", way, LARGE)
    assert seen.error in ("ParseError", "ExpatError", "SAXParseException")
    assert "amplification" in seen.message


@pytest.mark.parametrize("way", PARSERS)
@pytest.mark.parametrize("value", [XXE, SMALL, LARGE], ids=["external", "small", "large"])
def test_a_declaration_of_an_input_is_refused_as_the_parser_refuses(run, way, value):
    seen = run("prevent", way, value)
    assert seen.error == PARSERS[way], seen.answer.log
    if PARSERS[way] != "SAXParseException":
        assert "blocked by Hauberk: xml-external-entity" in seen.message
    (record,) = seen.detections
    assert (record["detector"], record["verdict"]) == ("xml-external-entity", "block")
    assert not [one for one in seen.activities if one["target"].endswith("/secret")]


@pytest.mark.parametrize("way", UNSEEN)
def test_documents_in_pieces_and_in_files_are_known_misses(run, way):
    seen = run("prevent", way, SMALL)
    assert (seen.value["length"], seen.detections) == (10**5, [])


PUBLIC = '"-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"'
LOOK_ALIKES = [
    ("<a>Ada</a>", "Ada"),
    ("<a>&lt;!ENTITY b SYSTEM 'file:///etc/passwd'&gt;</a>", None),
    (f"<!DOCTYPE html PUBLIC {PUBLIC}><html>text</html>", "text"),
    ("<!DOCTYPE a [<!ENTITY b 'inside'>]><a>&b;</a>", "inside"),
    ("<a><![CDATA[<!ENTITY b SYSTEM 'x'>]]></a>", None),
]


@pytest.mark.parametrize("way", PARSERS)
@pytest.mark.parametrize(("value", "gets"), LOOK_ALIKES)
def test_documents_without_such_pass(run, way, value, gets):
    if way in FETCHING and "DOCTYPE html" in value:
        pytest.skip("it would fetch the document type")
    seen = run("prevent", way, value)
    assert seen.detections == []
    assert gets is None or seen.value["text"] == gets


def test_an_attack_as_a_text_in_the_code_s_own_document_passes(run):
    seen = run("prevent", "own", XXE)
    assert (seen.value["text"][:8], seen.detections) == ("Shop: <!", [])
