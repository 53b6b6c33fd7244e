"""Figures put into the page that holds them, between its two lines for that."""

from pathlib import Path

BEGIN, END = "<!-- figures: written by the benchmark -->", "<!-- end of figures -->"


def write(file: Path, figures: str, begin: str = BEGIN) -> None:
    """Put figures in the place of those that a page holds."""
    before, _, rest = file.read_text().partition(begin)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{file}: no lines `{begin}` and `{END}` to write between")
    file.write_text(f"{before}{begin}\n{figures}{END}{after}")
