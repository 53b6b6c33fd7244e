"""`hauberk flow` answers each line, in order, and refuses what is no question."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench import flow as bench

PAYLOADS = "HAUBERK_PAYLOADS"


def hauberk_flow(text):
    """What the command did with these lines."""
    return subprocess.run(
        [sys.executable, "-m", "hauberk.cli", "flow", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


def test_answers_come_in_the_order_of_the_questions():
    rows = [
        {"sink": "shell", "resource": "ls x; id", "input": "x; id"},
        {"sink": "shell", "resource": "ls 'x; id'", "input": "x; id"},
        {"sink": "exec", "resource": ["tar", "--to-command=id"], "input": "--to-command=id"},
        {"sink": "nosql", "resource": {"a": {"$ne": 1}}, "input": {"$ne": 1}},
        {"sink": "nosql", "resource": {"a": "$ne"}, "input": "$ne"},
    ]
    done = hauberk_flow("\n".join(map(json.dumps, rows)))
    answers = [json.loads(line)["injection"] for line in done.stdout.splitlines()]
    assert answers == [True, False, True, True, False], done.stderr


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("no json", 'not {"sink"'),
        ('{"sink": "ldap", "resource": "", "input": ""}', "write one of sql, shell"),
        ('{"sink": "exec", "resource": "ls", "input": ""}', 'write ["program"'),
        ('{"sink": "sql", "resource": "", "input": "", "dialect": "x"}', "write one of sqlite"),
    ],
)
def test_a_line_that_is_no_question_is_refused_with_its_remedy(line, remedy):
    done = hauberk_flow(line)
    assert done.returncode == 2
    assert remedy in done.stderr


def test_labelled_payloads_are_told_apart_in_slots():
    file = os.environ.get(PAYLOADS)
    if not file:
        pytest.skip(f"{PAYLOADS} names no file of labelled payloads")
    rows = [json.loads(line) for line in Path(file).read_text().splitlines()]
    seen = list(bench.cases(rows))
    for sink, most_missed, most_false in (("sql", 2, 0.1), ("shell", 1, 0.3), ("path", 0.5, 0.5)):
        attacks = [one.reason is None for one in seen if one.slot.sink == sink and one.is_injection]
        others = [
            one.reason is None for one in seen if one.slot.sink == sink and not one.is_injection
        ]
        assert 100 * sum(attacks) <= most_missed * len(attacks)
        assert 100 * others.count(False) <= most_false * len(others)
