"""What the document of tuning tells a newcomer to type works, from the first line to the last."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("hauberk._native", reason="the native core is not built here")

from hauberk.cli import app
from hauberk.policy.file import from_bytes

DOCUMENT = Path(__file__).parents[2] / "docs/tune.md"
POLICY = """\
hauberk: 1
functions:
  orders:
    mode: prevent
    tags: {team: shop}
    allowlist:
      process:
        - {target: /usr/bin/convert, origin: runtime}  # thumbnails
      file: []
"""
TOKEN = "0123456789abcdef" * 2
RECORD = (
    '{{"timestamp":"2026-11-23T19:11:00.123Z","level":"ERROR","hauberk":"HAUBERK1",{type},"id":"{id}",'
    '"environment":"{token}","function":"orders","version":"$LATEST","request_id":"{request}",{rest}}}\n'
)


def log(id):
    armed = '"state":"armed","message":"detect: armed","coverage":{"file":"armed"}'
    attack = (
        '"verdict":"block","detector":"unlisted-file","protection":"file","confidence":100,"reason":"x",'
        '"kind":"file","operation":"read","target":"/tmp/scanner"'
    )
    yield RECORD.format(type='"type":"status"', id="0" * 16, token=TOKEN, request="", rest=armed)
    yield "START RequestId: 4f6b8c1e-8a33-4f0e-9c59-0d2f4b1f3a77 Version: $LATEST\n"
    yield RECORD.format(type='"type":"detection"', id=id, token=TOKEN, request="r", rest=attack)


def test_the_documented_commands_work_one_after_the_other(tmp_path, monkeypatch):
    block = re.search(r"```sh\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    lines = [shlex.split(line)[1:] for line in block.splitlines()]
    assert len(lines) >= 8
    (tmp_path / "hauberk.yaml").write_text(POLICY)
    id = next(words[1] for words in lines if words[0] == "exclude")
    (tmp_path / "orders.log").write_text("".join(log(id)))
    monkeypatch.chdir(tmp_path)
    for words in lines:
        done = CliRunner().invoke(app, words, env={"XDG_CONFIG_HOME": str(tmp_path)})
        assert done.exit_code == 0, (words, done.stderr)
    policy = from_bytes((tmp_path / "hauberk.yaml").read_bytes(), "hauberk.yaml")
    assert [one.name for one in policy.rules] == ["no-downloaders"]
    assert [one.patterns for one in policy.exclusions] == [("/tmp/report-*",), ("/tmp/scanner",)]


def test_the_documented_rule_is_a_rule():
    block = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[1]
    (rule,) = from_bytes(f"hauberk: 1\n{block}".encode(), "tune.md").rules
    assert rule.patterns == ("**/curl", "**/wget")
    assert (rule.provenance.author, str(rule.expires)) == ("ada", "2027-06-30")
