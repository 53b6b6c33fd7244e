"""What a stranger wrote is shown without what drives a terminal, breaks a line or turns its direction."""

import json
import re
import sys
import unicodedata
from pathlib import Path

from rich.table import Table

from hauberk.cli.outcome import console
from hauberk.model.escaped import escaped

ROOT = Path(__file__).parents[2]
ROWS = [json.loads(line) for line in (ROOT / "spec/vectors/escaped.jsonl").open()]
PRINT = re.compile(r"(?<![\w.])print\((?!escaped\()|typer\.echo\((?!escaped\()")
# Our own words, a signed value in base64, a fingerprint in hexadecimal, and what escapes.
BY_ITSELF = {
    "cli/__init__.py": 1,
    "cli/allowlist.py": 1,
    "cli/outcome.py": 2,
    "cli/policy.py": 2,
    "local/environment.py": 1,
    "local/interpreter.py": 1,
}


def test_text_is_escaped_as_its_vectors_say():
    assert len(ROWS) == 10
    for row in ROWS:
        assert escaped(row["text"]) == row["escaped"], row["why"]


def test_every_control_of_unicode_is_escaped_and_no_letter_is():
    for code in range(sys.maxunicode + 1):
        one = chr(code)
        is_control = unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        if is_control or unicodedata.category(one) != "Cn":
            assert (escaped(one) != one) is is_control, hex(code)


def test_what_is_escaped_is_shown_as_it_is():
    for row in ROWS:
        assert escaped(row["escaped"]) == row["escaped"]


def test_text_for_people_is_escaped_in_lines_and_in_tables(capsys):
    out, table = console(), Table("a\x1bb")
    table.add_row("[red]c\u2028d")
    out.print("e\nf[/red]", style="bold")
    out.print(table)
    shown = capsys.readouterr().out
    for text in ("e\\u000af[/red]\n", "a\\u001bb", "[red]c\\u2028d"):
        assert text in shown
    assert "\x1b" not in shown


def test_no_command_prints_but_through_what_escapes():
    for file in (ROOT / "src/hauberk").glob("*/*.py"):
        if file.parent.name in {"guard", "model"}:
            continue
        name = f"{file.parent.name}/{file.name}"
        prints = PRINT.findall(file.read_text())
        assert len(prints) == BY_ITSELF.get(name, 0), name
