"""A store is begun by several at once as by one, in no folder that holds something else, and says what is damaged."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from fresh_store import unheard
from log_lines import START, activity, armed

from hauberk.store import StoreError
from hauberk.store.store import open_store, reopened

LOG = [armed(), START, activity("file", "read", "/tmp/a", timestamp="2026-11-03T00:00:00Z")]
AT_ONCE = 6


def test_several_begin_one_store_at_once(tmp_path):
    for turn in range(8):
        barrier = Barrier(AT_ONCE)

        def begin(number, root=tmp_path / str(turn), barrier=barrier):
            barrier.wait()
            with open_store(root) as store:
                store.ingest([[*LOG, activity("file", "read", f"/tmp/{number}")]], unheard)
                return len(store.profile(unheard).activities("orders"))

        with ThreadPoolExecutor(AT_ONCE) as threads:
            assert sorted(threads.map(begin, range(AT_ONCE))) == [2, 3, 4, 5, 6, 7]


OTHERS = [
    # what is there                          what opening and beginning say
    ({"app.py": ""}, "neither a store nor an empty folder"),
    ({"local/app.py": ""}, "neither a store nor an empty folder"),
    ({"local/lock": "", "app.py": ""}, "neither a store nor an empty folder"),
    ({"store.json": "{}"}, "a store of another version"),
    ({"store.json": "\x00"}, "a store of another version"),
]
BEGUN = [
    {},
    {"store.json.draft": ""},
    {"local/lock": ""},
    {"local/lock": "", "store.json.draft": "{"},
]


def made(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


@pytest.mark.parametrize(("files", "said"), OTHERS)
@pytest.mark.parametrize("opened", [open_store, reopened])
def test_no_store_is_begun_or_promised_where_something_else_is(tmp_path, files, said, opened):
    root = made(tmp_path / "s", files)
    before = sorted(root.rglob("*"))
    with pytest.raises(StoreError, match=said), opened(root):
        pass
    assert sorted(root.rglob("*")) == before


@pytest.mark.parametrize("files", BEGUN, ids=str)
def test_what_was_begun_and_stopped_is_gone_on_with(tmp_path, files):
    root = made(tmp_path / "s", files)
    with pytest.raises(StoreError, match="no store; `hauberk learn LOGS --store"), reopened(root):
        pass
    with open_store(root) as store:
        store.ingest([LOG], unheard)
    with reopened(root) as store:
        assert len(store.profile(unheard).activities("orders")) == 1


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "s").write_text("")
    for opened in (open_store, reopened):
        with pytest.raises(StoreError, match="neither a store nor"), opened(tmp_path / "s"):
            pass


DAMAGES = [
    # what is written into a file of the folder, how, what is said, and what of it
    ("segments", b"junk", "local/segments/2026-11-03_2026-11-23_.* damaged; put it back from a copy"),
    ("segments", b"", "local/segments/2026-11-03_2026-11-23_.* damaged; put it back from a copy"),
    ("pieces", b"junk", "local/pieces: a file in it is damaged; remove this folder, which is made anew$"),
    ("pieces", b"", "local/pieces: a file in it is damaged; remove this folder, which is made anew$"),
]  # fmt: skip


@pytest.mark.parametrize(("folder", "content", "said"), DAMAGES)
def test_what_is_damaged_is_named_with_what_brings_it_back(tmp_path, folder, content, said):
    with open_store(tmp_path / "s") as store:
        store.ingest([LOG], unheard)
        expected = store.profile(unheard)
    for file in (tmp_path / "s" / "local" / folder).iterdir():
        file.write_bytes(content)
    with pytest.raises(StoreError, match=said), reopened(tmp_path / "s") as store:
        store.profile(unheard)
    if folder == "pieces":
        shutil.rmtree(tmp_path / "s" / "local" / "pieces")
        with reopened(tmp_path / "s") as store:
            assert store.profile(unheard) == expected
