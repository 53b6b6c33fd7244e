"""A file whose name is drawn at random is judged by the template of its name."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from walled import EACH, Walled, prevent

pytestmark = EACH

DRAWN = {"mkstemp": "", "mkostemp": "", "mkstemps": ".x", "mkdtemp": ""}


@pytest.mark.parametrize("call", DRAWN)
def test_a_name_that_is_drawn_is_judged_by_its_template(
    walled: Walled, acts: Path, tmp_path: Path, call: str
) -> None:
    template = tmp_path / f"new-XXXXXX{DRAWN[call]}"
    command = [acts, call, tmp_path / "new"]
    done = walled.run(command, prevent(file=["* /var/**"]))
    assert (done.error, list(tmp_path.iterdir())) == (errno.EACCES, [])
    assert done.detected == [("unlisted-file", str(template))]
    for settings in (None, {"HAUBERK_MODE": "detect"}, prevent(file=[f"write {template}"])):
        done = walled.run(command, settings)
        assert done.error == 0
        assert done.detected == []
    assert ("file", "write", str(template)) in walled.run(command, {"HAUBERK_MODE": "detect"}).told(
        "activity"
    )
    assert len(list(tmp_path.iterdir())) == 4


def test_a_file_of_a_drawn_name_is_known_as_written(
    walled: Walled, acts: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    command = [acts, "drawn_and_run", tmp_path / "new", mark]
    done = walled.run(command, {"HAUBERK_MODE": "detect"})
    assert (done.out, mark.exists()) == ("done\n", True)
    assert [detector for detector, _ in done.detected] == ["written-then-executed"]
    mark.unlink()
    done = walled.run(command, {"HAUBERK_MODE": "prevent"})
    assert (done.error, mark.exists()) == (errno.EACCES, False)
