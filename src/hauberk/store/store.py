"""The store: a folder of segments on a person's machine, and the pieces that the profile kernel made of them.

    DIR/store.json           which store it is
    DIR/local/segments/      rows, for good
    DIR/local/pieces/        what segments show; may be removed, and is made anew
    DIR/local/code/          what the codes of functions told (`codes.py`)
    DIR/local/spill/         what is too much for memory; empty between two runs

`local` stands for logs that a person brought: records of an account and a region of AWS get a folder of their own.
"""

import gc
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import reduce
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from hauberk.learn.profile.profile import FunctionProfile, Profile, VersionProfile
from hauberk.store import StoreError, segment
from hauberk.store.belief import Belief, decide
from hauberk.store.compact import compact
from hauberk.store.engine import THREADS, another, connected
from hauberk.store.ingest import ROWS_AT_ONCE, Ingest
from hauberk.store.lock import locked
from hauberk.store.observe import Partial, merge, observe, whole
from hauberk.store.part import parts, row_lines
from hauberk.store.readers import read_by
from hauberk.store.trouble import what_is_wrong

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOCAL = "local"
_MARK = "store.json"
_DRAFT = f"{_MARK}.draft"
_LOCK = "lock"
_FORMAT = {"hauberk": "store", "version": 1}
_SHOWN_ROWS = 20_000
_NOTHING = Belief(0, 0, 0, 0, {})

Told = Callable[[int, int], None]  # how much is done, and of how much, 0 where that is not known


class Store:
    """A store that this process alone may write."""

    def __init__(
        self, folder: Path, connection: "DuckDBPyConnection", rows_at_once: int = ROWS_AT_ONCE
    ) -> None:
        self.segments = folder / "segments"
        self.pieces = folder / "pieces"
        self.connection = connection
        self._rows_at_once = rows_at_once
        self._swap = Lock()

    def ingest(self, logs: Iterable[Iterable[bytes]], told: Told, *, workers: int = 1) -> None:
        """Take in the records of logs, read by so many processes; those that are there already change nothing."""
        count = shown = 0
        with (
            closing(
                Ingest(self.connection, self.segments, self._swap, self._rows_at_once)
            ) as ingest,
            self._compacting() as compacted,
            closing(read_by(workers, parts(logs))) as results,
        ):
            for some in row_lines(results):
                count += len(some)
                has_stored = ingest.take(some)
                if has_stored:
                    compacted()
                if has_stored or count - shown >= _SHOWN_ROWS:
                    told(count, 0)
                    shown = count
            ingest.flush()
        self.compact()
        told(count, 0)

    def compact(self, *, many: int | None = None) -> int:
        """Merge small segments where there are many; tell how many are gone."""
        options = {} if many is None else {"many": many}
        return compact(self.connection, self.segments, self._swap, **options)

    def profile(
        self, told: Told, *, trust_unannounced: bool = False, alias: str | None = None
    ) -> Profile:
        """Profile all functions by all that the store holds, or by what was done for one alias."""
        live = segment.segments(self.segments)
        if not live:
            return _profile(_NOTHING, ())
        source = segment.source(self.segments / one.name for one in live)
        belief = decide(self.connection, source, trust_unannounced=trust_unannounced, alias=alias)
        partial = reduce(merge, self._observed(live, told), Partial())
        with _uncollected():
            profile = _profile(belief, whole(self.connection, partial))
        self._forget_all_but(partial)
        return profile

    def _observed(self, live: tuple[segment.Segment, ...], told: Told) -> Iterator[Partial]:
        rows_done, rows_all = 0, sum(one.rows for one in live)
        with ThreadPoolExecutor(THREADS) as executor:
            for one, partial in zip(live, executor.map(self._observe, live), strict=True):
                yield partial
                rows_done += one.rows
                told(rows_done, rows_all)

    def _observe(self, one: segment.Segment) -> Partial:
        with closing(another(self.connection)) as own:
            return observe(own, self.segments, one, self.pieces)

    def _forget_all_but(self, partial: Partial) -> None:
        kept = {one.file for one in partial.pieces}
        for file in self.pieces.iterdir():
            if file not in kept:
                file.unlink()

    @contextmanager
    def _compacting(self) -> Iterator[Callable[[], None]]:
        """Compact in the background, one time at once; wait for the last to end, and hear of its failure."""
        running: list[Future[int]] = []
        with closing(another(self.connection)) as own, ThreadPoolExecutor(1) as executor:

            def compacted() -> None:
                if running and not running[-1].done():
                    return
                for one in running:
                    one.result()
                running[:] = [executor.submit(compact, own, self.segments, self._swap)]

            yield compacted
            for one in running:
                one.result()


@contextmanager
def open_store(root: Path, *, rows_at_once: int = ROWS_AT_ONCE) -> Iterator[Store]:
    """Open a store, or begin one in a folder that is empty or not there; wait for who else writes in it."""
    _refuse_others(root)
    folder = root / LOCAL
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / _LOCK):  # whoever else begins it now waits
        _mark(root)
        for part in ("segments", "pieces", "spill"):
            (folder / part).mkdir(exist_ok=True)
        segment.recover(folder / "segments")
        for draft in (folder / "pieces").glob("*.draft"):
            draft.unlink()
        shutil.rmtree(folder / "spill")
        with _told(root), closing(connected(folder / "spill")) as connection:
            yield Store(folder, connection, rows_at_once)


@contextmanager
def reopened(root: Path) -> Iterator[Store]:
    """Open a store that is there. Raises StoreError."""
    _refuse_others(root)
    if not (root / _MARK).exists():
        raise StoreError(f"{root}: no store; `hauberk learn LOGS --store {root}` makes one")
    with open_store(root) as store:
        yield store


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles meanwhile: a profile has none, and is gone through over and over while it grows."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _told(root: Path) -> Iterator[None]:
    import duckdb  # takes longer to import than most commands run

    try:
        yield
    except duckdb.Error as error:
        raise StoreError(what_is_wrong(root, root / LOCAL, str(error))) from error


def _refuse_others(root: Path) -> None:
    """Raise StoreError for what is there and neither a store, nor empty, nor just begun by another process."""
    mark = root / _MARK
    if root.exists() and (not root.is_dir() or not _is_begun(root)) and not mark.exists():
        raise StoreError(f"{root}: neither a store nor an empty folder; name another --store")
    if mark.exists() and _read(mark) != _FORMAT:
        raise StoreError(f"{root}: a store of another version; name another --store")


def _is_begun(root: Path) -> bool:
    of_local = {one.name for one in (root / LOCAL).iterdir()} if (root / LOCAL).is_dir() else set()
    return {one.name for one in root.iterdir()} <= {LOCAL, _DRAFT} and of_local <= {_LOCK}


def _mark(root: Path) -> None:
    """Write what makes a folder a store; before anything is put into it."""
    mark, draft = root / _MARK, root / _DRAFT
    if mark.exists():
        return
    draft.write_text(json.dumps(_FORMAT))
    draft.replace(mark)


def _read(mark: Path) -> object:
    try:
        return json.loads(mark.read_bytes())
    except ValueError:
        return None


def _profile(belief: Belief, versions: Iterable[tuple[str, VersionProfile]]) -> Profile:
    functions: dict[str, list[VersionProfile]] = {}
    for name, version in versions:
        functions.setdefault(name, []).append(version)
    return Profile(
        functions={
            name: FunctionProfile(tuple(sorted(functions[name], key=lambda one: one.version)))
            for name in sorted(functions)
        },
        records=belief.records,
        unbelieved=belief.unbelieved,
        trusted=belief.trusted,
        incomplete=belief.incomplete,
        unreadable=belief.unreadable,
    )
