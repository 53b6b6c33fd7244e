"""The suite is whole, and THREAT-MODEL.md says what it proves."""

import ast

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
