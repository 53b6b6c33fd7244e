"""Shapes of targets: which of their parts are of a type that varies, and may be folded.

Folds:         UUIDs, dates, hex of 8 digits and more, numbers, names that tempfile makes; where the evidence asks
               for it (words.py) names in folders of the function's own, free labels of a host, keys in a bucket
Does not fold: words in all else: programs, libraries, pickles, the system's and the package's folders, directly in a
               folder that all share; addresses and their ports; the part of a host name that somebody registers;
               accounts, regions and names of buckets, tables, queues in an ARN
"""

import re
from enum import Enum
from typing import NamedTuple

from hauberk.learn.fold.registrable import registered_labels
from hauberk.model.kind import Kind
from hauberk.model.literal import literal

SHARED_FOLDERS = frozenset(
    ("", "/dev", "/dev/shm", "/etc", "/home", "/proc", "/root", "/run", "/tmp", "/var/tmp")  # noqa: S108
)

# What tells of a process how it fares, and nothing that it holds.
OF_ANY_PROCESS = r"(?:task/\d+/)?(?:stat|statm|status|comm|oom_score_adj)"
_OF_ANY_PROCESS = re.compile(rf"/proc/\d+/{OF_ANY_PROCESS}", re.ASCII)

_TYPES = {
    "uuid": r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])",
    "time": r"(?<![0-9A-Za-z])\d{4}-?\d\d-?\d\dT\d\d[:-]?\d\d[:-]?\d\d(?:\.\d+)?Z?(?![0-9A-Za-z])",
    "date": r"(?<![0-9A-Za-z])\d{4}-\d\d-\d\d(?![0-9A-Za-z])",
    "temporary": r"(?<=(?<![0-9A-Za-z_])tmp)(?=[a-z]*[0-9_])[a-z0-9_]{8}(?![0-9A-Za-z_])",
    "hex": r"(?<![0-9A-Za-z])(?=[A-Fa-f]*\d)(?=\d*[A-Fa-f])[0-9A-Fa-f]{8,}(?![0-9A-Za-z])",
    "number": r"(?<![0-9A-Za-z])\d+(?![0-9A-Za-z])",
}
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _TYPES.items()))
_NUMBER = re.compile(rf"({_TYPES['number']})")
_MAYBE = re.compile(r"\d|tmp")
_OWN = re.compile(r"[0-9A-Za-z]")
_TEMPFILES = re.compile(r"(?<![0-9A-Za-z_])(?:tmp)?(?P<temporary>[a-z0-9_]{8})(?![0-9A-Za-z_])")
_EXACT = {
    "uuid": "-".join("?" * size for size in (8, 4, 4, 4, 12)),
    "date": "????-??-??",
    "temporary": "????????",
}


_SYSTEM = re.compile(
    r"/(?:bin|boot|dev|etc|lib|lib64|opt|proc|root|run|sbin|sys|usr|var/(?:lang|run|runtime|task))(?:/|$)"
)
_TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108


class Place(Enum):
    """Where a name stands, and so what of it evidence may fold."""

    FIXED = "nothing"
    OPEN = "all"
    LAST = "all but the ending: a file below a folder that all share"
    SHARED = "random signs behind a prefix: directly in a folder that all share"


class Part(NamedTuple):
    """A piece of a target: its own text, or a value of a type, with what may stand for it."""

    text: str
    type: str = ""
    mask: str = ""
    place: Place = Place.FIXED


def parts(kind: Kind, target: str, *, is_temporary: bool = False) -> tuple[Part, ...]:
    """Take a target apart. Put together again the texts are the target."""
    if is_temporary:
        return _temporary(target)
    if kind is Kind.HOST:
        return _host(target)
    if kind is Kind.API:
        return _arn(target)
    if target.startswith("/") and kind is not Kind.ADDRESS:
        return _path(target, is_file=kind is Kind.FILE)
    return (Part(target),)


def _path(target: str, *, is_file: bool) -> tuple[Part, ...]:
    found: list[Part] = []
    folder = ""
    is_harmless = is_file and _OF_ANY_PROCESS.fullmatch(target) is not None
    for segment in target.split("/")[1:]:
        here = f"{folder}/{segment}"
        place = _place(folder, is_last=here == target) if is_file else Place.FIXED
        is_shared = folder in SHARED_FOLDERS and not is_harmless
        found += [Part("/"), *_segment(segment, place, is_shared=is_shared)]
        folder = here
    return tuple(found)


def _place(folder: str, *, is_last: bool) -> Place:
    if folder in SHARED_FOLDERS:
        return Place.SHARED if f"{folder}/" in _TEMPORARY else Place.FIXED
    if folder.startswith(_TEMPORARY):
        return Place.LAST if is_last else Place.OPEN
    return Place.FIXED if _SYSTEM.match(folder) else Place.OPEN


def _temporary(target: str) -> tuple[Part, ...]:
    """A path whose last name the module tempfile made: some prefix, and eight random characters."""
    folder, slash, name = target.rpartition("/")
    found = list(_TEMPFILES.finditer(name))
    if not found:
        return _path(target, is_file=True)
    # A prefix or a suffix of eight letters looks alike: what has digits is it, else what comes last.
    random = max(found, key=lambda one: (bool(re.search("[0-9_]", one["temporary"])), one.start()))
    start, end = random.span("temporary")
    middle = Part(name[start:end], "temporary", _EXACT["temporary"])
    head = _path(folder, is_file=True) if folder else ()
    return (*head, Part(slash), *before_drawn(name[:start]), middle, Part(name[end:]))


def before_drawn(text: str) -> tuple[Part, ...]:
    """What stands in a name before its random characters: a number there is a process', which never comes again."""
    if not re.search("[A-Za-z]", text):
        return (Part(text),)
    pieces = enumerate(_NUMBER.split(text))
    return tuple(Part(one, "temporary", "*") if index % 2 else Part(one) for index, one in pieces)


def _host(target: str) -> tuple[Part, ...]:
    labels = target.split(".")
    registered = registered_labels(target)
    found: list[Part] = []
    for index, label in enumerate(labels):
        is_free = len(labels) - index > registered
        free = _segment(label, Place.OPEN) if is_free else [Part(label)]
        found += [*([Part(".")] if index else []), *free]
    return tuple(found)


def _arn(target: str) -> tuple[Part, ...]:
    fields = target.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        return (Part(target),)
    head, resource = ":".join(fields[:5]) + ":", fields[5]
    first, slash, rest = resource.partition("/")
    # Without an account the name is anybody's: another bucket is another owner's.
    name = _segment(first, is_shared=True) if fields[4] else [Part(first)]
    pieces = re.split(r"([/:])", rest) if rest else []
    place = Place.OPEN if fields[2] == "s3" and not fields[4] else Place.FIXED  # keys of one bucket
    tail = [part for piece in pieces for part in _segment(piece, place)]
    return (Part(head), *name, Part(slash), *tail)


def _segment(text: str, place: Place = Place.FIXED, *, is_shared: bool = False) -> list[Part]:
    if not _MAYBE.search(text) or not _TOKEN.search(text):
        return [Part(text, place=place if _OWN.search(text) else Place.FIXED)]
    found: list[Part] = []
    end = 0
    own = _OWN.search(_TOKEN.sub("", text))
    for token in _TOKEN.finditer(text):
        kind = str(token.lastgroup)
        is_wide = kind != "temporary" and (own or not is_shared)
        mask = "*" if is_wide else _EXACT.get(kind, "")
        found += [Part(text[end : token.start()]), Part(token.group(), kind, mask)]
        end = token.end()
    return [*found, Part(text[end:])]


def pattern(pieces: tuple[Part, ...], folded: frozenset[int]) -> str:
    """Write the pattern of a target whose parts at `folded` may vary."""
    return "".join(
        part.mask if index in folded else literal(part.text) for index, part in enumerate(pieces)
    )
