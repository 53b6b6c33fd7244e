"""The table of THREAT-MODEL.md, made of the suite's rows: `python tests/bypass/table.py` writes it anew."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.extend(str(folder) for folder in (TESTS / "bypass", TESTS / "guard", TESTS, TESTS.parent))

from rows import ROWS  # noqa: E402 - found by the line above
from technique import Row, Step  # noqa: E402 - likewise

PAGE = TESTS.parent / "THREAT-MODEL.md"
WRAPPER = TESTS.parent / "layer" / "wrapper"
BEGIN, END = (
    "<!-- techniques: tests/bypass/table.py writes this -->\n",
    "<!-- end of techniques -->\n",
)
WALLS = {
    "language": "the guard in Python",
    "library": "the second wall",
    "kernel": "the kernel",
}


def table() -> str:
    """Techniques of one kind, wall and earlier step share a line."""
    lines = [
        "| kind | techniques | seen by | refused earlier | held by the kernel's wall |",
        "|---|---|---|---|---|",
    ]
    for kind, rows in ROWS.items():
        groups = defaultdict(list)
        for row in rows:
            groups[(row.wall, row.earlier, row.held)].append(row)
        for (wall, earlier, held), found in groups.items():
            names = ", ".join(f"`{row.name}`" for row in found)
            lines.append(
                f"| {kind} | {names} | {WALLS.get(wall, 'nobody')} | {_told(wall, earlier)}"
                f" | {'yes' if held else ''} |"
            )
    return "\n".join(lines) + "\n"


def _told(wall: str, earlier: Step | None) -> str:
    if earlier is None:
        return "" if wall != "none" else "nothing"
    return f"{earlier[0]}: `{earlier[1].replace('{{}}', '{ }').replace('{bin}', '/usr/bin')}`"


def note() -> str:
    """What is not in force yet."""
    if "libhauberk_wall" in WRAPPER.read_text():
        return ""
    return "\nThe second wall is built and tested by itself (`tests/wall`); the layer does not preload it yet.\n"


def page(text: str) -> str:
    """The page with the table as it is now."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + note() + END + rest.split(END)[1]


def counted(rows: dict[str, tuple[Row, ...]] = ROWS) -> dict[str, int]:
    """How many techniques each wall sees."""
    found: dict[str, int] = defaultdict(int)
    for kind_rows in rows.values():
        for row in kind_rows:
            found[row.wall] += 1
    return found


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
    print(", ".join(f"{wall}: {count}" for wall, count in counted().items()))
