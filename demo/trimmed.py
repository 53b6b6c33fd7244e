"""A stream whose lines end where their text ends: a table's cells are padded."""

import re
from typing import IO, cast

_PADDING = re.compile(r"(?: |\x1b\[[0-9;]*m)+(?=\n)")  # with the signs for colours in it


class Trimmed:
    """Writes to another stream what it is given, without the spaces before an end of line."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return cast("object", getattr(self._stream, name))

    def write(self, text: str) -> int:
        """Write whole lines, trimmed; what follows them as it is."""
        self._stream.write(_PADDING.sub(lambda found: found[0].replace(" ", ""), text))
        return len(text)


def trimmed(stream: IO[str]) -> IO[str]:
    """Make a stream that trims the lines that it writes to `stream`."""
    return cast("IO[str]", Trimmed(stream))
