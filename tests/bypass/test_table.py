"""The suite is whole, and THREAT-MODEL.md says what it proves."""

import ast
import re

from rows import CASES
from stage import HERE
from table import PAGE, page

# Functions of the suite's function that are no techniques of their own.
PARTS = {
    *(
        "handler",
        "found",
        "in_child",
        "wait",
        "package",
        "nothing",
        "take_handle",
        "harmless_function",
        "route_socket",
    ),
    *("loader", "python", "libc", "system_call", "machine_code"),
}


def test_the_threat_model_says_what_the_suite_proves():
    text = PAGE.read_text()
    assert page(text) == text, "write it anew: python tests/bypass/table.py"


def test_each_technique_has_a_row_and_each_row_a_technique():
    found = set()
    for file in (HERE / "functions" / "bypass").glob("*.py"):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.add(node.name)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                found.update(name.id for name in node.targets if name.id.startswith("environ_"))
    names = [row.name for _, row in CASES]
    assert len(names) == len(set(names)) >= 40
    assert set(names) == found - PARTS


def test_what_nobody_sees_is_refused_at_a_step_before():
    assert all(row.earlier for _, row in CASES if row.wall == "none")


def test_each_test_that_a_known_bypass_names_is_there():
    root, named = PAGE.parent, 0
    table = PAGE.read_text().split("## Known bypasses")[1].split("\n\n")[2]
    for row in table.split("\n")[2:]:
        last = row.rstrip("| ").rsplit(" | ", 1)[1]
        for path, names in re.findall(r"`([\w/.]+)`(?: \(((?:`[^`]+`(?:, )?)+)\))?", last):
            place = root / path
            files = [place] if place.is_file() else sorted(place.rglob("*.py"))
            text = "".join(file.read_text() for file in files)
            text += "".join(file.read_text() for file in place.parent.glob("sink_rows.py"))
            assert text, f"no {path}"
            for name in re.findall(r"`([^`*]+)", names):
                assert name in text, f"no {name} in {path}"
            named += 1
    assert named > 30
