"""Figures put into the page that holds them, between its two lines for that."""

from pathlib import Path

BEGIN, END = "<!-- figures: written by the benchmark -->", "<!-- end of figures -->"


def write(file: Path, figures: str) -> None:
    """Put figures in the place of those that a page holds."""
    before, _, rest = file.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{file}: no lines `{BEGIN}` and `{END}` to write between")
    file.write_text(f"{before}{BEGIN}\n{figures}{END}{after}")
