"""What is wrong with a policy, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from hauberk.model.escaped import escaped


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `line` is 0 where no line is to blame."""

    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.what}; {self.remedy}"


class PolicyError(Exception):
    """A policy was refused."""

    def __init__(self, where: str, problems: Iterable[Problem]) -> None:
        self.where = where
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        first = self.problems[0]
        place = f"{self.where}:{first.line}" if first.line else self.where
        more = len(self.problems) - 1
        rest = f" (and {more} more: `hauberk policy check {self.where}` shows all)" if more else ""
        return f"{place}: {first.what}; {first.remedy}{rest}"


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that `word` was probably meant to be, or list them all."""
    words = list(known)
    close = get_close_matches(word[:100], words, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    if not words:
        return "remove it"
    return f"use {'one of ' if len(words) > 1 else ''}{', '.join(f'`{one}`' for one in words)}"


def shortened(text: str, most: int = 60) -> str:
    """Show `text` on one line, escaped and not too long."""
    return escaped(text if len(text) <= most else text[: most - 1] + "…")
