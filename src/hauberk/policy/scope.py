"""Which functions a rule or an exclusion is for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    """How a scope names functions."""

    ACCOUNT = "account"
    FUNCTION = "function"
    GROUP = "group"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Scope:
    """All functions, one, those whose name fits a pattern, or those with a tag."""

    kind: ScopeKind
    value: str

    def covers(self, name: str, tags: Mapping[str, str]) -> bool:
        """Is the function `name`, which has `tags`, in this scope?"""
        if self.kind is ScopeKind.ACCOUNT:
            return True
        if self.kind is ScopeKind.FUNCTION:
            return name == self.value
        if self.kind is ScopeKind.GROUP:
            return _fits(self.value, name)
        tag, _, value = self.value.partition("=")
        return tags.get(tag) == value

    def covers_one_of(self, functions: Iterable[tuple[str, Mapping[str, str]]]) -> bool:
        """Is one of these functions, each with its tags, in this scope? All functions are, whichever are named."""
        is_of_all = self.kind is ScopeKind.ACCOUNT
        return is_of_all or any(self.covers(name, tags) for name, tags in functions)

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()


def _fits(pattern: str, name: str) -> bool:
    """Names of functions hold neither a separator nor a backslash: `*` and `?` are all there is."""
    signs = {"*": ".*", "?": "."}
    squeezed = re.sub(r"\*+", "*", pattern)
    return (
        re.fullmatch("".join(signs.get(one, re.escape(one)) for one in squeezed), name) is not None
    )
