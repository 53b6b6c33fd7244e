"""What the documents link to is there, and the README leads to each of them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
LINK = re.compile(r"(?<!\\)\[[^\[\]]*\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def anchors(text):
    """How GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ +(.*?) *$", FENCED.sub("", text), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", one.lower()) for one in headings)
    return {one.replace(" ", "-") for one in kept}


def links(page):
    return LINK.findall(CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_link_leads_to_a_page_and_a_heading_of_it(page):
    for path, anchor in links(page):
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {path}"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{path}#{anchor}"


def test_the_readme_leads_to_every_document():
    named = {(ROOT / path).resolve() for path, _ in links(ROOT / "README.md")}
    assert {one for one in ROOT.glob("docs/**/*.md") if one not in named} == set()


def test_documents_have_links():
    assert sum(len(links(page)) for page in DOCUMENTS) > 100
