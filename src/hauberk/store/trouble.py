"""What a person is told where the engine cannot go on: which file is damaged, and what brings a store back."""

from pathlib import Path

from hauberk.store import segment
from hauberk.store.segment import UNDATED


def what_is_wrong(root: Path, folder: Path, said: str) -> str:
    """Say what is wrong with a store, by what the engine said of it."""
    segments, pieces = folder / "segments", folder / "pieces"
    for one in segment.damaged(segments):
        logs = "its logs" if one.first == UNDATED else f"the logs of {one.first} to {one.last}"
        return f"{segments / one.name}: damaged; put it back from a copy, or remove it and give {logs} again"
    if f"{pieces}/" in said:
        return f"{pieces}: a file in it is damaged; remove this folder, which is made anew"
    what = said.partition("\n")[0]
    return f"{root}: {what}; make room, or begin a new --store"
