"""The table of docs/compatibility.md, made of the rows; `python tests/compatibility/package_table.py` writes it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE))

from package_rows import FILE, PORT, PROGRAM, ROWS, Row  # noqa: E402 - found by the line above

ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "compatibility.md"
PINS = ROOT / "requirements" / "compatibility.txt"
BEGIN, END = (
    "<!-- rows: tests/compatibility/package_table.py writes this -->\n",
    "<!-- end of rows -->\n",
)
BEYOND = {
    PORT: "connects to another port",
    FILE: "reads another file",
    PROGRAM: "starts another program",
    "": "(computes only)",
}


def versions(package: str) -> str:
    """The locked versions of a package; another for another Python, as a rule one."""
    pins = re.findall(rf"(?m)^{re.escape(package)}==(\S+)", PINS.read_text())
    return " or ".join(pins)


def line(row: Row) -> str:
    version = (
        versions(row.packages[0])
        if row.packages
        else "the system's"
        if row.uses == "program"
        else "Python's"
    )
    held = ", ".join(f"`{one}`" for one in row.held)
    where = "" if row.is_as_on_lambda else "; needs `/dev/shm`"
    return f"| {row.name} | {version} | {row.does}{where} | {BEYOND[row.beyond]} | {held} |"


def table() -> str:
    head = (
        "| package | version | what it does | refused | held by the kernel |",
        "|---|---|---|---|---|",
    )
    return "\n".join((*head, *map(line, ROWS))) + "\n"


def page(text: str) -> str:
    """The page with the table as it is now."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
