"""Exclusions of the narrowest scope that let pass what was told, as a person would write them."""

import json
from collections import Counter
from collections.abc import Iterator

from hauberk.policy.pattern import path_pattern

_HEAD = "# Each lets one detector pass at one input, whatever stands there. Narrow `patterns` where you can."


class Suggestions:
    """Gathers what was told, of one function or of any."""

    def __init__(self, function: str | None) -> None:
        self._scope = f"{{function: {json.dumps(function)}}}" if function else "account"
        self._seen: Counter[str] = Counter()

    def add(self, detector: str, path: str, excerpt: str) -> None:
        """Take in one detection."""
        # It is the caller that an exclusion of this detector is for, wherever its address stands.
        is_caller = detector == "malicious-source"
        where = f"path: {_quoted('**' if is_caller else path_pattern(path))}"
        one = (
            f"detector: {detector}, {where}, patterns: [{_quoted(excerpt if is_caller else '**')}]"
        )
        self._seen[one] += 1

    def as_yaml(self) -> Iterator[str]:
        """Give the lines of a list for `exclusions`; none of it where nothing was told."""
        if not self._seen:
            yield "# nothing was told, so nothing is to be excluded"
            return
        yield from (_HEAD, "exclusions:")
        for number, (one, count) in enumerate(self._seen.items(), 1):
            times = "once" if count == 1 else f"{count:,} times"
            yield f"  - {{name: told-{number}, {one}, scope: {self._scope}}}  # told {times}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
