"""What a person is told where logs show nothing that is believed, and of what was passed by in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hauberk.cli.outcome import many
from hauberk.learn import Profile
from hauberk.learn.profile.profile_file import is_profile
from hauberk.learn.records.record import UNLISTABLE
from hauberk.policy.envelope import is_variable
from hauberk.sources import is_compiled

_HEAD_BYTES = 1 << 16
_POLICY = re.compile(rb"^hauberk:\s*\d+\s*$", re.MULTILINE)
_REMEDIES = {"too long": "write one event a line, or JSON with indentation"}


def no_record(names: Sequence[str], unreadable: Mapping[str, int]) -> str:
    """Say that logs hold no record at all, what else they are, and what to do."""
    where = "these logs"
    if len(names) == 1:
        where = "standard input" if names[0] == "-" else names[0]
        what = _what_else(Path(names[0]))
        where += f", which {what}" if what else ""
    passed = "".join(f"; {one}" for one in passed_by(unreadable))
    return (
        f"no record of Hauberk in {where}{passed}; name logs of a function that has the layer, "
        "with HAUBERK_MODE not off"
    )


def passed_by(unreadable: Mapping[str, int]) -> Iterator[str]:
    """Say what was not read, and what follows."""
    for reason, count in unreadable.items():
        if reason == UNLISTABLE:
            yield (
                f"{many(count, 'activity', 'activities')} cannot stand on a list ({reason}): prevent blocks "
                f"{'it' if count == 1 else 'them'} where the kind has a list"
            )
            continue
        remedy = f"; {_REMEDIES[reason]}" if reason in _REMEDIES else ""
        yield f"{many(count, 'line was', 'lines were')} passed by: {reason}{remedy}"


def doubts(profile: Profile) -> Iterator[str]:
    """Say of which records nothing is learned, or with doubt, and what to do."""
    if profile.unbelieved:
        yield (
            f"{many(profile.unbelieved, 'record is', 'records are')} not believed: their environment is not announced "
            "where only the guard can have written it, so text that the function printed may have forged them; add "
            "the start of their log streams (JSON of `aws logs filter-log-events`, or one whole log stream a file), "
            "or use --trust-unannounced if the function prints nothing of strangers"
        )
    if profile.trusted:
        yield (
            f"{many(profile.trusted, 'record is', 'records are')} believed by --trust-unannounced only: read closely "
            "what is new"
        )
    if profile.incomplete:
        yield (
            f"{many(profile.incomplete, 'environment has', 'environments have')} lost records (a full or damaged log) "
            "and taught nothing; give their log again, whole, or logs of others"
        )


def _what_else(path: Path) -> str:
    """Say what a file is that is no log; nothing where that is not known."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
    known = {
        "is empty": not start,
        "is a profile: `hauberk diff` reads it": is_profile(start),
        "is a policy": _POLICY.search(start) is not None or is_variable(start),
        "holds models of `hauberk anomaly`": start.startswith(b'{"anomaly":'),
        "is a list of sources": is_compiled(start),
    }
    return next((what for what, is_so in known.items() if is_so), "")
