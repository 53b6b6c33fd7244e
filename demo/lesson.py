"""Learning: the command line makes a policy of a log, as a person would."""

import re
import subprocess
import sys
from pathlib import Path

from demo.shop import NAME

HAUBERK = Path(sys.executable).with_name("hauberk")


class LessonError(Exception):
    """A command of `hauberk` failed; the message holds what it said."""


def learn(log: Path, policy: Path) -> None:
    """Writes to `policy` what the function did by its `log`: the shell too, which makes thumbnails."""
    hauberk("learn", str(log), "-o", str(policy), "--accept-review")


def compiled(policy: Path, key: Path, mode: str) -> str:
    """The value of HAUBERK_POLICY: `policy`, with `mode` written in it, signed with `key`, made where it is not."""
    text = policy.read_text("utf-8")
    policy.write_text(re.sub(r"(?m)^( +mode:) \w+$", rf"\1 {mode}", text), "utf-8")
    hauberk("policy", "key", "--out", str(key))
    options = ("--function", NAME, "--key", str(key))
    return hauberk("policy", "compile", str(policy), *options).strip()


def hauberk(*arguments: str) -> str:
    """What a command of `hauberk` prints."""
    done = subprocess.run([HAUBERK, *arguments], capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        command = " ".join(("hauberk", *arguments))
        raise LessonError(f"`{command}` ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
