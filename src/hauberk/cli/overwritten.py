"""What a command writes over: an empty file, and one of its own sort; a name may be that of something else."""

from collections.abc import Callable
from pathlib import Path

from hauberk.learn.profile.profile_file import is_profile
from hauberk.model.record import WORD
from hauberk.policy.problem import PolicyError, Problem

_HEAD_BYTES = 1 << 16
_MODELS = b'{"anomaly":'


def refuse_others_than_profiles(path: Path | None) -> None:
    """Raise PolicyError where another file than a profile would be lost."""
    _refuse(path, "profile", is_profile)


def refuse_others_than_models(path: Path | None) -> None:
    """Raise PolicyError where another file than models of `hauberk anomaly` would be lost."""
    _refuse(path, "file of models", holds_models)


def holds_models(start: bytes) -> bool:
    """Whether a file that begins so is meant to hold models of `hauberk anomaly`."""
    return start.startswith(_MODELS)


def refuse_others_than_logs(path: Path | None) -> None:
    """Raise PolicyError where another file than a log of a function would be lost."""
    _refuse(path, "log", _is_log)


def refuse_read_only(path: Path) -> None:
    """Raise PolicyError for a file that nobody is to write, whoever runs the command."""
    if path.is_file() and not path.stat().st_mode & 0o222:
        raise PolicyError(
            str(path),
            [Problem(0, "read-only", "allow it (`chmod u+w`), or name another --output")],
        )


def _refuse(path: Path | None, what: str, is_own: Callable[[bytes], bool]) -> None:
    if path is None or not path.is_file():
        return
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES)
    if start and not is_own(start):
        remedy = "name another file, or remove this one"
        raise PolicyError(str(path), [Problem(0, f"there already, and no {what}", remedy)])


def _is_log(start: bytes) -> bool:
    """A log that `hauberk local learn` kept; not a profile, a policy or code that name such words."""
    return WORD.encode() in start and start.startswith((b"{", b"START ", b"INIT_START "))
