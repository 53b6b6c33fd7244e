"""How commands change a hauberk.yaml: read, amended, checked, and replaced at once."""

import getpass
import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hauberk.cli.outcome import exit_status, say
from hauberk.cli.overwritten import refuse_read_only
from hauberk.learn.dangers_in_policy import dangers
from hauberk.policy import PolicyError
from hauberk.policy.edit import Edited
from hauberk.policy.file import PolicyFile, content_of, from_bytes
from hauberk.policy.problem import Problem

PolicyOption = Annotated[Path, typer.Option(help="The policy, hauberk.yaml.")]
AuthorOption = Annotated[
    str | None, typer.Option(help="Who says so; the user who is logged in, if left out.")
]
ReasonOption = Annotated[str | None, typer.Option(help="Why, for those who read it later.")]


def amend(policy: Path, change: Callable[[bytes, str], Edited]) -> bool:
    """Change a policy file, and tell what is odd about the new one; whether it is another one."""
    with exit_status():
        content = content_of(policy)
        before = from_bytes(content, str(policy))
        after = change(content, str(policy))
        file = from_bytes(after.text.encode(), str(policy))
        replace(policy, after.text, content)
    _warn(policy, before, file)
    if after.is_rewritten:
        say(f"warning: {policy} was laid out in a way that could not be kept: comments are lost")
    return after.text.encode() != content.removeprefix(b"\xef\xbb\xbf")


def replace(path: Path, text: str, read: bytes | None) -> None:
    """Put a text in the place of a file at once, where it differs, and only of the one that was read."""
    path = path.resolve()
    held = path.read_bytes() if path.exists() else None
    if held != read:
        what, remedy = "changed by somebody else meanwhile", "run the command again"
        raise PolicyError(str(path), [Problem(0, what, remedy)])
    if held == text.encode():
        return
    refuse_read_only(path)
    if not path.parent.is_dir():
        problem = Problem(0, f"{path.parent} is no folder", "name another --output")
        raise PolicyError(str(path), [problem])
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        if held is not None:
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def today() -> date:
    """Give the day by UTC."""
    return datetime.now(UTC).date()


def author_of(given: str | None) -> str | None:
    """Give who says so: who was named, or the user who is logged in."""
    try:
        return given or getpass.getuser()
    except (KeyError, OSError):  # a user without a name
        return None


def _warn(policy: Path, before: PolicyFile, after: PolicyFile) -> None:
    known = {one.what for one in (*before.warnings, *dangers(before))}
    for one in (*after.warnings, *dangers(after)):
        if one.what not in known:
            say(f"warning: {policy}: {one}")
